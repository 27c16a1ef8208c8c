//! A bridge of the team's own between portal and identity provider, as Konnect's "DCR HTTP
//! integration" specifies it.
//!
//! The bridge knows no list of clients and wants the whole application with every event, so what it
//! was told is kept ([`ClientStates`]). Each registration carries an idempotency key: a bridge that can
//! be asked for it (`GET /?idempotency_key=…`, which ours can) gives away a client whose registration
//! got no answer. With others it is noted as one that may have been left.
//!
//! Source: Konnect's "DCR HTTP integration" 0.0.1,
//! <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/custom/>.

use std::sync::Arc;

use async_trait::async_trait;
use egress::{Egress, Request, Response};
use http::{Method, StatusCode};
use oauth::{ClientSecret, Clock, ShownOnce};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::call::{self, Caller, segment};
use crate::client::{self, NOBODY, unique_name, without_openid};
use crate::config::HttpConfig;
use crate::findings::{self, is_web};
use crate::kept::{self, Attempt, ClientStates, KeptClient};
use crate::life::{self, TokenWay};
use crate::port::{
    Abilities, Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding, Metadata, NewClient,
    Overlap, Probe, RegisteredClient, RegistrationChange, RegistrationEvent, Scope,
};
use crate::state::{ANY_AUDIENCE, ClientState, Field};
use crate::survey::{Pages, Sight, Survey};

/// How long a client's name is at most here; the document names no bound.
const NAME: usize = 255;

/// The adapter for one bridge.
pub struct HttpBridge {
    issuer: String,
    base: String,
    api_key: SecretString,
    hears_events: bool,
    rotates: bool,
    overlap: Overlap,
    caller: Caller,
    states: Arc<dyn ClientStates>,
}

/// What is kept of a client: all that events must tell.
#[derive(Clone, Serialize, Deserialize)]
struct Record {
    name: String,
    description: String,
    redirect_uris: Vec<String>,
    metadata: Metadata,
    auth_strategy_id: String,
    dcr_provider_id: String,
    /// What the bridge hears of at registration and never again.
    #[serde(default)]
    grant_types: Vec<String>,
    #[serde(default)]
    scopes: Vec<String>,
}

impl Record {
    fn of(client: &NewClient) -> Self {
        Self {
            name: client.name.clone(),
            description: client.description.clone().unwrap_or_default(),
            redirect_uris: client::redirect_uris(&client.redirect_uris),
            metadata: client.metadata.clone(),
            auth_strategy_id: client.auth_strategy_id.clone(),
            dcr_provider_id: client.dcr_provider_id.clone(),
            grant_types: client.auth_methods.clone(),
            scopes: client.scopes.clone(),
        }
    }

    /// The client as the bridge was last told of it.
    fn told(self, client_id: &str) -> ClientState {
        let scopes = (!self.scopes.is_empty()).then(|| {
            let scopes = self.scopes.into_iter().collect();
            (ANY_AUDIENCE.to_owned(), scopes)
        });
        ClientState {
            client_id: client_id.to_owned(),
            name: self.name,
            redirect_uris: self.redirect_uris.into_iter().collect(),
            grant_types: self.grant_types.into_iter().collect(),
            scopes: scopes.into_iter().collect(),
            metadata: self.metadata,
        }
    }

    fn kept(&self, client_id: &str) -> KeptClient {
        // A record is texts: it always serialises.
        let state = serde_json::to_string(self).unwrap_or_default();
        KeptClient {
            client_id: client_id.to_owned(),
            application_id: self.metadata.konnect_application_id.clone(),
            state: state.into(),
        }
    }
}

const UNSEEN: &str = "an HTTP bridge shows no clients: they are compared with what it was last told, and neither \
     changed nor orphaned ones can be seen here";

/// What a bridge made for an idempotency key.
#[derive(Deserialize)]
struct Lookup {
    idempotency_key: String,
    client_id: Option<String>,
}

/// The bridge's credentials. Dates are left unread: bridges write them in several ways.
#[derive(Deserialize)]
struct Credentials {
    client_id: String,
    client_secret: ClientSecret,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
}

