//! A schema as a tree of what a reader is told.

use serde_json::Value;

use super::document::{Document, array};
use super::layers::Layers;
use super::rules::{self, Rule};

/// How many schemas a page opens up.
const SCHEMAS: usize = 600;
/// How many characters of descriptions count as one more.
const CHARACTERS: usize = 500;
/// From this depth on, what has a page of its own is linked instead.
const OPEN: usize = 6;
/// How many patterns of names, entries of a tuple or alternatives are told.
const MANY: usize = 200;
/// The depth at which a tree ends.
const DEEP: usize = 20;

/// Who sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The caller: without what is only read.
    Request,
    /// The API: without what is only written.
    Response,
    /// It is looked at by itself.
    Both,
}

impl Direction {
    /// Whether this side has nothing to do with a property.
    pub(super) fn hides(self, property: &Layers<'_>) -> bool {
        match self {
            Self::Request => property.says("readOnly"),
            Self::Response => property.says("writeOnly"),
            Self::Both => false,
        }
    }
}

/// A schema.
#[derive(Debug, Default)]
pub(crate) struct Schema<'a> {
    /// The name under which the document keeps it, with a page of its own.
    pub(crate) name: Option<&'a str>,
    /// Without `null`; empty if anything goes.
    pub(crate) types: Vec<&'a str>,
    pub(crate) nullable: bool,
    pub(crate) format: Option<&'a str>,
    pub(crate) title: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) deprecated: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) rules: Vec<Rule>,
    /// The only values there are.
    pub(crate) values: Vec<&'a Value>,
    pub(crate) default: Option<&'a Value>,
    pub(crate) example: Option<&'a Value>,
    pub(crate) properties: Vec<Property<'a>>,
    pub(crate) others: Others<'a>,
    /// What an array is of; several are one for each place.
    pub(crate) items: Vec<Schema<'a>>,
    pub(crate) choices: Vec<Choice<'a>>,
    /// References that lead nowhere.
    pub(crate) broken: Vec<&'a str>,
    /// Why nothing more is told here.
    pub(crate) stop: Option<Stop>,
}

/// A property of an object.
#[derive(Debug)]
pub(crate) struct Property<'a> {
    /// Its name, or the pattern of its name.
    pub(crate) name: &'a str,
    pub(crate) is_pattern: bool,
    pub(crate) required: bool,
    pub(crate) schema: Schema<'a>,
}

/// Properties that have no name of their own.
#[derive(Debug, Default)]
pub(crate) enum Others<'a> {
    #[default]
    Unsaid,
    Forbidden,
    Allowed(Box<Schema<'a>>),
}

/// Alternatives.
#[derive(Debug)]
pub(crate) struct Choice<'a> {
    /// More than one may hold at once.
    pub(crate) any: bool,
    /// The property that tells them apart.
    pub(crate) discriminator: Option<&'a str>,
    /// Each with its value of that property.
    pub(crate) options: Vec<(Option<&'a str>, Schema<'a>)>,
}

/// Why a tree ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It holds itself.
    Recursive,
    /// There is more than a page holds.
    Limit,
}

/// What a page may still tell.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: SCHEMAS }
    }
}

/// Reads the schemas of one page, which share `budget`.
pub(crate) fn read<'a>(
    document: &'a Document,
    direction: Direction,
    budget: &mut Budget,
    value: &'a Value,
) -> Schema<'a> {
    let mut reader = Reader {
        document,
        direction,
        budget,
        above: Vec::new(),
        depth: 0,
    };
    reader.read(value)
}

struct Reader<'a, 'b> {
    document: &'a Document,
    direction: Direction,
    budget: &'b mut Budget,
    /// The schemas that this one is in.
    above: Vec<&'a Value>,
    depth: usize,
}

