//! What the Applications API reads and writes, as far as this adapter uses it.

use std::collections::BTreeMap;

use egress::Response;
use oauth::ClientSecret;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::client::{self, unique_name};
use crate::port::{Client, ClientChanges, Metadata, NewClient, Scope};
use crate::state::ClientState;

/// An app's label has at most 100 characters.
const LABEL: usize = 100;

/// Where the app's profile keeps the application's own name.
const NAME: &str = "konnect_application_name";

/// `POST /api/v1/apps`.
pub(super) struct NewApp;

impl NewApp {
    pub(super) fn of(client: &NewClient) -> Value {
        let code_flow = client::uses_code_flow(client);
        let grant_types = client::grant_types(client);
        // Grant types and response types must agree, or Okta refuses.
        let mut response_types = Vec::new();
        if code_flow {
            response_types.push("code");
        }
        if grant_types.contains(&"client_credentials") {
            response_types.push("token");
        }
        let mut profile = json!(client.metadata);
        profile[NAME] = client.name.as_str().into();
        let mut body = json!({
            "name": "oidc_client",
            "label": client::own_name(client, LABEL),
            "signOnMode": "OPENID_CONNECT",
            "credentials": {
                "oauthClient": {
                    "token_endpoint_auth_method": "client_secret_basic",
                    "autoKeyRotation": true,
                },
            },
            "settings": {
                "oauthClient": {
                    "application_type": if code_flow { "web" } else { "service" },
                    "grant_types": grant_types,
                    "response_types": response_types,
                    "redirect_uris": client::redirect_uris(&client.redirect_uris),
                },
            },
            "profile": profile,
        });
        if let Some(description) = &client.description {
            body["settings"]["notes"] = json!({ "admin": description });
        }
        body
    }
}

/// An app, whole, so that a change can send it back.
#[derive(Deserialize)]
pub(super) struct App {
    pub(super) id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    credentials: Credentials,
    #[serde(default)]
    profile: Option<Map<String, Value>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Default, Deserialize)]
