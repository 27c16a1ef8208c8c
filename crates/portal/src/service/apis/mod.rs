//! APIs, as the third generation of the platform API calls products. Beside what a product has, an API
//! says its own version, a slug for addresses and attributes.
//!
//! All versions of an API are one thing to the gateway and to developers: they are published, linked to a
//! service and registered for together. So an API's publication is written to each of its versions, and a
//! new version takes over what the others have. An API that has no version yet, but something to keep,
//! gets one without a specification ([`versions::all`]).
//!
//! Source: Konnect API Builder v3 (3.2.0).

pub(crate) mod documents;
pub(crate) mod implementations;
pub(crate) mod publications;
pub(crate) mod versions;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::Tx;

use super::specifications::check;
use crate::error::Violation;
use crate::model::{ApiProduct, ApiProductId, Attributes, Labels, slugify};
use crate::rest::check::{Field, Rule, Shape, nullable, optional, required, slug, text};
use crate::rest::{apply, input, path_id, without_nulls};
use crate::store::api_products;
use crate::store::audit::Entry;
use crate::{Ctx, Error, Portal};

const WORD: Rule = Rule::Form {
    max: 512,
    rule: "matches_regex",
    holds: |word| !word.is_empty() && !word.contains([',', '<', '>']),
    expects: "a word without `,`, `<` and `>`",
};

const NAME: Field = required("name", text(1, 255));
const DESCRIPTION: Field = nullable("description", text(0, 10_000));
const VERSION: Field = nullable("version", text(1, 255));
const SLUG: Field = nullable("slug", slug(255));
const LABELS: Field = optional("labels", Rule::Labels);
const ATTRIBUTES: Field = optional(
    "attributes",
    Rule::Map(&Rule::List {
        of: &WORD,
        min: 1,
        max: 20,
    }),
);

static CREATE: Shape = Shape {
    fields: &[
        NAME,
        DESCRIPTION,
        VERSION,
        SLUG,
        LABELS,
        ATTRIBUTES,
        optional("spec_content", text(1, 2 << 20)),
    ],
    open: false,
};

static UPDATE: Shape = Shape {
    fields: &[NAME, DESCRIPTION, VERSION, SLUG, LABELS, ATTRIBUTES],
    open: false,
};

/// What can be written of an API.
#[derive(Serialize, Deserialize)]
struct Input {
    name: String,
    description: Option<String>,
    version: Option<String>,
    slug: Option<String>,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    attributes: Attributes,
    #[serde(skip_serializing)]
    spec_content: Option<String>,
}

impl Input {
    fn of(product: &ApiProduct) -> Self {
        Self {
            name: product.name.clone(),
            description: product.description.clone(),
            version: product.version.clone(),
            slug: product.slug.clone(),
            labels: product.labels.clone(),
            attributes: product.attributes.clone(),
            spec_content: None,
        }
    }
}

/// The API of a path.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, text: &str) -> Result<ApiProduct, Error> {
    let id: ApiProductId = path_id("API", text)?;
    let found = api_products::find(portal.db(), id).await?;
    found.ok_or_else(|| Error::not_found("API", id))
}

/// Makes an API; with `spec_content`, its first version too. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if another one has its name and version, or its slug.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<(ApiProduct, i64), Error> {
    let mut body = without_nulls(body);
    // A key without words says nothing.
    if let Some(Value::Object(attributes)) = body.get_mut("attributes") {
        attributes.retain(|_, words| !words.is_null());
    }
    let input: Input = input(body, &CREATE)?;
    keys(&input.attributes)?;
    let content = input.spec_content.as_deref();
    let content = content.map(|content| check("spec_content", content));
    let content = content.transpose()?;
    let version = input.version.clone();
    let version = version.or_else(|| content.as_ref().and_then(versions::own_name));
    let named = format!("{} {}", input.name, version.as_deref().unwrap_or_default());
    let product = ApiProduct {
        id: ApiProductId::new(portal.entropy()),
        name: input.name,
        description: input.description,
        labels: input.labels,
        public_labels: Labels::new(),
        slug: input
            .slug
            .or_else(|| Some(slugify(&named)))
            .filter(|slug| !slug.is_empty()),
        version,
        attributes: input.attributes,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    is_free(&mut tx, &product).await?;
    let inserted = api_products::insert(&mut tx, &product).await;
    inserted.map_err(slug_taken)?;
    if let Some(content) = content {
        let name = versions::placeholder(&product).to_owned();
        versions::add(portal, ctx, &mut tx, &product, name, content).await?;
    }
    let entry = Entry::new("create", "api_product", product.id).making(&product);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((product, revision))
}

/// Changes what `body` names. Gives the revision that gateways are to obey.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    earlier: ApiProduct,
    body: Map<String, Value>,
) -> Result<(ApiProduct, i64), Error> {
    let input = apply(&Input::of(&earlier), body, &UPDATE)?;
    keys(&input.attributes)?;
    let product = ApiProduct {
        name: input.name,
        description: input.description,
        version: input.version,
        slug: input.slug,
        labels: input.labels,
        attributes: input.attributes,
        updated_at: ctx.now,
        ..earlier.clone()
    };
    let mut tx = portal.db().begin().await?;
    if (&product.name, &product.version) != (&earlier.name, &earlier.version) {
        is_free(&mut tx, &product).await?;
    }
    let updated = api_products::update(&mut tx, &product).await;
    updated.map_err(slug_taken)?;
    versions::follow(&mut tx, &earlier, &product).await?;
    let entry = Entry::new("update", "api_product", product.id);
    let entry = entry.changing(&earlier, &product);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((product, revision))
}

/// Keys of attributes are short words.
fn keys(attributes: &Attributes) -> Result<(), Error> {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    let wrong = |key: &&String| key.len() > 128 || !key.bytes().all(ok);
    let violation = |key: &String| {
        let reason = "keys of attributes are up to 128 lower-case letters, digits, `-` and `_`";
        Violation::body(format!("attributes.{key}"), "matches_regex", reason)
    };
    let found: Vec<_> = attributes.keys().filter(wrong).map(violation).collect();
    match found.is_empty() {
        true => Ok(()),
        false => Err(Error::Invalid(found)),
    }
}

async fn is_free(tx: &mut Tx, product: &ApiProduct) -> Result<(), Error> {
    if !api_products::is_taken(tx, product).await? {
        return Ok(());
    }
    let version = product.version.as_deref();
    let version = version.map_or("without a version".to_owned(), |version| {
        format!("of version `{version}`")
    });
    Err(Error::Conflict(format!(
        "there is an API `{}` {version} already",
        product.name
    )))
}

fn slug_taken(error: storage::Error) -> Error {
    Error::from(error).or_conflict("another API has this slug; give this one a `slug` of its own")
}
