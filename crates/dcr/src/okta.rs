//! Okta, by its Applications API.
//!
//! An application becomes an app integration `oidc_client`: its `profile` holds the metadata, which
//! Okta's client registration endpoint (`/oauth2/v1/clients`) has no place for. Secrets are replaced at
//! that endpoint; an app may have two, which `/api/v1/apps/{id}/credentials/secrets` tells apart. Scopes and audiences belong to the authorization server's access policies there, not
//! to clients. Somebody can sign in to an app only where a group is assigned, so apps with a redirect
//! URI are assigned to Okta's built-in group Everyone.
//!
//! Source: <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/>,
//! <https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/Client/>,
//! <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOCredentialOAuth2ClientAuth/>,
//! <https://developer.okta.com/docs/reference/rl-best-practices/>,
//! <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/okta/>.

mod log;
mod wire;

use async_trait::async_trait;
use egress::issuer::normalise;
use egress::{Egress, Request, Response};
use http::{Method, StatusCode};
use oauth::{ClientSecret, Clock, ShownOnce};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::call::{self, Caller, segment};
use crate::client::{self, without_openid};
use crate::config::OktaConfig;
use crate::findings::{self, held, lacking};
use crate::life::{self, TokenWay};
use crate::port::{
    Abilities, AddedSecret, Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding,
    NewClient, Overlap, Probe, RegisteredClient, Scope,
};
use crate::state::ClientState;
use crate::survey::{Changes, Mark, Pages, Survey};

use wire::{
    App, AuthorizationServer, Group, KnownSecret, ListedScope, NewApp, NewSecret, Refusal, Secret,
};

/// Okta keeps at most two secrets of an app.
const MOST_SECRETS: usize = 2;

/// The adapter for one org.
pub struct Okta {
    issuer: String,
    org: String,
    /// The authorization server, where the issuer is one and not the org itself.
    server: Option<String>,
    token: SecretString,
    caller: Caller,
}

impl Okta {
    /// Prepares the adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`ErrorKind::Misconfigured`] if the issuer is not an http or https URL.
    pub fn new(config: OktaConfig, egress: Egress, clock: Clock) -> Result<Self, Error> {
        let issuer = normalise(&config.issuer);
        let url = Url::parse(&issuer).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.ok_or_else(|| {
            let message = format!(
                "the issuer `{}` is not a URL; write it like https://ORG.okta.com/oauth2/default",
                config.issuer
            );
            Error::new(ErrorKind::Misconfigured, message)
        })?;
        let server = url.path().strip_prefix("/oauth2/");
        Ok(Self {
            org: url.origin().ascii_serialization(),
            server: server.filter(|id| !id.is_empty()).map(str::to_owned),
            issuer,
            token: config.dcr_token,
            caller: Caller { egress, clock },
        })
    }

