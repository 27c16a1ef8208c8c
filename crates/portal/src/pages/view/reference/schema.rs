//! Schemas as trees that open.

use serde_json::Value;
use web::components::badge;
use web::{Markup, Page, Text, Tone, html, query_value};

use super::code::example_block;
use super::navigation::schemas;
use super::{Here, Shown, broken, described};
use crate::pages::reference::{
    Budget, Choice, Direction, Document, Others, Property, Schema, Stop, made_of, read_schema,
};

/// How many of the only values there are.
const VALUES: usize = 60;
/// How long a value is, in characters, before it is cut.
const VALUE: usize = 160;

/// What every tree of a page knows: the reader's language, and where schemas have their pages.
#[derive(Clone, Copy)]
pub(super) struct Tree<'a> {
    pub(super) text: Text,
    pub(super) schemas: &'a str,
}

/// A schema by itself.
pub(crate) fn schema(shown: &Shown, document: &Document, name: &str) -> Option<Page> {
    let value = document.schema(name)?;
    let text = shown.text();
    let here = Here::Schema;
    let prefix = schemas(here);
    let tree = Tree {
        text,
        schemas: &prefix,
    };
    let read = read_schema(document, Direction::Both, &mut Budget::default(), value);
    let main = html! {
        article.operation {
            div.operation-head {
                p.overline { (text.get("reference-schema")) }
                h2.wraps { (name) }
            }
            div.operation-columns {
                div.operation-text { (tree.whole(&read)) }
                div.operation-side {
                    (example_block(text, "example", &made_of(document, value)))
                }
            }
        }
    };
    Some(shown.page(document, here, name, main))
}

