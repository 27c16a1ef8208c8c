//! Carrying out the steps of a plan over the platform API.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use http::Method;
use serde_json::{Map, Value, json};

use super::live::Live;
use super::object::{Key, Kind, Object, placeholder};
use super::plan::Change;
use crate::command::api::{Api, said};

/// Takes the steps one after another.
pub(super) struct Work<'a> {
    pub(super) api: &'a Api,
    pub(super) ids: HashMap<Key, String>,
    live: &'a [Object],
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Work<'a> {
    /// `variable` gives the value of an environment variable.
    pub(super) fn new(
        api: &'a Api,
        live: &'a Live,
        variable: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self {
            api,
            ids: live.ids.clone(),
            live: &live.objects,
            variable,
        }
    }

    /// Whether every secret that is needed is there: before the first step, not in the middle.
    ///
    /// # Errors
    /// The names of those that are not.
    pub(super) fn check(&self, changes: &[Change]) -> Result<()> {
        let missing = |change: &Change| match change {
            Change::Create(object) => self.with_secrets(&object.members, true).err(),
            Change::Update(_) | Change::Delete(_) => None,
        };
        let missing: Vec<String> = changes
            .iter()
            .filter_map(|change| Some(format!("{change}: {}", missing(change)?)))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        bail!("{}", missing.join("\n"))
    }

    /// Takes one step.
    ///
    /// # Errors
    /// What the API said. Steps taken before stay taken; the next run goes on from there.
    pub(super) async fn step(&mut self, change: &Change) -> Result<()> {
        let done = match change {
            Change::Create(object) => self.create(object).await,
            Change::Update(object) => self.update(object).await,
            Change::Delete(key) => self.delete(key).await,
        };
        done.with_context(|| change.to_string())
    }

    async fn create(&mut self, object: &Object) -> Result<()> {
        let key = &object.key;
        let members = self.with_secrets(&object.members, true)?;
        let (method, path, body) = match key.kind {
            Kind::Service | Kind::Route => {
                let (path, body) = self.entity(key, members)?;
                (Method::PUT, path, body)
            }
            Kind::Api
            | Kind::Appearance
            | Kind::Customization
            | Kind::Authentication
            | Kind::Webhook => {
                let body = self.resolved(key, members)?;
                return self
                    .send(Method::PATCH, &self.address(key)?, &body.into())
                    .await
                    .map(drop);
            }
            Kind::Team => return self.create_team(key, members).await,
            Kind::Publication => return self.publish(key, "published").await,
            Kind::Offer => {
                let body = self.offer(members)?;
                (Method::PUT, self.address(key)?, body)
            }
            kind => {
                let mut body = self.resolved(key, members)?;
                if kind != Kind::Specification {
                    body.insert(kind.key().into(), key.name().into());
                }
                let parent = match kind {
                    Kind::Document => Some("parent_document_id"),
                    Kind::Page => Some("parent_page_id"),
                    _ => None,
                };
                if let Some(parent) = parent.filter(|_| key.path.len() > 2) {
                    body.insert(parent.into(), self.id(&key.above(kind))?.into());
                }
                (Method::POST, self.collection(key)?, body.into())
            }
        };
        let made = self.send(method, &path, &body).await?;
        let id = made["id"].as_str().context("the answer has no id")?;
        self.ids.insert(key.clone(), id.to_owned());
        Ok(())
    }

    async fn update(&mut self, object: &Object) -> Result<()> {
        let key = &object.key;
        let members = self.with_secrets(&object.members, false)?;
        let (method, body) = match key.kind {
            Kind::Service | Kind::Route => {
                // PUT replaces everything, so what is not declared is said again.
                let (path, body) = self.entity(key, self.over_live(key, members))?;
                return self.send(Method::PUT, &path, &body).await.map(drop);
            }
            Kind::Offer => {
                let members = self.over_live(key, members);
                (Method::PUT, self.offer(members)?)
            }
            Kind::Team => return self.update_team(key, members).await,
            Kind::Provider | Kind::Strategy => {
                for fixed in ["provider_type", "strategy_type"] {
                    if members.contains_key(fixed) {
                        bail!(
                            "{fixed} cannot be changed: declare it under another name, or delete it first"
                        );
                    }
                }
                (Method::PATCH, self.resolved(key, members)?.into())
            }
            _ => (Method::PATCH, self.resolved(key, members)?.into()),
        };
        self.send(method, &self.address(key)?, &body)
            .await
            .map(drop)
    }

    async fn delete(&mut self, key: &Key) -> Result<()> {
        if key.kind == Kind::Publication {
            return self.publish(key, "unpublished").await;
        }
        self.send(Method::DELETE, &self.address(key)?, &Value::Null)
            .await?;
        self.ids.remove(key);
        Ok(())
    }

    async fn publish(&mut self, key: &Key, status: &str) -> Result<()> {
        let portal = self.id(&Key::new(Kind::Portal, &[&key.path[0]]))?;
        let product = self.id(&Key::new(Kind::Product, &[&key.path[1]]))?;
        let body = json!({ "api_products": { product.as_str(): { "publish_status": status } } });
        let path = format!("/v2/portals/{portal}/publish");
        self.send(Method::POST, &path, &body).await?;
        self.ids.insert(key.clone(), product);
        Ok(())
    }

    /// What is there, with these members instead.
    fn over_live(&self, key: &Key, members: Map<String, Value>) -> Map<String, Value> {
        let present = self.live.iter().find(|object| object.key == *key);
        let mut all = present
            .map(|object| object.members.clone())
            .unwrap_or_default();
        all.extend(members);
        all
    }

    /// A gateway entity: PUT under its name, or its id where it has none.
    fn entity(&self, key: &Key, mut members: Map<String, Value>) -> Result<(String, Value)> {
        let is_id = uuid::Uuid::try_parse(key.name()).is_ok();
        let known = self.ids.get(key).map_or(key.name(), String::as_str);
        let name = escaped(known);
        if !is_id {
            members.insert("name".into(), key.name().into());
        }
        let plane = self.id(&Key::new(Kind::ControlPlane, &[&key.path[0]]))?;
        let collection = if key.kind == Kind::Service {
            "services"
        } else {
            "routes"
        };
        if key.kind == Kind::Route {
            let service = self.id(&key.above(Kind::Service))?;
            members.insert("service".into(), json!({ "id": service }));
        }
        let path = format!("/v2/control-planes/{plane}/core-entities/{collection}/{name}");
        Ok((path, members.into()))
    }

    /// A version in a portal: all of it.
    fn offer(&self, mut members: Map<String, Value>) -> Result<Value> {
        let names = members.remove("auth_strategies").unwrap_or_default();
        let strategies = names.as_array().into_iter().flatten().map(|name| {
            let name = name
                .as_str()
                .context("auth_strategies must be a list of names")?;
            self.id(&Key::new(Kind::Strategy, &[name]))
        });
        let strategies: Vec<String> = strategies.collect::<Result<_>>()?;
        let mut body = Map::new();
        for (name, default) in [
            ("publish_status", Value::from("published")),
            ("application_registration_enabled", false.into()),
            ("auto_approve_registration", false.into()),
            ("deprecated", false.into()),
        ] {
            body.insert(name.into(), members.remove(name).unwrap_or(default));
        }
        body.insert("auth_strategy_ids".into(), strategies.into());
        body.extend(members);
        Ok(body.into())
    }

    /// Members as the API takes them: ids instead of names, contents in base64.
    fn resolved(&self, key: &Key, mut members: Map<String, Value>) -> Result<Map<String, Value>> {
        for (member, sent) in [
            ("dcr_provider", "dcr_provider_id"),
            (
                "default_application_auth_strategy",
                "default_application_auth_strategy_id",
            ),
            ("destination", "audit_log_destination_id"),
        ] {
            let kind = match member {
                "dcr_provider" => Kind::Provider,
                "destination" => Kind::Destination,
                _ => Kind::Strategy,
            };
            match members.remove(member) {
                None => {}
                Some(Value::String(name)) => {
                    members.insert(sent.into(), self.id(&Key::new(kind, &[&name]))?.into());
                }
                Some(Value::Null) => {
                    members.insert(sent.into(), Value::Null);
                }
                Some(other) => bail!(
                    "{member} must be the name of a {}, not {other}",
                    kind.words()
                ),
            }
        }
        if let Some(service) = members
            .get("gateway_service")
            .filter(|service| !service.is_null())
        {
            let name = |member: &str| {
                let name = service.get(member).and_then(Value::as_str);
                name.with_context(|| format!("gateway_service must have {member:?}, a name"))
            };
            let (plane, service) = (name("control_plane")?, name("service")?);
            let plane_id = self.id(&Key::new(Kind::ControlPlane, &[plane]))?;
            let id = self.id(&Key::new(Kind::Service, &[plane, service]))?;
            let service = json!({ "control_plane_id": plane_id, "id": id });
            members.insert("gateway_service".into(), service);
        }
        if matches!(key.kind, Kind::Document | Kind::Specification)
            && let Some(Value::String(content)) = members.get("content")
        {
            use base64::Engine as _;
            let encoded = base64::engine::general_purpose::STANDARD.encode(content);
            members.insert("content".into(), encoded.into());
        }
        Ok(members)
    }

    /// The values of environment variables where placeholders stand. A variable that is not set leaves
    /// the secret as it is, unless there is none yet; an empty one says that there is none.
    fn with_secrets(
        &self,
        members: &Map<String, Value>,
        needed: bool,
    ) -> Result<Map<String, Value>> {
        let mut filled = Map::new();
        for (name, value) in members {
            let value = match (placeholder(value), value) {
                (Some(wanted), _) => match ((self.variable)(wanted), needed) {
                    (Some(secret), _) if secret.is_empty() => continue,
                    (Some(secret), _) => secret.into(),
                    (None, true) => {
                        bail!("set the environment variable {wanted} to the value of {name}")
                    }
                    (None, false) => continue,
                },
                (None, Value::Object(inner)) => self.with_secrets(inner, needed)?.into(),
                (None, value) => value.clone(),
            };
            filled.insert(name.clone(), value);
        }
        Ok(filled)
    }

    pub(super) fn id(&self, key: &Key) -> Result<String> {
        let found = self.ids.get(key).cloned();
        found.with_context(|| format!("there is no {key}, neither declared nor in this instance"))
    }

    /// Where objects of its kind are made.
    pub(super) fn collection(&self, key: &Key) -> Result<String> {
        let product = || self.id(&Key::new(Kind::Product, &[&key.path[0]]));
        let portal = || self.id(&Key::new(Kind::Portal, &[&key.path[0]]));
        Ok(match key.kind {
            Kind::ControlPlane => "/v2/control-planes".into(),
            Kind::Provider => "/v2/dcr-providers".into(),
            Kind::Strategy => "/v2/application-auth-strategies".into(),
            Kind::Product => "/v2/api-products".into(),
            Kind::Portal => "/v2/portals".into(),
            Kind::Destination => "/v2/audit-log-destinations".into(),
            Kind::Team => {
                let portal = self.id(&Key::new(Kind::Portal, &[&key.path[0]]))?;
                format!("/v2/portals/{portal}/teams")
            }
            Kind::Version => format!("/v2/api-products/{}/product-versions", product()?),
            Kind::Document => format!("/v2/api-products/{}/documents", product()?),
            Kind::Specification => {
                let version = Key {
                    kind: Kind::Version,
                    path: key.path.clone(),
                };
                let version = self.id(&version)?;
                format!(
                    "/v2/api-products/{}/product-versions/{version}/specifications",
                    product()?
                )
            }
            Kind::Snippet => format!("/v3/portals/{}/snippets", portal()?),
            Kind::Page => format!("/v3/portals/{}/pages", portal()?),
            kind => bail!("a {} has no collection", kind.words()),
        })
    }

    /// Where an object is changed.
    pub(super) fn address(&self, key: &Key) -> Result<String> {
        let portal = || self.id(&Key::new(Kind::Portal, &[&key.path[0]]));
        Ok(match key.kind {
            Kind::Service | Kind::Route => self.entity(key, Map::new())?.0,
            Kind::Api => format!(
                "/v3/apis/{}",
                self.id(&Key::new(Kind::Product, &[&key.path[0]]))?
            ),
            Kind::Appearance => format!("/v2/portals/{}/appearance", portal()?),
            Kind::Customization => format!("/v3/portals/{}/customization", portal()?),
            Kind::Authentication => format!("/v2/portals/{}/authentication-settings", portal()?),
            Kind::Webhook => format!("/v2/portals/{}/audit-log-webhook", portal()?),
            Kind::Offer => {
                let version = Key::new(Kind::Version, &[&key.path[1], &key.path[2]]);
                format!(
                    "/v2/portals/{}/product-versions/{}",
                    portal()?,
                    self.id(&version)?
                )
            }
            _ => format!("{}/{}", self.collection(key)?, self.id(key)?),
        })
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let body = (!body.is_null()).then_some(body);
        let response = self.api.call(method.clone(), path, body).await?;
        if !response.status.is_success() {
            bail!(
                "{method} {path} answered {}: {}",
                response.status,
                said(&response)
            );
        }
        if response.body.is_empty() {
            return Ok(Value::Null);
        }
        response
            .json()
            .with_context(|| format!("{method} {path} answered with something that is not JSON"))
    }
}

fn escaped(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}
