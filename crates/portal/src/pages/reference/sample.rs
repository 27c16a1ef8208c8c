//! A request as commands and programs to copy.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::credential::Credential;
use super::operation::{Operation, Place};
use super::schema::Schema;

/// What needs no encoding in a part of a path or a value of a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request, with what stands for credentials.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) credential: Option<Credential>,
    /// Media type and text.
    pub(crate) body: Option<(String, String)>,
}

/// A program that sends it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// The language's own name.
    pub(crate) language: &'static str,
    pub(crate) code: String,
}

impl Call {
    /// The operation at `base` with its examples.
    pub(crate) fn of(
        operation: &Operation<'_>,
        base: &str,
        credential: Option<&Credential>,
    ) -> Self {
        let (mut path, mut query, mut headers) =
            (operation.entry.path.clone(), Vec::new(), Vec::new());
        let mut cookies = Vec::new();
        for parameter in &operation.parameters {
            let value = example(parameter.example, &parameter.schema);
            match (parameter.place, value) {
                (Place::Path, Some(value)) => {
                    let value = utf8_percent_encode(&value, PLAIN).to_string();
                    path = path.replace(&format!("{{{}}}", parameter.name), &value);
                }
                (Place::Query, value) if parameter.required || parameter.example.is_some() => {
                    query.push((
                        parameter.name.to_owned(),
                        value.unwrap_or_else(|| "…".to_owned()),
                    ));
                }
                (Place::Header, value) if parameter.required => {
                    headers.push((
                        parameter.name.to_owned(),
                        value.unwrap_or_else(|| "…".to_owned()),
                    ));
                }
                (Place::Cookie, value) if parameter.required => {
                    let value = value.unwrap_or_else(|| "…".to_owned());
                    cookies.push(format!("{}={value}", parameter.name));
                }
                _ => {}
            }
        }
        if !cookies.is_empty() {
            headers.push(("Cookie".to_owned(), cookies.join("; ")));
        }
        if let Some(Credential::Header(name)) = credential {
            headers.push((name.clone(), "API_KEY".to_owned()));
        }
        if let Some(Credential::Query(name)) = credential {
            query.push((name.clone(), "API_KEY".to_owned()));
        }
        let pairs: Vec<String> = query
            .iter()
            .map(|(name, value)| {
                format!(
                    "{}={}",
                    utf8_percent_encode(name, PLAIN),
                    utf8_percent_encode(value, PLAIN)
                )
            })
            .collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        let body = operation
            .body
            .as_ref()
            .and_then(|body| body.contents.first());
        let body = body.map(|content| {
            let text = content.examples.first().filter(|example| !example.cut);
            let text = text.map(|example| match content.is_form() {
                true => form(&example.text),
                false => example.text.clone(),
            });
            (content.media_type.to_owned(), text.unwrap_or_default())
        });
        Self {
            method: operation.entry.method.clone(),
            url: format!(
                "{}{path}{mark}{}",
                base.trim_end_matches('/'),
                pairs.join("&")
            ),
            headers,
            credential: credential.cloned(),
            body,
        }
    }
}

/// What to put where the document gives something to put there.
pub(crate) fn example(given: Option<&Value>, schema: &Schema<'_>) -> Option<String> {
    let value = given
        .or(schema.example)
        .or(schema.default)
        .or_else(|| schema.values.first().copied())?;
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(all) => {
            let all = all
                .iter()
                .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned));
            Some(all.collect::<Vec<String>>().join(","))
        }
        other => Some(other.to_string()),
    }
}

/// The members of an object as a form is sent.
fn form(json: &str) -> String {
    let fields: Value = serde_json::from_str(json).unwrap_or_default();
    let fields = fields
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!(
                "{}={}",
                utf8_percent_encode(name, PLAIN),
                utf8_percent_encode(&value, PLAIN)
            )
        });
    fields.collect::<Vec<String>>().join("&")
}

/// The same request in every language.
pub(crate) fn samples(call: &Call) -> [Sample; 3] {
    [
        Sample {
            language: "curl",
            code: curl(call),
        },
        Sample {
            language: "JavaScript",
            code: javascript(call),
        },
        Sample {
            language: "Python",
            code: python(call),
        },
    ]
}

fn curl(call: &Call) -> String {
    let mut lines = vec![match call.method.as_str() {
        "GET" => format!("curl {}", shell(&call.url)),
        "HEAD" => format!("curl --head {}", shell(&call.url)),
        method => format!("curl -X {method} {}", shell(&call.url)),
    }];
    match call.credential {
        Some(Credential::Basic) => lines.push("-u \"CLIENT_ID:CLIENT_SECRET\"".to_owned()),
        Some(Credential::Bearer) => {
            lines.push("-H \"Authorization: Bearer ACCESS_TOKEN\"".to_owned())
        }
        _ => {}
    }
    for (name, value) in &call.headers {
        lines.push(format!("-H {}", shell(&format!("{name}: {value}"))));
    }
    if let Some((kind, text)) = &call.body {
        if let Some(fields) = parts(kind, text) {
            lines.extend(
                fields
                    .iter()
                    .map(|(name, value)| format!("-F {}", shell(&format!("{name}={value}")))),
            );
        } else {
            lines.push(format!("-H {}", shell(&format!("Content-Type: {kind}"))));
            lines.push(format!("--data {}", shell(text)));
        }
    }
    lines.join(" \\\n  ")
}

