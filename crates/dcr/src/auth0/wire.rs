//! What the Management API reads and writes, as far as this adapter uses it.

use oauth::ClientSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::client;
use crate::port::{Client, ClientChanges, Error, ErrorKind, Metadata, NewClient, Scope};

/// The Management API takes descriptions of up to 140 characters.
const DESCRIPTION: usize = 140;

/// The scopes with `openid` first and nothing twice.
///
/// A gateway that asks for `openid` in a client credentials request (Kong's plugin does by
/// default) is refused unless the client grant holds it.
pub(super) fn with_openid(scopes: &[String]) -> Vec<String> {
    let mut all = vec!["openid".to_owned()];
    for scope in scopes {
        if !all.contains(scope) {
            all.push(scope.clone());
        }
    }
    all
}

/// The grant types with those of the code flow.
pub(super) fn with_code_flow(mut grant_types: Vec<String>) -> Vec<String> {
    for needed in ["authorization_code", "refresh_token"] {
        if !grant_types.iter().any(|g| g == needed) {
            grant_types.push(needed.to_owned());
        }
    }
    grant_types
}

/// `POST /api/v2/clients`.
#[derive(Serialize)]
pub(super) struct ClientBody {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    app_type: &'static str,
    grant_types: Vec<String>,
    callbacks: Vec<String>,
    token_endpoint_auth_method: &'static str,
    oidc_conformant: bool,
    jwt_configuration: JwtConfiguration,
    client_metadata: Metadata,
}

#[derive(Serialize)]
struct JwtConfiguration {
    alg: &'static str,
}

impl ClientBody {
    pub(super) fn new(client: &NewClient) -> Result<Self, Error> {
        let grant_types = client::grant_types(client).into_iter();
        Ok(Self {
            name: checked_name(&client.name)?,
            description: client.description.as_deref().map(shortened),
            app_type: "non_interactive",
            grant_types: grant_types.map(str::to_owned).collect(),
            callbacks: client::redirect_uris(&client.redirect_uris),
            token_endpoint_auth_method: "client_secret_post",
            oidc_conformant: true,
            jwt_configuration: JwtConfiguration { alg: "RS256" },
            client_metadata: client.metadata.clone(),
        })
    }
}

/// `PATCH /api/v2/clients/{id}`.
#[derive(Serialize)]
pub(super) struct ClientPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callbacks: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_types: Option<Vec<String>>,
}

impl ClientPatch {
    pub(super) fn new(
        changes: &ClientChanges,
        grant_types: Option<Vec<String>>,
    ) -> Result<Self, Error> {
        let redirect_uris = changes.redirect_uris.as_ref();
        Ok(Self {
            name: changes.name.as_deref().map(checked_name).transpose()?,
            description: changes
                .description
                .as_ref()
                .map(|text| text.as_deref().map(shortened).unwrap_or_default()),
            callbacks: redirect_uris.map(|uris| client::redirect_uris(uris)),
            grant_types,
        })
    }
}

fn checked_name(name: &str) -> Result<String, Error> {
    if name.contains(['<', '>']) {
        return Err(Error::new(
            ErrorKind::Rejected,
            "the application's name must not contain < or >: the identity provider refuses them",
        ));
    }
    Ok(name.to_owned())
}

fn shortened(description: &str) -> String {
    if description.chars().count() <= DESCRIPTION {
        return description.to_owned();
    }
    let mut kept: String = description.chars().take(DESCRIPTION - 1).collect();
    kept.push('…');
    kept
}

/// The part of a client that creating it and rotating its secret give.
#[derive(Deserialize)]
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) client_secret: ClientSecret,
}

/// `GET /api/v2/clients/{id}?fields=grant_types`.
#[derive(Deserialize)]
pub(super) struct GrantTypes {
    #[serde(default)]
    pub(super) grant_types: Vec<String>,
}

/// A client in a list. Clients carry metadata of any maker, or none.
#[derive(Deserialize)]
pub(super) struct ListedClient {
    client_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    client_metadata: Option<Map<String, Value>>,
}

impl ListedClient {
    fn metadata(&self, key: &str) -> &str {
        let value = self.client_metadata.as_ref().and_then(|all| all.get(key));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn id(&self) -> &str {
        &self.client_id
    }

    pub(super) fn is_for(&self, application_id: &str) -> bool {
        self.metadata("konnect_application_id") == application_id
    }
}

impl From<ListedClient> for Client {
    fn from(listed: ListedClient) -> Self {
        let metadata = Metadata {
            konnect_portal_id: listed.metadata("konnect_portal_id").to_owned(),
            konnect_developer_id: listed.metadata("konnect_developer_id").to_owned(),
            konnect_org_id: listed.metadata("konnect_org_id").to_owned(),
            konnect_application_id: listed.metadata("konnect_application_id").to_owned(),
        };
        Self {
            client_id: listed.client_id,
            name: listed.name,
            metadata,
        }
    }
}

/// A page of clients: checkpoint pagination's object, or the bare array of a tenant that ignores
/// `take`.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum ClientPage {
    Checkpoint {
        clients: Vec<ListedClient>,
        #[serde(default)]
        next: Option<String>,
    },
    Array(Vec<ListedClient>),
}

impl ClientPage {
    pub(super) fn into_parts(self) -> (Vec<ListedClient>, Option<String>) {
        match self {
            Self::Checkpoint { clients, next } => (clients, next),
            Self::Array(clients) => (clients, None),
        }
    }
}

/// `POST /api/v2/client-grants`.
#[derive(Serialize)]
pub(super) struct GrantBody<'a> {
    client_id: &'a str,
    audience: &'a str,
    scope: Vec<String>,
}

