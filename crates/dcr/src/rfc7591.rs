//! Any server that registers clients as RFC 7591 says, and manages them as RFC 7592 says.
//!
//! These protocols know no list of clients, so what a registration answered is kept
//! ([`ClientStates`]), and a client whose registration got no answer cannot be found again. Secrets are
//! replaced where the server does so with an update. An audience is not theirs: strategies name it when
//! they ask for tokens.
//!
//! Source: RFC 7591, RFC 7592, OpenID Connect Discovery 1.0 §4.

use std::sync::Arc;

use async_trait::async_trait;
use egress::Egress;
use egress::issuer::{Issuers, Metadata, normalise};
use http::StatusCode;
use oauth::{ClientSecret, Clock, ShownOnce};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::call::{self, Caller};
use crate::client::{self, NOBODY, canary, unique_name, without_openid};
use crate::config::{Access, Rfc7591Config};
use crate::findings::{self, failed, held, is_web};
use crate::kept::ClientStates;
use crate::life::{self, TokenWay};
use crate::port::{
    Abilities, Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding, NewClient, Probe,
    RegisteredClient, Scope,
};
use crate::registration::{self, Information, Registrations, Replaced};
use crate::state::{ANY_AUDIENCE, ClientState};
use crate::survey::{Pages, Survey};
use crate::token::{ClientCredentials, Granted, Refused, Token, TokenCache};

/// RFC 7591 names no longest name; this many characters are taken everywhere.
const NAME: usize = 100;

/// The adapter for one server.
pub struct Rfc7591 {
    issuer: String,
    registration_endpoint: Option<String>,
    access: Access,
    issuers: Issuers,
    tokens: TokenCache,
    registrations: Registrations,
    /// Whether a client keeps its secret when it is read; known once it was tried.
    reads: OnceCell<bool>,
}

