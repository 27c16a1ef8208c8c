//! The protocol of RFC 7591 and RFC 7592, as far as adapters use it: registering a client, and then
//! reading, replacing and removing it with the token that came with it.
//!
//! A server may replace that token with every answer (RFC 7592 §3), so each is kept before anything
//! else happens. A change whose answer is lost may leave us with a dead token; a mark that is kept
//! beforehand tells that from a client that is gone.
//!
//! A server may make something else of a client than was asked for (RFC 7591 §3.2.1). So both are kept,
//! and a client was changed by hand where the server says something else than it did.

pub(crate) mod told;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use egress::{Request, Response};
use http::StatusCode;
use oauth::{ClientSecret, ShownOnce};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::call::{self, Caller};
use crate::client::NOBODY;
use crate::kept::{self, ClientStates, KeptClient};
use crate::port::{Client, DcrProvider, Error, ErrorKind, Metadata, NewClient, RegisteredClient};
use crate::state::ClientState;

/// Members of client information that are the server's alone to set (RFC 7592 §2.2).
const SERVERS_OWN: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];

/// Client information (RFC 7591 §3.2.1).
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Information(pub(crate) Map<String, Value>);

impl Information {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    pub(crate) fn client_id(&self) -> Option<&str> {
        self.text("client_id")
    }

    /// The first of these scopes that the server says it does not grant.
    pub(crate) fn not_granted<'a>(&self, scopes: &'a [String]) -> Option<&'a String> {
        let granted: Vec<&str> = self.0.get("scope")?.as_str()?.split(' ').collect();
        scopes
            .iter()
            .find(|scope| !granted.contains(&scope.as_str()))
    }

    pub(crate) fn client_secret(&self) -> Option<ClientSecret> {
        self.text("client_secret").map(ClientSecret::from)
    }

    /// The credentials of a client that was just registered, if it has all that was asked for.
    ///
    /// # Errors
    /// The client's id with what it lacks; it is of no use then. `mend` says where to allow it.
    pub(crate) fn credentials(
        &self,
        scopes: &[String],
        mend: &str,
    ) -> Result<RegisteredClient, (String, Error)> {
        let client_id = self.client_id().unwrap_or_default().to_owned();
        let lacks = match (self.not_granted(scopes), self.client_secret()) {
            (None, Some(secret)) => {
                return Ok(RegisteredClient {
                    client_id,
                    client_secret: ShownOnce::new(secret),
                });
            }
            (Some(scope), _) => format!("does not grant the scope {scope} to"),
            (None, None) => "gives no client secret to".to_owned(),
        };
        let message = format!("the identity provider {lacks} clients that register; {mend}");
        Err((client_id, Error::new(ErrorKind::Misconfigured, message)))
    }

    /// What a replacement starts from: all but what the server alone may set.
    fn into_replacement(mut self) -> Map<String, Value> {
        for name in SERVERS_OWN {
            self.0.remove(name);
        }
        self.0
    }
}

/// What is kept of a client, as JSON in [`KeptClient::state`].
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    name: String,
    metadata: Metadata,
    /// The client's configuration endpoint, where the server has one.
    uri: Option<String>,
    /// The registration access token.
    token: Option<String>,
    /// A change was sent whose answer has not come: the token may be dead.
    #[serde(default)]
    unsettled: bool,
    /// What the client was last asked to be.
    #[serde(default)]
    asked: ClientState,
    /// What the server made of that.
    #[serde(default)]
    answered: ClientState,
}

impl Record {
    pub(crate) fn of(kept: &KeptClient) -> Result<Self, Error> {
        serde_json::from_str(kept.state.expose_secret()).map_err(|_| {
            Error::new(
                ErrorKind::Unavailable,
                format!(
                    "what was kept of the client {} cannot be read",
                    kept.client_id
                ),
            )
        })
    }

    fn kept(&self, client_id: &str, application_id: &str) -> KeptClient {
        // A record is texts and a flag: it always serialises.
        let state = serde_json::to_string(self).unwrap_or_default();
        KeptClient {
            client_id: client_id.to_owned(),
            application_id: application_id.to_owned(),
            state: state.into(),
        }
    }

