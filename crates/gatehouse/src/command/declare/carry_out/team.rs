//! Bringing teams to what is declared of them: their roles, and the groups whose members they have.

use anyhow::{Context, Result};
use http::Method;
use serde_json::{Map, Value, json};

use super::Work;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::Key;
use crate::command::declare::team::EVERYWHERE;

const SERVICES: &str = "Services";

impl Work<'_> {
    pub(super) async fn create_team(
        &mut self,
        key: &Key,
        mut members: Map<String, Value>,
    ) -> Result<()> {
        let (roles, groups) = (members.remove("roles"), members.remove("groups"));
        members.insert("name".into(), key.name().into());
        let path = self.collection(key)?;
        let made = self.send(Method::POST, &path, &members.into()).await?;
        let id = made["id"].as_str().context("the answer has no id")?;
        self.ids.insert(key.clone(), id.to_owned());
        self.bring_roles(key, roles).await?;
        self.bring_groups(key, groups).await
    }

    pub(super) async fn update_team(
        &self,
        key: &Key,
        mut members: Map<String, Value>,
    ) -> Result<()> {
        let (roles, groups) = (members.remove("roles"), members.remove("groups"));
        if !members.is_empty() {
            let path = self.address(key)?;
            self.send(Method::PATCH, &path, &members.into()).await?;
        }
        self.bring_roles(key, roles).await?;
        self.bring_groups(key, groups).await
    }

    /// Assigns what is declared, and withdraws the rest.
    async fn bring_roles(&self, key: &Key, declared: Option<Value>) -> Result<()> {
        let Some(declared) = declared else {
            return Ok(());
        };
        let path = format!("{}/assigned-roles", self.address(key)?);
        let mut wanted = Vec::new();
        for role in declared.as_array().into_iter().flatten() {
            let product = role["product"].as_str();
            let product = product.context("a role must have \"product\", a name")?;
            wanted.push(json!({
                "role_name": role["role"],
                "entity_id": self.id(&Key::new(Kind::Product, &[product]))?,
                "entity_type_name": SERVICES,
                "entity_region": role["region"].as_str().unwrap_or(EVERYWHERE),
            }));
        }
        let present = self.api.get(&format!("{path}?page[size]=100")).await?;
        for mut role in present["data"].as_array().cloned().unwrap_or_default() {
            let id = role["id"].take();
            let id = id.as_str().context("a role has no id")?;
            let is_it = |one: &Value| {
                let same = |name: &str| one[name] == role[name];
                same("role_name") && same("entity_id") && same("entity_region")
            };
            match wanted.iter().position(is_it) {
                Some(at) => drop(wanted.remove(at)),
                None => {
                    let path = format!("{path}/{id}");
                    self.send(Method::DELETE, &path, &Value::Null).await?;
                }
            }
        }
        for role in wanted {
            self.send(Method::POST, &path, &role).await?;
        }
        Ok(())
    }

    async fn bring_groups(&self, key: &Key, declared: Option<Value>) -> Result<()> {
        let Some(groups) = declared else {
            return Ok(());
        };
        let groups = if groups.is_null() { json!([]) } else { groups };
        let portal = self.id(&Key::new(Kind::Portal, &[&key.path[0]]))?;
        let path = format!("/v2/portals/{portal}/identity-provider/team-group-mappings");
        let body = json!({ "data": [{ "team_id": self.id(key)?, "groups": groups }] });
        self.send(Method::PATCH, &path, &body).await.map(drop)
    }
}
