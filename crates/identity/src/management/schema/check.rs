//! Holding a body against a schema.

use serde_json::Value;

use super::{Body, Kind, Object, Rule, Text};
use crate::Error;
use crate::model::Members;

impl Object {
    /// Reads a body, or says everything that is wrong with it.
    ///
    /// # Errors
    /// `invalid_body`, with the vendor's sentence.
    pub(crate) fn read(&self, body: Value, mode: Body) -> Result<Members, Error> {
        let mut faults = Faults::default();
        self.check(&body, mode, &mut faults);
        faults.refuse()?;
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
    /// Reads a body that is an array, or says everything that is wrong with it.
    ///
    /// # Errors
    /// `invalid_body`, with the vendor's sentence.
    pub(crate) fn read_array(&self, body: Value) -> Result<Vec<Value>, Error> {
        let mut faults = Faults::default();
        self.check("", &body, Body::Create, &mut faults);
        faults.refuse()?;
        match body {
            Value::Array(list) => Ok(list),
            _ => Ok(Vec::new()),
        }
    }

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
    fn refuse(&self) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let message = format!("Payload validation error: {}.", self.0.join(", "));
        Err(Error::invalid_body(message))
    }

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
