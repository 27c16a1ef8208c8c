//! The Curity Identity Server, by its Dynamic Client Registration with non-templatized clients and
//! Dynamic Client Management.
//!
//! Three things set it apart from other servers of RFC 7591. A token with the scope `dcr` is good for
//! one registration. Reading or replacing a client gives it another secret as well as another
//! registration access token; so a rotation is a read, and a client is never changed otherwise: that
//! would end the developer's secret. And a client that may ask for the scope `dcrm` may manage every
//! registered client, which helps where a registration access token was lost.
//!
//! Source: <https://curity.io/resources/learn/using-dynamic-client-registration/>,
//! <https://curity.io/resources/learn/dynamic-client-registration-management/>,
//! <https://curity.io/docs/idsvr/latest/token-service-admin-guide/dcr/dcr-api.html>,
//! <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/curity/>.

use std::sync::Arc;

use async_trait::async_trait;
use egress::issuer::{Issuers, Metadata, normalise};
use egress::{Egress, Request};
use http::StatusCode;
use oauth::{ClientSecret, Clock, ShownOnce};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::call::{self, Caller, segment};
use crate::client::{self, without_openid};
use crate::config::InitialClientConfig;
use crate::findings::{self, failed, held, is_web};
use crate::kept::ClientStates;
use crate::life::{self, TokenWay};
use crate::port::{
    Abilities, Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding, NewClient, Probe,
    RegisteredClient, Scope,
};
use crate::registration::{self, Registrations};
use crate::state::{ClientState, Field};
use crate::survey::{Pages, Survey};
use crate::token::{ClientCredentials, Refused};

/// Where an administrator lets a client register others.
const WHERE: &str = "Token Service > General > Dynamic Registration";

/// How long a client's name is at most here.
const NAME: usize = 100;

/// The adapter for one token service profile.
pub struct Curity {
    issuer: String,
    initial_client_id: String,
    initial_client_secret: SecretString,
    issuers: Issuers,
    registrations: Registrations,
}