    /// Takes over a new token or address, and says whether there was one.
    fn takes(&mut self, information: &Information) -> bool {
        let mut new = false;
        for (member, own) in [
            ("registration_access_token", &mut self.token),
            ("registration_client_uri", &mut self.uri),
        ] {
            if let Some(text) = information.text(member)
                && own.as_deref() != Some(text)
            {
                *own = Some(text.to_owned());
                new = true;
            }
        }
        new
    }
}

/// Reads a refusal (RFC 7591 §3.2.2).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

/// What a server said no with.
pub(crate) fn refused(response: &Response) -> Error {
    let refusal: Refusal = serde_json::from_slice(&response.body).unwrap_or_default();
    let said = match (refusal.error_description, refusal.error.as_str()) {
        (Some(text), code) => format!("{code}: {text}"),
        (None, "") => format!("it answered {}", response.status),
        (None, code) => code.to_owned(),
    };
    let kind = match refusal.error.as_str() {
        "invalid_redirect_uri" => ErrorKind::Rejected,
        _ => ErrorKind::Misconfigured,
    };
    Error::new(kind, format!("the identity provider refused: {said}"))
}

/// Registrations at one server.
pub(crate) struct Registrations {
    pub(crate) caller: Caller,
    pub(crate) states: Arc<dyn ClientStates>,
    /// Whether the server was seen to leave a registration access token as it is when a client is read.
    reading_keeps: AtomicBool,
}

/// What a client's configuration endpoint answered.
enum Answered {
    Information(Information),
    Gone,
    NotOffered,
}

impl Registrations {
    pub(crate) fn new(caller: Caller, states: Arc<dyn ClientStates>) -> Self {
        Self {
            caller,
            states,
            reading_keeps: AtomicBool::new(false),
        }
    }

    /// Registers a client, and keeps its token before anything else. The inner error is an answer that
    /// refuses the request or its token.
    ///
    /// A client that cannot be kept is removed again.
    pub(crate) async fn register(
        &self,
        endpoint: &str,
        token: Option<&SecretString>,
        client: &NewClient,
        body: &Value,
    ) -> Result<Result<Information, Response>, Error> {
        let name = body.get("client_name").and_then(Value::as_str);
        let look_for = format!(
            "a client named \"{}\", registered at {endpoint}",
            name.unwrap_or_default()
        );
        let application_id = &client.metadata.konnect_application_id;
        let attempt = self.states.attempt(application_id, &look_for).await?;
        let ended = async |error| kept::failed(&*self.states, &attempt, error).await;
        let sent = self.caller.send(|| {
            let request = Request::post(endpoint).json(body);
            match token {
                Some(token) => request.bearer(token),
                None => request,
            }
        });
        let response = match sent.await {
            Ok(response) => response,
            Err(error) => return Err(ended(error).await),
        };
        if !response.status.is_success() {
            self.states.end(&attempt).await?;
            return Ok(Err(response));
        }
        let information: Information = call::read(&response)?;
        let Some(client_id) = information.client_id() else {
            let message = "the identity provider registered a client without a client_id; \
                           look there for one that is nobody's";
            return Err(Error::new(ErrorKind::Misconfigured, message));
        };
        if let Err(error) = self.is_its_own(client_id, client).await {
            return Err(ended(error).await);
        }
        let mut record = Record {
            name: client.name.clone(),
            metadata: client.metadata.clone(),
            uri: None,
            token: None,
            unsettled: false,
            asked: told::asked(client),
            answered: information.shape(),
        };
        record.takes(&information);
        let kept = record.kept(client_id, application_id);
        if let Err(error) = self.states.made(&attempt, &kept).await {
            let removed = self.remove(client_id, &record).await;
            return Err(ended(error.after_clean_up(client_id, removed)).await);
        }
        Ok(Ok(information))
    }