    fn request(&self, method: &Method, url: &str, body: Option<&Value>) -> Request {
        let authorization = format!("SSWS {}", self.token.expose_secret());
        let request = Request::new(method.clone(), url)
            .header("authorization", &authorization)
            .header("accept", "application/json");
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    /// Any answer but those that every call may meet: a token or a right that is missing.
    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, Error> {
        let url = format!("{}{path}", self.org);
        let response = self
            .caller
            .send(|| self.request(&method, &url, body))
            .await?;
        self.admitted(response, path)
    }

    /// The same for what was made just before, which other parts of Okta may not know yet.
    async fn call_new(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, Error> {
        let url = format!("{}{path}", self.org);
        let unknown = |response: &Response| response.status == StatusCode::NOT_FOUND;
        let request = || self.request(&method, &url, body);
        let response = self.caller.send_settling(request, unknown).await?;
        self.admitted(response, path)
    }

    fn admitted(&self, response: Response, path: &str) -> Result<Response, Error> {
        let right = match path.split('/').nth(3).unwrap_or_default() {
            part if part.starts_with("groups") => "read groups and assign them to apps",
            part if part.starts_with("authorizationServers") => "read authorization servers",
            part if part.starts_with("logs") => "read the System Log",
            _ => "manage apps",
        };
        match response.status {
            StatusCode::UNAUTHORIZED => Err(Error::new(
                ErrorKind::Denied { permission: None },
                "the API token is wrong, revoked or expired (Okta lets one expire that is not used \
                 for 30 days); create another under Security > API > Tokens",
            )),
            StatusCode::FORBIDDEN => Err(Error::new(
                ErrorKind::Denied {
                    permission: Some(right.to_owned()),
                },
                format!(
                    "the administrator who made the API token may not {right}: {}; give that \
                     administrator the role under Security > Administrators",
                    Refusal::read(&response).said(&response)
                ),
            )),
            _ => Ok(response),
        }
    }

    async fn app(&self, client_id: &str) -> Result<App, Error> {
        let response = self.call(Method::GET, &app_path(client_id), None).await?;
        found(response, client_id).and_then(|response| call::read(&response))
    }

    /// Where the list of the org's OpenID Connect apps begins.
    fn first_apps(&self) -> Option<String> {
        let filter = segment("name eq \"oidc_client\"");
        let url = format!("{}/api/v1/apps?filter={filter}&limit=200", self.org);
        Some(url)
    }

    /// A page of that list, and where the next is.
    async fn apps(&self, url: &str) -> Result<(Vec<App>, Option<String>), Error> {
        let response = self.page(url, "/api/v1/apps").await?;
        let response = ok(response, ErrorKind::Misconfigured)?;
        let next = self.next_page(&response).filter(|next| next != url);
        Ok((call::read(&response)?, next))
    }

    async fn page(&self, url: &str, path: &str) -> Result<Response, Error> {
        let request = || self.request(&Method::GET, url, None);
        let response = self.caller.send(request).await?;
        self.admitted(response, path)
    }

    /// The address of the next page (RFC 8288), where Okta names one.
    fn next_page(&self, response: &Response) -> Option<String> {
        let links = response.headers.get_all(http::header::LINK).iter();
        let links = links.filter_map(|value| value.to_str().ok());
        let mut links = links.flat_map(|value| value.split(", "));
        let next = links.find(|link| link.contains("rel=\"next\""))?;
        let (url, _) = next.strip_prefix('<')?.split_once('>')?;
        // The token must not go anywhere else.
        let own = url.starts_with(&format!("{}/", self.org));
        own.then(|| url.to_owned())
    }

    /// Lets everybody in the org use the app.
    async fn assign_everyone(&self, app_id: &str) -> Result<(), Error> {
        let response = self
            .call(Method::GET, "/api/v1/groups?q=Everyone&limit=20", None)
            .await?;
        let groups: Vec<Group> = call::read(&ok(response, ErrorKind::Misconfigured)?)?;
        let everyone = groups.into_iter().find(Group::is_everyone).ok_or_else(|| {
            let message = "the org has no built-in group Everyone to assign to the app";
            Error::new(ErrorKind::Misconfigured, message)
        })?;
        let path = format!("{}/groups/{}", app_path(app_id), segment(&everyone.id));
        let empty = Value::Object(serde_json::Map::new());
        let response = self.call_new(Method::PUT, &path, Some(&empty)).await?;
        ok(response, ErrorKind::Misconfigured).map(drop)
    }

    /// Okta deletes only what is deactivated.
    async fn remove(&self, app_id: &str, just_made: bool) -> Result<(), Error> {
        let deactivate = format!("{}/lifecycle/deactivate", app_path(app_id));
        let response = match just_made {
            true => self.call_new(Method::POST, &deactivate, None).await?,
            false => self.call(Method::POST, &deactivate, None).await?,
        };
        if response.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        ok(response, ErrorKind::Misconfigured)?;
        let response = self.call(Method::DELETE, &app_path(app_id), None).await?;
        if response.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        ok(response, ErrorKind::Misconfigured).map(drop)
    }

    async fn server(&self) -> Result<Option<AuthorizationServer>, Error> {
        let Some(id) = &self.server else {
            return Ok(None);
        };
        let path = format!("/api/v1/authorizationServers/{}", segment(id));
        let response = self.call(Method::GET, &path, None).await?;
        if response.status == StatusCode::NOT_FOUND {
            let message = format!(
                "the org has no authorization server {id}; correct the issuer, or create it under \
                 Security > API"
            );
            return Err(Error::new(ErrorKind::Misconfigured, message));
        }
        call::read(&ok(response, ErrorKind::Misconfigured)?).map(Some)
    }

    async fn audience_and_scopes(&self, probe: &Probe) -> Vec<Finding> {
        let server = match self.server().await {
            Ok(Some(server)) => server,
            Ok(None) => return Vec::new(),
            Err(error) => return vec![findings::failed("authorization_server", &error)],
        };
        let mut found = vec![held(
            "authorization_server",
            "the authorization server is there",
        )];
        if let Some(audience) = &probe.audience {
            found.push(match server.audiences.contains(audience) {
                true => held("audience", format!("tokens are for {audience}")),
                false => lacking(
                    "audience",
                    format!(
                        "the authorization server issues tokens for {}, not for {audience}; change \
                         one of the two",
                        server.audiences.join(", ")
                    ),
                ),
            });
        }
        found
    }
}

fn app_path(id: &str) -> String {
    format!("/api/v1/apps/{}", segment(id))
}

fn secrets_path(id: &str) -> String {
    format!("{}/credentials/secrets", app_path(id))
}

fn found(response: Response, client_id: &str) -> Result<Response, Error> {
    if response.status == StatusCode::NOT_FOUND {
        return Err(Error::absent(client_id));
    }
    ok(response, ErrorKind::Rejected)
}

fn ok(response: Response, kind: ErrorKind) -> Result<Response, Error> {
    if response.status.is_success() {
        return Ok(response);
    }
    let said = Refusal::read(&response).said(&response);
    Err(Error::new(
        kind,
        format!("the identity provider refused: {said}"),
    ))
}

#[async_trait]
impl DcrProvider for Okta {
    fn abilities(&self) -> Abilities {
        Abilities {
            audiences: false,
            scopes: false,
            overlap: Overlap::Secrets,
            ..Abilities::ALL
        }
    }

    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error> {
        let body = NewApp::of(client);
        let response = self.call(Method::POST, "/api/v1/apps", Some(&body)).await?;
        let app: App = call::read(&ok(response, ErrorKind::Rejected)?)?;
        let secret = app.secret().ok_or_else(|| {
            let message = "the identity provider made an app without a client secret";
            Error::new(ErrorKind::Misconfigured, message)
        });
        let assigned = match client::uses_code_flow(client) {
            true => self.assign_everyone(&app.id).await,
            false => Ok(()),
        };
        match assigned.and(secret) {
            Ok(secret) => Ok(RegisteredClient {
                client_id: app.client_id().to_owned(),
                client_secret: ShownOnce::new(secret),
            }),
            Err(error) => {
                let removed = self.remove(&app.id, true).await;
                Err(error.after_clean_up(app.client_id(), removed))
            }
        }
    }

    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error> {
        // The Applications API searches names and labels only, so this reads the list to its end.
        let (mut found, mut page) = (Vec::new(), self.first_apps());
        while let Some(url) = page {
            let (apps, next) = self.apps(&url).await?;
            let own = apps.into_iter().filter(|app| app.is_for(application_id));
            found.extend(own.map(Client::from));
            page = next;
        }
        Ok(found)
    }

    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error> {
        let mut app = self.app(client_id).await?;
        app.change(changes);
        let body = app.into_body();
        let response = self
            .call(Method::PUT, &app_path(client_id), Some(&body))
            .await?;
        found(response, client_id).map(drop)
    }

    async fn set_scopes(&self, _: &str, _: &str, _: &[String]) -> Result<(), Error> {
        Err(Error::new(
            ErrorKind::Unsupported,
            "Okta grants scopes by the access policies of its authorization server, not to single \
             clients; change the policy under Security > API",
        ))
    }

    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error> {
        let path = format!(
            "/oauth2/v1/clients/{}/lifecycle/newSecret",
            segment(client_id)
        );
        let response = found(self.call(Method::POST, &path, None).await?, client_id)?;
        let client: Secret = call::read(&response)?;
        Ok(ShownOnce::new(client.client_secret))
    }

    async fn secrets(&self, client_id: &str) -> Result<Vec<String>, Error> {
        let response = self
            .call(Method::GET, &secrets_path(client_id), None)
            .await?;
        let known: Vec<KnownSecret> = call::read(&found(response, client_id)?)?;
        Ok(known.into_iter().map(|secret| secret.id).collect())
    }

    async fn add_secret(&self, client_id: &str) -> Result<AddedSecret, Error> {
        if self.secrets(client_id).await?.len() >= MOST_SECRETS {
            let message = "the app has two client secrets at Okta, which is the most; delete one \
                           there, or replace the present one at once";
            return Err(Error::new(ErrorKind::Rejected, message));
        }
        let empty = Value::Object(serde_json::Map::new());
        let path = secrets_path(client_id);
        let response = self.call(Method::POST, &path, Some(&empty)).await?;
        let added: NewSecret = call::read(&found(response, client_id)?)?;
        Ok(AddedSecret {
            secret_id: added.id,
            client_secret: ShownOnce::new(added.client_secret),
        })
    }

    /// Okta deletes only what is deactivated.
    async fn remove_secret(&self, client_id: &str, secret_id: &str) -> Result<(), Error> {
        let path = format!("{}/{}", secrets_path(client_id), segment(secret_id));
        let deactivate = format!("{path}/lifecycle/deactivate");
        for (method, path) in [(Method::POST, deactivate), (Method::DELETE, path)] {
            let response = self.call(method, &path, None).await?;
            if response.status == StatusCode::NOT_FOUND {
                return Ok(());
            }
            ok(response, ErrorKind::Misconfigured)?;
        }
        Ok(())
    }

    async fn delete(&self, client_id: &str) -> Result<(), Error> {
        self.remove(client_id, false).await
    }

    async fn scopes(&self, audience: &str) -> Result<Option<Vec<Scope>>, Error> {
        let Some(id) = &self.server else {
            return Ok(None);
        };
        let server = self.server().await?;
        if !server.is_some_and(|server| server.audiences.iter().any(|known| known == audience)) {
            return Err(Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "the authorization server issues no tokens for the audience `{audience}`; \
                     correct the audience of the auth strategy"
                ),
            ));
        }
        let path = format!("/api/v1/authorizationServers/{}/scopes", segment(id));
        let response = self.call(Method::GET, &path, None).await?;
        let scopes: Vec<ListedScope> = call::read(&ok(response, ErrorKind::Misconfigured)?)?;
        Ok(Some(scopes.into_iter().map(Scope::from).collect()))
    }

