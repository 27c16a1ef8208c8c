//! What is published in a portal.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::{Map, Value};

use super::list::every;
use super::{Reader, some};
use crate::command::api::text;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::Key;

impl Reader<'_> {
    pub(super) async fn published(&mut self, base: &str, later: &str, portal: &Key) -> Result<()> {
        let offers = every(self.api, &format!("{base}/product-versions")).await?;
        let seen: HashMap<String, Value> = every(self.api, &format!("{later}/api-publications"))
            .await?
            .into_iter()
            .filter_map(|one| Some((one["api_id"].as_str()?.to_owned(), one)))
            .collect();
        for product in every(self.api, &format!("{base}/products")).await? {
            let id = text(&product, "/id")?;
            let Some(name) = self.name_of(Kind::Product, &id) else {
                continue;
            };
            let key = portal.below(Kind::Publication, &name);
            let members = seen.get(&id).map(|seen| some(Kind::Publication, seen));
            self.put(key.clone(), &product, members.unwrap_or_default())?;
            for offer in &offers {
                let version = text(offer, "/product_version_id")?;
                let of_this = |(known, id): &(&Key, &String)| {
                    known.kind == Kind::Version && known.path[0] == name && **id == version
                };
                let Some((known, _)) = self.live.ids.iter().find(of_this) else {
                    continue;
                };
                let key = key.below(Kind::Offer, known.name());
                let members = self.offer(offer);
                self.put(key, offer, members)?;
            }
        }
        Ok(())
    }

    fn offer(&self, offer: &Value) -> Map<String, Value> {
        let mut members = some(Kind::Offer, offer);
        let strategies = offer["auth_strategies"].as_array().into_iter().flatten();
        let names = strategies.filter_map(|one| self.name_of(Kind::Strategy, one["id"].as_str()?));
        let names: Vec<Value> = names.map(Value::from).collect();
        members.insert("auth_strategies".into(), names.into());
        members
    }
}
