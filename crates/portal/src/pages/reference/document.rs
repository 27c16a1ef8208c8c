//! An OpenAPI document with an index of its operations.
//!
//! Source: OpenAPI 3.1 §4.8 (<https://spec.openapis.org/oas/v3.1.0>), OpenAPI 3.0, Swagger 2.0.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::swagger;

/// Methods that a path may have (OpenAPI 3.1 §4.8.9, and `query` of 3.2).
pub(super) const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];
/// How many references in a row are followed.
const HOPS: usize = 32;

/// A document, Swagger 2.0 told in the words of OpenAPI 3.
#[derive(Debug, Default)]
pub(crate) struct Document {
    root: Value,
    entries: Vec<Entry>,
    groups: Vec<Group>,
}

/// An operation in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name in addresses, unlike every other's: letters, digits, `-`, `.`, `_`, `~`.
    pub(crate) key: String,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) summary: String,
    pub(crate) deprecated: bool,
    /// It is not a call to the API but one that the API makes.
    pub(crate) webhook: bool,
}

impl Entry {
    /// What it is called: its summary, or else method and path.
    pub(crate) fn title(&self) -> String {
        match self.summary.as_str() {
            "" => format!("{} {}", self.method, self.path),
            summary => summary.to_owned(),
        }
    }
}

/// Operations of one tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The tag; empty for the operations that have none.
    pub(crate) name: String,
    /// Its name in fragments of addresses, unlike every other's.
    pub(crate) anchor: String,
    pub(crate) description: String,
    /// Places in [`Document::entries`].
    pub(crate) entries: Vec<usize>,
}

/// What a `$ref` leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) value: &'a Value,
    /// The name under which the document's components have it, if it is a schema of those.
    pub(crate) name: Option<&'a str>,
}

impl Document {
    /// Reads a document that was checked when it was sent.
    ///
    /// # Errors
    /// A sentence, if the text is no JSON.
    pub(crate) fn read(json: &str) -> Result<Self, String> {
        let root: Value =
            serde_json::from_str(json).map_err(|error| format!("a specification: {error}"))?;
        Ok(Self::of(root))
    }

    pub(crate) fn of(root: Value) -> Self {
        let root = match root.get("swagger").is_some() {
            true => swagger::upgraded(root),
            false => root,
        };
        let mut document = Self {
            root,
            ..Self::default()
        };
        let (entries, groups) = document.index();
        (document.entries, document.groups) = (entries, groups);
        document
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// Every operation, in the document's order.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The tags in the document's order, then those that it does not explain, then what has none.
    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(crate) fn find(&self, key: &str) -> Option<(usize, &Entry)> {
        let mut entries = self.entries.iter().enumerate();
        entries.find(|(_, entry)| entry.key == key)
    }

    /// The names of the schemas that the document keeps for use in many places.
    pub(crate) fn schema_names(&self) -> impl Iterator<Item = &str> {
        let schemas = self.root.pointer("/components/schemas");
        let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
        schemas.map(|(name, _)| name.as_str())
    }

    pub(crate) fn schema(&self, name: &str) -> Option<&Value> {
        self.root.get("components")?.get("schemas")?.get(name)
    }

    /// The path item and the operation of an entry.
    pub(crate) fn operation(&self, entry: &Entry) -> Option<(&Value, &Value)> {
        let items = self.root.get(match entry.webhook {
            true => "webhooks",
            false => "paths",
        })?;
        let item = items.get(&entry.path)?;
        let target = self.resolve(item).ok()?.value;
        let method = entry.method.to_lowercase();
        // What stands beside a reference counts more than what it leads to.
        let operation = item.get(&method).or_else(|| target.get(&method))?;
        Some((target, operation))
    }

    /// Follows the references of a value that may be one.
    ///
    /// # Errors
    /// The reference that leads nowhere, or out of the document.
    pub(crate) fn resolve<'a>(&'a self, value: &'a Value) -> Result<Target<'a>, &'a str> {
        let mut target = Target { value, name: None };
        let mut last = "";
        for _ in 0..HOPS {
            let Some(reference) = target.value.get("$ref").and_then(Value::as_str) else {
                return Ok(target);
            };
            last = reference;
            let value = self.at(reference).ok_or(reference)?;
            let name = component(reference).and_then(|name| self.component_name(&name));
            target = Target {
                value,
                name: name.or(target.name),
            };
        }
        Err(last)
    }

    /// The name as the document itself holds it.
    fn component_name(&self, name: &str) -> Option<&str> {
        let schemas = self.root.pointer("/components/schemas")?.as_object()?;
        schemas.get_key_value(name).map(|(name, _)| name.as_str())
    }