impl Rfc7591 {
    /// Prepares the adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`ErrorKind::Misconfigured`] if an address is not an http or https URL.
    pub fn new(
        config: Rfc7591Config,
        egress: Egress,
        clock: Clock,
        states: Arc<dyn ClientStates>,
    ) -> Result<Self, Error> {
        let issuer = normalise(&config.issuer);
        for address in [Some(&issuer), config.registration_endpoint.as_ref()] {
            if let Some(address) = address.filter(|address| !is_web(address)) {
                let message = format!("`{address}` is not a URL; write it like https://as.example");
                return Err(Error::new(ErrorKind::Misconfigured, message));
            }
        }
        Ok(Self {
            issuer,
            registration_endpoint: config.registration_endpoint,
            access: config.access,
            issuers: Issuers::new(egress.clone()),
            tokens: TokenCache::new(clock.clone()),
            registrations: Registrations::new(Caller { egress, clock }, states),
            reads: OnceCell::new(),
        })
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, Error> {
        let metadata = self.issuers.metadata(&self.issuer).await;
        metadata.map_err(|error| call::undiscovered(&error))
    }

    fn endpoint(&self, metadata: &Metadata) -> Result<String, Error> {
        let named = self.registration_endpoint.as_ref();
        let named = named.or(metadata.registration_endpoint.as_ref());
        named.cloned().ok_or_else(|| {
            Error::new(
                ErrorKind::Misconfigured,
                "the issuer's metadata name no registration_endpoint; switch dynamic client \
                 registration on at the identity provider, or name the endpoint here",
            )
        })
    }

    /// The token that a client of ours gets to register with.
    async fn fetch(&self, metadata: &Metadata) -> Result<Granted, Error> {
        let Access::Client { id, secret, scope } = &self.access else {
            return Err(Error::new(
                ErrorKind::Misconfigured,
                "no initial client is set",
            ));
        };
        let endpoint = metadata.token_endpoint.as_deref().ok_or_else(|| {
            let message = "the issuer's metadata name no token_endpoint, so the initial client \
                           gets no token; set an initial access token instead";
            Error::new(ErrorKind::Misconfigured, message)
        })?;
        let asks: Vec<_> = scope
            .iter()
            .map(|scope| ("scope", scope.as_str()))
            .collect();
        let credentials = ClientCredentials {
            endpoint,
            client_id: id,
            client_secret: secret,
            post: auth_method(metadata) == "client_secret_post",
            asks: &asks,
        };
        credentials
            .exchange(&self.registrations.caller)
            .await?
            .map_err(|response| {
                let refused = Refused::read(&response, secret.expose_secret());
                let denied = ErrorKind::Denied {
                    permission: scope.clone(),
                };
                let message = format!(
                    "the initial client gets no token to register with ({}): {}; correct its id, \
                 secret and scope",
                    response.status,
                    refused.said()
                );
                Error::new(denied, message)
            })
    }

    /// Registers. An initial token that is refused is replaced once: it may be good for one
    /// registration alone.
    async fn send(&self, client: &NewClient) -> Result<Information, Error> {
        let metadata = self.metadata().await?;
        let endpoint = self.endpoint(&metadata)?;
        let body = body(client, &metadata);
        let (mut token, kept) = self.initial_token(&metadata).await?;
        let post = async |token: Option<&SecretString>| {
            let registrations = &self.registrations;
            registrations
                .register(&endpoint, token, client, &body)
                .await
        };
        let mut answer = post(token.as_ref()).await?;
        let refused = |answer: &Result<Information, egress::Response>| {
            answer
                .as_ref()
                .is_err_and(|response| response.status == StatusCode::UNAUTHORIZED)
        };
        if refused(&answer)
            && let Some(kept) = kept
        {
            let fresh = self.tokens.instead_of(&kept, self.fetch(&metadata)).await?;
            token = Some(fresh.value);
            answer = post(token.as_ref()).await?;
        }
        answer.map_err(|response| match response.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => self.denied(&response),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "clients cannot register at {endpoint} ({}); correct it",
                    response.status
                ),
            ),
            _ => registration::refused(&response),
        })
    }

    async fn initial_token(
        &self,
        metadata: &Metadata,
    ) -> Result<(Option<SecretString>, Option<Token>), Error> {
        match &self.access {
            Access::Open => Ok((None, None)),
            Access::InitialToken(token) => Ok((Some(token.clone()), None)),
            Access::Client { .. } => {
                let token = self.tokens.current(self.fetch(metadata)).await?;
                Ok((Some(token.value.clone()), Some(token)))
            }
        }
    }

    fn denied(&self, response: &egress::Response) -> Error {
        let said = registration::refused(response).message;
        let mend = match &self.access {
            Access::Open => "set an initial access token or an initial client",
            Access::InitialToken(_) => {
                "the initial access token is wrong, spent or expired; set another"
            }
            Access::Client { .. } => {
                "let the identity provider allow the initial client to register clients"
            }
        };
        let permission = match &self.access {
            Access::Client { scope, .. } => scope.clone(),
            Access::Open | Access::InitialToken(_) => None,
        };
        Error::new(ErrorKind::Denied { permission }, format!("{said}; {mend}"))
    }

    /// Whether clients can be looked at without harm. A server may give a client another secret when it
    /// is read (RFC 7592 §2.1), which ends the developer's: a client that is nobody's shows it.
    async fn reads(&self) -> Result<bool, Error> {
        let tried = self.reads.get_or_try_init(|| self.try_to_read());
        tried.await.copied()
    }

    async fn try_to_read(&self) -> Result<bool, Error> {
        for left in self.find(NOBODY).await? {
            self.delete(&left.client_id).await?;
        }
        let RegisteredClient {
            client_id,
            client_secret,
        } = self.register(&canary(&[])).await?;
        let secret = client_secret.reveal();
        let mut keeps = Ok(true);
        for _ in 0..2 {
            keeps = match self.registrations.read(&client_id).await {
                Ok(read) => Ok(read
                    .client_secret()
                    .is_none_or(|now| now.expose_secret() == secret.expose_secret())),
                Err(error) if error.kind == ErrorKind::Unsupported => Ok(true),
                Err(error) => Err(error),
            };
            if !matches!(keeps, Ok(true)) {
                break;
            }
        }
        match self.delete(&client_id).await {
            Err(error) if error.kind != ErrorKind::Unsupported => Err(error),
            _ => keeps,
        }
    }

    /// What must hold before a client can be made.
    async fn ready(&self, findings: &mut Vec<Finding>) -> Result<Arc<Metadata>, Finding> {
        let lacks = |check| move |error: Error| failed(check, &error);
        // Whoever verifies may just have changed what the last verification named.
        let metadata = self.issuers.refresh(&self.issuer).await;
        let metadata = metadata.map_err(|error| call::undiscovered(&error));
        let metadata = metadata.map_err(lacks("metadata"))?;
        let endpoint = self
            .endpoint(&metadata)
            .map_err(lacks("registration_endpoint"))?;
        let holds = format!("clients register at {endpoint}");
        findings.push(held("registration_endpoint", holds));
        let token = self.initial_token(&metadata).await;
        let (token, _) = token.map_err(lacks("initial_token"))?;
        let holds = match token {
            Some(_) => "there is a token to register with",
            None => "anybody may register",
        };
        findings.push(held("initial_token", holds));
        Ok(metadata)
    }
}

