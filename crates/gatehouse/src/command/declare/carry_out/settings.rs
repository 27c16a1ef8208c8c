//! What takes more than one request, or another one than its kind.

use anyhow::Result;
use http::Method;
use serde_json::{Map, Value, json};

use super::Work;
use crate::command::declare::kind::Kind;
use crate::command::declare::live::linked;
use crate::command::declare::object::Key;

/// What v3 alone says of a portal.
const LATER: [&str; 2] = ["default_api_visibility", "default_page_visibility"];

/// How many networks one entry of an allow list may have.
const MOST: usize = 25;

impl Work<'_> {
    pub(super) async fn create_portal(
        &mut self,
        key: &Key,
        mut members: Map<String, Value>,
    ) -> Result<()> {
        let later = parted(&mut members);
        let mut body = self.resolved(key, members)?;
        body.insert("name".into(), key.name().into());
        let made = self.send(Method::POST, "/v2/portals", &body.into()).await?;
        self.keep(key, &made)?;
        self.write_later(key, later).await
    }

    pub(super) async fn update_portal(
        &self,
        key: &Key,
        mut members: Map<String, Value>,
    ) -> Result<()> {
        let later = parted(&mut members);
        if !members.is_empty() {
            let body = self.resolved(key, members)?;
            self.patch(key, body).await?;
        }
        self.write_later(key, later).await
    }

    async fn write_later(&self, key: &Key, members: Map<String, Value>) -> Result<()> {
        if members.is_empty() {
            return Ok(());
        }
        let path = format!("/v3/portals/{}", self.id(key)?);
        self.send(Method::PATCH, &path, &members.into())
            .await
            .map(drop)
    }

    /// Makes one of several API products of one name: with its version, by which they are told apart.
    pub(super) async fn create_twin(
        &mut self,
        key: &Key,
        mut members: Map<String, Value>,
    ) -> Result<()> {
        let labels = members.remove("public_labels");
        let api = key.own(Kind::Api);
        let api = self.declared.iter().find(|object| object.key == api);
        for (name, value) in api.into_iter().flat_map(|api| &api.members) {
            members.insert(name.clone(), value.clone());
        }
        let made = self.send(Method::POST, "/v3/apis", &members.into()).await?;
        self.keep(key, &made)?;
        match labels {
            Some(labels) => {
                let path = self.address(key)?;
                let body = json!({ "public_labels": labels });
                self.send(Method::PATCH, &path, &body).await.map(drop)
            }
            None => Ok(()),
        }
    }

    pub(super) async fn create_provider(
        &mut self,
        key: &Key,
        mut members: Map<String, Value>,
    ) -> Result<()> {
        let policy = members.remove("reconciliation");
        let mut body = self.resolved(key, members)?;
        body.insert("name".into(), key.name().into());
        let path = self.collection(key)?;
        let made = self.send(Method::POST, &path, &body.into()).await?;
        self.keep(key, &made)?;
        self.reconcile(key, policy).await
    }

    /// Says what is done by itself where a provider's clients differ.
    pub(super) async fn reconcile(&self, key: &Key, policy: Option<Value>) -> Result<()> {
        let Some(policy) = policy else {
            return Ok(());
        };
        let path = format!("{}/reconciliation", self.address(key)?);
        let body = json!({ "automatic": policy });
        self.send(Method::PATCH, &path, &body).await.map(drop)
    }

    /// Gives a product its picture; `data` that is null takes it away.
    pub(super) async fn picture(&self, key: &Key, members: Map<String, Value>) -> Result<()> {
        let none = members.get("data").is_none_or(Value::is_null);
        let (method, body) = match none {
            true if !self.live.iter().any(|object| object.key == *key) => return Ok(()),
            true => (Method::DELETE, Value::Null),
            false => (Method::PUT, members.into()),
        };
        self.send(method, &self.address(key)?, &body)
            .await
            .map(drop)
    }

    /// Lets these networks in and no others: in the entries that there are, then in new ones.
    pub(super) async fn allow(&self, key: &Key, members: &Map<String, Value>) -> Result<()> {
        let path = self.address(key)?;
        let wanted = members.get("allowed_ips").and_then(Value::as_array);
        let wanted = wanted.map(Vec::as_slice).unwrap_or_default();
        let mut present = linked(self.api, &path).await?.into_iter();
        for part in wanted.chunks(MOST) {
            let body = json!({ "allowed_ips": part });
            match present.next() {
                Some(entry) => {
                    let id = entry["id"].as_str().unwrap_or_default();
                    self.send(Method::PUT, &format!("{path}/{id}"), &body)
                        .await?;
                }
                None => drop(self.send(Method::POST, &path, &body).await?),
            }
        }
        for entry in present {
            let id = entry["id"].as_str().unwrap_or_default();
            self.send(Method::DELETE, &format!("{path}/{id}"), &Value::Null)
                .await?;
        }
        Ok(())
    }
}

/// What v3 alone says, taken out.
fn parted(members: &mut Map<String, Value>) -> Map<String, Value> {
    let found = LATER.iter().filter_map(|name| members.remove_entry(*name));
    found.collect()
}
