//! The rules of bodies, as data: one shape for creating, updating and what an update leads to.

use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::super::error::{Bound, Error, Violation};

/// What an object may hold.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The fields that have rules.
    pub(crate) fields: &'static [Field],
    /// Whether other fields are let through.
    pub(crate) open: bool,
}

/// One field of an object.
#[derive(Debug)]
pub(crate) struct Field {
    name: &'static str,
    rule: Rule,
    required: bool,
    nullable: bool,
    /// Set when the object is made, never after.
    fixed: bool,
    /// Never shown: absent from the state that a change starts from.
    secret: bool,
}

/// What a value must be. Lengths count characters.
#[derive(Debug)]
pub(crate) enum Rule {
    /// Text.
    Text { min: usize, max: usize },
    /// Text of a kind that a function knows, and what it expects, for the end of "must be …".
    Form {
        max: usize,
        rule: &'static str,
        holds: fn(&str) -> bool,
        expects: &'static str,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer { min: i64, max: i64 },
    /// A list.
    List {
        of: &'static Rule,
        min: usize,
        max: usize,
    },
    /// An object.
    Object(&'static Shape),
    /// An object whose values all follow one rule.
    Map(&'static Rule),
    /// An object of labels.
    Labels,
    /// Anything.
    Any,
}

/// What is being checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A whole object: required fields must be there.
    Whole,
    /// A change: only what is there must hold, null removes what may be missing.
    Partial,
    /// What a change led to: like [`Mode::Whole`], but secrets are not in it.
    Merged,
}

/// A field that must be there.
pub(crate) const fn required(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        rule,
        required: true,
        nullable: false,
        fixed: false,
        secret: false,
    }
}

/// A field that may be missing.
pub(crate) const fn optional(name: &'static str, rule: Rule) -> Field {
    Field {
        required: false,
        ..required(name, rule)
    }
}

/// A field that may be missing or null.
pub(crate) const fn nullable(name: &'static str, rule: Rule) -> Field {
    Field {
        nullable: true,
        ..optional(name, rule)
    }
}

impl Shape {
    /// The names of the fields that have rules.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.name)
    }
}

impl Field {
    /// The same, kept sealed: a change may leave it out.
    pub(crate) const fn secret(self) -> Self {
        Self {
            secret: true,
            ..self
        }
    }

    /// The same, not to be changed later.
    pub(crate) const fn fixed(self) -> Self {
        Self {
            fixed: true,
            ..self
        }
    }
}

/// Text of this many characters.
pub(crate) const fn text(min: usize, max: usize) -> Rule {
    Rule::Text { min, max }
}

/// A URL with a host, by http or https.
pub(crate) const fn url(max: usize) -> Rule {
    Rule::Form {
        max,
        rule: "invalid",
        holds: is_url,
        expects: "a URL such as https://example.com",
    }
}

/// What stands for a name in addresses.
pub(crate) const fn slug(max: usize) -> Rule {
    Rule::Form {
        max,
        rule: "matches_regex",
        holds: is_slug,
        expects: "letters, digits, `_` and `-`",
    }
}

/// A UUID.
pub(crate) const UUID: Rule = Rule::Form {
    max: 64,
    rule: "is_uuid",
    holds: |text| Uuid::parse_str(text).is_ok(),
    expects: "a UUID",
};

/// A host name.
pub(crate) const HOSTNAME: Rule = Rule::Form {
    max: 253,
    rule: "is_fqdn",
    holds: is_hostname,
    expects: "a host name such as developer.example.com",
};

/// A host name, and a port where it is not the usual one.
pub(crate) const AUTHORITY: Rule = Rule::Form {
    max: 253,
    rule: "is_fqdn",
    holds: |text| match text.split_once(':') {
        Some((host, port)) => is_hostname(host) && port.parse::<u16>().is_ok_and(|port| port > 0),
        None => is_hostname(text),
    },
    expects: "a host name such as developer.example.com, or with its port localhost:3000",
};

/// Checks an object and gives every violation.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn all(value: &Value, shape: &Shape, mode: Mode) -> Result<(), Error> {
    at("", value, shape, mode)
}

