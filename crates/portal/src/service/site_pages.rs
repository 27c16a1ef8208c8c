//! The pages that a team writes for its portal: a tree of Markdown.
//!
//! Source: Konnect portal-management v3.9.8; <https://developer.konghq.com/dev-portal/pages-and-content/>.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::written::{self, CONTENT, DESCRIPTION, STATUS, TITLE, Told, VISIBILITY};
use crate::error::Violation;
use crate::model::tree::{self, Misfit};
use crate::model::{PublishStatus, Site, SitePage, SitePageId, Visibility};
use crate::rest::check::{Rule, Shape, UUID, nullable, required};
use crate::rest::{apply, input, path_id, without_nulls};
use crate::store::audit::Entry;
use crate::store::site_pages as store;
use crate::{Ctx, Error, Portal};

/// What the portal itself has at the top: a page of that name would never be seen. The catalogue is at
/// `/apis`, and a page of that name stands above it.
const TAKEN: [&str; 12] = [
    "api",
    "assets",
    "check-mail",
    "forgot-password",
    "login",
    "logout",
    "my-apps",
    "products",
    "register",
    "reset-password",
    "try",
    "verify-email",
];

static SHAPE: Shape = Shape {
    fields: &[
        required(
            "slug",
            Rule::Form {
                max: 512,
                rule: "matches_regex",
                holds: is_slug,
                expects: "one part of an address such as /guides, or / for the start page; \
                          parent_page_id puts a page below another",
            },
        ),
        nullable("title", TITLE),
        required("content", CONTENT),
        nullable("visibility", VISIBILITY),
        nullable("status", STATUS),
        nullable("description", DESCRIPTION),
        nullable("parent_page_id", UUID),
    ],
    open: false,
};

/// A slash before it is the vendor's habit, one behind it does no harm.
fn is_slug(text: &str) -> bool {
    let segment = text.strip_prefix('/').unwrap_or(text);
    let segment = segment.strip_suffix('/').unwrap_or(segment);
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text == "/"
        || (!segment.is_empty()
            && !segment.trim_matches('.').is_empty()
            && segment.bytes().all(fits))
}

/// What can be written of a page.
#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    slug: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<Visibility>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<PublishStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    parent_page_id: Option<SitePageId>,
}

impl Writable {
    fn of(page: &SitePage) -> Self {
        Self {
            slug: page.slug.clone(),
            title: Some(page.title.clone()),
            content: page.content.clone(),
            visibility: Some(page.visibility),
            status: Some(page.status),
            description: page.description.clone(),
            parent_page_id: page.parent_page_id,
        }
    }

    fn write(self, site: &Site, page: &mut SitePage) {
        page.slug = self.slug;
        page.parent_page_id = self.parent_page_id;
        page.visibility = self.visibility.unwrap_or(site.default_page_visibility);
        page.status = self.status.unwrap_or(PublishStatus::Unpublished);
        let name = match page.segment() {
            "" => "Home".to_owned(),
            segment => segment.to_owned(),
        };
        let told = Told::of(&self.content, (self.title, self.description));
        page.title = told.title.unwrap_or(name);
        page.description = told.description;
        page.content = self.content;
    }
}

/// A page of this portal, by the id as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, site: &Site, id: &str) -> Result<SitePage, Error> {
    let id: SitePageId = path_id("page", id)?;
    let found = store::find(portal.db(), id).await?;
    found
        .filter(|page| page.portal_id == site.id)
        .ok_or_else(|| Error::not_found("page", id))
}

/// Makes a page, as the last of its siblings. Without `visibility` the portal's default counts.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if a page has its address.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<SitePage, Error> {
    let new: Writable = input(without_nulls(body), &SHAPE)?;
    let all = store::outline(portal.db(), site.id).await?;
    let mut page = SitePage {
        id: SitePageId::new(portal.entropy()),
        portal_id: site.id,
        parent_page_id: None,
        slug: String::new(),
        title: String::new(),
        description: None,
        content: String::new(),
        visibility: site.default_page_visibility,
        status: PublishStatus::Unpublished,
        position: 0,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    new.write(site, &mut page);
    page.position = tree::last(&all, page.parent_page_id);
    fits(&all, &page)?;
    let mut tx = portal.db().begin().await?;
    store::insert(&mut tx, &page).await?;
    let made = entry("create", &page).making(&page);
    portal.audit(&mut tx, ctx, made).await?;
    tx.commit().await?;
    Ok(page)
}

/// Changes what `body` names. A page that gets another parent is the last of its new siblings.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    (site, before): (&Site, &SitePage),
    body: Map<String, Value>,
) -> Result<SitePage, Error> {
    let mut page = before.clone();
    apply(&Writable::of(before), body, &SHAPE)?.write(site, &mut page);
    let all = store::outline(portal.db(), site.id).await?;
    if page.parent_page_id != before.parent_page_id {
        page.position = tree::last(&all, page.parent_page_id);
    }
    page.updated_at = ctx.now;
    fits(&all, &page)?;
    let mut tx = portal.db().begin().await?;
    store::update(&mut tx, &page).await?;
    let changed = entry("update", &page).changing(before, &page);
    portal.audit(&mut tx, ctx, changed).await?;
    tx.commit().await?;
    Ok(page)
}

