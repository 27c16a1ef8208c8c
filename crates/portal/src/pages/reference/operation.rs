//! One operation with everything that a caller has to know.

use serde_json::Value;

use super::document::{Document, Entry, array};
use super::example;
use super::onward::{Callback, Link};
use super::schema::{self, Budget, Direction, Schema};

/// How many parameters, responses, headers and media types one operation shows, all together.
const ROWS: usize = 400;
/// How many bytes of their descriptions and of examples: what is kept once may be shown often.
const LETTERS: usize = 256 << 10;
/// How many examples of one body.
const EXAMPLES: usize = 12;
/// How long an example may be, in bytes.
const EXAMPLE_SIZE: usize = 48 << 10;

/// An operation.
#[derive(Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) description: Option<&'a str>,
    /// Where to read more: address and what is there.
    pub(crate) more: Option<(&'a str, &'a str)>,
    pub(crate) parameters: Vec<Parameter<'a>>,
    pub(crate) body: Option<Body<'a>>,
    pub(crate) responses: Vec<Response<'a>>,
    /// What the API calls in return.
    pub(crate) callbacks: Vec<Callback<'a>>,
    /// References to such calls that lead nowhere.
    pub(crate) broken_callbacks: Vec<&'a str>,
    /// References to parameters that lead nowhere.
    pub(crate) broken: Vec<&'a str>,
    /// As the document has it, for what the document says about credentials.
    pub(crate) said: &'a Value,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

impl Place {
    pub(crate) const ALL: [Self; 4] = [Self::Path, Self::Query, Self::Header, Self::Cookie];

    /// As OpenAPI writes it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// A parameter, or a header of a response.
#[derive(Debug)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) deprecated: bool,
    pub(crate) description: Option<&'a str>,
    pub(crate) schema: Schema<'a>,
    /// What the document gives as one.
    pub(crate) example: Option<&'a Value>,
    /// How lists and objects are written (OpenAPI 3.1 §4.8.12.3).
    pub(crate) style: &'a str,
    pub(crate) explode: bool,
}

/// What is sent.
#[derive(Debug)]
pub(crate) struct Body<'a> {
    pub(crate) required: bool,
    pub(crate) description: Option<&'a str>,
    pub(crate) contents: Vec<Content<'a>>,
    pub(crate) broken: Option<&'a str>,
}

/// One form that a body may have.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    pub(crate) media_type: &'a str,
    pub(crate) schema: Option<Schema<'a>>,
    /// Those of the document, or else one that is made of the schema.
    pub(crate) examples: Vec<Example>,
}

impl Content<'_> {
    /// Whether it is sent field by field.
    pub(crate) fn is_form(&self) -> bool {
        ["application/x-www-form-urlencoded", "multipart/form-data"]
            .iter()
            .any(|form| self.media_type.starts_with(form))
    }
}

/// An example as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Example {
    /// Its name and what it is an example of, where the document says that.
    pub(crate) name: String,
    pub(crate) text: String,
    /// It is longer than what is shown.
    pub(crate) cut: bool,
}

/// What may come back.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    /// `200`, `4XX`, `default`.
    pub(crate) status: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) headers: Vec<Parameter<'a>>,
    pub(crate) contents: Vec<Content<'a>>,
    pub(crate) links: Vec<Link<'a>>,
    pub(crate) broken: Option<&'a str>,
}

impl<'a> Operation<'a> {
    /// Reads one within what a page may hold.
    pub(crate) fn read(document: &'a Document, entry: &'a Entry) -> Option<Self> {
        let (item, said) = document.operation(entry)?;
        let mut reader = Reader {
            document,
            budget: Budget::default(),
            rows: ROWS,
            letters: LETTERS,
        };
        let (parameters, broken) = reader.parameters(item, said);
        let sent = said.get("requestBody").filter(|body| !body.is_null());
        let body = sent.map(|body| reader.body(body));
        let responses = reader.responses(said);
        let (callbacks, broken_callbacks) = reader.callbacks(said);
        Some(Self {
            entry,
            responses,
            callbacks,
            broken_callbacks,
            description: text(said, "description").or_else(|| text(item, "description")),
            more: text(&said["externalDocs"], "url").map(|url| {
                (
                    url,
                    text(&said["externalDocs"], "description").unwrap_or(url),
                )
            }),
            parameters,
            body,
            broken,
            said,
        })
    }
}

