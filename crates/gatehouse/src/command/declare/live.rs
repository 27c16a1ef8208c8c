//! What an instance holds, as it would be declared.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::object::{Key, Kind, Object, page_slug};
use super::team::{EVERYWHERE, in_order};
use crate::command::api::{Api, text};

/// An instance's objects, and their ids.
#[derive(Default)]
pub(super) struct Live {
    pub(super) objects: Vec<Object>,
    pub(super) ids: HashMap<Key, String>,
}

/// What each type of DCR provider takes and never shows.
const SECRETS: [(&str, &str); 5] = [
    ("auth0", "initial_client_secret"),
    ("azureAd", "initial_client_secret"),
    ("curity", "initial_client_secret"),
    ("okta", "dcr_token"),
    ("http", "api_key"),
];

/// Reads everything that can be declared.
///
/// # Errors
/// If the API does not answer, or two objects have one name.
pub(super) async fn read(api: &Api) -> Result<Live> {
    let mut reader = Reader {
        api,
        live: Live::default(),
    };
    reader.control_planes().await?;
    reader.providers().await?;
    reader.strategies().await?;
    reader.products().await?;
    reader.destinations().await?;
    reader.portals().await?;
    Ok(reader.live)
}

struct Reader<'a> {
    api: &'a Api,
    live: Live,
}

