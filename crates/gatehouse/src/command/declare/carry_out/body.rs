//! Members as the platform API takes them.

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Work;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::{Key, Object};
use crate::command::declare::placeholder::placeholder;
use crate::command::declare::references::NAMES;

impl Work<'_> {
    /// Ids instead of names, contents in base64.
    pub(super) fn resolved(
        &self,
        key: &Key,
        mut members: Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        for (member, kind, sent) in NAMES {
            match members.remove(member) {
                None => {}
                Some(Value::String(name)) => {
                    members.insert(sent.into(), self.id(&Key::new(kind, &[&name]))?.into());
                }
                Some(_) => {
                    members.insert(sent.into(), Value::Null);
                }
            }
        }
        if let Some(service) = members.get("gateway_service").filter(|one| !one.is_null()) {
            let name = |member: &str| service[member].as_str().unwrap_or_default();
            let (plane, service) = (name("control_plane"), name("service"));
            let plane_id = self.id(&Key::new(Kind::ControlPlane, &[plane]))?;
            let id = self.id(&Key::new(Kind::Service, &[plane, service]))?;
            let service = json!({ "control_plane_id": plane_id, "id": id });
            members.insert("gateway_service".into(), service);
        }
        if matches!(key.kind, Kind::Document | Kind::Specification)
            && let Some(Value::String(content)) = members.get("content")
        {
            members.insert("content".into(), STANDARD.encode(content).into());
        }
        Ok(members)
    }

    /// A version in a portal: all of it.
    pub(super) fn offer(&self, mut members: Map<String, Value>) -> Result<Value> {
        let names = members.remove("auth_strategies").unwrap_or_default();
        let strategies = names.as_array().into_iter().flatten().map(|name| {
            let name = name.as_str().context("a strategy must be a name")?;
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

    /// The members with the values of environment variables where placeholders stand. A variable that is
    /// not set leaves the secret as it is, unless it is `needed`; an empty one says that there is none.
    pub(super) fn with_secrets(&self, object: &Object, needed: bool) -> Result<Map<String, Value>> {
        // Settings of the plugin have lists that are secret.
        let lists = object.key.kind == Kind::Strategy;
        self.filled(&object.members, needed, lists)
    }

    /// The variables that are not set, each with the member that it is for.
    pub(super) fn unset<'m>(&self, members: &'m Map<String, Value>) -> Vec<(&'m str, &'m str)> {
        let mut all = Vec::new();
        for (name, value) in members {
            match (placeholder(value), value) {
                (Some(wanted), _) if self.variables.get(wanted).is_none() => {
                    all.push((wanted, name.as_str()));
                }
                (None, Value::Object(inner)) => all.extend(self.unset(inner)),
                _ => {}
            }
        }
        all
    }

    fn filled(
        &self,
        members: &Map<String, Value>,
        needed: bool,
        lists: bool,
    ) -> Result<Map<String, Value>> {
        let mut filled = Map::new();
        for (name, value) in members {
            let value = match (placeholder(value), value) {
                (Some(wanted), _) => match (self.variables.get(wanted), needed) {
                    (Some(secret), _) if secret.is_empty() => continue,
                    (Some(secret), _) if lists && secret.starts_with('[') => {
                        serde_json::from_str(&secret).with_context(|| {
                            format!("{wanted} begins like a list and is no JSON")
                        })?
                    }
                    (Some(secret), _) => secret.into(),
                    (None, true) => {
                        bail!("set the environment variable {wanted} to the value of {name}")
                    }
                    (None, false) => continue,
                },
                (None, Value::Object(inner)) => self.filled(inner, needed, lists)?.into(),
                (None, value) => value.clone(),
            };
            filled.insert(name.clone(), value);
        }
        Ok(filled)
    }
}
