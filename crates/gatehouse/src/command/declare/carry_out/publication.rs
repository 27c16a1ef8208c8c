//! Products in portals.

use anyhow::Result;
use http::Method;
use serde_json::{Map, Value, json};

use super::Work;
use crate::command::declare::kind::Kind;
use crate::command::declare::object::Key;

impl Work<'_> {
    /// Puts a product into a portal, or takes it out and leaves its versions there.
    pub(super) async fn publish(&mut self, key: &Key, how: Map<String, Value>) -> Result<()> {
        let portal = self.id(&key.root(Kind::Portal))?;
        let product = self.id(&Key::new(Kind::Product, &[&key.path[1]]))?;
        let mut how = how;
        let status = how.entry("publish_status").or_insert("published".into());
        let is_there = *status == "published";
        if !is_there {
            how.retain(|name, _| name == "publish_status");
        }
        let body = json!({ "api_products": { product.as_str(): how } });
        let path = format!("/v2/portals/{portal}/publish");
        self.send(Method::POST, &path, &body).await?;
        self.ids.insert(key.clone(), product);
        Ok(())
    }

    /// Takes a product out of a portal with all of its versions.
    pub(super) async fn unpublish(&mut self, key: &Key) -> Result<()> {
        let offers = self.live.iter().map(|object| &object.key);
        let offers = offers.filter(|other| other.kind == Kind::Offer && other.is_within(key));
        for offer in offers {
            let path = self.address(offer)?;
            self.send(Method::DELETE, &path, &Value::Null).await?;
        }
        let status = json!("unpublished");
        let how = Map::from_iter([("publish_status".to_owned(), status)]);
        self.publish(key, how).await
    }
}