/// What the client asks for (RFC 7591 §2). `software_id` tells people at the server whose it is.
fn body(client: &NewClient, metadata: &Metadata) -> Value {
    let application_id = &client.metadata.konnect_application_id;
    let response_types: &[&str] = match client::uses_code_flow(client) {
        true => &["code"],
        false => &[],
    };
    let mut body = json!({
        "client_name": client::own_name(client, NAME),
        "grant_types": offered(metadata, &client::grant_types(client)),
        "response_types": response_types,
        "redirect_uris": client::redirect_uris(&client.redirect_uris),
        "token_endpoint_auth_method": auth_method(metadata),
        "software_id": application_id,
    });
    if !client.scopes.is_empty() {
        body["scope"] = client.scopes.join(" ").into();
    }
    body
}

/// The grant types without `refresh_token` where the server has none: it would refuse the client.
fn offered<'a>(metadata: &Metadata, grant_types: &[&'a str]) -> Vec<&'a str> {
    let supported = metadata.grant_types_supported.as_deref();
    let refreshes =
        supported.is_none_or(|all| all.iter().any(|offered| offered == "refresh_token"));
    let wanted = grant_types.iter().copied();
    wanted
        .filter(|grant_type| refreshes || *grant_type != "refresh_token")
        .collect()
}

/// How clients with a secret authenticate there; unsaid means `client_secret_basic` (RFC 8414 §2).
fn auth_method(metadata: &Metadata) -> &'static str {
    let supported = metadata.token_endpoint_auth_methods_supported.as_deref();
    let offers = |method: &str| {
        supported.is_none_or(|supported| supported.iter().any(|offered| offered == method))
    };
    if !offers("client_secret_basic") && offers("client_secret_post") {
        "client_secret_post"
    } else {
        "client_secret_basic"
    }
}

#[async_trait]
impl DcrProvider for Rfc7591 {
    fn abilities(&self) -> Abilities {
        Abilities {
            audiences: false,
            finds_lost: false,
            ..Abilities::ALL
        }
    }

    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error> {
        let mend = "allow it there, or take it out of the auth strategy";
        let credentials = self.send(client).await?.credentials(&client.scopes, mend);
        match credentials {
            Ok(registered) => Ok(registered),
            Err((client_id, error)) => {
                let removed = self.registrations.delete(&client_id).await;
                Err(error.after_clean_up(&client_id, removed))
            }
        }
    }

    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error> {
        self.registrations.find(application_id).await
    }

    async fn remove_all(&self, application_id: &str) -> Result<(), Error> {
        self.registrations.remove_all(self, application_id).await
    }

    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error> {
        let Some(application_id) = self.registrations.application_of(client_id).await? else {
            return Err(Error::absent(client_id));
        };
        let metadata = self.metadata().await?;
        let code_flow = offered(&metadata, &["authorization_code", "refresh_token"]);
        let replaced = self.registrations.replace(client_id, |body, asked| {
            if let Some(name) = &changes.name {
                let unique = unique_name(name, &application_id, NAME);
                body.insert("client_name".to_owned(), unique.into());
            }
            if let Some(uris) = &changes.redirect_uris {
                let uris = client::redirect_uris(uris);
                asked.redirect_uris = uris.iter().cloned().collect();
                body.insert("redirect_uris".to_owned(), json!(uris));
                if !uris.is_empty() {
                    let flow = ["authorization_code", "refresh_token"];
                    asked.grant_types.extend(flow.map(str::to_owned));
                    add(body, "grant_types", &code_flow);
                    add(body, "response_types", &["code"]);
                }
            }
        });
        let replaced = replaced.await?;
        if let Some(name) = &changes.name {
            self.registrations.rename(client_id, name).await?;
        }
        keeps_its_secret(client_id, &replaced)
    }