impl Reader<'_> {
    async fn control_planes(&mut self) -> Result<()> {
        for plane in every(self.api, "/v2/control-planes").await? {
            let members = some(&plane, &["description", "labels"]);
            let (key, id) = self.add(Kind::ControlPlane, &[], &plane, members)?;
            let entities = format!("/v2/control-planes/{id}/core-entities");
            let services = entities_of(self.api, &format!("{entities}/services")).await?;
            let routes = entities_of(self.api, &format!("{entities}/routes")).await?;
            for service in services {
                let (key, id) = self.add(Kind::Service, &key.path, &service, entity(&service))?;
                let own = |route: &&Value| {
                    route.pointer("/service/id") == Some(&Value::from(id.as_str()))
                };
                for route in routes.iter().filter(own) {
                    self.add(Kind::Route, &key.path, route, entity(route))?;
                }
            }
            if let Some(free) = routes.iter().find(|route| route["service"].is_null()) {
                bail!(
                    "route {} leads to no service, which cannot be declared",
                    named(free)?
                );
            }
        }
        Ok(())
    }

    async fn providers(&mut self) -> Result<()> {
        for provider in every(self.api, "/v2/dcr-providers").await? {
            let mut members = some(
                &provider,
                &[
                    "display_name",
                    "provider_type",
                    "issuer",
                    "dcr_config",
                    "labels",
                    "connection",
                ],
            );
            secrets(&provider, &mut members);
            self.add(Kind::Provider, &[], &provider, members)?;
        }
        Ok(())
    }

    async fn strategies(&mut self) -> Result<()> {
        for strategy in every(self.api, "/v2/application-auth-strategies").await? {
            let mut members = some(
                &strategy,
                &[
                    "display_name",
                    "strategy_type",
                    "configs",
                    "labels",
                    "principals",
                ],
            );
            if let Some(provider) = strategy.pointer("/dcr_provider/name") {
                members.insert("dcr_provider".into(), provider.clone());
            }
            self.add(Kind::Strategy, &[], &strategy, members)?;
        }
        Ok(())
    }

    async fn products(&mut self) -> Result<()> {
        for product in every(self.api, "/v2/api-products").await? {
            let members = some(&product, &["description", "labels", "public_labels"]);
            let (key, id) = self.add(Kind::Product, &[], &product, members)?;
            let base = format!("/v2/api-products/{id}");
            for version in every(self.api, &format!("{base}/product-versions")).await? {
                let mut members = some(&version, &["publish_status", "deprecated", "labels"]);
                if let Some(service) = self.service_of(&version) {
                    members.insert("gateway_service".into(), service);
                }
                let (key, id) = self.add(Kind::Version, &key.path, &version, members)?;
                let path = format!("{base}/product-versions/{id}/specifications");
                for specification in every(self.api, &path).await? {
                    let key = Key {
                        kind: Kind::Specification,
                        path: key.path.clone(),
                    };
                    let mut members = some(&specification, &["name"]);
                    members.insert("content".into(), decoded(&specification)?.into());
                    self.put(key, &specification, members)?;
                }
            }
            self.documents(&base, &key).await?;
        }
        for api in every(self.api, "/v3/apis").await? {
            let mut members = some(&api, &["version", "slug", "attributes"]);
            members.retain(|_, value| *value != json!({}));
            if !members.is_empty() {
                let path = vec![text(&api, "/name")?];
                let kind = Kind::Api;
                self.put(Key { kind, path }, &api, members)?;
            }
        }
        Ok(())
    }

    async fn documents(&mut self, base: &str, product: &Key) -> Result<()> {
        let mut all = Vec::new();
        for summary in every(self.api, &format!("{base}/documents?sort=created_at")).await? {
            let id = text(&summary, "/id")?;
            all.push(self.api.get(&format!("{base}/documents/{id}")).await?);
        }
        let mut open = vec![(Value::Null, product.path.clone())];
        while let Some((parent, path)) = open.pop() {
            for document in all
                .iter()
                .filter(|document| document["parent_document_id"] == parent)
            {
                let mut members = some(document, &["title", "status", "metadata", "content"]);
                members.retain(|name, value| {
                    name != "metadata" || value != &Value::Object(Map::new())
                });
                let (key, id) = self.add(Kind::Document, &path, document, members)?;
                open.push((id.into(), key.path));
            }
        }
        Ok(())
    }

    /// The service in front of which a version stands, by names.
    fn service_of(&self, version: &Value) -> Option<Value> {
        let id = version.pointer("/gateway_service/id")?.as_str()?;
        let is_it = |(key, known): &(&Key, &String)| key.kind == Kind::Service && *known == id;
        let (key, _) = self.live.ids.iter().find(is_it)?;
        let mut service = Map::new();
        service.insert("control_plane".into(), key.path[0].as_str().into());
        service.insert("service".into(), key.name().into());
        Some(Value::Object(service))
    }

    async fn destinations(&mut self) -> Result<()> {
        let mut next = Some("/v2/audit-log-destinations?page[size]=100".to_owned());
        while let Some(path) = next {
            let answer = self.api.get(&path).await?;
            for destination in answer["data"].as_array().into_iter().flatten() {
                let shown = ["endpoint", "log_format", "skip_ssl_verification"];
                // The organisation's webhook has one without a name.
                let Some(name) = destination["name"].as_str() else {
                    continue;
                };
                let mut members = some(destination, &shown);
                let secret = format!("${{{}}}", variable(name, "authorization"));
                members.insert("authorization".into(), secret.into());
                self.add(Kind::Destination, &[], destination, members)?;
            }
            next = answer
                .pointer("/meta/next")
                .and_then(Value::as_str)
                .map(str::to_owned);
        }
        Ok(())
    }

    async fn portals(&mut self) -> Result<()> {
        for portal in every(self.api, "/v2/portals").await? {
            let mut members = some(
                &portal,
                &[
                    "display_name",
                    "description",
                    "is_public",
                    "rbac_enabled",
                    "auto_approve_developers",
                    "auto_approve_applications",
                    "custom_domain",
                    "custom_client_domain",
                    "labels",
                ],
            );
            let default = portal["default_application_auth_strategy_id"].as_str();
            if let Some(name) = default.and_then(|id| self.name_of(Kind::Strategy, id)) {
                members.insert("default_application_auth_strategy".into(), name.into());
            }
            let (key, id) = self.add(Kind::Portal, &[], &portal, members)?;
            let base = format!("/v2/portals/{id}");
            for (kind, path) in [
                (Kind::Appearance, format!("{base}/appearance")),
                (
                    Kind::Customization,
                    format!("/v3/portals/{id}/customization"),
                ),
                (
                    Kind::Authentication,
                    format!("{base}/authentication-settings"),
                ),
            ] {
                let value = self.api.get(&path).await?;
                let Value::Object(mut members) = without_nulls(value) else {
                    bail!("{path} answered with something that is no object");
                };
                if let Some(config) = members.get_mut("oidc_config")
                    && config["client_id"].is_string()
                {
                    let name = variable(key.name(), "oidc_client_secret");
                    config["client_secret"] = format!("${{{name}}}").into();
                }
                self.alone(kind, &key, members);
            }
            self.published(&base, &key).await?;
            self.teams(&base, &key).await?;
            self.webhook(&base, &key).await?;
            self.written(&format!("/v3/portals/{id}"), &key).await?;
        }
        Ok(())
    }

    async fn published(&mut self, base: &str, portal: &Key) -> Result<()> {
        let offers = every(self.api, &format!("{base}/product-versions")).await?;
        for product in every(self.api, &format!("{base}/products")).await? {
            let name = text(&product, "/name")?;
            let mut path = portal.path.clone();
            path.push(name.clone());
            let key = Key {
                kind: Kind::Publication,
                path,
            };
            self.put(key.clone(), &product, Map::new())?;
            for offer in &offers {
                let version = text(offer, "/product_version_id")?;
                let of_this = |(known, id): &(&Key, &String)| {
                    known.kind == Kind::Version && known.path[0] == name && **id == version
                };
                let Some((known, _)) = self.live.ids.iter().find(of_this) else {
                    continue;
                };
                let mut path = key.path.clone();
                path.push(known.name().to_owned());
                let mut members = some(
                    offer,
                    &[
                        "publish_status",
                        "application_registration_enabled",
                        "auto_approve_registration",
                        "deprecated",
                    ],
                );
                let strategies = offer["auth_strategies"].as_array().into_iter().flatten();
                let strategies: Vec<Value> = strategies.map(|one| one["name"].clone()).collect();
                members.insert("auth_strategies".into(), strategies.into());
                self.put(
                    Key {
                        kind: Kind::Offer,
                        path,
                    },
                    offer,
                    members,
                )?;
            }
        }
        Ok(())
    }

    /// The snippets of a portal, and its pages in their order.
    async fn written(&mut self, base: &str, portal: &Key) -> Result<()> {
        const MEMBERS: &[&str] = &["title", "description", "visibility", "status", "content"];
        for summary in every(self.api, &format!("{base}/snippets")).await? {
            let id = text(&summary, "/id")?;
            let snippet = self.api.get(&format!("{base}/snippets/{id}")).await?;
            let members = without_empty(some(&snippet, MEMBERS));
            self.add(Kind::Snippet, &portal.path, &snippet, members)?;
        }
        let tree = self.api.get(&format!("{base}/pages")).await?;
        let mut open = vec![(tree["data"].clone(), portal.path.clone())];
        while let Some((pages, above)) = open.pop() {
            for summary in pages.as_array().into_iter().flatten() {
                let id = text(summary, "/id")?;
                let page = self.api.get(&format!("{base}/pages/{id}")).await?;
                let mut path = above.clone();
                path.push(page_slug(&text(&page, "/slug")?).to_owned());
                let key = Key {
                    kind: Kind::Page,
                    path: path.clone(),
                };
                self.put(key, &page, without_empty(some(&page, MEMBERS)))?;
                open.push((summary["children"].clone(), path));
            }
        }
        Ok(())
    }

    /// The teams of a portal, with their roles and the groups whose members they have.
    async fn teams(&mut self, base: &str, portal: &Key) -> Result<()> {
        let settings = self
            .api
            .get(&format!("{base}/authentication-settings"))
            .await?;
        let groups = match settings.pointer("/oidc_config/client_id") {
            Some(Value::String(_)) => {
                every(
                    self.api,
                    &format!("{base}/identity-provider/team-group-mappings"),
                )
                .await?
            }
            _ => Vec::new(),
        };
        for team in every(self.api, &format!("{base}/teams")).await? {
            let id = text(&team, "/id")?;
            let mut members = some(&team, &["description", "can_own_applications"]);
            let mut roles = Vec::new();
            for role in every(self.api, &format!("{base}/teams/{id}/assigned-roles")).await? {
                let product = text(&role, "/entity_id")?;
                // A role outlives what it is for.
                let Some(product) = self.name_of(Kind::Product, &product) else {
                    continue;
                };
                let mut shown = json!({ "role": role["role_name"], "product": product });
                if role["entity_region"] != EVERYWHERE {
                    shown["region"] = role["entity_region"].clone();
                }
                roles.push(shown);
            }
            if !roles.is_empty() {
                members.insert("roles".into(), roles.into());
            }
            let own = groups
                .iter()
                .find(|mapping| mapping["team_id"] == id.as_str());
            if let Some(mapping) = own {
                members.insert("groups".into(), mapping["groups"].clone());
            }
            in_order(&mut members);
            self.add(Kind::Team, &portal.path, &team, members)?;
        }
        Ok(())
    }

    async fn webhook(&mut self, base: &str, portal: &Key) -> Result<()> {
        let webhook = self.api.get(&format!("{base}/audit-log-webhook")).await?;
        let destination = webhook["audit_log_destination_id"].as_str();
        if let Some(name) = destination.and_then(|id| self.name_of(Kind::Destination, id)) {
            let mut members = some(&webhook, &["enabled"]);
            members.insert("destination".into(), name.into());
            self.alone(Kind::Webhook, portal, members);
        }
        Ok(())
    }

    /// Adds the one of its kind that a portal has.
    fn alone(&mut self, kind: Kind, portal: &Key, members: Map<String, Value>) {
        let path = portal.path.clone();
        let key = Key { kind, path };
        self.live.objects.push(Object { key, members });
    }

    fn name_of(&self, kind: Kind, id: &str) -> Option<String> {
        let is_it = |(key, known): &(&Key, &String)| key.kind == kind && *known == id;
        let found = self.live.ids.iter().find(is_it);
        found.map(|(key, _)| key.name().to_owned())
    }

    /// Adds an object under its name. Gives its key and its id.
    fn add(
        &mut self,
        kind: Kind,
        above: &[String],
        value: &Value,
        members: Map<String, Value>,
    ) -> Result<(Key, String)> {
        let name = match value[kind.key()].as_str() {
            Some(name) => name.to_owned(),
            None => named(value)?,
        };
        let path = above.iter().cloned().chain([name]).collect();
        let key = Key { kind, path };
        let id = self.put(key.clone(), value, members)?;
        Ok((key, id))
    }

    fn put(&mut self, key: Key, value: &Value, members: Map<String, Value>) -> Result<String> {
        let id = text(value, "/id")?;
        if self.live.ids.insert(key.clone(), id.clone()).is_some() {
            bail!("there are two of {key}: give one of them another name first");
        }
        self.live.objects.push(Object { key, members });
        Ok(id)
    }
}