/// The same for a part of a body, at this path.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn at(path: &str, value: &Value, shape: &Shape, mode: Mode) -> Result<(), Error> {
    let mut violations = Vec::new();
    match value.as_object() {
        Some(map) => object(path, map, shape, mode, &mut violations),
        None => violations.push(kind(path, "is_object", "an object")),
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(violations))
    }
}

/// Every violation of several checks at once.
///
/// # Errors
/// [`Error::Invalid`], or the first error of another kind.
pub(crate) fn gather(checks: impl IntoIterator<Item = Result<(), Error>>) -> Result<(), Error> {
    let mut found = Vec::new();
    for check in checks {
        match check {
            Err(Error::Invalid(violations)) => found.extend(violations),
            other => other?,
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(found))
    }
}

fn object(
    path: &str,
    map: &Map<String, Value>,
    shape: &Shape,
    mode: Mode,
    found: &mut Vec<Violation>,
) {
    for field in shape.fields {
        let path = join(path, field.name);
        match map.get(field.name) {
            Some(_) if field.fixed && mode == Mode::Partial => found.push(unknown(&path)),
            Some(Value::Null) if field.nullable => {}
            Some(value) => rule(&path, value, &field.rule, mode, found),
            None if field.secret && mode == Mode::Merged => {}
            None if field.required && mode != Mode::Partial => found.push(missing(&path)),
            None => {}
        }
    }
    if shape.open {
        return;
    }
    for name in map.keys() {
        if !shape.fields.iter().any(|field| field.name == name) {
            found.push(unknown(&join(path, name)));
        }
    }
}

fn rule(path: &str, value: &Value, asked: &Rule, mode: Mode, found: &mut Vec<Violation>) {
    match asked {
        Rule::Text { min, max } => {
            if let Some(text) = expect_text(path, value, found) {
                length(path, text, *min, *max, found);
            }
        }
        Rule::Form {
            max,
            rule,
            holds,
            expects,
        } => {
            if let Some(text) = expect_text(path, value, found) {
                if text.chars().count() > *max {
                    length(path, text, 0, *max, found);
                } else if !holds(text) {
                    found.push(kind(path, rule, expects));
                }
            }
        }
        Rule::Word(words) => {
            if let Some(text) = expect_text(path, value, found)
                && !words.contains(&text)
            {
                found.push(choice(path, words));
            }
        }
        Rule::Boolean => {
            if !value.is_boolean() {
                found.push(kind(path, "is_boolean", "true or false"));
            }
        }
        Rule::Integer { min, max } => match value.as_i64() {
            None => found.push(kind(path, "is_integer", "a whole number")),
            Some(number) if number < *min => found.push(
                Violation::body(path, "min", format!("\"{path}\" must be at least {min}"))
                    .with(Bound::Minimum(*min)),
            ),
            Some(number) if number > *max => found.push(
                Violation::body(path, "max", format!("\"{path}\" must be at most {max}"))
                    .with(Bound::Maximum(*max)),
            ),
            Some(_) => {}
        },
        Rule::List { of, min, max } => list(path, value, of, (*min, *max), found),
        Rule::Object(shape) => match value.as_object() {
            Some(map) => object(path, map, shape, mode, found),
            None => found.push(kind(path, "is_object", "an object")),
        },
        Rule::Map(of) => match value.as_object() {
            Some(map) => {
                for (name, value) in map {
                    if !(value.is_null() && mode == Mode::Partial) {
                        rule(&join(path, name), value, of, mode, found);
                    }
                }
            }
            None => found.push(kind(path, "is_object", "an object")),
        },
        Rule::Labels => labels(path, value, mode, found),
        Rule::Any => {}
    }
}

fn list(
    path: &str,
    value: &Value,
    of: &'static Rule,
    (min, max): (usize, usize),
    found: &mut Vec<Violation>,
) {
    let Some(items) = value.as_array() else {
        found.push(kind(path, "is_array", "a list"));
        return;
    };
    if items.len() < min {
        let reason = format!("\"{path}\" must hold at least {min} entries");
        found.push(Violation::body(path, "min_items", reason).with(minimum(min)));
    }
    if items.len() > max {
        let reason = format!("\"{path}\" must not hold more than {max} entries");
        found.push(Violation::body(path, "max_items", reason).with(maximum(max)));
    }
    for (at, item) in items.iter().enumerate() {
        rule(&format!("{path}.{at}"), item, of, Mode::Whole, found);
    }
}