/// What reads an operation, within what a page may hold.
pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    budget: Budget,
    pub(super) rows: usize,
    letters: usize,
}

impl<'a> Reader<'a> {
    /// Whether there is room for one more.
    pub(super) fn takes_row(&mut self) -> bool {
        let room = self.rows > 0;
        self.rows = self.rows.saturating_sub(1);
        room
    }

    /// Whether there is room for a text.
    pub(super) fn takes(&mut self, text: &str) -> bool {
        let room = self.letters > 0;
        self.letters = self.letters.saturating_sub(text.len());
        room
    }

    /// Those of the path and those of the operation, which count more (OpenAPI 3.1 §4.8.9).
    fn parameters(
        &mut self,
        item: &'a Value,
        operation: &'a Value,
    ) -> (Vec<Parameter<'a>>, Vec<&'a str>) {
        let (mut found, mut broken): (Vec<(&str, Place, &Value)>, Vec<&str>) = Default::default();
        let said = array(&item["parameters"]).chain(array(&operation["parameters"]));
        for said in said.take(self.rows) {
            let value = match self.document.resolve(said) {
                Ok(target) => target.value,
                Err(reference) => {
                    broken.push(reference);
                    continue;
                }
            };
            let place = value["in"].as_str().unwrap_or_default();
            let place = Place::ALL.into_iter().find(|known| known.word() == place);
            let (Some(name), Some(place)) = (value["name"].as_str(), place) else {
                continue;
            };
            // OpenAPI 3.1 §4.8.12.2.1: headers that are said elsewhere.
            let elsewhere = ["accept", "content-type", "authorization"];
            if place == Place::Header && elsewhere.contains(&name.to_lowercase().as_str()) {
                continue;
            }
            match found
                .iter_mut()
                .find(|(known, at, _)| *known == name && *at == place)
            {
                Some(earlier) => earlier.2 = value,
                None => found.push((name, place, value)),
            }
        }
        found.sort_by_key(|(_, place, _)| *place);
        let read = found.into_iter();
        let read =
            read.map(|(name, place, value)| self.parameter(name, place, value, Direction::Request));
        (read.collect(), broken)
    }

