//! A small vocabulary to say what a request body may hold, and the vendor's wording of what is wrong.
//!
//! Schemas are constants beside the resource that they describe. The sentences are those of
//! JSON-schema validator z-schema, which the vendor's answers quote.

use serde_json::Value;

use crate::Error;
use crate::model::Members;

/// What a value may be.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    kind: Kind,
    nullable: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Text(Text),
    Integer {
        min: i64,
        max: i64,
    },
    Boolean,
    Array {
        items: &'static Rule,
        max: usize,
        unique: bool,
    },
    Object(&'static Object),
    Map {
        values: &'static Rule,
        keys: usize,
        max: usize,
    },
    AnyObject,
    Anything,
}

#[derive(Clone, Copy)]
struct Text {
    min: usize,
    max: usize,
    format: Option<&'static Format>,
    one_of: &'static [&'static str],
}

/// A rule for text beyond its length.
pub(crate) struct Format {
    /// How the sentence names it.
    pub(crate) name: &'static str,
    /// Whether `name` is a pattern (`^…$`) instead of a format's name.
    pub(crate) pattern: bool,
    pub(crate) holds: fn(&str) -> bool,
}

/// The members that an object may have; any other one is refused.
pub(crate) struct Object {
    pub(crate) members: &'static [Member],
}

/// One member of an object.
pub(crate) struct Member {
    name: &'static str,
    rule: Rule,
    required: bool,
}

/// Names and text without `<` and `>`.
pub(crate) static NO_ANGLE_BRACKETS: Format = Format {
    name: "^[^<>]+$",
    pattern: true,
    holds: |text| !text.is_empty() && !text.contains(['<', '>']),
};

/// An absolute URI, or nothing.
pub(crate) static ABSOLUTE_URI_OR_EMPTY: Format = Format {
    name: "absolute-uri-or-empty",
    pattern: false,
    holds: |text| text.is_empty() || is_absolute_uri(text),
};

/// An absolute https URI, or nothing.
pub(crate) static HTTPS_URI_OR_EMPTY: Format = Format {
    name: "absolute-https-uri-or-empty",
    pattern: false,
    holds: |text| text.is_empty() || (text.starts_with("https://") && is_absolute_uri(text)),
};

/// A redirect URI: any scheme but those that run script in a page.
pub(crate) static CALLBACK_URL: Format = Format {
    name: "callback-url",
    pattern: false,
    holds: is_callback_url,
};

/// A scheme, a host and perhaps a port; `*` may stand for a label.
pub(crate) static ORIGIN: Format = Format {
    name: "url",
    pattern: false,
    holds: is_absolute_uri,
};

/// A moment (RFC 3339).
pub(crate) static DATE_TIME: Format = Format {
    name: "date-time",
    pattern: false,
    holds: |text| oauth::Timestamp::parse_rfc3339(text).is_ok(),
};

fn is_absolute_uri(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.has_host()) && !text.contains(char::is_whitespace)
}

fn is_callback_url(text: &str) -> bool {
    // A browser drops tabs, newlines and leading blanks before it reads the scheme.
    let clean = !text.contains(|c: char| c.is_control() || c.is_whitespace());
    let Ok(url) = url::Url::parse(text) else {
        return false;
    };
    let scripts = ["javascript", "data", "vbscript", "file", "blob", "about"];
    clean && !scripts.contains(&url.scheme()) && !text.contains('#')
}

impl Rule {
    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            nullable: false,
        }
    }

    /// `null` is allowed too.
    pub(crate) const fn nullable(self) -> Self {
        Self {
            nullable: true,
            ..self
        }
    }

    /// Text of at least so many characters.
    pub(crate) const fn min(mut self, min: usize) -> Self {
        if let Kind::Text(text) = &mut self.kind {
            text.min = min;
        }
        self
    }

    /// Text of a format.
    pub(crate) const fn format(mut self, format: &'static Format) -> Self {
        if let Kind::Text(text) = &mut self.kind {
            text.format = Some(format);
        }
        self
    }

    /// An array without two equal items.
    pub(crate) const fn unique(mut self) -> Self {
        if let Kind::Array { unique, .. } = &mut self.kind {
            *unique = true;
        }
        self
    }
}

