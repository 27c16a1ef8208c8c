//! API products with their versions, specifications and documents.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use http::Method;
use http::header::{CONTENT_TYPE, LOCATION};
use serde_json::{Map, Value, json};

use super::list::every;
use super::{Reader, decoded, some};
use crate::command::api::text;
use crate::command::declare::folder::address;
use crate::command::declare::kind::Kind;
use crate::command::declare::names::{product_name, twins};
use crate::command::declare::object::Key;

impl Reader<'_> {
    pub(super) async fn products(&mut self) -> Result<()> {
        let products = every(self.api, "/v2/api-products").await?;
        let apis = every(self.api, "/v3/apis").await?;
        let names = products
            .iter()
            .filter_map(|product| product["name"].as_str());
        self.live.twins.append(&mut twins(names));
        let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
        let apis: HashMap<String, &Value> = apis.iter().map(|api| (id(api), api)).collect();
        for product in &products {
            let (name, id) = (text(product, "/name")?, text(product, "/id")?);
            let api = apis.get(&id).copied().unwrap_or(&Value::Null);
            let full = product_name(&name, api["version"].as_str(), &self.live.twins);
            let mut members = some(Kind::Product, product);
            if full != name {
                members.insert("name".into(), name.into());
            }
            let key = Key::new(Kind::Product, &[&full]);
            self.put(key.clone(), product, members)?;
            let mut members = some(Kind::Api, api);
            members.retain(|_, value| *value != json!({}));
            if !members.is_empty() {
                self.alone(key.own(Kind::Api), members);
            }
            self.icon(&id, &key).await?;
            self.versions(&id, &key).await?;
            self.documents(&id, &key).await?;
        }
        Ok(())
    }

    /// The picture of a product, which is behind a redirect.
    async fn icon(&mut self, product: &str, key: &Key) -> Result<()> {
        let path = format!("/v3/apis/{product}/images/icon/raw");
        let answer = self.api.call(Method::GET, &path, None).await?;
        let Some(way) = answer.headers.get(LOCATION) else {
            return Ok(());
        };
        let way = way.to_str().context("the way to an icon is no address")?;
        let answer = self.api.call(Method::GET, way, None).await?;
        let kind = answer.headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok());
        let kind = kind.filter(|_| answer.status.is_success());
        let kind = kind.with_context(|| format!("{path} leads to no image"))?;
        let data = address(kind, &answer.body);
        let members = Map::from_iter([("data".to_owned(), data.into())]);
        self.alone(key.own(Kind::Icon), members);
        Ok(())
    }

    async fn versions(&mut self, product: &str, key: &Key) -> Result<()> {
        let base = format!("/v2/api-products/{product}/product-versions");
        for version in every(self.api, &base).await? {
            let mut members = some(Kind::Version, &version);
            members.remove("gateway_service");
            if let Some(service) = self.service_of(&version) {
                members.insert("gateway_service".into(), service);
            }
            let (key, id) = self.add(Kind::Version, &key.path, &version, members)?;
            for specification in every(self.api, &format!("{base}/{id}/specifications")).await? {
                let mut members = some(Kind::Specification, &specification);
                members.insert("content".into(), decoded(&specification)?.into());
                self.put(key.own(Kind::Specification), &specification, members)?;
            }
        }
        Ok(())
    }

    /// The documents of a product, in their order.
    async fn documents(&mut self, product: &str, key: &Key) -> Result<()> {
        let tree = self
            .api
            .get(&format!("/v3/apis/{product}/documents"))
            .await?;
        let mut open = vec![(tree["data"].clone(), key.path.clone())];
        while let Some((documents, above)) = open.pop() {
            for summary in documents.as_array().into_iter().flatten() {
                let id = text(summary, "/id")?;
                let path = format!("/v2/api-products/{product}/documents/{id}");
                let document = self.api.get(&path).await?;
                let mut members = some(Kind::Document, &document);
                members.retain(|name, value| name != "metadata" || *value != json!({}));
                let (key, _) = self.add(Kind::Document, &above, &document, members)?;
                open.push((summary["children"].clone(), key.path));
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
}