fn javascript(call: &Call) -> String {
    let mut headers = call.headers.clone();
    let parts = call
        .body
        .as_ref()
        .and_then(|(kind, text)| parts(kind, text));
    if let Some((kind, _)) = call.body.as_ref().filter(|_| parts.is_none()) {
        headers.push(("Content-Type".to_owned(), kind.clone()));
    }
    let mut lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("    {}: {},", quoted(name), quoted(value)))
        .collect();
    match call.credential {
        Some(Credential::Basic) => {
            lines.push(
                "    Authorization: \"Basic \" + btoa(\"CLIENT_ID:CLIENT_SECRET\"),".to_owned(),
            );
        }
        Some(Credential::Bearer) => {
            lines.push("    Authorization: \"Bearer ACCESS_TOKEN\",".to_owned())
        }
        _ => {}
    }
    let mut code = String::new();
    if let Some(parts) = &parts {
        code.push_str("const form = new FormData();\n");
        for (name, value) in parts {
            code.push_str(&format!(
                "form.append({}, {});\n",
                quoted(name),
                quoted(value)
            ));
        }
        code.push('\n');
    }
    code.push_str(&format!(
        "const response = await fetch({}, {{\n",
        quoted(&call.url)
    ));
    code.push_str(&format!("  method: {},\n", quoted(&call.method)));
    if !lines.is_empty() {
        code.push_str(&format!("  headers: {{\n{}\n  }},\n", lines.join("\n")));
    }
    if parts.is_some() {
        code.push_str("  body: form,\n");
    } else if let Some((kind, text)) = &call.body {
        let json: Option<Value> = serde_json::from_str(text)
            .ok()
            .filter(|_| kind.contains("json"));
        match json {
            // The text of JSON is a value of the language.
            Some(_) => code.push_str(&format!(
                "  body: JSON.stringify({}),\n",
                indented(text, "  ")
            )),
            None => code.push_str(&format!("  body: {},\n", quoted(text))),
        }
    }
    code.push_str("});\nconsole.log(response.status, await response.text());");
    code
}

fn python(call: &Call) -> String {
    let mut headers = call.headers.clone();
    let mut arguments = vec![quoted(&call.method), quoted(&call.url)];
    match call.credential {
        Some(Credential::Basic) => {
            arguments.push("auth=(\"CLIENT_ID\", \"CLIENT_SECRET\")".to_owned())
        }
        Some(Credential::Bearer) => {
            headers.push(("Authorization".to_owned(), "Bearer ACCESS_TOKEN".to_owned()))
        }
        _ => {}
    }
    let mut body = None;
    if let Some((kind, text)) = &call.body {
        if let Some(fields) = parts(kind, text) {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{}: (None, {})", quoted(name), quoted(value)));
            body = Some(format!(
                "files={{{}}}",
                fields.collect::<Vec<String>>().join(", ")
            ));
        } else {
            headers.push(("Content-Type".to_owned(), kind.clone()));
            body = Some(format!("data={}.encode()", python_text(text)));
        }
    }
    if !headers.is_empty() {
        let headers = headers
            .iter()
            .map(|(name, value)| format!("{}: {}", quoted(name), quoted(value)));
        arguments.push(format!(
            "headers={{{}}}",
            headers.collect::<Vec<String>>().join(", ")
        ));
    }
    arguments.extend(body);
    format!(
        "import requests\n\nresponse = requests.request(\n    {},\n)\nprint(response.status_code, response.text)",
        arguments.join(",\n    ")
    )
}

/// The fields of a form that is sent in parts; the client chooses its boundary, and so its type.
fn parts(kind: &str, text: &str) -> Option<Vec<(String, String)>> {
    kind.starts_with("multipart/").then(|| {
        url::form_urlencoded::parse(text.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    })
}

/// One word of a shell. Double quotes where nothing in it means anything to the shell there.
fn shell(text: &str) -> String {
    match text.contains(['"', '\'', '\\', '$', '`', '!', '\n']) {
        false => format!("\"{text}\""),
        true => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// A text of JavaScript and of Python: JSON's texts are theirs.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn python_text(text: &str) -> String {
    match text.contains('\n')
        && !text.contains("'''")
        && !text.contains('\\')
        && !text.ends_with('\'')
    {
        true => format!("'''{text}'''"),
        false => quoted(text),
    }
}

fn indented(text: &str, by: &str) -> String {
    text.replace('\n', &format!("\n{by}"))
}