/// A gateway entity without a name goes by its id, which it keeps elsewhere, too.
fn named(entity: &Value) -> Result<String> {
    text(entity, "/name").or_else(|_| text(entity, "/id"))
}

/// The placeholders of what a provider never shows.
fn secrets(provider: &Value, members: &mut Map<String, Value>) {
    let kind = provider["provider_type"].as_str().unwrap_or_default();
    let has_client = provider
        .pointer("/dcr_config/initial_client_id")
        .is_some_and(Value::is_string);
    let secret = match kind {
        "rfc7591" if has_client => Some("initial_client_secret"),
        _ => SECRETS
            .iter()
            .find(|(of, _)| *of == kind)
            .map(|(_, secret)| *secret),
    };
    if let (Some(secret), Some(config)) = (secret, members.get_mut("dcr_config")) {
        let name = provider["name"].as_str().unwrap_or_default();
        config[secret] = format!("${{{}}}", variable(name, secret)).into();
    }
}

/// The environment variable for a secret: `GATEHOUSE_SECRET_AUTH0_INITIAL_CLIENT_SECRET`.
fn variable(name: &str, member: &str) -> String {
    let words = format!("gatehouse secret {name} {member}");
    let plain: String = words
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                ' '
            }
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join("_")
}

/// These members, as far as they have values.
fn some(value: &Value, members: &[&str]) -> Map<String, Value> {
    let found = members.iter().filter_map(|&name| {
        let member = value.get(name).filter(|member| !member.is_null())?;
        Some((name.to_owned(), without_nulls(member.clone())))
    });
    found.collect()
}

