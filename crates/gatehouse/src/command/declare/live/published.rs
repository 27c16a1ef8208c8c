//! What is published in a portal.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
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
            let members = seen.get(&id).map(|seen| some(Kind::Publication, seen));
            let mut members = members.unwrap_or_default();
            members.insert("publish_status".into(), "published".into());
            self.put(portal.below(Kind::Publication, &name), &product, members)?;
        }
        for offer in &offers {
            let version = text(offer, "/product_version_id")?;
            let of_this =
                |(known, id): &(&Key, &String)| known.kind == Kind::Version && **id == version;
            let Some((known, _)) = self.live.ids.iter().find(of_this) else {
                continue;
            };
            let (product, version) = (known.path[0].clone(), known.name().to_owned());
            let key = portal.below(Kind::Publication, &product);
            if !self.live.ids.contains_key(&key) {
                self.hidden(key.clone(), &product)?;
            }
            let members = self.offer(offer);
            self.put(key.below(Kind::Offer, &version), offer, members)?;
        }
        Ok(())
    }

    /// A product that is not in the portal, though versions of it are.
    fn hidden(&mut self, key: Key, product: &str) -> Result<()> {
        let id = self.live.ids.get(&Key::new(Kind::Product, &[product]));
        let id = id.cloned().context("a version belongs to no product")?;
        let status = Value::from("unpublished");
        let members = Map::from_iter([("publish_status".to_owned(), status)]);
        self.live.ids.insert(key.clone(), id);
        self.alone(key, members);
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