impl<'a> GrantBody<'a> {
    pub(super) fn new(client_id: &'a str, audience: &'a str, scopes: &[String]) -> Self {
        Self {
            client_id,
            audience,
            scope: with_openid(scopes),
        }
    }

    /// A grant of nothing, to learn whether grants may be made.
    pub(super) fn empty(client_id: &'a str, audience: &'a str) -> Self {
        Self {
            client_id,
            audience,
            scope: Vec::new(),
        }
    }
}

/// `PATCH /api/v2/client-grants/{id}`.
#[derive(Serialize)]
pub(super) struct GrantScopes {
    pub(super) scope: Vec<String>,
}

impl GrantScopes {
    pub(super) fn new(scopes: &[String]) -> Self {
        Self {
            scope: with_openid(scopes),
        }
    }
}

/// A client grant.
#[derive(Deserialize)]
pub(super) struct Grant {
    pub(super) id: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    audience: String,
    #[serde(default)]
    pub(super) scope: Vec<String>,
    /// `user` grants are another matter: they limit what users may be asked for.
    #[serde(default)]
    subject_type: Option<String>,
}

impl Grant {
    pub(super) fn is_for(&self, client_id: &str, audience: &str) -> bool {
        self.client_id == client_id
            && self.audience == audience
            && self.subject_type.as_deref() != Some("user")
    }
}

/// A list of grants: a bare array, or the object of a pagination.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Listed<T> {
    Array(Vec<T>),
    Object { client_grants: Vec<T> },
}

impl<T> Listed<T> {
    pub(super) fn into_items(self) -> Vec<T> {
        match self {
            Self::Array(items)
            | Self::Object {
                client_grants: items,
            } => items,
        }
    }
}

/// A resource server ("API").
#[derive(Deserialize)]
pub(super) struct ResourceServer {
    #[serde(default)]
    pub(super) scopes: Vec<ListedScope>,
}

#[derive(Deserialize)]
pub(super) struct ListedScope {
    value: String,
    #[serde(default)]
    description: Option<String>,
}

impl From<ListedScope> for Scope {
    fn from(listed: ListedScope) -> Self {
        Self {
            value: listed.value,
            description: listed.description.filter(|text| !text.is_empty()),
        }
    }
}

/// The Management API's error body.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Refusal {
    pub(super) message: Option<String>,
    pub(super) error_code: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ClientBody, ClientPage, shortened, with_openid};
    use crate::port::{ErrorKind, Metadata, NewClient};

    fn new_client(name: &str, methods: &[&str], redirects: &[&str]) -> NewClient {
        NewClient {
            name: name.to_owned(),
            description: None,
            redirect_uris: redirects.iter().map(|uri| uri.parse().unwrap()).collect(),
            auth_methods: methods.iter().map(ToString::to_string).collect(),
            audience: None,
            scopes: Vec::new(),
            metadata: Metadata {
                konnect_portal_id: "p".to_owned(),
                konnect_developer_id: "d".to_owned(),
                konnect_org_id: "o".to_owned(),
                konnect_application_id: "a".to_owned(),
            },
            auth_strategy_id: String::new(),
            dcr_provider_id: String::new(),
            distinction: None,
        }
    }

    #[test]
    fn a_client_is_made_as_the_vendors_page_shows_it() {
        let client = new_client("cli", &["client_credentials", "bearer", "session"], &[]);
        let body = serde_json::to_value(ClientBody::new(&client).unwrap()).unwrap();
        assert_eq!(
            body,
            json!({
                "name": "cli",
                "app_type": "non_interactive",
                "grant_types": ["client_credentials"],
                "callbacks": [],
                "token_endpoint_auth_method": "client_secret_post",
                "oidc_conformant": true,
                "jwt_configuration": { "alg": "RS256" },
                "client_metadata": {
                    "konnect_portal_id": "p",
                    "konnect_developer_id": "d",
                    "konnect_org_id": "o",
                    "konnect_application_id": "a",
                },
            })
        );
    }

    #[test]
    fn redirect_uris_open_the_code_flow() {
        let grant_types = |methods: &[&str], redirects: &[&str]| {
            ClientBody::new(&new_client("cli", methods, redirects))
                .unwrap()
                .grant_types
        };
        let code = ["authorization_code", "refresh_token"];
        let both = ["client_credentials", "authorization_code", "refresh_token"];
        assert_eq!(grant_types(&[], &[]), ["client_credentials"]);
        assert_eq!(grant_types(&["authorization_code"], &[]), code);
        assert_eq!(grant_types(&["bearer"], &["https://a.example/cb"]), both);
    }

    #[test]
    fn what_the_tenant_would_refuse_is_refused_before() {
        let error = ClientBody::new(&new_client("<b>", &[], &[])).err().unwrap();
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert_eq!(shortened(&"ö".repeat(300)).chars().count(), 140);
    }

    #[test]
    fn openid_is_granted_once() {
        let scopes = ["read".to_owned(), "openid".to_owned(), "read".to_owned()];
        assert_eq!(with_openid(&scopes), ["openid", "read"]);
    }

    #[test]
    fn both_forms_of_a_list_are_read() {
        let listed = json!([{ "client_id": "c", "client_metadata": { "other": "x" } }]);
        let page: ClientPage = serde_json::from_value(listed.clone()).unwrap();
        assert_eq!(page.into_parts().0.len(), 1);
        let page: ClientPage =
            serde_json::from_value(json!({ "clients": listed, "next": "n" })).unwrap();
        assert_eq!(page.into_parts().1.as_deref(), Some("n"));
    }
}