/// The same without a description that says nothing.
fn without_empty(mut members: Map<String, Value>) -> Map<String, Value> {
    members.retain(|name, value| name != "description" || *value != json!(""));
    members
}

/// What can be written of a service or a route.
fn entity(value: &Value) -> Map<String, Value> {
    let members = value.as_object().into_iter().flatten();
    let own = members.filter(|(name, value)| {
        let kept = !matches!(
            name.as_str(),
            "id" | "name" | "service" | "created_at" | "updated_at"
        );
        kept && !value.is_null()
    });
    own.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        other => other,
    }
}

fn decoded(value: &Value) -> Result<String> {
    use base64::Engine as _;
    let encoded = text(value, "/content")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded);
    String::from_utf8(bytes.context("a content is not base64")?).context("a content is not UTF-8")
}

/// Every row of a list, page by page, the oldest first.
async fn every(api: &Api, path: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let more = if path.contains('?') { '&' } else { '?' };
    for page in 1.. {
        let answer = api
            .get(&format!("{path}{more}page[size]=100&page[number]={page}"))
            .await?;
        let rows = answer["data"].as_array().cloned().unwrap_or_default();
        let total = answer
            .pointer("/meta/page/total")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let end = rows.is_empty();
        all.extend(rows);
        if end || u64::try_from(all.len()).unwrap_or(u64::MAX) >= total {
            break;
        }
    }
    all.sort_by_key(|row| row["created_at"].as_str().unwrap_or_default().to_owned());
    Ok(all)
}

/// Every gateway entity of a list.
async fn entities_of(api: &Api, path: &str) -> Result<Vec<Value>> {
    let (mut all, mut offset) = (Vec::new(), None::<String>);
    loop {
        let place = offset
            .map(|offset| format!("&offset={offset}"))
            .unwrap_or_default();
        let answer = api.get(&format!("{path}?size=1000{place}")).await?;
        all.extend(answer["data"].as_array().cloned().unwrap_or_default());
        offset = answer["offset"].as_str().map(str::to_owned);
        if offset.is_none() {
            break;
        }
    }
    all.sort_by_key(|entity| named(entity).unwrap_or_default());
    Ok(all)
}
