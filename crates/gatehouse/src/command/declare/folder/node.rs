//! YAML with the places where things stand.

use std::fmt;
use std::path::Path;

use anyhow::{Result, anyhow};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::{Location, Spanned};

/// A value and its place.
pub(super) struct Node {
    pub(super) at: Location,
    pub(super) content: Content,
}

pub(super) enum Content {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<Member>),
}

pub(super) struct Member {
    pub(super) at: Location,
    pub(super) name: String,
    pub(super) value: Node,
}

/// Every document of a file; empty ones are left out.
///
/// # Errors
/// What the parser says, with file, line and column.
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<Node>> {
    let parsed: Vec<Node> = serde_saphyr::from_multiple(text).map_err(|error| {
        let at = error.location().unwrap_or(Location::UNKNOWN);
        let said = error.without_snippet().to_string();
        // The place stands in front already.
        let said = said.split(" at line ").next().unwrap_or(&said).to_owned();
        let said = said
            .split(", set DuplicateKeyPolicy")
            .next()
            .unwrap_or(&said)
            .to_owned();
        wrong(path, at, &said)
    })?;
    let is_something = |node: &Node| !matches!(node.content, Content::Scalar(Value::Null));
    Ok(parsed.into_iter().filter(is_something).collect())
}

/// What is wrong at a place of a file.
pub(super) fn wrong(path: &Path, at: Location, what: &str) -> anyhow::Error {
    anyhow!("{}: {what}", place(path, at))
}

/// `portals/docs.yaml:3:5`: file, line and column.
pub(super) fn place(path: &Path, at: Location) -> String {
    let path = path.display();
    match at.line() {
        0 => path.to_string(),
        line => format!("{path}:{line}:{}", at.column()),
    }
}

impl Node {
    /// The value without its places.
    pub(super) fn plain(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => items.iter().map(Self::plain).collect(),
            Content::Map(members) => {
                let members = members.iter();
                members
                    .map(|member| (member.name.clone(), member.value.plain()))
                    .collect()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found: Spanned<Content> = Spanned::deserialize(deserializer)?;
        Ok(Self {
            at: found.referenced,
            content: found.value,
        })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Content, E> {
        let number = Number::from_f64(value).map_or(Value::Null, Value::Number);
        Ok(Content::Scalar(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Content, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Content::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Content, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = entries.next_key::<Spanned<String>>()? {
            members.push(Member {
                at: name.referenced,
                name: name.value,
                value: entries.next_value()?,
            });
        }
        Ok(Content::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{Content, parse, place};

    #[test]
    fn every_member_knows_where_it_stands() {
        let text = "name: Docs\nlabels: { team: coast, n: 1.5, on: ~ }\nlist: [1, yes, true]\n";
        let nodes = parse(Path::new("a.yaml"), text).unwrap();
        let [node] = nodes.as_slice() else {
            panic!("one document");
        };
        let expected = json!({
            "name": "Docs",
            "labels": { "team": "coast", "n": 1.5, "on": null },
            "list": [1, true, true],
        });
        assert_eq!(node.plain(), expected);
        let Content::Map(members) = &node.content else {
            panic!("a mapping");
        };
        let places: Vec<String> = members
            .iter()
            .map(|member| place(Path::new("a.yaml"), member.at))
            .collect();
        assert_eq!(places, ["a.yaml:1:1", "a.yaml:2:1", "a.yaml:3:1"]);
        assert_eq!(
            parse(Path::new("a.yaml"), "---\n---\nname: B\n")
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn what_is_no_yaml_is_named_with_its_place() {
        for (text, at) in [("name: [", "a.yaml:1:"), ("a: 1\na: 2", "a.yaml:2:1: ")] {
            let Err(error) = parse(Path::new("a.yaml"), text) else {
                panic!("{text} is no YAML");
            };
            assert!(error.to_string().starts_with(at), "{error}");
        }
    }
}
