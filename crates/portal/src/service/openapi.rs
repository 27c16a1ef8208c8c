//! Reading OpenAPI documents: every fault, with the line and the column where it is.
//!
//! Source: OpenAPI 3.1 §4.8 (<https://spec.openapis.org/oas/v3.1.0>), Swagger 2.0.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

/// Something that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What.
    pub(crate) kind: FaultKind,
    /// Line and column, from 1; none where the place is not known.
    pub(crate) place: Option<(u64, u64)>,
}

/// What may be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// It is no JSON, as the reader of JSON says.
    Json(String),
    /// It is no YAML, as the reader of YAML says.
    Yaml(String),
    /// Nothing says that it is an OpenAPI document.
    NotOpenApi,
    /// The API has no title.
    NoTitle,
    /// There are no paths.
    NoPaths,
    /// A path does not begin with a slash.
    PathWithoutSlash(String),
    /// What is under a path is no object.
    PathWithoutOperations(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FaultKind::Json(said) => write!(f, "is not valid JSON: {said}"),
            FaultKind::Yaml(said) => write!(f, "is not valid YAML: {said}"),
            FaultKind::NotOpenApi => f.write_str(
                "must be an OpenAPI document: it has neither `openapi` nor `swagger` at its top",
            ),
            FaultKind::NoTitle => f.write_str("must name the API under info.title"),
            FaultKind::NoPaths => f.write_str("must describe at least one path under paths"),
            FaultKind::PathWithoutSlash(path) => {
                write!(f, "has the path `{path}`, which must begin with a slash")
            }
            FaultKind::PathWithoutOperations(path) => {
                write!(f, "has the path `{path}`, which must hold operations")
            }
        }?;
        match self.place {
            Some((line, column)) => write!(f, " (line {line}, column {column})"),
            None => Ok(()),
        }
    }
}

/// The document as JSON.
///
/// # Errors
/// Every fault.
pub(crate) fn read(content: &str) -> Result<Value, Vec<Fault>> {
    let document: Value = parse(content).map_err(|fault| vec![fault])?;
    // YAML reads JSON, too, and knows where things are.
    let places: Option<Spanned<Node>> = serde_saphyr::from_str(content).ok();
    let place = |path: &[&str]| places.as_ref().and_then(|root| find(root, path));
    let mut faults = Vec::new();
    let mut add = |kind, path: &[&str]| {
        let place = place(path);
        faults.push(Fault { kind, place });
    };
    let root = document.as_object();
    if root.is_none_or(|root| !root.contains_key("openapi") && !root.contains_key("swagger")) {
        add(FaultKind::NotOpenApi, &[]);
    }
    if !document["info"]["title"].is_string() {
        add(FaultKind::NoTitle, &["info", "title"]);
    }
    if !document["paths"].is_object() && !document["webhooks"].is_object() {
        add(FaultKind::NoPaths, &["paths"]);
    }
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        if path.starts_with("x-") {
            continue;
        }
        if !path.starts_with('/') {
            add(FaultKind::PathWithoutSlash(path.clone()), &["paths", path]);
        }
        if !item.is_object() {
            let kind = FaultKind::PathWithoutOperations(path.clone());
            add(kind, &["paths", path]);
        }
    }
    match faults.is_empty() {
        true => Ok(document),
        false => Err(faults),
    }
}

fn parse(content: &str) -> Result<Value, Fault> {
    if content.trim_start().starts_with('{') {
        return serde_json::from_str(content).map_err(|error| {
            let place = Some((count(error.line()), count(error.column())));
            let said = error.to_string();
            // The place is said once.
            let said = said
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned();
            let kind = FaultKind::Json(said);
            Fault { kind, place }
        });
    }
    serde_saphyr::from_str(content).map_err(|error| {
        let place = error.location().map(|at| (at.line(), at.column()));
        let said = error.to_string();
        let kind = FaultKind::Yaml(said.lines().next().unwrap_or_default().to_owned());
        Fault { kind, place }
    })
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Where the value at a path is, or the last one on the way that there is.
fn find(root: &Spanned<Node>, path: &[&str]) -> Option<(u64, u64)> {
    let mut at = root;
    for name in path {
        let Node::Object(entries) = &at.value else {
            break;
        };
        match entries.iter().find(|(known, _)| known == name) {
            Some((_, value)) => at = value,
            None => break,
        }
    }
    let place = at.referenced;
    (place.line() > 0).then(|| (place.line(), place.column()))
}

/// A value of which only objects matter, since paths lead through them.
#[derive(Debug)]
enum Node {
    Object(Vec<(String, Spanned<Node>)>),
    Other,
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Nodes)
    }
}

struct Nodes;

impl<'de> Visitor<'de> for Nodes {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Object(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        while seq.next_element::<Node>()?.is_some() {}
        Ok(Node::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::{FaultKind, read};

    #[test]
    fn every_fault_is_told_with_its_line_and_column() {
        let faults =
            read("openapi: 3.1.0\ninfo:\n  version: '1'\npaths:\n  forecast: {}\n  /tides: none\n");
        let faults = faults.unwrap_err();
        let kinds: Vec<&FaultKind> = faults.iter().map(|fault| &fault.kind).collect();
        let wrong = [
            &FaultKind::NoTitle,
            &FaultKind::PathWithoutSlash("forecast".to_owned()),
            &FaultKind::PathWithoutOperations("/tides".to_owned()),
        ];
        assert_eq!(kinds, wrong);
        let lines: Vec<u64> = faults.iter().map(|f| f.place.unwrap().0).collect();
        assert_eq!(lines, [3, 5, 6]);
    }

    #[test]
    fn json_is_located_as_well() {
        let faults = read("{\"openapi\": \"3.0.0\",\n \"info\": {},\n \"paths\": {\"a\": {}}}");
        let faults = faults.unwrap_err();
        assert_eq!(faults.len(), 2);
        assert_eq!(faults[1].place.unwrap().0, 3);
    }
}
