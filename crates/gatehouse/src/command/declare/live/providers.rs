//! DCR providers, auth strategies, and where audit entries are sent. What they hold and never show stands as
//! a placeholder.

use anyhow::Result;
use serde_json::{Map, Value};

use super::list::{every, linked};
use super::{Reader, some};
use crate::command::api::text;
use crate::command::declare::folder::variable;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::Key;

impl Reader<'_> {
    pub(super) async fn providers(&mut self) -> Result<()> {
        for provider in every(self.api, "/v2/dcr-providers").await? {
            let mut members = some(Kind::Provider, &provider);
            if let Some(config) = members.get_mut("dcr_config") {
                self.withhold("/v2/dcr-providers", &provider, config)
                    .await?;
            }
            let id = text(&provider, "/id")?;
            let path = format!("/v2/dcr-providers/{id}/reconciliation/summary");
            let summary = self.api.get(&path).await?;
            members.insert("reconciliation".into(), summary["automatic"].clone());
            self.add(Kind::Provider, &[], &provider, members)?;
        }
        Ok(())
    }

    pub(super) async fn strategies(&mut self) -> Result<()> {
        let all = "/v2/application-auth-strategies";
        for strategy in every(self.api, all).await? {
            let mut members = some(Kind::Strategy, &strategy);
            let configs = members.get_mut("configs").and_then(Value::as_object_mut);
            if let Some(config) = configs.and_then(|configs| configs.get_mut("openid-connect")) {
                self.withhold(all, &strategy, config).await?;
            }
            let provider = strategy.pointer("/dcr_provider/id").and_then(Value::as_str);
            let name = provider.and_then(|id| self.name_of(Kind::Provider, id));
            if let Some(name) = name {
                members.insert("dcr_provider".into(), name.into());
            }
            self.add(Kind::Strategy, &[], &strategy, members)?;
        }
        Ok(())
    }

    pub(super) async fn destinations(&mut self) -> Result<()> {
        for destination in linked(self.api, "/v2/audit-log-destinations").await? {
            // The organization's webhook has one without a name.
            let Some(name) = destination["name"].as_str() else {
                continue;
            };
            let mut members = some(Kind::Destination, &destination);
            let secret = format!("${{{}}}", variable(name, "authorization"));
            members.insert("authorization".into(), secret.into());
            self.add(Kind::Destination, &[], &destination, members)?;
        }
        Ok(())
    }

    pub(super) async fn organization(&mut self) -> Result<()> {
        self.alone(Key::new(Kind::Organization, &[]), Map::new());
        let webhook = self.api.get("/v2/audit-log-webhook").await?;
        if webhook["endpoint"] != "" {
            let mut members = some(Kind::OrganizationWebhook, &webhook);
            let secret = format!(
                "${{{}}}",
                variable("organization", "audit log authorization")
            );
            members.insert("authorization".into(), secret.into());
            self.alone(Key::new(Kind::OrganizationWebhook, &[]), members);
        }
        Ok(())
    }

    /// Puts a placeholder where the API says that something is and is not shown.
    async fn withhold(&self, all: &str, object: &Value, config: &mut Value) -> Result<()> {
        let id = text(object, "/id")?;
        let name = object["name"].as_str().unwrap_or_default();
        let answer = self.api.get(&format!("{all}/{id}/withheld")).await?;
        let withheld = answer["withheld"].as_array().into_iter().flatten();
        for path in withheld.filter_map(Value::as_str) {
            let mut place = &mut *config;
            for part in path.split('.') {
                place = &mut place[part];
            }
            *place = format!("${{{}}}", variable(name, path)).into();
        }
        Ok(())
    }
}