impl Curity {
    /// Prepares the adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`ErrorKind::Misconfigured`] if the issuer is not an http or https URL.
    pub fn new(
        config: InitialClientConfig,
        egress: Egress,
        clock: Clock,
        states: Arc<dyn ClientStates>,
    ) -> Result<Self, Error> {
        let issuer = normalise(&config.issuer);
        if !is_web(&issuer) {
            let message = format!(
                "the issuer `{}` is not a URL; write it like https://HOST/oauth/v2/oauth-anonymous",
                config.issuer
            );
            return Err(Error::new(ErrorKind::Misconfigured, message));
        }
        Ok(Self {
            issuer,
            initial_client_id: config.initial_client_id,
            initial_client_secret: config.initial_client_secret,
            issuers: Issuers::new(egress.clone()),
            registrations: Registrations::new(Caller { egress, clock }, states),
        })
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, Error> {
        let metadata = self.issuers.metadata(&self.issuer).await;
        metadata.map_err(|error| call::undiscovered(&error))
    }

    /// A token with the scope: `dcr` for one registration, `dcrm` to manage any client.
    async fn token(&self, metadata: &Metadata, scope: &str) -> Result<SecretString, Error> {
        let endpoint = metadata.token_endpoint.as_deref().ok_or_else(|| {
            let message = "the issuer's metadata name no token_endpoint; correct the issuer";
            Error::new(ErrorKind::Misconfigured, message)
        })?;
        let credentials = ClientCredentials {
            endpoint,
            client_id: &self.initial_client_id,
            client_secret: &self.initial_client_secret,
            post: false,
            asks: &[("scope", scope)],
        };
        let response = match credentials.exchange(&self.registrations.caller).await? {
            // Curity leaves out a scope that a client may not have, and gives the token all the same.
            Ok(granted) if granted.scope.as_deref().is_none_or(|s| holds(s, scope)) => {
                return Ok(granted.access_token);
            }
            Ok(_) => return Err(not_allowed(scope)),
            Err(response) => response,
        };
        let refused = Refused::read(&response, self.initial_client_secret.expose_secret());
        Err(match (response.status, refused.error.as_str()) {
            (_, "invalid_scope" | "unauthorized_client") => not_allowed(scope),
            (StatusCode::UNAUTHORIZED, _) | (_, "invalid_client") => Error::new(
                ErrorKind::Denied { permission: None },
                "the initial client id or secret is wrong; set the client's secret anew under \
                 Token Service > Clients > Client Authentication and copy it here",
            ),
            (status, _) => Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "the identity provider gave no token to register with ({status}): {}",
                    refused.said()
                ),
            ),
        })
    }

    fn endpoint(metadata: &Metadata) -> Result<&str, Error> {
        metadata.registration_endpoint.as_deref().ok_or_else(|| {
            let message =
                format!("the issuer names no registration_endpoint; enable it under {WHERE}");
            Error::new(ErrorKind::Misconfigured, message)
        })
    }

    /// Removes a client with the right to manage every client.
    async fn remove_as_manager(&self, client_id: &str) -> Result<(), Error> {
        let metadata = self.metadata().await?;
        let token = self.token(&metadata, "dcrm").await?;
        let endpoint = Self::endpoint(&metadata)?.trim_end_matches('/');
        let url = format!("{endpoint}/{}", segment(client_id));
        let caller = &self.registrations.caller;
        let response = caller.send(|| Request::delete(&url).bearer(&token)).await?;
        match response.status {
            status if status.is_success() => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(not_allowed("dcrm")),
            _ => return Err(registration::refused(&response)),
        }
        self.registrations.states.forget(client_id).await
    }

    async fn ready(&self, findings: &mut Vec<Finding>) -> Result<Arc<Metadata>, Finding> {
        let lacks = |check| move |error: Error| failed(check, &error);
        // Whoever verifies may just have changed what the last verification named.
        let metadata = self.issuers.refresh(&self.issuer).await;
        let metadata = metadata.map_err(|error| call::undiscovered(&error));
        let metadata = metadata.map_err(lacks("metadata"))?;
        let endpoint = Self::endpoint(&metadata).map_err(lacks("registration_endpoint"))?;
        let holds = format!("clients register at {endpoint}");
        findings.push(held("registration_endpoint", holds));
        let token = self.token(&metadata, "dcr").await;
        token.map_err(lacks("initial_token"))?;
        findings.push(held(
            "initial_token",
            "the initial client gets tokens with the scope dcr",
        ));
        // One can do without it.
        let manages = match self.token(&metadata, "dcrm").await {
            Ok(_) => "the initial client may manage every client (the scope dcrm)".to_owned(),
            Err(error) => format!(
                "clients whose registration access token is lost have to be removed by hand: {error}"
            ),
        };
        findings.push(held("management_token", manages));
        Ok(metadata)
    }
}

fn holds(scopes: &str, scope: &str) -> bool {
    scopes.split(' ').any(|granted| granted == scope)
}

fn not_allowed(scope: &str) -> Error {
    let permission = Some(scope.to_owned());
    let message = format!(
        "the initial client may not ask for the scope {scope}; add it to the clients that may \
         register and manage others under {WHERE}"
    );
    Error::new(ErrorKind::Denied { permission }, message)
}

/// A non-templatized client. Curity knows no members of ours, so the name carries the application.
fn body(client: &NewClient) -> Value {
    let name = client::own_name(client, NAME);
    let mut body = json!({
        "client_name": name,
        "grant_types": client::grant_types(client),
        "token_endpoint_auth_method": "client_secret_basic",
    });
    if !client.redirect_uris.is_empty() {
        body["redirect_uris"] = json!(client::redirect_uris(&client.redirect_uris));
        body["response_types"] = json!(["code"]);
    }
    if !client.scopes.is_empty() {
        body["scope"] = client.scopes.join(" ").into();
    }
    body
}

