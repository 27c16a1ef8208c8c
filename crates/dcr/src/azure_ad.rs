//! Microsoft Entra ID, by Microsoft Graph.
//!
//! An application becomes an app registration with a service principal and a password credential. Its
//! `uniqueName` is made of the application's id, so that making it twice makes one, and that it is
//! found without a list. The metadata stand among its tags. Entra's parts learn of a new app one after another; what is unknown
//! yet is asked for again. A deleted app stays in Entra's recycle bin for 30 days, without use.
//!
//! Which scopes a client gets is for app roles of the API, which another permission assigns.
//!
//! Source: <https://learn.microsoft.com/en-us/graph/api/application-upsert>,
//! <https://learn.microsoft.com/en-us/graph/api/application-addpassword>,
//! <https://learn.microsoft.com/en-us/graph/api/serviceprincipal-post-serviceprincipals>,
//! <https://learn.microsoft.com/en-us/graph/throttling>,
//! <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/azure/>.

mod graph;
mod list;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use egress::{Egress, Response};
use http::{Method, StatusCode};
use oauth::{ClientSecret, Clock, ShownOnce};
use serde_json::{Value, json};

use crate::call;
use crate::config::InitialClientConfig;
use crate::findings::{self, failed, held};
use crate::life::{self, TokenWay};
use crate::port::{
    Abilities, AddedSecret, Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding,
    NewClient, Overlap, Probe, RegisteredClient, Scope,
};
use crate::state::ClientState;
use crate::survey::{Changes, Mark, Pages, Survey};
use crate::token::ClientCredentials;

use graph::Graph;
use wire::{Application, Password};

/// The waits until Entra's token endpoint knows a new secret.
const UNTIL_USABLE: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// The adapter for one tenant.
pub struct AzureAd {
    graph: Graph,
}

impl AzureAd {
    /// Prepares the adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`ErrorKind::Misconfigured`] if the issuer names no tenant.
    pub fn new(config: InitialClientConfig, egress: Egress, clock: Clock) -> Result<Self, Error> {
        Ok(Self {
            graph: Graph::new(config, egress, clock)?,
        })
    }

    /// The app registration, new or as an earlier attempt left it.
    async fn upsert(&self, client: &NewClient) -> Result<Application, Error> {
        let unique = wire::unique_name(&client.metadata.konnect_application_id);
        let path = format!("/applications(uniqueName='{unique}')");
        let body = wire::application(client);
        let prefer = Some("create-if-missing");
        let response = self
            .graph
            .call(Method::PATCH, &path, Some(&body), prefer)
            .await?;
        match response.status {
            StatusCode::CREATED => call::read(&response),
            status if status.is_success() => {
                let response = self.graph.call(Method::GET, &path, None, None).await?;
                call::read(&ok(response, ErrorKind::Misconfigured)?)
            }
            _ => Err(graph::refused(&response, ErrorKind::Rejected)),
        }
    }

    /// The service principal, without which the app gets no tokens.
    async fn principal(&self, app_id: &str) -> Result<(), Error> {
        let body = json!({ "appId": app_id });
        let unknown = |response: &Response| {
            response.status == StatusCode::NOT_FOUND
                || (response.status == StatusCode::BAD_REQUEST
                    && graph::is_unknown_application(response))
        };
        let path = "/servicePrincipals";
        let response = self
            .graph
            .call_new(Method::POST, path, &body, unknown)
            .await?;
        // An earlier attempt may have made it.
        if response.status == StatusCode::CONFLICT {
            return Ok(());
        }
        ok(response, ErrorKind::Misconfigured).map(drop)
    }

    async fn add_password(&self, app_id: &str) -> Result<Password, Error> {
        let body = json!({ "passwordCredential": { "displayName": "Gatehouse" } });
        let path = format!("{}/addPassword", app_path(app_id));
        let unknown = |response: &Response| response.status == StatusCode::NOT_FOUND;
        let response = self
            .graph
            .call_new(Method::POST, &path, &body, unknown)
            .await?;
        call::read(&found(response, app_id)?)
    }