    async fn survey(&self, pages: Pages) -> Result<Survey, Error> {
        let mut page = self.first_apps();
        while let Some(url) = page {
            let (apps, next) = self.apps(&url).await?;
            pages.show(apps.iter().map(App::state).collect()).await;
            page = next;
        }
        Ok(Survey::ALL)
    }

    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        match self.app(client_id).await {
            Ok(app) => Ok(Some(app.state())),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn expected(&self, client: &NewClient) -> ClientState {
        wire::expected(client)
    }

    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        let mut app = self.app(client_id).await?;
        let app_id = app.id.clone();
        app.become_like(client);
        let body = app.into_body();
        let response = self
            .call(Method::PUT, &app_path(client_id), Some(&body))
            .await?;
        found(response, client_id)?;
        match client::uses_code_flow(client) {
            true => self.assign_everyone(&app_id).await,
            false => Ok(()),
        }
    }

    async fn mark(&self) -> Result<Mark, Error> {
        self.end_of_log().await
    }

    async fn changes(&self, since: &Mark) -> Result<Option<Changes>, Error> {
        self.changed_since(since).await
    }

    async fn verify(&self, probe: &Probe) -> Vec<Finding> {
        let (mut findings, endpoint) = findings::discovery(&self.caller, &self.issuer).await;
        findings.extend(self.audience_and_scopes(probe).await);
        let way = endpoint.as_deref().map(|endpoint| TokenWay {
            endpoint,
            post: false,
            audience: None,
            // Okta refuses `openid` with client credentials.
            scopes: without_openid(&probe.scopes),
            mend: "define the scopes and let an access policy grant them for client credentials under \
                   Security > API",
        });
        findings.extend(life::tried(self, &self.caller, probe, way).await);
        findings
    }
}