const UNSEEN: &str = "Curity gives a client another secret when it is read, so none is: clients are compared with what \
     they were registered with, and neither changed nor orphaned ones can be seen here";

fn kept_secret() -> Error {
    Error::new(
        ErrorKind::Misconfigured,
        format!(
            "the identity provider gives no client secret; let registered clients authenticate with \
             a secret under {WHERE}"
        ),
    )
}

#[async_trait]
impl DcrProvider for Curity {
    fn abilities(&self) -> Abilities {
        Abilities {
            audiences: false,
            scopes: false,
            updates: false,
            finds_lost: false,
            ..Abilities::ALL
        }
    }

    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error> {
        let metadata = self.metadata().await?;
        let endpoint = Self::endpoint(&metadata)?;
        let token = self.token(&metadata, "dcr").await?;
        let registrations = &self.registrations;
        let body = body(client);
        let registered = registrations.register(endpoint, Some(&token), client, &body);
        let information = registered
            .await?
            .map_err(|response| match response.status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => not_allowed("dcr"),
                StatusCode::NOT_FOUND => Error::new(
                    ErrorKind::Misconfigured,
                    format!("clients cannot register at {endpoint}; enable it under {WHERE}"),
                ),
                _ => registration::refused(&response),
            })?;
        let mend = format!("allow it under {WHERE}");
        match information.credentials(&client.scopes, &mend) {
            Ok(registered) => Ok(registered),
            Err((client_id, error)) => {
                let removed = self.delete(&client_id).await;
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

    /// Name and description stay as they were at the provider.
    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error> {
        if changes.redirect_uris.is_some() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "the identity provider gives a client another secret with every change, so redirect \
                 URIs cannot change; create a new application and delete this one",
            ));
        }
        match &changes.name {
            Some(name) => self.registrations.rename(client_id, name).await,
            None => Ok(()),
        }
    }

    async fn set_scopes(&self, _: &str, _: &str, _: &[String]) -> Result<(), Error> {
        Err(Error::new(
            ErrorKind::Unsupported,
            "the identity provider gives a client another secret with every change, so scopes cannot \
             change; create a new application and delete this one",
        ))
    }

    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error> {
        let read = self.registrations.read(client_id).await?;
        let secret = read.client_secret().ok_or_else(kept_secret)?;
        Ok(ShownOnce::new(secret))
    }

    async fn delete(&self, client_id: &str) -> Result<(), Error> {
        match self.registrations.delete(client_id).await {
            Err(Error {
                kind: ErrorKind::Denied { .. } | ErrorKind::Unsupported,
                ..
            }) => self.remove_as_manager(client_id).await,
            other => other,
        }
    }

    async fn scopes(&self, _: &str) -> Result<Option<Vec<Scope>>, Error> {
        Ok(None)
    }

    async fn survey(&self, pages: Pages) -> Result<Survey, Error> {
        self.registrations.survey_told(&pages, UNSEEN).await
    }

    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        self.registrations.told(client_id).await
    }

    fn expected(&self, client: &NewClient) -> ClientState {
        registration::told::asked(client)
    }

    /// Only what Curity is never told can be put right: the application's name.
    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        let told = self.inspect(client_id).await?;
        let told = told.ok_or_else(|| Error::absent(client_id))?;
        match told.differences(&self.expected(client)).as_slice() {
            [] | [Field::Name] => self.registrations.rename(client_id, &client.name).await,
            _ => Err(Error::new(
                ErrorKind::Unsupported,
                "the identity provider gives a client another secret with every change; create a new \
                 application and delete this one",
            )),
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
            post: false,
            audience: None,
            scopes: without_openid(&probe.scopes),
            mend: "allow client credentials and these scopes under Token Service > General > \
                   Dynamic Registration",
        });
        findings.extend(life::tried(self, caller, probe, way).await);
        findings.push(life::untold("Curity"));
        findings
    }
}