    /// Ends every secret but the new one.
    async fn remove_other_passwords(&self, app: &Application, kept: &str) -> Result<(), Error> {
        for key_id in app.passwords().filter(|key_id| *key_id != kept) {
            self.remove_password(&app.app_id, key_id).await?;
        }
        Ok(())
    }

    async fn remove_password(&self, app_id: &str, key_id: &str) -> Result<(), Error> {
        let path = format!("{}/removePassword", app_path(app_id));
        let body = json!({ "keyId": key_id });
        let removed = self.graph.call(Method::POST, &path, Some(&body), None);
        let response = removed.await?;
        if response.status != StatusCode::NOT_FOUND {
            ok(response, ErrorKind::Misconfigured)?;
        }
        Ok(())
    }

    async fn application(&self, app_id: &str) -> Result<Application, Error> {
        let response = self
            .graph
            .call(Method::GET, &app_path(app_id), None, None)
            .await?;
        call::read(&found(response, app_id)?)
    }

    /// Waits until the secret is good for a token, for some seconds. A developer who tries it at once
    /// would be refused otherwise, and think it wrong.
    async fn usable(&self, app_id: &str, secret: &ClientSecret) {
        let scope = self.graph.default_scope();
        let credentials = ClientCredentials {
            endpoint: &self.graph.token_endpoint(),
            client_id: app_id,
            client_secret: secret,
            post: true,
            asks: &[("scope", &scope)],
        };
        for wait in UNTIL_USABLE {
            match credentials.exchange(&self.graph.caller).await {
                Ok(Err(_)) => tokio::time::sleep(wait).await,
                Ok(Ok(_)) | Err(_) => return,
            }
        }
        tracing::warn!(client = app_id, "dcr.secret_not_usable_yet");
    }

    async fn furnish(&self, app: &Application) -> Result<Password, Error> {
        self.principal(&app.app_id).await?;
        let password = self.add_password(&app.app_id).await?;
        self.remove_other_passwords(app, &password.key_id).await?;
        Ok(password)
    }

    async fn remove(&self, app_id: &str, just_made: bool) -> Result<(), Error> {
        let path = app_path(app_id);
        let response = match just_made {
            true => {
                let unknown = |response: &Response| response.status == StatusCode::NOT_FOUND;
                let nothing = Value::Null;
                self.graph
                    .call_new(Method::DELETE, &path, &nothing, unknown)
                    .await?
            }
            false => self.graph.call(Method::DELETE, &path, None, None).await?,
        };
        if response.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        ok(response, ErrorKind::Misconfigured).map(drop)
    }
}

fn app_path(app_id: &str) -> String {
    format!("/applications(appId='{}')", call::segment(app_id))
}

fn ok(response: Response, kind: ErrorKind) -> Result<Response, Error> {
    match response.status.is_success() {
        true => Ok(response),
        false => Err(graph::refused(&response, kind)),
    }
}

fn found(response: Response, app_id: &str) -> Result<Response, Error> {
    if response.status == StatusCode::NOT_FOUND {
        return Err(Error::absent(app_id));
    }
    ok(response, ErrorKind::Rejected)
}

#[async_trait]
impl DcrProvider for AzureAd {
    fn abilities(&self) -> Abilities {
        Abilities {
            audiences: false,
            scopes: false,
            overlap: Overlap::Secrets,
            ..Abilities::ALL
        }
    }

    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error> {
        let app = self.upsert(client).await?;
        match self.furnish(&app).await {
            Ok(password) => {
                self.usable(&app.app_id, &password.secret_text).await;
                Ok(RegisteredClient {
                    client_id: app.app_id,
                    client_secret: ShownOnce::new(password.secret_text),
                })
            }
            Err(error) => {
                let removed = self.remove(&app.app_id, true).await;
                Err(error.after_clean_up(&app.app_id, removed))
            }
        }
    }

    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error> {
        let unique = wire::unique_name(application_id);
        let path = format!("/applications(uniqueName='{unique}')");
        let response = self.graph.call(Method::GET, &path, None, None).await?;
        if response.status == StatusCode::NOT_FOUND {
            return Ok(Vec::new());
        }
        let app: Application = call::read(&ok(response, ErrorKind::Misconfigured)?)?;
        Ok(vec![app.into()])
    }

    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error> {
        let body = wire::changes(changes);
        let path = app_path(client_id);
        let response = self
            .graph
            .call(Method::PATCH, &path, Some(&body), None)
            .await?;
        found(response, client_id).map(drop)
    }