struct Credentials {
    #[serde(rename = "oauthClient", default)]
    client: Map<String, Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl App {
    pub(super) fn client_id(&self) -> &str {
        let id = self.credentials.client.get("client_id");
        id.and_then(Value::as_str).unwrap_or(&self.id)
    }

    pub(super) fn secret(&self) -> Option<ClientSecret> {
        let secret = self.credentials.client.get("client_secret")?;
        secret.as_str().map(ClientSecret::from)
    }

    fn profile(&self, key: &str) -> &str {
        let value = self.profile.as_ref().and_then(|profile| profile.get(key));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn is_for(&self, application_id: &str) -> bool {
        self.profile("konnect_application_id") == application_id
    }

    pub(super) fn change(&mut self, changes: &ClientChanges) {
        if let Some(name) = &changes.name {
            self.label = unique_name(name, self.profile("konnect_application_id"), LABEL);
            let profile = self.profile.get_or_insert_with(Map::new);
            profile.insert(NAME.to_owned(), name.as_str().into());
        }
        let settings = self.rest.entry("settings").or_insert_with(|| json!({}));
        if let Some(description) = &changes.description {
            settings["notes"]["admin"] = json!(description);
        }
        if let Some(uris) = &changes.redirect_uris {
            settings["oauthClient"]["redirect_uris"] = json!(client::redirect_uris(uris));
            if !uris.is_empty() {
                settings["oauthClient"]["application_type"] = "web".into();
                for (member, needed) in [
                    ("grant_types", "authorization_code"),
                    ("grant_types", "refresh_token"),
                    ("response_types", "code"),
                ] {
                    add(&mut settings["oauthClient"][member], needed);
                }
            }
        }
    }

    /// Everything that a new app for this client would have, put into this one.
    pub(super) fn become_like(&mut self, client: &NewClient) {
        let mut new = NewApp::of(client);
        if let Some(label) = new["label"].as_str() {
            label.clone_into(&mut self.label);
        }
        if let Value::Object(profile) = new["profile"].take() {
            self.profile.get_or_insert_with(Map::new).extend(profile);
        }
        let settings = self.rest.entry("settings").or_insert_with(|| json!({}));
        settings["notes"]["admin"] = new["settings"]["notes"]["admin"].take();
        if let Value::Object(members) = new["settings"]["oauthClient"].take() {
            for (member, value) in members {
                settings["oauthClient"][member] = value;
            }
        }
    }

    /// What counts of the app. A label that was changed by hand counts as its name.
    pub(super) fn state(&self) -> ClientState {
        let texts = |member: &str| {
            let list = self.rest.get("settings");
            let list = list.and_then(|settings| settings["oauthClient"][member].as_array());
            let texts = list.into_iter().flatten().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        let name = self.profile(NAME);
        let application_id = self.profile("konnect_application_id");
        ClientState {
            client_id: self.client_id().to_owned(),
            name: match is_label(&self.label, name, application_id) {
                true => name.to_owned(),
                false => self.label.clone(),
            },
            redirect_uris: texts("redirect_uris"),
            grant_types: texts("grant_types"),
            // Scopes are the authorization server's to grant.
            scopes: BTreeMap::new(),
            metadata: self.metadata(),
        }
    }

    fn metadata(&self) -> Metadata {
        Metadata {
            konnect_portal_id: self.profile("konnect_portal_id").to_owned(),
            konnect_developer_id: self.profile("konnect_developer_id").to_owned(),
            konnect_org_id: self.profile("konnect_org_id").to_owned(),
            konnect_application_id: self.profile("konnect_application_id").to_owned(),
        }
    }

    /// What replaces the app: Okta keeps the secret that is left out.
    pub(super) fn into_body(mut self) -> Value {
        self.credentials.client.remove("client_secret");
        let mut credentials = self.credentials.rest;
        credentials.insert("oauthClient".to_owned(), self.credentials.client.into());
        let mut body = self.rest;
        for servers_own in ["_links", "_embedded", "created", "lastUpdated", "status"] {
            body.remove(servers_own);
        }
        body.insert("label".to_owned(), self.label.into());
        body.insert("credentials".to_owned(), credentials.into());
        if let Some(profile) = self.profile {
            body.insert("profile".to_owned(), profile.into());
        }
        body.into()
    }
}

fn add(list: &mut Value, text: &str) {
    if !list.is_array() {
        *list = json!([]);
    }
    if let Some(list) = list.as_array_mut()
        && !list.iter().any(|known| known == text)
    {
        list.push(text.into());
    }
}

impl From<App> for Client {
    fn from(app: App) -> Self {
        let name = match app.profile(NAME) {
            "" => &app.label,
            name => name,
        };
        Self {
            client_id: app.client_id().to_owned(),
            name: name.to_owned(),
            metadata: app.metadata(),
        }
    }
}

/// Whether an app of this application, or one that the application has beside another, is called so.
fn is_label(label: &str, name: &str, application_id: &str) -> bool {
    let distinct = |(rest, distinction): (&str, &str)| {
        let room = LABEL.saturating_sub(distinction.chars().count() + 1);
        rest == unique_name(name, application_id, room)
    };
    label == unique_name(name, application_id, LABEL)
        || label.rsplit_once(' ').is_some_and(distinct)
}

/// What an app has that was made for this client.
pub(super) fn expected(client: &NewClient) -> ClientState {
    let grant_types = client::grant_types(client).into_iter();
    ClientState {
        grant_types: grant_types.map(str::to_owned).collect(),
        scopes: BTreeMap::new(),
        ..ClientState::registered(client)
    }
}

/// `POST /oauth2/v1/clients/{id}/lifecycle/newSecret`.
#[derive(Deserialize)]
pub(super) struct Secret {
    pub(super) client_secret: ClientSecret,
}

/// One of `/api/v1/apps/{id}/credentials/secrets`.
#[derive(Deserialize)]
pub(super) struct KnownSecret {
    pub(super) id: String,
}

/// A secret that was just added there.
#[derive(Deserialize)]
pub(super) struct NewSecret {
    pub(super) id: String,
    pub(super) client_secret: ClientSecret,
}

/// A group.
#[derive(Deserialize)]
pub(super) struct Group {
    pub(super) id: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    profile: Map<String, Value>,
}

impl Group {
    pub(super) fn is_everyone(&self) -> bool {
        let name = self.profile.get("name").and_then(Value::as_str);
        self.kind == "BUILT_IN" && name == Some("Everyone")
    }
}

/// An authorization server.
#[derive(Deserialize)]
pub(super) struct AuthorizationServer {
    #[serde(default)]
    pub(super) audiences: Vec<String>,
}

/// A scope of an authorization server.
#[derive(Deserialize)]
pub(super) struct ListedScope {
    name: String,
    #[serde(default)]
    description: Option<String>,
}

impl From<ListedScope> for Scope {
    fn from(listed: ListedScope) -> Self {
        Self {
            value: listed.name,
            description: listed.description.filter(|text| !text.is_empty()),
        }
    }
}

/// Okta's error body, or that of its OAuth endpoints.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Refusal {
    error_code: String,
    error_summary: String,
    error_causes: Vec<Cause>,
    #[serde(rename = "error_description")]
    error_description: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cause {
    error_summary: String,
}

impl Refusal {
    pub(super) fn read(response: &Response) -> Self {
        serde_json::from_slice(&response.body).unwrap_or_default()
    }

    /// Summary, causes and code.
    pub(super) fn said(&self, response: &Response) -> String {
        let mut said: Vec<&str> = vec![&self.error_summary, &self.error_description];
        said.extend(
            self.error_causes
                .iter()
                .map(|cause| cause.error_summary.as_str()),
        );
        said.retain(|text| !text.is_empty());
        match (said.is_empty(), self.error_code.as_str()) {
            (true, _) => format!("it answered {}", response.status),
            (false, "") => said.join("; "),
            (false, code) => format!("{} ({code})", said.join("; ")),
        }
    }
}
