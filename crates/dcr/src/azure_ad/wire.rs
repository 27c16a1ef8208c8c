//! What Microsoft Graph reads and writes, as far as this adapter uses it.

use std::collections::BTreeMap;

use oauth::ClientSecret;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::call::segment;
use crate::client;
use crate::port::{Client, ClientChanges, Metadata, NewClient, Probe};
use crate::state::ClientState;

/// `displayName` has at most 256 characters, `description` 1024.
const NAME: usize = 256;
const DESCRIPTION: usize = 1024;

/// The tag that tells which application an app registration is for: `name:value`.
pub(super) const APPLICATION_TAG: &str = "konnect_application_id";

/// The key by which an application's app registration is found.
pub(super) fn unique_name(application_id: &str) -> String {
    format!("gatehouse-{}", segment(application_id))
}

/// `PATCH /applications(uniqueName='…')`.
pub(super) fn application(client: &NewClient) -> Value {
    let metadata = &client.metadata;
    let tags: Vec<String> = [
        ("konnect_portal_id", &metadata.konnect_portal_id),
        ("konnect_developer_id", &metadata.konnect_developer_id),
        ("konnect_org_id", &metadata.konnect_org_id),
        (APPLICATION_TAG, &metadata.konnect_application_id),
    ]
    .into_iter()
    .map(|(name, value)| format!("{name}:{value}"))
    .collect();
    json!({
        "displayName": shortened(&client.name, NAME),
        "description": client.description.as_deref().map(|text| shortened(text, DESCRIPTION)),
        "signInAudience": "AzureADMyOrg",
        "tags": tags,
        "web": { "redirectUris": client::redirect_uris(&client.redirect_uris) },
    })
}

/// Adds tags that are not ours to what [`application`] gives.
pub(super) fn add_tags(body: &mut Value, tags: impl Iterator<Item = String>) {
    if let Some(list) = body["tags"].as_array_mut() {
        list.extend(tags.map(Value::from));
    }
}

/// What Entra keeps of an app registration for this client: it knows no grant types, and scopes are
/// an administrator's to assign.
pub(super) fn expected(client: &NewClient) -> ClientState {
    ClientState {
        name: shortened(&client.name, NAME),
        scopes: BTreeMap::new(),
        ..ClientState::registered(client)
    }
}

/// `PATCH /applications(appId='…')`.
pub(super) fn changes(changes: &ClientChanges) -> Value {
    let mut body = Map::new();
    if let Some(name) = &changes.name {
        body.insert("displayName".to_owned(), shortened(name, NAME).into());
    }
    if let Some(description) = &changes.description {
        let text = description.as_deref();
        let text = text.map(|text| shortened(text, DESCRIPTION));
        body.insert("description".to_owned(), json!(text));
    }
    if let Some(uris) = &changes.redirect_uris {
        let web = json!({ "redirectUris": client::redirect_uris(uris) });
        body.insert("web".to_owned(), web);
    }
    body.into()
}

/// The scope by which a strategy asks Entra for tokens: the one that ends in `/.default`.
pub(super) fn api_scope(probe: &Probe) -> Option<String> {
    let default = |scope: &&String| scope.ends_with("/.default");
    probe.scopes.iter().find(default).cloned()
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// An app registration.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Application {
    pub(super) app_id: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    web: Web,
    #[serde(default)]
    password_credentials: Vec<KnownPassword>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Web {
    redirect_uris: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KnownPassword {
    key_id: String,
}

impl Application {
    /// The ids of its secrets.
    pub(super) fn passwords(&self) -> impl Iterator<Item = &str> {
        let known = self.password_credentials.iter();
        known.map(|password| password.key_id.as_str())
    }

    /// Tags that are not ours.
    pub(super) fn tags_of_others(self) -> impl Iterator<Item = String> {
        let others = |tag: &String| !tag.starts_with("konnect_");
        self.tags.into_iter().filter(others)
    }

    fn metadata(&self) -> Metadata {
        Metadata {
            konnect_portal_id: self.tag("konnect_portal_id"),
            konnect_developer_id: self.tag("konnect_developer_id"),
            konnect_org_id: self.tag("konnect_org_id"),
            konnect_application_id: self.tag(APPLICATION_TAG),
        }
    }

    fn tag(&self, name: &str) -> String {
        let values = self.tags.iter().filter_map(|tag| tag.split_once(':'));
        let mut values = values.filter(|(known, _)| *known == name);
        let value = values.next().map(|(_, value)| value);
        value.unwrap_or_default().to_owned()
    }
}

impl From<Application> for Client {
    fn from(app: Application) -> Self {
        Self {
            metadata: app.metadata(),
            client_id: app.app_id,
            name: app.display_name,
        }
    }
}

impl From<Application> for ClientState {
    fn from(app: Application) -> Self {
        Self {
            metadata: app.metadata(),
            client_id: app.app_id,
            name: app.display_name,
            redirect_uris: app.web.redirect_uris.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// `POST …/addPassword`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Password {
    pub(super) key_id: String,
    pub(super) secret_text: ClientSecret,
}