impl HttpBridge {
    /// Prepares the adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`ErrorKind::Misconfigured`] if the bridge's address is not an http or https URL.
    pub fn new(
        config: HttpConfig,
        egress: Egress,
        clock: Clock,
        states: Arc<dyn ClientStates>,
    ) -> Result<Self, Error> {
        if !is_web(&config.dcr_base_url) {
            let message = format!(
                "the DCR base URL `{}` is not a URL; write it like https://dcr.example",
                config.dcr_base_url
            );
            return Err(Error::new(ErrorKind::Misconfigured, message));
        }
        Ok(Self {
            issuer: config.issuer,
            base: config.dcr_base_url.trim_end_matches('/').to_owned(),
            api_key: config.api_key,
            hears_events: !config.disable_event_hooks,
            rotates: !config.disable_refresh_secret,
            overlap: match config.allow_multiple_credentials {
                true => Overlap::Clients,
                false => Overlap::Refused,
            },
            caller: Caller { egress, clock },
            states,
        })
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, Error> {
        self.send(method, path, body, None).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        header: Option<(&'static str, &str)>,
    ) -> Result<Response, Error> {
        let url = format!("{}/{path}", self.base);
        let sent = self.caller.send(|| {
            let mut request = Request::new(method.clone(), &url)
                .header("x-api-key", self.api_key.expose_secret());
            if let Some((name, value)) = header {
                request = request.header(name, value);
            }
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        });
        let response = sent.await?;
        if response.status.is_success() {
            return Ok(response);
        }
        Err(self.refused(&response))
    }

    /// The bridge's own words, for the administrator.
    fn refused(&self, response: &Response) -> Error {
        let refusal: Refusal = serde_json::from_slice(&response.body).unwrap_or_default();
        let said = match (refusal.error.as_str(), refusal.error_description.as_str()) {
            ("", "") => format!("it answered {}", response.status),
            (text, "") | ("", text) => text.to_owned(),
            (error, description) => format!("{error}: {description}"),
        };
        let said = said.replace(self.api_key.expose_secret(), "[api key]");
        let (kind, what) = match response.status {
            // The document has no 404; ours says it in the error.
            _ if refusal.error == "not_found" => {
                (ErrorKind::NotFound, "the HTTP bridge finds no such client")
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (
                ErrorKind::Denied { permission: None },
                "the HTTP bridge refuses the API key",
            ),
            StatusCode::NOT_FOUND => (ErrorKind::NotFound, "the HTTP bridge finds no such client"),
            _ => (ErrorKind::Misconfigured, "the HTTP bridge refused"),
        };
        Error::new(kind, format!("{what}: {said}"))
    }

    async fn event(&self, client_id: &str, record: &Record, rest: Value) -> Result<(), Error> {
        let mut body = json!({
            "client_id": client_id,
            "application_id": record.metadata.konnect_application_id,
            "application_name": record.name,
            "application_description": record.description,
            "portal_id": record.metadata.konnect_portal_id,
            "organization_id": record.metadata.konnect_org_id,
            "developer_id": record.metadata.konnect_developer_id,
            "auth_strategy_id": record.auth_strategy_id,
            "dcr_provider_id": record.dcr_provider_id,
        });
        if let (Some(body), Value::Object(rest)) = (body.as_object_mut(), rest) {
            body.extend(rest);
        }
        let path = format!("{}/event-hook", segment(client_id));
        self.call(Method::POST, &path, Some(&body)).await.map(drop)
    }

    async fn record(&self, client_id: &str) -> Result<Record, Error> {
        let kept = self.states.load(client_id).await?;
        let kept = kept.ok_or_else(|| Error::absent(client_id))?;
        read_record(&kept)
    }

    async fn attempt(&self, client: &NewClient) -> Result<Attempt, Error> {
        let name = unique(client);
        let look_for = format!(
            "a client named \"{name}\", made by the HTTP bridge at {}",
            self.base
        );
        let application_id = &client.metadata.konnect_application_id;
        self.states.attempt(application_id, &look_for).await
    }

    /// Whether the bridge can be asked what became of a registration. One can do without it.
    async fn lookup(&self) -> Finding {
        let nobody = Attempt {
            id: NOBODY.to_owned(),
            application_id: NOBODY.to_owned(),
            look_for: String::new(),
        };
        match self.made_for(&nobody).await {
            Ok(Some(_)) => {
                let holds = "the bridge tells what became of a registration without an answer";
                findings::held("lookup", holds)
            }
            Ok(None) => life::untold("this HTTP bridge"),
            Err(error) => findings::failed("lookup", &error),
        }
    }

    /// The client that the bridge made for this idempotency key: a question of our own, which the
    /// published document does not know. The outer `None` is a bridge that does not understand it.
    async fn made_for(&self, attempt: &Attempt) -> Result<Option<Option<String>>, Error> {
        let path = format!("?idempotency_key={}", segment(&attempt.id));
        let asked = self.call(Method::GET, &path, None).await;
        let response = match asked {
            Ok(response) => response,
            Err(error) if error.kind == ErrorKind::Unavailable => return Err(error),
            Err(error) if matches!(error.kind, ErrorKind::RateLimited { .. }) => return Err(error),
            Err(_) => return Ok(None),
        };
        let found = serde_json::from_slice::<Lookup>(&response.body).ok();
        let found = found.filter(|found| found.idempotency_key == attempt.id);
        Ok(found.map(|found| found.client_id))
    }

    /// A bridge that answers with another's client must not be believed.
    async fn is_its_own(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        let known = self.states.load(client_id).await?;
        let own = &client.metadata.konnect_application_id;
        if known.is_some_and(|kept| &kept.application_id != own) {
            let message = format!(
                "the HTTP bridge answered with the client {client_id}, which is another \
                 application's; let it make a new client for every registration"
            );
            return Err(Error::new(ErrorKind::Misconfigured, message));
        }
        Ok(())
    }
}

/// Some bridges answer a name that they know with the client that has it.
fn unique(client: &NewClient) -> String {
    unique_name(&client.name, &client.metadata.konnect_application_id, NAME)
}

fn read_record(kept: &KeptClient) -> Result<Record, Error> {
    serde_json::from_str(kept.state.expose_secret()).map_err(|_| {
        let message = format!(
            "what was kept of the client {} cannot be read",
            kept.client_id
        );
        Error::new(ErrorKind::Unavailable, message)
    })
}

#[async_trait]
impl DcrProvider for HttpBridge {
    fn abilities(&self) -> Abilities {
        Abilities {
            audiences: false,
            scopes: false,
            updates: self.hears_events,
            rotates: self.rotates,
            finds_lost: false,
            hears_registrations: self.hears_events,
            overlap: self.overlap,
            ..Abilities::ALL
        }
    }

    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error> {
        let redirect_uris = client::redirect_uris(&client.redirect_uris);
        let description = client.description.clone().unwrap_or_default();
        let body = json!({
            "client_name": unique(client),
            "application_description": description,
            "redirect_uris": redirect_uris,
            "grant_types": client.auth_methods,
            "scopes": client.scopes,
            "token_endpoint_auth_method": "client_secret_post",
            "portal_id": client.metadata.konnect_portal_id,
            "organization_id": client.metadata.konnect_org_id,
            "developer_id": client.metadata.konnect_developer_id,
            "auth_strategy_id": client.auth_strategy_id,
            "dcr_provider_id": client.dcr_provider_id,
        });
        let attempt = self.attempt(client).await?;
        let ended = async |error| kept::failed(&*self.states, &attempt, error).await;
        let key = ("idempotency-key", attempt.id.as_str());
        let sent = self.send(Method::POST, "", Some(&body), Some(key)).await;
        let response = match sent {
            Ok(response) => response,
            Err(error) => return Err(ended(error).await),
        };
        let made: Credentials = call::read(&response)?;
        if let Err(error) = self.is_its_own(&made.client_id, client).await {
            return Err(ended(error).await);
        }
        let record = Record::of(client);
        let kept = record.kept(&made.client_id);
        if let Err(error) = self.states.made(&attempt, &kept).await {
            let path = segment(&made.client_id);
            let removed = self.call(Method::DELETE, &path, None).await;
            let error = error.after_clean_up(&made.client_id, removed.map(drop));
            return Err(ended(error).await);
        }
        Ok(RegisteredClient {
            client_id: made.client_id,
            client_secret: ShownOnce::new(made.client_secret),
        })
    }

    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error> {
        let kept = self.states.of_application(application_id).await?;
        let client = |kept: &KeptClient| {
            let record = read_record(kept)?;
            Ok(Client {
                client_id: kept.client_id.clone(),
                name: record.name,
                metadata: record.metadata,
            })
        };
        kept.iter().map(client).collect()
    }

    async fn remove_all(&self, application_id: &str) -> Result<(), Error> {
        for attempt in self.states.attempts(application_id).await? {
            let Some(made) = self.made_for(&attempt).await? else {
                continue;
            };
            if let Some(client_id) = made {
                self.delete(&client_id).await?;
            }
            self.states.end(&attempt).await?;
        }
        for client in self.find(application_id).await? {
            self.delete(&client.client_id).await?;
        }
        Ok(())
    }

    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error> {
        let mut record = self.record(client_id).await?;
        if let Some(name) = &changes.name {
            record.name.clone_from(name);
        }
        if let Some(description) = &changes.description {
            record.description = description.clone().unwrap_or_default();
        }
        if let Some(uris) = &changes.redirect_uris {
            record.redirect_uris = client::redirect_uris(uris);
        }
        if self.hears_events {
            let rest = json!({
                "event_type": "update_application",
                "redirect_uris": record.redirect_uris,
            });
            self.event(client_id, &record, rest).await?;
        } else if changes.redirect_uris.is_some() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "the HTTP bridge is not told of changes (disable_event_hooks), so redirect URIs \
                 cannot change",
            ));
        }
        self.states.keep(&record.kept(client_id)).await
    }