impl Tree<'_> {
    /// A schema that is not one of several members: of a body, or by itself.
    pub(super) fn whole(self, schema: &Schema<'_>) -> Markup {
        html! {
            p.schema-type { (self.kind(schema)) (self.marks(schema)) }
            (described(schema.description))
            (self.rules(schema))
            (self.inside(schema))
        }
    }

    /// A parameter, a header or a property: its name, what it must be, and what is in it.
    pub(super) fn member(
        self,
        name: &str,
        required: bool,
        description: Option<&str>,
        schema: &Schema<'_>,
        more: Markup,
    ) -> Markup {
        html! {
            li.member {
                p.member-head {
                    code.member-name.wraps { (name) } " "
                    span.schema-type { (self.kind(schema)) }
                    @if required { " " span.member-required { (self.text.get("reference-required")) } }
                    (self.marks(schema))
                    (more)
                }
                (described(description.or(schema.description)))
                (self.rules(schema))
                @if holds_more(schema) {
                    details.tree {
                        summary { (self.summary(schema)) }
                        (self.inside(schema))
                    }
                }
            }
        }
    }

    fn summary(self, schema: &Schema<'_>) -> String {
        let inner = innermost(schema);
        match (
            inner.name,
            inner.choices.is_empty(),
            schema.items.is_empty(),
        ) {
            (Some(name), _, _) => self.text.with("reference-inside", [("name", name.into())]),
            (None, false, _) => self.text.get("reference-alternatives"),
            (None, true, false) => self.text.get("reference-items"),
            _ => self.text.get("reference-properties"),
        }
    }

    /// The type in words, its name a link to its page.
    fn kind(self, schema: &Schema<'_>) -> Markup {
        let text = self.text;
        if let [items] = schema.items.as_slice()
            && schema.name.is_none()
        {
            let (before, after) = (
                text.get("reference-array-of"),
                text.get("reference-array-of-end"),
            );
            return html! {
                @if !before.is_empty() { (before) " " } (self.kind(items)) @if !after.is_empty() { " " (after) }
                @if schema.nullable { " · " (text.get("reference-nullable")) }
            };
        }
        let is_map = schema.properties.is_empty() && matches!(schema.others, Others::Allowed(_));
        let types = schema.types.iter().map(|word| match *word {
            "object" if is_map => text.get("reference-map"),
            word => word.to_owned(),
        });
        let mut words: Vec<String> = types.collect();
        words.dedup();
        let kind = match (words.is_empty(), schema.choices.as_slice()) {
            (_, [choice, ..]) if schema.properties.is_empty() => text.get(if choice.any {
                "reference-any-of"
            } else {
                "reference-one-of"
            }),
            (true, _) if !schema.values.is_empty() => text.get("reference-enum"),
            (true, _) => text.get("reference-anything"),
            _ => words.join(" | "),
        };
        html! {
            @if let Some(name) = schema.name {
                a href=(format!("{}{}", self.schemas, query_value(name))) { (name) } " · "
            }
            (kind)
            @if let Some(format) = schema.format { " · " (format) }
            @if schema.nullable { " · " (text.get("reference-nullable")) }
        }
    }

    fn marks(self, schema: &Schema<'_>) -> Markup {
        let marks = [
            (
                schema.deprecated,
                Tone::Warning,
                "product-version-deprecated",
            ),
            (schema.read_only, Tone::Neutral, "reference-read-only"),
            (schema.write_only, Tone::Neutral, "reference-write-only"),
        ];
        html! {
            @for (set, tone, word) in marks {
                @if set { " " (badge(tone, &self.text.get(word))) }
            }
        }
    }

    fn rules(self, schema: &Schema<'_>) -> Markup {
        let text = self.text;
        let facts = [
            (schema.default, "reference-default"),
            (schema.example, "reference-example-is"),
        ];
        let some = !schema.rules.is_empty()
            || !schema.values.is_empty()
            || facts.iter().any(|(value, _)| value.is_some());
        html! {
            @if some {
                ul.rules {
                    @if !schema.values.is_empty() {
                        li {
                            (text.get(if schema.values.len() == 1 { "reference-always" } else { "reference-values" }))
                            @for value in schema.values.iter().take(VALUES) { " " code.wraps { (short(value)) } }
                            @if schema.values.len() > VALUES {
                                " " (text.with("reference-values-more", [("count", (schema.values.len() - VALUES).into())]))
                            }
                        }
                    }
                    @for (value, word) in facts {
                        @if let Some(value) = value { li { (text.get(word)) " " code.wraps { (short(value)) } } }
                    }
                    @for rule in &schema.rules {
                        @let word = format!("reference-rule-{}", rule.word);
                        li { (text.get(&word)) @if !rule.value.is_empty() { " " code.wraps { (cut(&rule.value)) } } }
                    }
                }
            }
        }
    }

    fn inside(self, schema: &Schema<'_>) -> Markup {
        let text = self.text;
        html! {
            @for reference in &schema.broken { (broken(text, reference)) }
            @for choice in &schema.choices { (self.choice(choice)) }
            @if !schema.properties.is_empty() {
                ul.members { @for property in &schema.properties { (self.property(property)) } }
            }
            @match &schema.others {
                Others::Forbidden => { p.fine { (text.get("reference-closed")) } }
                Others::Allowed(of) if schema.properties.is_empty() || holds_more(of) || !of.types.is_empty() => {
                    ul.members { (self.member("*", false, None, of, html! { " " span.fine { (text.get("reference-any-name")) } })) }
                }
                _ => {}
            }
            @match schema.items.as_slice() {
                [] => {}
                [only] => { (self.rules(only)) (described(only.description)) (self.inside(only)) }
                several => {
                    ol.members { @for (at, item) in several.iter().enumerate() { (self.member(&at.to_string(), true, None, item, html! {})) } }
                }
            }
            @match (schema.stop, schema.name) {
                (Some(Stop::Recursive), Some(name)) => { p.fine { (text.get("reference-recursive")) " " (self.link(name)) } }
                (Some(Stop::Recursive), None) => { p.fine { (text.get("reference-recursive-above")) } }
                (Some(Stop::Limit), Some(name)) => { p.fine { (text.get("reference-continues")) " " (self.link(name)) } }
                (Some(Stop::Limit), None) => { p.fine { (text.get("reference-limit")) } }
                (None, _) => {}
            }
        }
    }

    fn link(self, name: &str) -> Markup {
        html! { a href=(format!("{}{}", self.schemas, query_value(name))) { (name) } }
    }

    fn property(self, property: &Property<'_>) -> Markup {
        let pattern = html! {
            @if property.is_pattern { " " span.fine { (self.text.get("reference-pattern-name")) } }
        };
        self.member(
            property.name,
            property.required,
            None,
            &property.schema,
            pattern,
        )
    }

    fn choice(self, choice: &Choice<'_>) -> Markup {
        let text = self.text;
        html! {
            div.alternatives {
                p.fine {
                    (text.get(if choice.any { "reference-any-of" } else { "reference-one-of" }))
                    @if let Some(property) = choice.discriminator {
                        " · " (text.get("reference-discriminator")) " " code { (property) }
                    }
                }
                @for (at, (value, option)) in choice.options.iter().enumerate() {
                    details.tree {
                        summary {
                            @match option.title.or(option.name) {
                                Some(name) => (name),
                                None => (text.with("reference-alternative", [("number", (at + 1).into())])),
                            }
                            @if let Some(value) = value { " · " code { (value) } }
                        }
                        (self.whole(option))
                    }
                }
            }
        }
    }
}

/// The schema that an array of arrays is of in the end.
fn innermost<'a, 'b>(schema: &'b Schema<'a>) -> &'b Schema<'a> {
    match schema.items.as_slice() {
        [only] => innermost(only),
        _ => schema,
    }
}

/// Whether there is something to open.
fn holds_more(schema: &Schema<'_>) -> bool {
    let others = match &schema.others {
        Others::Allowed(of) => {
            !schema.properties.is_empty() || holds_more(of) || !of.types.is_empty()
        }
        Others::Forbidden | Others::Unsaid => false,
    };
    let items = match schema.items.as_slice() {
        [only] => {
            holds_more(only)
                || only.description.is_some()
                || !only.values.is_empty()
                || !only.rules.is_empty()
        }
        several => !several.is_empty(),
    };
    others
        || items
        || !schema.properties.is_empty()
        || !schema.choices.is_empty()
        || !schema.broken.is_empty()
        || schema.stop.is_some()
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() => cut(text),
        value => cut(&value.to_string()),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
