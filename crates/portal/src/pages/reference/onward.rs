//! What may follow a call: links to other operations, and calls that the API makes in return.
//!
//! Source: OpenAPI 3.1 §4.8.18 (Callback Object) and §4.8.20 (Link Object).

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::document::{Document, Entry, METHODS};
use super::operation::{Body, Reader, Response, text};

/// An operation that a response leads to.
#[derive(Debug)]
pub(crate) struct Link<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    /// The operation, if the document has it.
    pub(crate) entry: Option<&'a Entry>,
    /// The operation as the document names it.
    pub(crate) named: &'a str,
    /// What the operation gets, and from where: `id` and `$response.body#/id`.
    pub(crate) values: Vec<(&'a str, String)>,
    /// What it gets as its body.
    pub(crate) body: Option<String>,
}

/// A call that the API makes in return.
#[derive(Debug)]
pub(crate) struct Callback<'a> {
    pub(crate) name: &'a str,
    /// Where it goes, as an expression: `{$request.body#/url}`.
    pub(crate) address: &'a str,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) summary: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) body: Option<Body<'a>>,
    pub(crate) responses: Vec<Response<'a>>,
}

impl<'a> Reader<'a> {
    /// The links of a response.
    pub(super) fn links(&mut self, said: &'a Value) -> Vec<Link<'a>> {
        let links = said["links"].as_object().into_iter().flatten();
        let mut told = Vec::new();
        for (name, link) in links {
            if !self.takes_row() {
                break;
            }
            // One that leads nowhere leads to nothing.
            let Ok(target) = self.document.resolve(link) else {
                continue;
            };
            let link = target.value;
            let by_id = text(link, "operationId");
            let named = by_id.or_else(|| text(link, "operationRef"));
            let entry = match by_id {
                Some(id) => with_id(self.document, id),
                None => named.and_then(|reference| at(self.document, reference)),
            };
            let values = link["parameters"].as_object().into_iter().flatten();
            told.push(Link {
                name,
                description: text(link, "description").filter(|text| self.takes(text)),
                entry,
                named: named.unwrap_or_default(),
                values: values
                    .take(self.rows)
                    .map(|(name, value)| (name.as_str(), as_text(value)))
                    .collect(),
                body: link.get("requestBody").map(as_text),
            });
        }
        told
    }

    /// The calls that an operation leads to in return, and the references to some that lead nowhere.
    pub(super) fn callbacks(&mut self, said: &'a Value) -> (Vec<Callback<'a>>, Vec<&'a str>) {
        let (mut told, mut broken) = (Vec::new(), Vec::new());
        for (name, callback) in said["callbacks"].as_object().into_iter().flatten() {
            let expressions = match self.document.resolve(callback) {
                Ok(target) => target.value,
                Err(reference) => {
                    broken.push(reference);
                    continue;
                }
            };
            for (address, item) in expressions.as_object().into_iter().flatten() {
                let item = match self.document.resolve(item) {
                    Ok(target) => target.value,
                    Err(reference) => {
                        broken.push(reference);
                        continue;
                    }
                };
                for (method, said) in item.as_object().into_iter().flatten() {
                    if METHODS.contains(&method.as_str()) && said.is_object() && self.takes_row() {
                        told.push(self.callback((name, address, method), said));
                    }
                }
            }
        }
        (told, broken)
    }

    fn callback(
        &mut self,
        (name, address, method): (&'a str, &'a str, &str),
        said: &'a Value,
    ) -> Callback<'a> {
        let body = said.get("requestBody").filter(|body| !body.is_null());
        Callback {
            name,
            address,
            method: method.to_uppercase(),
            summary: text(said, "summary"),
            description: text(said, "description").filter(|text| self.takes(text)),
            body: body.map(|body| self.body(body)),
            responses: self.responses(said),
        }
    }
}

fn with_id<'a>(document: &'a Document, id: &str) -> Option<&'a Entry> {
    let mut entries = document.entries().iter();
    entries.find(|entry| {
        let found = document.operation(entry);
        found.is_some_and(|(_, operation)| operation["operationId"] == id)
    })
}

/// The operation at `#/paths/~1cities~1{id}/get`.
fn at<'a>(document: &'a Document, reference: &str) -> Option<&'a Entry> {
    let (path, method) = reference.strip_prefix("#/paths/")?.rsplit_once('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let path = path.replace("~1", "/").replace("~0", "~");
    let mut entries = document.entries().iter();
    entries.find(|entry| {
        !entry.webhook && entry.path == path && entry.method.eq_ignore_ascii_case(method)
    })
}

fn as_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
