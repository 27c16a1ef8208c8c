//! Carrying out the steps of a plan over the platform API.

mod address;
mod answer;
mod body;
mod publication;
mod settings;
mod team;

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail};
use http::Method;
use serde_json::{Map, Value, json};

use super::kind::Kind;
use super::live::Live;
use super::object::{Key, Object};
use super::order::Order;
use super::placeholder::Variables;
use super::plan::Change;
use crate::command::api::Api;

/// Takes the steps one after another.
pub(super) struct Work<'a> {
    api: &'a Api,
    ids: HashMap<Key, String>,
    live: &'a [Object],
    declared: &'a [Object],
    variables: &'a Variables,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        api: &'a Api,
        live: &'a Live,
        declared: &'a [Object],
        variables: &'a Variables,
    ) -> Self {
        Self {
            api,
            ids: live.ids.clone(),
            live: &live.objects,
            declared,
            variables,
        }
    }

    /// Whether every secret that is needed is there: before the first step, not in the middle.
    ///
    /// # Errors
    /// The names of those that are not.
    pub(super) fn check(&self, changes: &[Change]) -> Result<()> {
        let mut missing = Vec::new();
        for change in changes {
            let Change::Create(object) = change else {
                continue;
            };
            let place = change.place();
            for (wanted, member) in self.unset(&object.members) {
                missing.push(format!(
                    "{place}: {change}: set the environment variable {wanted} to the value of {member}"
                ));
            }
            if missing.is_empty() {
                self.with_secrets(object, true)
                    .with_context(|| format!("{place}: {change}"))?;
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        bail!("{}", missing.join("\n"))
    }

    /// Takes one step.
    ///
    /// # Errors
    /// What the API said. Steps taken before stay taken; the next run goes on from there.
    pub(super) async fn step(&mut self, change: &Change) -> Result<()> {
        let done = match change {
            Change::Create(object) => self.create(object).await,
            Change::Update(object) => self.update(object).await,
            Change::Arrange(order) => self.arrange(order).await,
            Change::Delete(key) => self.delete(key).await,
        };
        done.with_context(|| match change.place() {
            "" => change.to_string(),
            place => format!("{change} ({place})"),
        })
    }

    async fn create(&mut self, object: &Object) -> Result<()> {
        let key = &object.key;
        let members = self.with_secrets(object, true)?;
        let (method, path, body) = match key.kind {
            Kind::Service | Kind::Route => {
                let (path, body) = self.entity(key, members)?;
                (Method::PUT, path, body)
            }
            Kind::Organization => return Ok(()),
            Kind::Team => return self.create_team(key, members).await,
            Kind::Publication => return self.publish(key, members).await,
            Kind::Provider => return self.create_provider(key, members).await,
            Kind::AllowList => return self.allow(key, &members).await,
            Kind::Sender => {
                let path = self.address(key)?;
                return self
                    .send(Method::POST, &path, &members.into())
                    .await
                    .map(drop);
            }
            Kind::Icon => return self.picture(key, members).await,
            Kind::Portal => return self.create_portal(key, members).await,
            Kind::Product if members.contains_key("name") => {
                return self.create_twin(key, members).await;
            }
            Kind::Template | Kind::OrganizationWebhook => return self.patch(key, members).await,
            kind if kind.comes_with_parent() => {
                let body = self.resolved(key, members)?;
                return self.patch(key, body).await;
            }
            Kind::Offer => {
                let body = self.offer(members)?;
                (Method::PUT, self.address(key)?, body)
            }
            kind => {
                let mut body = self.resolved(key, members)?;
                if kind != Kind::Specification {
                    body.insert(kind.key().into(), key.name().into());
                }
                if let Some((member, above)) = self.parent(key)? {
                    body.insert(member.into(), above.into());
                }
                (Method::POST, self.collection(key)?, body.into())
            }
        };
        let made = self.send(method, &path, &body).await?;
        self.keep(key, &made)
    }

    fn keep(&mut self, key: &Key, made: &Value) -> Result<()> {
        let id = made["id"].as_str().context("the answer has no id")?;
        self.ids.insert(key.clone(), id.to_owned());
        Ok(())
    }

    async fn update(&mut self, object: &Object) -> Result<()> {
        let key = &object.key;
        let mut members = self.with_secrets(object, false)?;
        let (method, body) = match key.kind {
            Kind::Service | Kind::Route => {
                // PUT replaces everything, so what is not declared is said again.
                let (path, body) = self.entity(key, self.over_live(object))?;
                return self.send(Method::PUT, &path, &body).await.map(drop);
            }
            Kind::Offer => (Method::PUT, self.offer(self.over_live(object))?),
            Kind::Team => return self.update_team(key, members).await,
            Kind::Publication => return self.publish(key, members).await,
            Kind::AllowList => return self.allow(key, &members).await,
            Kind::Icon => return self.picture(key, members).await,
            Kind::Portal => return self.update_portal(key, members).await,
            Kind::Provider | Kind::Strategy => {
                for fixed in ["provider_type", "strategy_type"] {
                    if members.contains_key(fixed) {
                        bail!(
                            "{fixed} cannot be changed: declare it under another name, or delete it first"
                        );
                    }
                }
                self.reconcile(key, members.remove("reconciliation"))
                    .await?;
                if members.is_empty() {
                    return Ok(());
                }
                (Method::PATCH, self.resolved(key, members)?.into())
            }
            _ => (Method::PATCH, self.resolved(key, members)?.into()),
        };
        self.send(method, &self.address(key)?, &body)
            .await
            .map(drop)
    }

    async fn patch(&self, key: &Key, members: Map<String, Value>) -> Result<()> {
        let path = self.address(key)?;
        self.send(Method::PATCH, &path, &members.into())
            .await
            .map(drop)
    }

    async fn delete(&mut self, key: &Key) -> Result<()> {
        if key.kind == Kind::Publication {
            return self.unpublish(key).await;
        }
        let mut path = self.address(key)?;
        if key.kind == Kind::Portal {
            let portal = self.api.get(&path).await?;
            // With developers it is refused; what is published in it goes with it.
            if portal["developer_count"] == 0 {
                path.push_str("?force=true");
            }
        }
        self.send(Method::DELETE, &path, &Value::Null).await?;
        self.ids.remove(key);
        Ok(())
    }

    /// Moves siblings to the front, in this order.
    async fn arrange(&self, order: &Order) -> Result<()> {
        for (index, key) in order.siblings.iter().enumerate() {
            let mut body = json!({ "index": index });
            if let Some((member, above)) = self.parent(key)? {
                body[member] = above.into();
            }
            let root = key.path[0].as_str();
            let base = match key.kind {
                Kind::Document => format!(
                    "/v3/apis/{}/documents",
                    self.id(&Key::new(Kind::Product, &[root]))?
                ),
                _ => self.collection(key)?,
            };
            let path = format!("{base}/{}/move", self.id(key)?);
            self.send(Method::POST, &path, &body).await?;
        }
        Ok(())
    }

    /// What a document or a page stands below: the member that says so, and its id.
    fn parent(&self, key: &Key) -> Result<Option<(&'static str, String)>> {
        let member = match key.kind {
            Kind::Document => "parent_document_id",
            Kind::Page => "parent_page_id",
            _ => return Ok(None),
        };
        match key.path.len() {
            0..=2 => Ok(None),
            _ => Ok(Some((member, self.id(&key.above(key.kind))?))),
        }
    }

    /// What is there, with what is declared instead.
    fn over_live(&self, object: &Object) -> Map<String, Value> {
        let same = |other: &&Object| other.key == object.key;
        let present = self.live.iter().find(same).into_iter();
        let all = present.chain(self.declared.iter().find(same));
        all.flat_map(|object| object.members.clone()).collect()
    }

    fn id(&self, key: &Key) -> Result<String> {
        let found = self.ids.get(key).cloned();
        found.with_context(|| format!("there is no {key}, neither declared nor in this instance"))
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let body = (!body.is_null()).then_some(body);
        let response = self.api.call(method.clone(), path, body).await?;
        if !response.status.is_success() {
            bail!(answer::refusal(&method, path, &response));
        }
        if response.body.is_empty() {
            return Ok(Value::Null);
        }
        response
            .json()
            .with_context(|| format!("{method} {path} answered with something that is not JSON"))
    }
}