    /// Some servers answer a name that they know with the client that has it. Nobody may receive
    /// another's client.
    async fn is_its_own(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        let known = self.states.load(client_id).await?;
        let other =
            known.filter(|kept| kept.application_id != client.metadata.konnect_application_id);
        match other {
            None => Ok(()),
            Some(_) => Err(Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "the identity provider answered with the client {client_id}, which is another \
                     application's; let it make a new client for every registration"
                ),
            )),
        }
    }

    /// The kept clients of an application.
    pub(crate) async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error> {
        let kept = self.states.of_application(application_id).await?;
        let client = |kept: &KeptClient| {
            let record = Record::of(kept)?;
            Ok(Client {
                client_id: kept.client_id.clone(),
                name: record.name,
                metadata: record.metadata,
            })
        };
        kept.iter().map(client).collect()
    }

    /// The application that a client is for, if it is kept.
    pub(crate) async fn application_of(&self, client_id: &str) -> Result<Option<String>, Error> {
        let kept = self.states.load(client_id).await?;
        Ok(kept.map(|kept| kept.application_id))
    }

    /// Reads the client; the server may replace token and secret by that.
    pub(crate) async fn read(&self, client_id: &str) -> Result<Information, Error> {
        let mut kept = self.load(client_id).await?;
        self.read_record(&mut kept).await
    }

    /// Replaces the client's metadata by what `change` makes of them (RFC 7592 §2.2).
    pub(crate) async fn replace(
        &self,
        client_id: &str,
        change: impl FnOnce(&mut Map<String, Value>, &mut ClientState),
    ) -> Result<Replaced, Error> {
        let mut kept = self.load(client_id).await?;
        let before = self.read_record(&mut kept).await?;
        let secret_before = before.client_secret();
        let unchanged = before.shape();
        let mut body = before.into_replacement();
        let mut asked = kept.record.asked.clone();
        change(&mut body, &mut asked);
        body.insert("client_id".to_owned(), client_id.into());
        let sent_members = body.clone();
        let body = Value::Object(body);
        self.set_unsettled(&mut kept, true).await?;
        let (uri, token) = kept.way(client_id)?;
        let sent = self
            .caller
            .send(|| Request::put(&uri).bearer(&token).json(&body));
        let response = sent.await?;
        kept.record.unsettled = false;
        let after = match answered(&response)? {
            Answered::Information(after) => after,
            Answered::Gone => return Err(Error::absent(client_id)),
            Answered::NotOffered => return Err(unmanaged(client_id)),
        };
        kept.record.takes(&after);
        kept.record.asked = asked;
        kept.record.answered.takes_changes(
            &unchanged,
            &Information(sent_members).shape(),
            after.shape(),
        );
        self.keep(client_id, &kept.application_id, &kept.record)
            .await?;
        Ok(Replaced {
            secret_before,
            after,
        })
    }

    /// Notes the application's own name of a client.
    pub(crate) async fn rename(&self, client_id: &str, name: &str) -> Result<(), Error> {
        let mut kept = self.load(client_id).await?;
        name.clone_into(&mut kept.record.name);
        self.keep(client_id, &kept.application_id, &kept.record)
            .await
    }

    /// Removes the client, and forgets it. One that is not kept was removed before.
    pub(crate) async fn delete(&self, client_id: &str) -> Result<(), Error> {
        let Some(kept) = self.states.load(client_id).await? else {
            return Ok(());
        };
        self.remove(client_id, &Record::of(&kept)?).await?;
        self.states.forget(client_id).await
    }

    /// Removes an application's clients by `provider`. One of a verification that cannot be removed is
    /// given up, and noted as left: it must not keep later ones from being made.
    pub(crate) async fn remove_all(
        &self,
        provider: &dyn DcrProvider,
        application_id: &str,
    ) -> Result<(), Error> {
        for client in self.find(application_id).await? {
            let Err(error) = provider.delete(&client.client_id).await else {
                continue;
            };
            let for_good = matches!(
                error.kind,
                ErrorKind::Denied { .. } | ErrorKind::Unsupported
            );
            if application_id != NOBODY || !for_good {
                return Err(error);
            }
            let look_for = format!("the client {} of a verification: {error}", client.client_id);
            self.states.attempt(application_id, &look_for).await?;
            self.states.forget(&client.client_id).await?;
        }
        Ok(())
    }

    async fn remove(&self, client_id: &str, record: &Record) -> Result<(), Error> {
        let (uri, token) = way(client_id, record)?;
        let sent = self.caller.send(|| Request::delete(&uri).bearer(&token));
        let response = sent.await?;
        match response.status {
            status if status.is_success() => Ok(()),
            // RFC 7592 §2.3: a client that is gone is 401 as well.
            StatusCode::UNAUTHORIZED if record.unsettled => Err(lost(client_id)),
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND | StatusCode::GONE => Ok(()),
            StatusCode::FORBIDDEN
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_IMPLEMENTED => Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "the identity provider does not let the client {client_id} be removed \
                         (RFC 7592 §2.3); remove it by hand"
                ),
            )),
            _ => Err(refused(&response)),
        }
    }

    /// Where reading may replace the token, a mark is kept first: an answer that is lost must not look
    /// as if the client were gone.
    async fn read_record(&self, kept: &mut Kept) -> Result<Information, Error> {
        let (uri, token) = kept.way(&kept.client_id)?;
        let lost_before = kept.record.unsettled;
        let marked = !lost_before && !self.reading_keeps.load(Ordering::Relaxed);
        if marked {
            self.set_unsettled(kept, true).await?;
        }
        let response = self
            .caller
            .send(|| Request::get(&uri).bearer(&token))
            .await?;
        match answered(&response)? {
            Answered::Information(information) => {
                let rotated = kept.record.takes(&information);
                self.reading_keeps.store(!rotated, Ordering::Relaxed);
                if rotated || marked || lost_before {
                    self.set_unsettled(kept, false).await?;
                }
                Ok(information)
            }
            Answered::Gone if lost_before => Err(lost(&kept.client_id)),
            other => {
                if marked {
                    self.set_unsettled(kept, false).await?;
                }
                Err(match other {
                    Answered::Gone => Error::absent(&kept.client_id),
                    _ => unmanaged(&kept.client_id),
                })
            }
        }
    }

    async fn set_unsettled(&self, kept: &mut Kept, unsettled: bool) -> Result<(), Error> {
        kept.record.unsettled = unsettled;
        self.keep(&kept.client_id, &kept.application_id, &kept.record)
            .await
    }

    async fn load(&self, client_id: &str) -> Result<Kept, Error> {
        let kept = self.states.load(client_id).await?;
        let kept = kept.ok_or_else(|| Error::absent(client_id))?;
        Ok(Kept {
            record: Record::of(&kept)?,
            client_id: kept.client_id,
            application_id: kept.application_id,
        })
    }

    async fn keep(
        &self,
        client_id: &str,
        application_id: &str,
        record: &Record,
    ) -> Result<(), Error> {
        self.states
            .keep(&record.kept(client_id, application_id))
            .await
    }
}

