//! A small vocabulary to say what a request body may hold, and the vendor's wording of what is wrong.
//!
//! Schemas are constants beside the resource that they describe. The sentences are those of
//! JSON-schema validator z-schema, which the vendor's answers quote.

mod check;
mod format;

pub(crate) use format::{
    ABSOLUTE_URI_OR_EMPTY, CALLBACK_URL, CONNECTION_NAME, DATE_TIME, EMAIL, Format,
    HTTPS_URI_OR_EMPTY, NO_ANGLE_BRACKETS, ORIGIN, PHONE_NUMBER, USER_ID,
};

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