/// Removes a page and those below it.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(portal: &Portal, ctx: &Ctx, page: &SitePage) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    store::delete(&mut tx, page).await?;
    let gone = entry("delete", page).removing(page);
    portal.audit(&mut tx, ctx, gone).await?;
    tx.commit().await?;
    Ok(())
}

/// Moves a page below another one, or to the top, and to a place among those there: from 0, or from the end
/// if it is negative (-1 is the last).
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn place(
    portal: &Portal,
    ctx: &Ctx,
    page: &SitePage,
    (parent, index): (Option<SitePageId>, i64),
) -> Result<(), Error> {
    let all = store::outline(portal.db(), page.portal_id).await?;
    let moved = SitePage {
        parent_page_id: parent,
        updated_at: ctx.now,
        ..page.clone()
    };
    fits(&all, &moved)?;
    let stands = |page: &SitePage| json!({ "parent_page_id": page.parent_page_id, "position": page.position });
    let before = stands(page);
    let arranged = tree::arranged(all, moved, index);
    let after = arranged.iter().find(|other| other.id == page.id);
    let changed = entry("move", page).changing(&before, &after.map(stands));
    let mut tx = portal.db().begin().await?;
    store::stand(&mut tx, page.portal_id, &arranged).await?;
    portal.audit(&mut tx, ctx, changed).await?;
    tx.commit().await?;
    Ok(())
}

/// Moves a page one place up or down among its siblings; at the end nothing happens.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn shift(
    portal: &Portal,
    ctx: &Ctx,
    page: &SitePage,
    up: bool,
) -> Result<(), Error> {
    let all = store::outline(portal.db(), page.portal_id).await?;
    match tree::beside(&all, page, up) {
        Some(to) => place(portal, ctx, page, (page.parent_page_id, to)).await,
        None => Ok(()),
    }
}

/// The pages that somebody may read, without their contents: published ones, and only the public ones
/// unless `reads_all`. What stands below a page that they may not read, they do not see either.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn readable(
    portal: &Portal,
    site: &Site,
    reads_all: bool,
) -> Result<Vec<SitePage>, Error> {
    let all = store::outline(portal.db(), site.id).await?;
    Ok(readable_of(all, reads_all))
}

/// Those of these that somebody may read.
pub(crate) fn readable_of(all: Vec<SitePage>, reads_all: bool) -> Vec<SitePage> {
    let public = |page: &SitePage| page.visibility == Visibility::Public;
    tree::visible(all, |page| reads_all || public(page))
}

/// The page at an address of those that somebody may read, with its content.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn at(
    portal: &Portal,
    readable: &[SitePage],
    path: &str,
) -> Result<Option<SitePage>, Error> {
    let wanted = format!("/{}", path.trim_matches('/'));
    let Some(found) = readable.iter().find(|page| page.path(readable) == wanted) else {
        return Ok(None);
    };
    Ok(store::find(portal.db(), found.id).await?)
}

fn entry<'a>(action: &'a str, page: &SitePage) -> Entry<'a> {
    Entry::new(action, "portal_page", page.id).in_portal(page.portal_id)
}

/// Whether a page has its place in the tree and an address that is free.
fn fits(all: &[SitePage], page: &SitePage) -> Result<(), Error> {
    let wrong = |field: &str, rule, reason: String| {
        Err(Error::invalid(Violation::body(field, rule, reason)))
    };
    let parent = "parent_page_id";
    match tree::fits(all, page) {
        Err(Misfit::BelowItself) => {
            let reason = "a page cannot be below itself";
            return wrong(parent, written::MISSING, reason.into());
        }
        Err(Misfit::NoParent(id)) => {
            let reason = format!("page {id} does not exist in this portal");
            return wrong(parent, written::MISSING, reason);
        }
        Err(Misfit::Twin) => {
            return Err(Error::Conflict(format!(
                "there is a page with the slug `{}` at this place already",
                page.slug
            )));
        }
        Ok(()) => {}
    }
    let home = page.segment().is_empty();
    if home && page.parent_page_id.is_some() {
        let reason = "\"slug\": only a page at the top can be `/`, the start page";
        return wrong("slug", written::TAKEN, reason.into());
    }
    let above = |id| all.iter().find(|other| other.id == id);
    let under_home = page.parent_page_id.and_then(above);
    if under_home.is_some_and(|parent| parent.segment().is_empty()) {
        let reason = "the start page has no pages below it; leave \"parent_page_id\" out";
        return wrong(parent, written::MISSING, reason.into());
    }
    if page.parent_page_id.is_none() && TAKEN.contains(&page.segment()) {
        let reason = format!(
            "\"slug\": the portal itself is at /{}; choose another",
            page.segment()
        );
        return wrong("slug", written::TAKEN, reason);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_slug;

    #[test]
    fn a_slug_is_one_part_of_an_address() {
        for good in ["/", "guides", "/guides", "/guides/", "v1.2", "a_b~c-d"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in [
            "",
            "//",
            "/a/b",
            "..",
            "/.",
            "a b",
            "a?b",
            "a%2fb",
            "ガイド",
        ] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