/// Text of at most `max` characters.
pub(crate) const fn text(max: usize) -> Rule {
    Rule::new(Kind::Text(Text {
        min: 0,
        max,
        format: None,
        one_of: &[],
    }))
}

/// One of the words.
pub(crate) const fn one_of(words: &'static [&'static str]) -> Rule {
    Rule::new(Kind::Text(Text {
        min: 0,
        max: usize::MAX,
        format: None,
        one_of: words,
    }))
}

/// A whole number in a range.
pub(crate) const fn integer(min: i64, max: i64) -> Rule {
    Rule::new(Kind::Integer { min, max })
}

/// `true` or `false`.
pub(crate) const fn boolean() -> Rule {
    Rule::new(Kind::Boolean)
}

/// At most `max` items.
pub(crate) const fn array(items: &'static Rule, max: usize) -> Rule {
    Rule::new(Kind::Array {
        items,
        max,
        unique: false,
    })
}

/// An object with exactly these members.
pub(crate) const fn object(object: &'static Object) -> Rule {
    Rule::new(Kind::Object(object))
}

/// An object with at most `max` members of any name up to `keys` characters.
pub(crate) const fn map(values: &'static Rule, keys: usize, max: usize) -> Rule {
    Rule::new(Kind::Map { values, keys, max })
}

/// An object whose members this tenant keeps without reading them.
pub(crate) const fn any_object() -> Rule {
    Rule::new(Kind::AnyObject)
}

/// Any JSON.
pub(crate) const fn anything() -> Rule {
    Rule::new(Kind::Anything)
}

/// A member that may be left out.
pub(crate) const fn optional(name: &'static str, rule: Rule) -> Member {
    Member {
        name,
        rule,
        required: false,
    }
}

/// A member that must be there.
pub(crate) const fn required(name: &'static str, rule: Rule) -> Member {
    Member {
        name,
        rule,
        required: true,
    }
}

/// Whether a body makes something or changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Required members must be there.
    Create,
    /// Nothing need be there, and `null` takes an optional member away.
    Change,
}

impl Object {
    /// Reads a body, or says everything that is wrong with it.
    ///
    /// # Errors
    /// `invalid_body`, with the vendor's sentence.
    pub(crate) fn read(&self, body: Value, mode: Body) -> Result<Members, Error> {
        let mut faults = Faults::default();
        self.check(&body, mode, &mut faults);
        if !faults.0.is_empty() {
            let message = format!("Payload validation error: {}.", faults.0.join(", "));
            return Err(Error::invalid_body(message));
        }
        match body {
            Value::Object(members) => Ok(members),
            _ => Ok(Members::new()),
        }
    }

    fn check(&self, value: &Value, mode: Body, faults: &mut Faults) {
        let Value::Object(members) = value else {
            return faults.add("", expected("object", value));
        };
        self.check_members("", members, mode, faults);
    }

    fn check_members(&self, path: &str, members: &Members, mode: Body, faults: &mut Faults) {
        let unknown: Vec<&str> = members
            .keys()
            .map(String::as_str)
            .filter(|name| !self.members.iter().any(|member| member.name == *name))
            .collect();
        if !unknown.is_empty() {
            let names = unknown.join(",");
            faults.add(path, format!("Additional properties not allowed: {names}"));
        }
        for member in self.members {
            let at = || match path {
                "" => member.name.to_owned(),
                _ => format!("{path}.{}", member.name),
            };
            match members.get(member.name) {
                None if member.required && mode == Body::Create => {
                    faults.add(path, format!("Missing required property: {}", member.name));
                }
                None => {}
                Some(Value::Null) if mode == Body::Change && !member.required => {}
                Some(value) => member.rule.check(&at(), value, mode, faults),
            }
        }
    }
}