/// Konnect's labels: at most 50; keys and values of 1 to 63 characters that start and end with a
/// letter or digit; some prefixes of keys are reserved, told apart by case.
fn labels(path: &str, value: &Value, mode: Mode, found: &mut Vec<Violation>) {
    if value.is_null() && mode == Mode::Partial {
        return;
    }
    let Some(map) = value.as_object() else {
        found.push(kind(path, "is_object", "an object"));
        return;
    };
    if map.len() > 50 {
        let reason = format!("\"{path}\" must not hold more than 50 labels");
        found.push(Violation::body(path, "max_items", reason).with(maximum(50)));
    }
    for (key, value) in map {
        let path = join(path, key);
        let reserved = ["kong", "konnect", "mesh", "kic", "_"]
            .into_iter()
            .find(|prefix| key.starts_with(prefix));
        if let Some(prefix) = reserved {
            let reason = format!("label keys must not start with \"{prefix}\": it is reserved");
            found.push(Violation::body(&path, "is_label", reason));
        } else if !is_label(key) {
            let reason = "label keys are 1 to 63 letters, digits, \"-\", \".\" or \"_\", \
                          with a letter or digit at both ends";
            found.push(Violation::body(&path, "is_label", reason));
        }
        match value {
            Value::Null if mode == Mode::Partial => {}
            Value::String(text) if is_label(text) => {}
            Value::String(_) => {
                let reason = "label values are 1 to 63 letters, digits, \"-\", \".\" or \"_\", \
                              with a letter or digit at both ends";
                found.push(Violation::body(&path, "is_label", reason));
            }
            _ => found.push(kind(&path, "is_string", "a string")),
        }
    }
}

fn is_label(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    (1..=63).contains(&text.len())
        && ends(text.chars().next())
        && ends(text.chars().last())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

fn is_slug(text: &str) -> bool {
    let ok = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    !text.is_empty() && text.bytes().all(ok)
}

fn is_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// Whether a header may be called so.
pub(crate) fn is_header_name(text: &str) -> bool {
    http::HeaderName::try_from(text).is_ok()
}

fn is_hostname(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

fn expect_text<'v>(path: &str, value: &'v Value, found: &mut Vec<Violation>) -> Option<&'v str> {
    let text = value.as_str();
    match text {
        None => found.push(kind(path, "is_string", "a string")),
        Some(text) if text.contains('\0') => {
            let reason = format!("\"{path}\" must not hold the NUL character");
            found.push(Violation::body(path, "invalid", reason));
        }
        Some(_) => {}
    }
    text.filter(|text| !text.contains('\0'))
}

fn length(path: &str, text: &str, min: usize, max: usize, found: &mut Vec<Violation>) {
    let count = text.chars().count();
    if count < min {
        let reason = format!("\"{path}\" must be at least {min} characters");
        found.push(Violation::body(path, "min_length", reason).with(minimum(min)));
    }
    if count > max {
        let reason = format!("\"{path}\" must not exceed {max} characters");
        found.push(Violation::body(path, "max_length", reason).with(maximum(max)));
    }
}

/// One of a closed set of words was asked for.
pub(crate) fn choice(path: &str, words: &[&str]) -> Violation {
    let reason = format!("\"{path}\" must be one of [{}]", words.join(", "));
    let choices = words.iter().map(|&word| word.to_owned()).collect();
    Violation::body(path, "enum", reason).with(Bound::Choices(choices))
}

/// A value of another kind was asked for.
pub(crate) fn kind(path: &str, rule: &'static str, expects: &str) -> Violation {
    Violation::body(path, rule, format!("value of \"{path}\" must be {expects}"))
}

/// A field is missing.
pub(crate) fn missing(path: &str) -> Violation {
    Violation::body(path, "required", format!("\"{path}\" is required"))
}

fn unknown(path: &str) -> Violation {
    Violation::body(
        path,
        "unknown_property",
        format!("\"{path}\" is not allowed"),
    )
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn minimum(number: usize) -> Bound {
    Bound::Minimum(i64::try_from(number).unwrap_or(i64::MAX))
}

fn maximum(number: usize) -> Bound {
    Bound::Maximum(i64::try_from(number).unwrap_or(i64::MAX))
}
