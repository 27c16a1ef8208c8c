//! The teams of a portal, with their roles and the groups whose members they have.

use anyhow::Result;
use serde_json::{Value, json};

use super::list::every;
use super::{Reader, some};
use crate::command::api::text;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::Key;
use crate::command::declare::team::{EVERYWHERE, in_order};

impl Reader<'_> {
    pub(super) async fn teams(&mut self, base: &str, portal: &Key) -> Result<()> {
        let settings = format!("{base}/authentication-settings");
        let settings = self.api.get(&settings).await?;
        let groups = match settings.pointer("/oidc_config/client_id") {
            Some(Value::String(_)) => {
                let path = format!("{base}/identity-provider/team-group-mappings");
                every(self.api, &path).await?
            }
            _ => Vec::new(),
        };
        for team in every(self.api, &format!("{base}/teams")).await? {
            let id = text(&team, "/id")?;
            let mut members = some(Kind::Team, &team);
            let roles = self
                .roles(&format!("{base}/teams/{id}/assigned-roles"))
                .await?;
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

    async fn roles(&self, path: &str) -> Result<Vec<Value>> {
        let mut roles = Vec::new();
        for role in every(self.api, path).await? {
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
        Ok(roles)
    }
}
