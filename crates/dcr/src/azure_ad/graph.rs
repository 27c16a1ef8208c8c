//! Calls of Microsoft Graph: where it is, token, and refusals in words.

use egress::issuer::normalise;
use egress::{Egress, Request, Response};
use http::{Method, StatusCode};
use oauth::Clock;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::call::Caller;
use crate::config::InitialClientConfig;
use crate::port::{Error, ErrorKind};
use crate::token::{ClientCredentials, Granted, Refused, Token, TokenCache};

/// The permission of Microsoft Graph that is enough.
const PERMISSION: &str = "Application.ReadWrite.OwnedBy";

/// Sign-in and Graph hosts of the clouds, by the issuer's host.
///
/// Source: <https://learn.microsoft.com/en-us/graph/deployments>.
const CLOUDS: [(&str, &str, &str); 6] = [
    (
        "login.microsoftonline.us",
        "https://login.microsoftonline.us",
        "https://graph.microsoft.us",
    ),
    ("login.chinacloudapi.cn", CHINA.0, CHINA.1),
    ("login.partner.microsoftonline.cn", CHINA.0, CHINA.1),
    ("sts.chinacloudapi.cn", CHINA.0, CHINA.1),
    ("login.microsoftonline.com", GLOBAL.0, GLOBAL.1),
    ("sts.windows.net", GLOBAL.0, GLOBAL.1),
];
const GLOBAL: (&str, &str) = (
    "https://login.microsoftonline.com",
    "https://graph.microsoft.com",
);
const CHINA: (&str, &str) = (
    "https://login.partner.microsoftonline.cn",
    "https://microsoftgraph.chinacloudapi.cn",
);

/// Microsoft Graph for one tenant.
pub(super) struct Graph {
    issuer: String,
    login: &'static str,
    graph: &'static str,
    tenant: String,
    client_id: String,
    client_secret: SecretString,
    tokens: TokenCache,
    pub(super) caller: Caller,
}

impl Graph {
    pub(super) fn new(
        config: InitialClientConfig,
        egress: Egress,
        clock: Clock,
    ) -> Result<Self, Error> {
        let issuer = normalise(&config.issuer);
        let unusable = || {
            let message = format!(
                "the issuer `{}` names no tenant of Entra ID; write it like \
                 https://sts.windows.net/TENANT-ID or \
                 https://login.microsoftonline.com/TENANT-ID/v2.0",
                config.issuer
            );
            Error::new(ErrorKind::Misconfigured, message)
        };
        let url = Url::parse(&issuer).map_err(|_| unusable())?;
        let host = url.host_str().unwrap_or_default();
        let cloud = CLOUDS.iter().find(|(issuer, ..)| *issuer == host);
        let (_, login, graph) = cloud.ok_or_else(unusable)?;
        let tenant = url.path().split('/').nth(1).unwrap_or_default().to_owned();
        if tenant.is_empty() {
            return Err(unusable());
        }
        Ok(Self {
            issuer,
            login,
            graph,
            tenant,
            client_id: config.initial_client_id,
            client_secret: config.initial_client_secret,
            tokens: TokenCache::new(clock.clone()),
            caller: Caller { egress, clock },
        })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) fn token_endpoint(&self) -> String {
        format!("{}/{}/oauth2/v2.0/token", self.login, self.tenant)
    }

    /// The scope that asks for whatever was granted of Microsoft Graph.
    pub(super) fn default_scope(&self) -> String {
        format!("{}/.default", self.graph)
    }