    async fn set_scopes(
        &self,
        client_id: &str,
        _audience: &str,
        scopes: &[String],
    ) -> Result<(), Error> {
        if scopes.is_empty() {
            // A registration without `scope` gets the server's default (RFC 7591 §2).
            return Err(Error::new(
                ErrorKind::Unsupported,
                "RFC 7592 cannot take every scope from a client; delete the application instead",
            ));
        }
        let replaced = self.registrations.replace(client_id, |body, asked| {
            let set = scopes.iter().cloned().collect();
            asked.scopes.insert(ANY_AUDIENCE.to_owned(), set);
            body.insert("scope".to_owned(), scopes.join(" ").into());
        });
        match replaced.await?.information().not_granted(scopes) {
            None => Ok(()),
            Some(scope) => Err(not_granted(scope)),
        }
    }

    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error> {
        let replaced = self.registrations.replace(client_id, |body, _| {
            body.remove("client_secret");
        });
        replaced.await?.new_secret().map(ShownOnce::new).ok_or_else(|| {
            Error::new(
                ErrorKind::Unsupported,
                "the identity provider keeps a client's secret for good (RFC 7592 leaves that to it); \
                 create a new application and delete this one",
            )
        })
    }

    async fn delete(&self, client_id: &str) -> Result<(), Error> {
        self.registrations.delete(client_id).await
    }

    async fn scopes(&self, _audience: &str) -> Result<Option<Vec<Scope>>, Error> {
        Ok(None)
    }

    async fn survey(&self, pages: Pages) -> Result<Survey, Error> {
        match self.reads().await? {
            true => self.registrations.survey(&pages).await,
            false => self.registrations.survey_told(&pages, READING_HARMS).await,
        }
    }

    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        match self.reads().await? {
            true => self.registrations.inspect(client_id).await,
            false => self.registrations.told(client_id).await,
        }
    }

    fn expected(&self, client: &NewClient) -> ClientState {
        registration::told::asked(client)
    }

    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        let metadata = self.metadata().await?;
        let whole = body(client, &metadata);
        let replaced = self.registrations.replace(client_id, |body, asked| {
            *asked = registration::told::asked(client);
            if client.scopes.is_empty() {
                body.remove("scope");
            }
            body.extend(whole.as_object().cloned().unwrap_or_default());
        });
        let replaced = replaced.await?;
        self.registrations.rename(client_id, &client.name).await?;
        keeps_its_secret(client_id, &replaced)?;
        match replaced.information().not_granted(&client.scopes) {
            None => Ok(()),
            Some(scope) => Err(not_granted(scope)),
        }
    }

    async fn verify(&self, probe: &Probe) -> Vec<Finding> {
        let caller = &self.registrations.caller;
        let (mut findings, _) = findings::discovery(caller, &self.issuer).await;
        let metadata = match self.ready(&mut findings).await {
            Ok(metadata) => metadata,
            Err(finding) => {
                findings.push(finding);
                return findings;
            }
        };
        let way = metadata.token_endpoint.as_deref().map(|endpoint| TokenWay {
            endpoint,
            post: auth_method(&metadata) == "client_secret_post",
            audience: probe.audience.as_deref(),
            scopes: without_openid(&probe.scopes),
            mend: "let the identity provider grant client credentials and these scopes to clients \
                   that register",
        });
        findings.extend(life::tried(self, caller, probe, way).await);
        findings.push(life::untold("RFC 7591"));
        findings
    }
}

const READING_HARMS: &str = "the identity provider gives a client another secret when it is read, so none is: clients are \
     compared with what it was last told, and what was changed there cannot be seen here";

fn not_granted(scope: &str) -> Error {
    let message = format!("the identity provider does not grant the scope {scope}; allow it there");
    Error::new(ErrorKind::Misconfigured, message)
}

fn keeps_its_secret(client_id: &str, replaced: &Replaced) -> Result<(), Error> {
    if replaced.secret_was_shown() && replaced.new_secret().is_some() {
        return Err(Error::new(
            ErrorKind::Misconfigured,
            format!(
                "the identity provider replaced the secret of the client {client_id} with this \
                 change; replace the application's secret to get a new one"
            ),
        ));
    }
    Ok(())
}

/// Adds texts to a member that is a list.
fn add(body: &mut serde_json::Map<String, Value>, member: &str, texts: &[&str]) {
    let list = body.entry(member.to_owned()).or_insert_with(|| json!([]));
    if let Value::Array(list) = list {
        for text in texts {
            if !list.iter().any(|known| known == text) {
                list.push((*text).into());
            }
        }
    }
}