    fn at(&self, reference: &str) -> Option<&Value> {
        let pointer = reference.strip_prefix('#')?;
        let pointer = percent_decode_str(pointer).decode_utf8().ok()?;
        self.root.pointer(&pointer)
    }

    fn index(&self) -> (Vec<Entry>, Vec<Group>) {
        let mut index = Index::default();
        for tag in array(&self.root["tags"]) {
            if let Some(name) = tag["name"].as_str() {
                index.group(name).description = words(&tag["description"]);
            }
        }
        for (place, webhook) in [("paths", false), ("webhooks", true)] {
            for (path, item) in self.root[place].as_object().into_iter().flatten() {
                let Ok(target) = self.resolve(item) else {
                    continue;
                };
                for item in [target.value, item] {
                    for (method, operation) in item.as_object().into_iter().flatten() {
                        if METHODS.contains(&method.as_str()) && operation.is_object() {
                            index.add(path, method, operation, webhook);
                        }
                    }
                    if std::ptr::eq(target.value, item) && item.get("$ref").is_none() {
                        break;
                    }
                }
            }
        }
        index.end()
    }
}

#[derive(Default)]
struct Index {
    entries: Vec<Entry>,
    groups: Vec<Group>,
    by_name: BTreeMap<String, usize>,
    keys: BTreeSet<String>,
    anchors: BTreeSet<String>,
    known: BTreeSet<(bool, String, String)>,
}

impl Index {
    fn group(&mut self, name: &str) -> &mut Group {
        let at = *self.by_name.entry(name.to_owned()).or_insert_with(|| {
            self.groups.push(Group {
                name: name.to_owned(),
                anchor: anchor(name, &mut self.anchors),
                description: String::new(),
                entries: Vec::new(),
            });
            self.groups.len() - 1
        });
        &mut self.groups[at]
    }

    fn add(&mut self, path: &str, method: &str, operation: &Value, webhook: bool) {
        let known = (webhook, path.to_owned(), method.to_owned());
        if !self.known.insert(known) {
            return;
        }
        let entry = Entry {
            key: self.key(path, method, operation["operationId"].as_str()),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: words(&operation["summary"]),
            deprecated: operation["deprecated"] == true,
            webhook,
        };
        let at = self.entries.len();
        self.entries.push(entry);
        let mut tags: Vec<&str> = array(&operation["tags"])
            .filter_map(Value::as_str)
            .collect();
        if tags.is_empty() {
            tags.push("");
        }
        for tag in tags {
            let group = self.group(tag);
            if group.entries.last() != Some(&at) {
                group.entries.push(at);
            }
        }
    }

    /// The operation's own id where it fits into an address, or else method and path: either stays when
    /// others come and go.
    fn key(&mut self, path: &str, method: &str, id: Option<&str>) -> String {
        let fits = |id: &&str| {
            !id.is_empty()
                && id.len() <= 200
                && !id.starts_with('.')
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        };
        let plain = || {
            let words = path.split(|c: char| !c.is_ascii_alphanumeric());
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            format!("{method}-{}", words.join("-"))
        };
        let mut wanted = id.filter(fits).map_or_else(plain, str::to_owned);
        if self.keys.contains(&wanted) {
            wanted = plain();
        }
        unique(wanted, &mut self.keys)
    }

    fn end(mut self) -> (Vec<Entry>, Vec<Group>) {
        self.groups.retain(|group| !group.entries.is_empty());
        self.groups.sort_by_key(|group| group.name.is_empty());
        (self.entries, self.groups)
    }
}

fn anchor(tag: &str, taken: &mut BTreeSet<String>) -> String {
    let words = tag.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    unique(format!("tag-{}", words.join("-")), taken)
}

fn unique(wanted: String, taken: &mut BTreeSet<String>) -> String {
    let (mut name, mut times) = (wanted.clone(), 1);
    while !taken.insert(name.clone()) {
        times += 1;
        name = format!("{wanted}-{times}");
    }
    name
}

/// The name in a reference to a schema of the components.
fn component(reference: &str) -> Option<String> {
    let name = reference.strip_prefix("#/components/schemas/")?;
    if name.contains('/') {
        return None;
    }
    let name = percent_decode_str(name).decode_utf8().ok()?;
    Some(name.replace("~1", "/").replace("~0", "~"))
}

/// The entries of what should be a list.
pub(super) fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text without space around it; empty if it is none.
pub(super) fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}
