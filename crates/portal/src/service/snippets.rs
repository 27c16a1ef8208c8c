//! Snippets: pieces of Markdown that pages of a portal include by name.
//!
//! Source: Konnect portal-management v3.9.8.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::written::{CONTENT, DESCRIPTION, STATUS, TITLE, Told, VISIBILITY};
use crate::model::{PublishStatus, Site, Snippet, SnippetId, Visibility};
use crate::rest::check::{Rule, Shape, nullable, required};
use crate::rest::{apply, input, path_id, without_nulls};
use crate::store::audit::Entry;
use crate::store::snippets as store;
use crate::{Ctx, Error, Portal};

static SHAPE: Shape = Shape {
    fields: &[
        required(
            "name",
            Rule::Form {
                max: 512,
                rule: "matches_regex",
                holds: is_name,
                expects: "a name of letters, digits, `-`, `_`, `.` and `/`",
            },
        ),
        nullable("title", TITLE),
        required("content", CONTENT),
        nullable("visibility", VISIBILITY),
        nullable("status", STATUS),
        nullable("description", DESCRIPTION),
    ],
    open: false,
};

fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
    !text.is_empty() && text.bytes().all(fits)
}

/// What can be written of a snippet.
#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<Visibility>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<PublishStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Writable {
    fn of(snippet: &Snippet) -> Self {
        Self {
            name: snippet.name.clone(),
            title: Some(snippet.title.clone()),
            content: snippet.content.clone(),
            visibility: Some(snippet.visibility),
            status: Some(snippet.status),
            description: snippet.description.clone(),
        }
    }

    fn write(self, site: &Site, snippet: &mut Snippet) {
        let told = Told::of(&self.content, (self.title, self.description));
        snippet.title = told.title.unwrap_or_else(|| self.name.clone());
        snippet.description = told.description;
        snippet.name = self.name;
        snippet.content = self.content;
        snippet.visibility = self.visibility.unwrap_or(site.default_page_visibility);
        snippet.status = self.status.unwrap_or(PublishStatus::Unpublished);
    }
}

/// A snippet of this portal, by the id as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, site: &Site, id: &str) -> Result<Snippet, Error> {
    let id: SnippetId = path_id("snippet", id)?;
    let found = store::find(portal.db(), id).await?;
    found
        .filter(|snippet| snippet.portal_id == site.id)
        .ok_or_else(|| Error::not_found("snippet", id))
}

/// Makes a snippet. Without `visibility` the portal's default counts.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if its name is taken.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<Snippet, Error> {
    let new: Writable = input(without_nulls(body), &SHAPE)?;
    let mut snippet = Snippet {
        id: SnippetId::new(portal.entropy()),
        portal_id: site.id,
        name: String::new(),
        title: String::new(),
        description: None,
        content: String::new(),
        visibility: site.default_page_visibility,
        status: PublishStatus::Unpublished,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    new.write(site, &mut snippet);
    let mut tx = portal.db().begin().await?;
    store::insert(&mut tx, &snippet).await.map_err(taken)?;
    let made = entry("create", &snippet).making(&snippet);
    portal.audit(&mut tx, ctx, made).await?;
    tx.commit().await?;
    Ok(snippet)
}

/// Changes what `body` names.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    (site, before): (&Site, &Snippet),
    body: Map<String, Value>,
) -> Result<Snippet, Error> {
    let mut snippet = before.clone();
    apply(&Writable::of(before), body, &SHAPE)?.write(site, &mut snippet);
    snippet.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    store::update(&mut tx, &snippet).await.map_err(taken)?;
    let changed = entry("update", &snippet).changing(before, &snippet);
    portal.audit(&mut tx, ctx, changed).await?;
    tx.commit().await?;
    Ok(snippet)
}

/// Removes a snippet. Pages that include it show nothing in its place.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(portal: &Portal, ctx: &Ctx, snippet: &Snippet) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    store::delete(&mut tx, snippet.id).await?;
    let gone = entry("delete", snippet).removing(snippet);
    portal.audit(&mut tx, ctx, gone).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether somebody may read a snippet.
pub(crate) fn is_readable(snippet: &Snippet, reads_all: bool) -> bool {
    snippet.status == PublishStatus::Published
        && (reads_all || snippet.visibility == Visibility::Public)
}

fn entry<'a>(action: &'a str, snippet: &Snippet) -> Entry<'a> {
    Entry::new(action, "portal_snippet", snippet.id).in_portal(snippet.portal_id)
}

fn taken(error: storage::Error) -> Error {
    Error::from(error).or_conflict("another snippet of this portal has this name")
}
