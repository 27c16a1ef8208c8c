//! Portals: their settings, looks, ways to sign in and from where they may be reached.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::list::{every, linked};
use super::{Reader, some, without_nulls};
use crate::command::declare::folder::variable;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::Key;

impl Reader<'_> {
    pub(super) async fn portals(&mut self) -> Result<()> {
        for portal in every(self.api, "/v2/portals").await? {
            let mut members = some(Kind::Portal, &portal);
            let default = portal["default_application_auth_strategy_id"].as_str();
            if let Some(name) = default.and_then(|id| self.name_of(Kind::Strategy, id)) {
                members.insert("default_application_auth_strategy".into(), name.into());
            }
            let id = portal["id"].as_str().unwrap_or_default();
            let later = self.api.get(&format!("/v3/portals/{id}")).await?;
            for name in ["default_api_visibility", "default_page_visibility"] {
                members.insert(name.into(), later[name].clone());
            }
            let (key, id) = self.add(Kind::Portal, &[], &portal, members)?;
            let count = |name: &str| portal[name].as_u64().unwrap_or(0);
            let people = [count("developer_count"), count("application_count")];
            self.live.people.insert(key.clone(), people);
            let (base, later) = (format!("/v2/portals/{id}"), format!("/v3/portals/{id}"));
            self.settings(&base, &later, &key).await?;
            self.allowed(&later, &key).await?;
            self.mails(&later, &key).await?;
            self.published(&base, &later, &key).await?;
            self.teams(&base, &key).await?;
            self.webhook(&base, &key).await?;
            self.written(&later, &key).await?;
        }
        Ok(())
    }

    async fn settings(&mut self, base: &str, later: &str, portal: &Key) -> Result<()> {
        for (kind, path) in [
            (Kind::Appearance, format!("{base}/appearance")),
            (Kind::Customization, format!("{later}/customization")),
            (
                Kind::Authentication,
                format!("{base}/authentication-settings"),
            ),
        ] {
            let value = self.api.get(&path).await?;
            let Value::Object(mut members) = without_nulls(value) else {
                bail!("{path} answered with something that is no object");
            };
            members.retain(|name, _| kind.members().contains(&name.as_str()));
            if let Some(config) = members.get_mut("oidc_config")
                && config["client_id"].is_string()
            {
                let name = variable(portal.name(), "oidc_client_secret");
                config["client_secret"] = format!("${{{name}}}").into();
            }
            self.alone(portal.own(kind), members);
        }
        Ok(())
    }

    /// Every network of every entry: how they are spread over entries changes nothing.
    async fn allowed(&mut self, later: &str, portal: &Key) -> Result<()> {
        let entries = linked(self.api, &format!("{later}/ip-allow-list")).await?;
        let networks = entries
            .iter()
            .filter_map(|entry| entry["allowed_ips"].as_array());
        let all: Vec<Value> = networks.flatten().cloned().collect();
        if !all.is_empty() {
            let members = some(Kind::AllowList, &json!({ "allowed_ips": all }));
            self.alone(portal.own(Kind::AllowList), members);
        }
        Ok(())
    }

    async fn webhook(&mut self, base: &str, portal: &Key) -> Result<()> {
        let webhook = self.api.get(&format!("{base}/audit-log-webhook")).await?;
        let destination = webhook["audit_log_destination_id"].as_str();
        if let Some(name) = destination.and_then(|id| self.name_of(Kind::Destination, id)) {
            let mut members = some(Kind::Webhook, &webhook);
            members.insert("destination".into(), name.into());
            self.alone(portal.own(Kind::Webhook), members);
        }
        Ok(())
    }
}