    async fn set_scopes(&self, _: &str, _: &str, _: &[String]) -> Result<(), Error> {
        Err(Error::new(
            ErrorKind::Unsupported,
            "Entra ID grants a client the app roles that an administrator assigns to it; assign them \
             under Enterprise applications > (the application) > Permissions",
        ))
    }

    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error> {
        let app = self.application(client_id).await?;
        let password = self.add_password(client_id).await?;
        self.remove_other_passwords(&app, &password.key_id).await?;
        self.usable(client_id, &password.secret_text).await;
        Ok(ShownOnce::new(password.secret_text))
    }

    async fn secrets(&self, client_id: &str) -> Result<Vec<String>, Error> {
        let app = self.application(client_id).await?;
        Ok(app.passwords().map(str::to_owned).collect())
    }

    async fn add_secret(&self, client_id: &str) -> Result<AddedSecret, Error> {
        let password = self.add_password(client_id).await?;
        self.usable(client_id, &password.secret_text).await;
        Ok(AddedSecret {
            secret_id: password.key_id,
            client_secret: ShownOnce::new(password.secret_text),
        })
    }

    /// Graph answers 400 to a `keyId` that the app has not, so the app is read first.
    async fn remove_secret(&self, client_id: &str, secret_id: &str) -> Result<(), Error> {
        match self.application(client_id).await {
            Ok(app) if app.passwords().any(|known| known == secret_id) => {
                self.remove_password(client_id, secret_id).await
            }
            Ok(_) => Ok(()),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, client_id: &str) -> Result<(), Error> {
        self.remove(client_id, false).await
    }

    async fn scopes(&self, _: &str) -> Result<Option<Vec<Scope>>, Error> {
        Ok(None)
    }

    async fn survey(&self, pages: Pages) -> Result<Survey, Error> {
        self.registrations(&pages).await
    }

    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        match self.application(client_id).await {
            Ok(app) => Ok(Some(app.into())),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn expected(&self, client: &NewClient) -> ClientState {
        wire::expected(client)
    }

    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        let mut body = wire::application(client);
        let app = self.application(client_id).await?;
        wire::add_tags(&mut body, app.tags_of_others());
        let path = app_path(client_id);
        let response = self
            .graph
            .call(Method::PATCH, &path, Some(&body), None)
            .await?;
        found(response, client_id)?;
        self.principal(client_id).await
    }

    async fn mark(&self) -> Result<Mark, Error> {
        self.end_of_changes().await
    }

    async fn changes(&self, since: &Mark) -> Result<Option<Changes>, Error> {
        self.changed_since(since).await
    }

    async fn verify(&self, probe: &Probe) -> Vec<Finding> {
        let caller = &self.graph.caller;
        let (mut findings, _) = findings::discovery(caller, self.graph.issuer()).await;
        match self.graph.fresh_token().await {
            Ok(()) => findings.push(held(
                "management_token",
                "the initial client gets a token for Microsoft Graph",
            )),
            Err(error) => {
                findings.push(failed("management_token", &error));
                return findings;
            }
        }
        let scopes = match wire::api_scope(probe) {
            Some(scope) => vec![scope],
            None => vec![self.graph.default_scope()],
        };
        let endpoint = self.graph.token_endpoint();
        let way = TokenWay {
            endpoint: &endpoint,
            post: true,
            audience: None,
            scopes,
            mend: "name the API's own scope in the auth strategy, like api://ID/.default",
        };
        findings.extend(life::tried(self, caller, probe, Some(way)).await);
        findings
    }
}