impl Rule {
    fn check(&self, path: &str, value: &Value, mode: Body, faults: &mut Faults) {
        if self.nullable && value.is_null() {
            return;
        }
        match (&self.kind, value) {
            (Kind::Text(rule), Value::String(text)) => rule.check(path, text, faults),
            (Kind::Text(_), other) => faults.add(path, expected("string", other)),
            (Kind::Integer { min, max }, other) => match whole(other) {
                Some(number) if number < *min => {
                    faults.add(path, format!("Value {number} is less than minimum {min}"));
                }
                Some(number) if number > *max => {
                    faults.add(
                        path,
                        format!("Value {number} is greater than maximum {max}"),
                    );
                }
                Some(_) => {}
                None => faults.add(path, expected("integer", other)),
            },
            (Kind::Boolean, Value::Bool(_))
            | (Kind::AnyObject, Value::Object(_))
            | (Kind::Anything, _) => {}
            (Kind::Boolean, other) => faults.add(path, expected("boolean", other)),
            (Kind::Array { items, max, unique }, Value::Array(list)) => {
                check_array(path, items, (*max, *unique), list, faults);
            }
            (Kind::Array { .. }, other) => faults.add(path, expected("array", other)),
            (Kind::Object(object), Value::Object(members)) => {
                object.check_members(path, members, mode, faults);
            }
            (Kind::Map { values, keys, max }, Value::Object(members)) => {
                check_map(path, values, (*keys, *max), members, mode, faults);
            }
            (Kind::Object(_) | Kind::Map { .. } | Kind::AnyObject, other) => {
                faults.add(path, expected("object", other));
            }
        }
    }
}

impl Text {
    fn check(&self, path: &str, text: &str, faults: &mut Faults) {
        let length = text.chars().count();
        if !self.one_of.is_empty() && !self.one_of.contains(&text) {
            let text = shown(text);
            faults.add(path, format!("No enum match for: {text}"));
        } else if length < self.min {
            let min = self.min;
            faults.add(
                path,
                format!("String is too short ({length} chars), minimum {min}"),
            );
        } else if length > self.max {
            let max = self.max;
            faults.add(
                path,
                format!("String is too long ({length} chars), maximum {max}"),
            );
        } else if text.contains('\0') {
            faults.add(path, "String holds the NUL character (U+0000)".to_owned());
        } else if let Some(format) = self.format.filter(|format| !(format.holds)(text)) {
            let (name, text) = (format.name, shown(text));
            faults.add(
                path,
                if format.pattern {
                    format!("String does not match pattern {name}: {text}")
                } else {
                    format!("Object didn't pass validation for format {name}: {text}")
                },
            );
        }
    }
}

fn check_array(
    path: &str,
    items: &Rule,
    (max, unique): (usize, bool),
    list: &[Value],
    faults: &mut Faults,
) {
    if list.len() > max {
        let length = list.len();
        return faults.add(path, format!("Array is too long ({length}), maximum {max}"));
    }
    for (index, item) in list.iter().enumerate() {
        // An item is whole or wrong, whatever the body as a whole does.
        items.check(&format!("{path}[{index}]"), item, Body::Create, faults);
        if unique && let Some(first) = list[..index].iter().position(|other| other == item) {
            faults.add(
                path,
                format!("Array items are not unique (indexes {first} and {index})"),
            );
        }
    }
}

fn check_map(
    path: &str,
    values: &Rule,
    (keys, max): (usize, usize),
    members: &Members,
    mode: Body,
    faults: &mut Faults,
) {
    if members.len() > max {
        let count = members.len();
        return faults.add(
            path,
            format!("Too many properties defined ({count}), maximum {max}"),
        );
    }
    for (name, value) in members {
        let length = name.chars().count();
        if length > keys || name.contains('\0') {
            let name = shown(name);
            faults.add(
                path,
                format!("Property name {name} is too long ({length} chars), maximum {keys}"),
            );
        } else if !(mode == Body::Change && value.is_null()) {
            values.check(&format!("{path}.{name}"), value, mode, faults);
        }
    }
}

/// What is wrong, in order. Enough of it to help, not all of it for a hostile body.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, path: &str, sentence: String) {
        if self.0.len() < 10 {
            self.0.push(match path {
                "" => format!("'{sentence}'"),
                _ => format!("'{sentence}' on property {path}"),
            });
        }
    }
}

/// A whole number, also one written `3600.0`.
fn whole(value: &Value) -> Option<i64> {
    let number = value.as_number()?;
    number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        format!("{float}").parse().ok()
    })
}

fn expected(wanted: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    format!("Expected type {wanted} but found type {found}")
}