    async fn set_scopes(&self, _: &str, _: &str, _: &[String]) -> Result<(), Error> {
        Err(Error::new(
            ErrorKind::Unsupported,
            "an HTTP bridge is told a client's scopes when it is registered, and never again",
        ))
    }

    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error> {
        if !self.rotates {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "the HTTP bridge does not replace secrets (disable_refresh_secret)",
            ));
        }
        let path = format!("{}/new-secret", segment(client_id));
        let answer: Credentials = call::read(&self.call(Method::POST, &path, None).await?)?;
        Ok(ShownOnce::new(answer.client_secret))
    }

    async fn delete(&self, client_id: &str) -> Result<(), Error> {
        match self.call(Method::DELETE, &segment(client_id), None).await {
            Ok(_) => {}
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.states.forget(client_id).await
    }

    async fn scopes(&self, _: &str) -> Result<Option<Vec<Scope>>, Error> {
        Ok(None)
    }

    async fn survey(&self, pages: Pages) -> Result<Survey, Error> {
        let mut after = String::new();
        loop {
            let page = self.states.page(&after).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.client_id);
            let told = |kept: &KeptClient| Ok(read_record(kept)?.told(&kept.client_id));
            let told: Result<Vec<ClientState>, Error> = page.iter().map(told).collect();
            pages.show(told?).await;
        }
        Ok(Survey {
            sight: Sight::Told,
            limits: Some(UNSEEN.to_owned()),
        })
    }

    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        let kept = self.states.load(client_id).await?;
        let told = kept.map(|kept| Ok(read_record(&kept)?.told(client_id)));
        told.transpose()
    }

    fn expected(&self, client: &NewClient) -> ClientState {
        Record::of(client).told("")
    }

    /// Tells the bridge of the application again, as far as it hears of changes.
    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        let (told, new) = (self.record(client_id).await?, Record::of(client));
        let registered_only = told.grant_types != new.grant_types || told.scopes != new.scopes;
        let differs = told.told("").differences(&new.clone().told(""));
        if registered_only || differs.contains(&Field::Metadata) {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "an HTTP bridge is told a client's scopes and grant types when it is registered, and \
                 never again; create a new application and delete this one",
            ));
        }
        let changes = ClientChanges {
            name: Some(client.name.clone()),
            description: Some(client.description.clone()),
            redirect_uris: differs
                .contains(&Field::RedirectUris)
                .then(|| client.redirect_uris.clone()),
        };
        self.update(client_id, &changes).await
    }

    async fn notify(&self, client_id: &str, event: &RegistrationEvent) -> Result<(), Error> {
        if !self.hears_events {
            return Ok(());
        }
        let mut rest = json!({
            "event_type": match event.change {
                RegistrationChange::Added => "add_registration",
                RegistrationChange::Removed => "remove_registration",
            },
            "api_product_version_id": event.product_version_id,
        });
        if let Some(audience) = &event.audience {
            rest["audience"] = audience.as_str().into();
        }
        self.event(client_id, &self.record(client_id).await?, rest)
            .await
    }

    async fn verify(&self, probe: &Probe) -> Vec<Finding> {
        let (mut findings, endpoint) = findings::discovery(&self.caller, &self.issuer).await;
        let way = endpoint.as_deref().map(|endpoint| TokenWay {
            endpoint,
            post: true,
            audience: probe.audience.as_deref(),
            scopes: without_openid(&probe.scopes),
            mend: "let the bridge grant client credentials and these scopes to the clients it makes",
        });
        findings.extend(life::tried(self, &self.caller, probe, way).await);
        findings.push(self.lookup().await);
        findings
    }
}