/// What a replacement led to.
pub(crate) struct Replaced {
    secret_before: Option<ClientSecret>,
    after: Information,
}

impl Replaced {
    /// The secret, if the server gave another with its answer.
    pub(crate) fn new_secret(&self) -> Option<ClientSecret> {
        let after = self.after.client_secret()?;
        let same = self
            .secret_before
            .as_ref()
            .is_some_and(|before| before.expose_secret() == after.expose_secret());
        (!same).then_some(after)
    }

    pub(crate) const fn information(&self) -> &Information {
        &self.after
    }

    /// Whether the server showed the secret before, so that a new one can be told from the old one.
    pub(crate) const fn secret_was_shown(&self) -> bool {
        self.secret_before.is_some()
    }
}

struct Kept {
    client_id: String,
    application_id: String,
    record: Record,
}

impl Kept {
    fn way(&self, client_id: &str) -> Result<(String, SecretString), Error> {
        way(client_id, &self.record)
    }
}

fn way(client_id: &str, record: &Record) -> Result<(String, SecretString), Error> {
    match (&record.uri, &record.token) {
        (Some(uri), Some(token)) => Ok((uri.clone(), token.clone().into())),
        _ => Err(unmanaged(client_id)),
    }
}

fn unmanaged(client_id: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "the identity provider does not let the client {client_id} be managed (RFC 7592): \
             change or remove it there by hand"
        ),
    )
}

fn lost(client_id: &str) -> Error {
    Error::new(
        ErrorKind::Denied { permission: None },
        format!(
            "the registration access token of the client {client_id} was lost with an unanswered \
             change; remove the client by hand"
        ),
    )
}

fn answered(response: &Response) -> Result<Answered, Error> {
    match response.status {
        status if status.is_success() => call::read(response).map(Answered::Information),
        StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Answered::Gone),
        StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
            Ok(Answered::NotOffered)
        }
        _ => Err(refused(response)),
    }
}