    fn parameter(
        &mut self,
        name: &'a str,
        place: Place,
        value: &'a Value,
        direction: Direction,
    ) -> Parameter<'a> {
        let content = value["content"]
            .as_object()
            .and_then(|content| content.values().next());
        let schema = value.get("schema").or_else(|| content?.get("schema"));
        let schema =
            schema.map(|schema| schema::read(self.document, direction, &mut self.budget, schema));
        let style = match place {
            Place::Query | Place::Cookie => "form",
            Place::Path | Place::Header => "simple",
        };
        let style = text(value, "style").unwrap_or(style);
        let examples = value["examples"]
            .as_object()
            .and_then(|all| all.values().next());
        let example = examples.and_then(|one| self.document.resolve(one).ok()?.value.get("value"));
        Parameter {
            name,
            place,
            required: value["required"] == true || place == Place::Path,
            deprecated: value["deprecated"] == true,
            description: text(value, "description").filter(|text| self.takes(text)),
            schema: schema.unwrap_or_default(),
            example: value.get("example").or(example),
            style,
            explode: value["explode"].as_bool().unwrap_or(style == "form"),
        }
    }

    pub(super) fn body(&mut self, said: &'a Value) -> Body<'a> {
        match self.document.resolve(said) {
            Ok(target) => Body {
                required: target.value["required"] == true,
                description: text(said, "description")
                    .or_else(|| text(target.value, "description")),
                contents: self.contents(&target.value["content"], Direction::Request),
                broken: None,
            },
            Err(reference) => Body {
                required: false,
                description: None,
                contents: Vec::new(),
                broken: Some(reference),
            },
        }
    }

    pub(super) fn responses(&mut self, said: &'a Value) -> Vec<Response<'a>> {
        let responses = said["responses"].as_object().into_iter().flatten();
        let mut told = Vec::new();
        for (status, said) in responses.filter(|(status, _)| !status.starts_with("x-")) {
            if !self.takes_row() {
                break;
            }
            told.push(self.response(status, said));
        }
        told
    }

    fn response(&mut self, status: &'a str, said: &'a Value) -> Response<'a> {
        let (value, broken) = match self.document.resolve(said) {
            Ok(target) => (target.value, None),
            Err(reference) => (said, Some(reference)),
        };
        let headers = value["headers"].as_object().into_iter().flatten();
        let mut told = Vec::new();
        for (name, header) in headers {
            if !self.takes_row() {
                break;
            }
            let header = self.document.resolve(header).map_or(header, |t| t.value);
            told.push(self.parameter(name, Place::Header, header, Direction::Response));
        }
        Response {
            status,
            headers: told,
            description: text(said, "description")
                .or_else(|| text(value, "description"))
                .filter(|text| self.takes(text)),
            contents: self.contents(&value["content"], Direction::Response),
            links: self.links(value),
            broken,
        }
    }

    fn contents(&mut self, content: &'a Value, direction: Direction) -> Vec<Content<'a>> {
        let content = content.as_object().into_iter().flatten();
        let mut told = Vec::new();
        for (media_type, said) in content {
            if !self.takes_row() {
                break;
            }
            let said = self.document.resolve(said).map_or(said, |t| t.value);
            let value = said.get("schema");
            let schema =
                value.map(|value| schema::read(self.document, direction, &mut self.budget, value));
            let mut examples = self.examples(media_type, said, direction);
            examples.retain(|example| self.takes(&example.text));
            told.push(Content {
                media_type,
                schema,
                examples,
            });
        }
        told
    }

    fn examples(&self, media_type: &str, said: &Value, direction: Direction) -> Vec<Example> {
        if let Some(example) = said.get("example") {
            return vec![written(media_type, "", example)];
        }
        let mut given = Vec::new();
        for (name, one) in said["examples"]
            .as_object()
            .into_iter()
            .flatten()
            .take(EXAMPLES)
        {
            let Ok(target) = self.document.resolve(one) else {
                continue;
            };
            let name = text(one, "summary")
                .or_else(|| text(target.value, "summary"))
                .unwrap_or(name);
            if let Some(value) = target.value.get("value") {
                given.push(written(media_type, name, value));
            }
        }
        match said.get("schema") {
            Some(schema) if given.is_empty() && can_be_made(media_type) => {
                let made = example::of(self.document, direction, schema);
                if made.is_null() {
                    return given;
                }
                vec![written(media_type, "", &made)]
            }
            _ => given,
        }
    }
}

/// Whether a JSON value tells what a body of this type looks like.
fn can_be_made(media_type: &str) -> bool {
    media_type.contains("json") || media_type.contains("form") || media_type == "*/*"
}

/// An example as it is sent. A text is taken as it stands, unless a body of JSON is one.
pub(super) fn written(media_type: &str, name: &str, value: &Value) -> Example {
    let mut text = match value {
        Value::String(text)
            if !media_type.contains("json") || text.trim_start().starts_with(['{', '[']) =>
        {
            text.clone()
        }
        value => serde_json::to_string_pretty(value).unwrap_or_default(),
    };
    let cut = text.len() > EXAMPLE_SIZE;
    if cut {
        let end = (0..=EXAMPLE_SIZE)
            .rev()
            .find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
    }
    Example {
        name: name.to_owned(),
        text,
        cut,
    }
}

/// A text that is not empty.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    let text = value.get(name)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}