/// The beginning of what was sent: an answer must not grow with the request.
fn shown(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        ABSOLUTE_URI_OR_EMPTY, Body, CALLBACK_URL, Member, NO_ANGLE_BRACKETS, Object, Rule, array,
        boolean, integer, map, object, one_of, optional, required, text,
    };

    static ITEM: Rule = text(20).format(&CALLBACK_URL);
    static VALUE: Rule = text(5);
    static INNER: Object = Object {
        members: &[required("alg", one_of(&["HS256", "RS256"]))],
    };
    static MEMBERS: &[Member] = &[
        required("name", text(10).min(1).format(&NO_ANGLE_BRACKETS)),
        optional("logo", text(100).format(&ABSOLUTE_URI_OR_EMPTY)),
        optional("lifetime", integer(1, 100)),
        optional("on", boolean()),
        optional("callbacks", array(&ITEM, 3).unique()),
        optional("jwt", object(&INNER)),
        optional("metadata", map(&VALUE, 4, 2)),
    ];
    static SCHEMA: Object = Object { members: MEMBERS };

    fn message(body: Value) -> String {
        SCHEMA.read(body, Body::Create).unwrap_err().to_string()
    }

    #[test]
    fn the_sentences_are_the_vendors() {
        assert_eq!(
            message(json!({ "name": "a", "foo": 1, "bar": 2 })),
            "Payload validation error: 'Additional properties not allowed: foo,bar'."
        );
        assert_eq!(
            message(json!({})),
            "Payload validation error: 'Missing required property: name'."
        );
        let cases = [
            (
                json!({ "name": 5 }),
                "'Expected type string but found type integer' on property name",
            ),
            (
                json!({ "name": "a<b" }),
                "'String does not match pattern ^[^<>]+$: a<b' on property name",
            ),
            (
                json!({ "name": "" }),
                "'String is too short (0 chars), minimum 1' on property name",
            ),
            (
                json!({ "name": "a", "lifetime": 0 }),
                "'Value 0 is less than minimum 1' on property lifetime",
            ),
            (
                json!({ "name": "a", "lifetime": 1.5 }),
                "'Expected type integer but found type number' on property lifetime",
            ),
            (
                json!({ "name": "a", "on": "yes" }),
                "'Expected type boolean but found type string' on property on",
            ),
            (
                json!({ "name": "a", "logo": "nope" }),
                "'Object didn't pass validation for format absolute-uri-or-empty: nope' on property logo",
            ),
            (
                json!({ "name": "a", "jwt": { "alg": "none" } }),
                "'No enum match for: none' on property jwt.alg",
            ),
            (
                json!({ "name": "a", "callbacks": ["a:b", "a:b"] }),
                "'Array items are not unique (indexes 0 and 1)' on property callbacks",
            ),
            (
                json!({ "name": "a", "metadata": { "k": "toolong" } }),
                "'String is too long (7 chars), maximum 5' on property metadata.k",
            ),
            (
                json!({ "name": "a", "metadata": { "a": "", "b": "", "c": "" } }),
                "'Too many properties defined (3), maximum 2' on property metadata",
            ),
        ];
        for (body, sentence) in cases {
            assert_eq!(
                message(body),
                format!("Payload validation error: {sentence}.")
            );
        }
        assert_eq!(
            message(json!([])),
            "Payload validation error: 'Expected type object but found type array'."
        );
    }

    #[test]
    fn a_change_may_leave_out_and_take_away() {
        let body = json!({ "logo": null, "metadata": { "k": null } });
        assert!(SCHEMA.read(body, Body::Change).is_ok());
        assert!(SCHEMA.read(json!({ "name": null }), Body::Change).is_err());
    }

    #[test]
    fn redirect_uris_never_run_script() {
        for uri in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            " javascript:x",
            "data:text/html,x",
            "https://a.example/#f",
        ] {
            assert!(!(CALLBACK_URL.holds)(uri), "{uri}");
        }
        for uri in [
            "https://a.example/cb?x=1",
            "com.example.app:/cb",
            "http://localhost:3000",
        ] {
            assert!((CALLBACK_URL.holds)(uri), "{uri}");
        }
    }

    #[test]
    fn an_answer_stays_short_however_long_the_body() {
        let long = "x".repeat(10_000);
        let body = json!({ "name": "a", "logo": long, "jwt": { "alg": "y".repeat(10_000) } });
        assert!(message(body).len() < 600);
    }
}
