//! What an instance holds, as it would be declared.

mod catalogue;
mod gateway;
mod list;
mod mails;
mod pages;
mod portals;
mod providers;
mod published;
mod teams;

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

pub(super) use list::linked;

use super::kind::Kind;
use super::object::{Key, Object};
use crate::command::api::{Api, text};

/// An instance's objects, and their ids.
#[derive(Default)]
pub(super) struct Live {
    pub(super) objects: Vec<Object>,
    pub(super) ids: HashMap<Key, String>,
    /// Names that more than one API product has, here or in what is declared.
    pub(super) twins: BTreeSet<String>,
    /// How many developers and applications go with a portal.
    pub(super) people: HashMap<Key, [u64; 2]>,
}

/// Reads everything that can be declared; `twins` are the names that several declared products have.
///
/// # Errors
/// If the API does not answer, or two objects have one name.
pub(super) async fn read(api: &Api, twins: BTreeSet<String>) -> Result<Live> {
    let live = Live {
        twins,
        ..Live::default()
    };
    let mut reader = Reader { api, live };
    reader.control_planes().await?;
    reader.providers().await?;
    reader.strategies().await?;
    reader.products().await?;
    reader.destinations().await?;
    reader.organization().await?;
    reader.portals().await?;
    Ok(reader.live)
}

struct Reader<'a> {
    api: &'a Api,
    live: Live,
}

impl Reader<'_> {
    fn name_of(&self, kind: Kind, id: &str) -> Option<String> {
        let is_it = |(key, known): &(&Key, &String)| key.kind == kind && *known == id;
        let found = self.live.ids.iter().find(is_it);
        found.map(|(key, _)| key.name().to_owned())
    }

    /// Adds an object under its name. Gives its key and its id.
    fn add(
        &mut self,
        kind: Kind,
        above: &[String],
        value: &Value,
        members: Map<String, Value>,
    ) -> Result<(Key, String)> {
        let name = match value[kind.key()].as_str() {
            Some(name) => name.to_owned(),
            None => named(value)?,
        };
        let path = above.iter().cloned().chain([name]).collect();
        let key = Key { kind, path };
        let id = self.put(key.clone(), value, members)?;
        Ok((key, id))
    }

    fn put(&mut self, key: Key, value: &Value, members: Map<String, Value>) -> Result<String> {
        let id = text(value, "/id")?;
        if let Some(other) = self.live.ids.insert(key.clone(), id.clone()) {
            bail!(
                "there are two of {key} ({other} and {id}), and names are what objects are known by: give one of them another name first"
            );
        }
        self.live.objects.push(Object::live(key, members));
        Ok(id)
    }

    /// Adds the one of its kind that an object has.
    fn alone(&mut self, key: Key, members: Map<String, Value>) {
        self.live.objects.push(Object::live(key, members));
    }
}

/// A gateway entity without a name goes by its id, which it keeps elsewhere, too.
fn named(entity: &Value) -> Result<String> {
    text(entity, "/name").or_else(|_| text(entity, "/id"))
}

/// What can be written of an object of this kind, as far as it has values.
fn some(kind: Kind, value: &Value) -> Map<String, Value> {
    let found = kind.members().iter().filter_map(|&name| {
        let member = value.get(name).filter(|member| !member.is_null())?;
        Some((name.to_owned(), without_nulls(member.clone())))
    });
    found.collect()
}

/// The same without a description that says nothing.
fn without_empty(mut members: Map<String, Value>) -> Map<String, Value> {
    members.retain(|name, value| name != "description" || *value != "");
    members
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        other => other,
    }
}

fn decoded(value: &Value) -> Result<String> {
    use base64::Engine as _;
    let encoded = text(value, "/content")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded);
    String::from_utf8(bytes.context("a content is not base64")?).context("a content is not UTF-8")
}