    /// The path of an address that Graph gave, if it is one of Graph's own: the token goes nowhere else.
    pub(super) fn own_path<'a>(&self, url: &'a str) -> Option<&'a str> {
        let path = url.strip_prefix(self.graph)?.strip_prefix("/v1.0")?;
        path.starts_with('/').then_some(path)
    }

    /// The client that we are.
    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Gets a token that carries the permissions of this moment.
    pub(super) async fn fresh_token(&self) -> Result<(), Error> {
        self.tokens.fresh(self.fetch()).await.map(drop)
    }

    /// Any answer but a missing token or permission.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        prefer: Option<&str>,
    ) -> Result<Response, Error> {
        let send = async |token: &Token| {
            let request = || {
                let request = self.request(&method, path, body, token);
                match prefer {
                    Some(prefer) => request.header("prefer", prefer),
                    None => request,
                }
            };
            self.caller.send(request).await
        };
        let token = self.tokens.current(self.fetch()).await?;
        let mut response = send(&token).await?;
        if self.outdated(&response, &token) {
            response = send(&self.tokens.instead_of(&token, self.fetch()).await?).await?;
        }
        admitted(response)
    }

    /// The same for what was made just before, until every part of Entra knows it.
    pub(super) async fn call_new(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        unknown: impl Fn(&Response) -> bool,
    ) -> Result<Response, Error> {
        let token = self.tokens.current(self.fetch()).await?;
        let body = Some(body).filter(|body| !body.is_null());
        let request = || self.request(&method, path, body, &token);
        admitted(self.caller.send_settling(request, unknown).await?)
    }

    fn request(&self, method: &Method, path: &str, body: Option<&Value>, token: &Token) -> Request {
        let url = format!("{}/v1.0{path}", self.graph);
        let request = Request::new(method.clone(), &url).bearer(&token.value);
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    fn outdated(&self, response: &Response, token: &Token) -> bool {
        response.status == StatusCode::UNAUTHORIZED
            || (response.status == StatusCode::FORBIDDEN && self.tokens.may_be_outdated(token))
    }

    async fn fetch(&self) -> Result<Granted, Error> {
        let scope = self.default_scope();
        let credentials = ClientCredentials {
            endpoint: &self.token_endpoint(),
            client_id: &self.client_id,
            client_secret: &self.client_secret,
            post: true,
            asks: &[("scope", &scope)],
        };
        let answer = credentials.exchange(&self.caller).await?;
        answer.map_err(|response| self.no_token(&response))
    }

    /// Entra's reasons are numbers.
    ///
    /// Source: <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>.
    fn no_token(&self, response: &Response) -> Error {
        let refused = Refused::read(response, self.client_secret.expose_secret());
        let said = refused.said();
        let denied = ErrorKind::Denied { permission: None };
        let (kind, message) = match said.split(':').next().unwrap_or_default() {
            "AADSTS7000215" => (
                denied,
                "the initial client's secret is wrong: copy its value, not its id, from App \
                 registrations > (the application) > Certificates & secrets"
                    .to_owned(),
            ),
            "AADSTS7000222" => (
                denied,
                "the initial client's secret has expired; make another under App registrations > \
                 (the application) > Certificates & secrets"
                    .to_owned(),
            ),
            "AADSTS700016" => (
                denied,
                format!(
                    "the tenant {} has no application with the initial client id; copy the \
                     application (client) id from App registrations",
                    self.tenant
                ),
            ),
            "AADSTS90002" | "AADSTS900023" => (
                ErrorKind::Misconfigured,
                format!(
                    "there is no tenant {}; correct the issuer with the directory (tenant) id from \
                     App registrations",
                    self.tenant
                ),
            ),
            _ => (
                ErrorKind::Misconfigured,
                format!("Entra ID gave no token ({}): {said}", response.status),
            ),
        };
        Error::new(kind, message)
    }
}

/// Graph's error body.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Detail,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    code: String,
    message: String,
}

fn refusal(response: &Response) -> Detail {
    let refusal: Refusal = serde_json::from_slice(&response.body).unwrap_or_default();
    refusal.error
}

/// Entra's directory does not know the application yet for which a principal is asked.
pub(super) fn is_unknown_application(response: &Response) -> bool {
    refusal(response)
        .message
        .contains("does not reference a valid application object")
}

/// What Graph said no with.
pub(super) fn refused(response: &Response, kind: ErrorKind) -> Error {
    let Detail { code, message } = refusal(response);
    let said = match code.as_str() {
        "" => format!("it answered {}", response.status),
        code => format!("{message} ({code})"),
    };
    Error::new(kind, format!("Microsoft Graph refused: {said}"))
}

fn admitted(response: Response) -> Result<Response, Error> {
    match response.status {
        StatusCode::UNAUTHORIZED => Err(Error::new(
            ErrorKind::Denied { permission: None },
            format!(
                "Microsoft Graph refuses the initial client's token: {}",
                refusal(&response).message
            ),
        )),
        StatusCode::FORBIDDEN => Err(Error::new(
            ErrorKind::Denied {
                permission: Some(PERMISSION.to_owned()),
            },
            format!(
                "the initial client lacks the application permission {PERMISSION} of Microsoft Graph; \
                 add it under App registrations > (the application) > API permissions, and grant admin \
                 consent"
            ),
        )),
        _ => Ok(response),
    }
}