impl<'a> Reader<'a, '_> {
    fn read(&mut self, value: &'a Value) -> Schema<'a> {
        let layers = Layers::of(self.document, value);
        let mut schema = self.facts(&layers, value);
        if is_leaf(&layers) {
            return schema;
        }
        let here = layers.targets.iter().chain(Some(&value));
        let here: Vec<&Value> = here.copied().collect();
        let again = |seen: &&Value| here.iter().any(|one| std::ptr::eq(*one, *seen));
        let far = self.depth >= OPEN && schema.name.is_some();
        if self.above.iter().any(again) {
            schema.stop = Some(Stop::Recursive);
        } else if self.budget.left == 0 || self.depth >= DEEP || far {
            schema.stop = Some(Stop::Limit);
        } else {
            let above = self.above.len();
            self.above.extend(here);
            self.depth += 1;
            self.open(&layers, &mut schema);
            self.depth -= 1;
            self.above.truncate(above);
        }
        schema
    }

    fn facts(&mut self, layers: &Layers<'a>, value: &'a Value) -> Schema<'a> {
        let (types, nullable) = layers.types();
        let description = layers.text("description");
        let cost = 1 + description.map_or(0, str::len) / CHARACTERS;
        self.budget.left = self.budget.left.saturating_sub(cost);
        let values = match (layers.last("const"), layers.last("enum")) {
            (Some(only), _) => vec![only],
            (None, Some(all)) => array(all).collect(),
            _ => Vec::new(),
        };
        let examples = layers.last("examples").and_then(Value::as_array);
        Schema {
            name: layers.name,
            types,
            nullable,
            format: layers.text("format"),
            title: layers.text("title"),
            description,
            deprecated: layers.says("deprecated"),
            read_only: layers.says("readOnly"),
            write_only: layers.says("writeOnly"),
            rules: rules::of(layers),
            values,
            default: layers.last("default"),
            example: layers.last("example").or_else(|| examples?.first()),
            broken: layers.broken.clone(),
            others: match value {
                Value::Bool(false) => Others::Forbidden,
                _ => Others::Unsaid,
            },
            ..Schema::default()
        }
    }

    fn open(&mut self, layers: &Layers<'a>, schema: &mut Schema<'a>) {
        for (name, value) in layers.properties() {
            let of = Layers::of(self.document, value);
            let hidden = self.direction.hides(&of);
            if hidden {
                continue;
            }
            if self.budget.left == 0 {
                schema.stop = Some(Stop::Limit);
                return;
            }
            let property = Property {
                name,
                is_pattern: false,
                required: layers.requires(name),
                schema: self.read(value),
            };
            schema.properties.push(property);
        }
        let patterns = layers.last("patternProperties").and_then(Value::as_object);
        for (name, value) in patterns.into_iter().flatten().take(MANY) {
            let property = Property {
                name,
                is_pattern: true,
                required: false,
                schema: self.read(value),
            };
            schema.properties.push(property);
        }
        let others = layers.last("additionalProperties");
        match others.or_else(|| layers.last("unevaluatedProperties")) {
            Some(Value::Bool(false)) => schema.others = Others::Forbidden,
            Some(value) if value.is_object() || *value == true => {
                schema.others = Others::Allowed(Box::new(self.read(value)));
            }
            _ => {}
        }
        let fixed = layers.last("prefixItems").or_else(|| layers.last("items"));
        let items = match fixed {
            Some(Value::Array(all)) => all.iter().take(MANY).collect(),
            Some(one) if one.is_object() => vec![one],
            _ => Vec::new(),
        };
        schema.items = items.into_iter().map(|item| self.read(item)).collect();
        for (word, discriminator, options) in &layers.choices {
            let choice = self.choice(*word == "anyOf", *discriminator, options);
            schema.choices.push(choice);
        }
    }

    fn choice(
        &mut self,
        any: bool,
        discriminator: Option<&'a Value>,
        options: &[&'a Value],
    ) -> Choice<'a> {
        let mapping = discriminator.and_then(|said| said["mapping"].as_object());
        let said = |option: &'a Value| {
            let reference = option.get("$ref")?.as_str()?;
            let name = self.document.resolve(option).ok()?.name;
            let mut mapped = mapping.into_iter().flatten();
            let found = mapped.find(|(_, to)| *to == reference || to.as_str() == name);
            found.map(|(value, _)| value.as_str()).or(name)
        };
        let values: Vec<Option<&str>> = options
            .iter()
            .map(|option| discriminator.and_then(|_| said(option)))
            .collect();
        let mut told = Vec::new();
        for (value, option) in values.into_iter().zip(options).take(MANY) {
            if self.budget.left == 0 {
                break;
            }
            told.push((value, self.read(option)));
        }
        Choice {
            any,
            discriminator: discriminator.and_then(|said| said["propertyName"].as_str()),
            options: told,
        }
    }
}

/// Whether there is nothing below it.
fn is_leaf(layers: &Layers<'_>) -> bool {
    const INNER: [&str; 6] = [
        "properties",
        "patternProperties",
        "additionalProperties",
        "unevaluatedProperties",
        "items",
        "prefixItems",
    ];
    layers.choices.is_empty() && INNER.iter().all(|name| layers.last(name).is_none())
}
