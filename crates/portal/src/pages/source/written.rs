//! The pages that the team wrote, as a portal's readers see them.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use serde_json::Value;

use super::{ReaderFacts, Source};
use crate::Error;
use crate::model::tree;
use crate::model::{Customization, PortalId, Site, SitePage, Visibility};
use crate::pages::markdown::is_safe;
use crate::pages::mdc;
use crate::pages::view::written::{PageLink, Written};
use crate::service::{site_pages, snippets};
use crate::store;

/// What stands in the navigation beside the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MenuLink {
    pub(crate) title: String,
    pub(crate) href: String,
}

/// How many pages are kept, of all portals, and how long those that nobody looks at.
const KEPT: u64 = 50_000;
const IDLE: Duration = Duration::from_secs(3600);

/// Of each portal the published pages without their contents, and [`Site::pages_revision`] as it was then.
pub(super) type Trees = Cache<PortalId, (i64, Arc<[SitePage]>)>;

pub(super) fn trees() -> Trees {
    let pages = |_: &PortalId, (_, pages): &(i64, Arc<[SitePage]>)| {
        u32::try_from(pages.len()).unwrap_or(u32::MAX).max(1)
    };
    Cache::builder()
        .weigher(pages)
        .max_capacity(KEPT)
        .time_to_idle(IDLE)
        .build()
}

impl Source {
    /// The page at an address, if there is one for this reader.
    pub(crate) async fn written(
        &self,
        reader: &ReaderFacts,
        path: &str,
    ) -> Result<Option<Written>, Error> {
        let all = &reader.pages;
        let Some(page) = site_pages::at(&self.portal, all, path).await? else {
            return Ok(None);
        };
        let branches: Vec<PageLink> = tree::render(all, &|page: &SitePage, children| PageLink {
            title: page.title.clone(),
            path: page.path(all),
            children,
        });
        let path = page.path(all);
        let around = branches.into_iter().find(|top| {
            !top.children.is_empty()
                && (path == top.path || path.starts_with(&format!("{}/", top.path)))
        });
        Ok(Some(Written {
            markdown: self.composed(reader, &page.content).await?,
            title: page.title,
            path,
            around,
        }))
    }

    /// A text with the snippets that this reader may read in their places.
    async fn composed(&self, reader: &ReaderFacts, content: &str) -> Result<String, Error> {
        let (_, markdown) = crate::model::front_matter(content);
        let all = match markdown.contains(":snippet") {
            true => store::snippets::of_portal(self.db(), reader.portal.id).await?,
            false => Vec::new(),
        };
        Ok(mdc::plain(markdown, &|name| {
            let found = all.iter().find(|snippet| snippet.name == name)?;
            snippets::is_readable(found, reader.reads_all()).then(|| found.content.clone())
        }))
    }

    /// The pages that a reader may read, and whether there are others.
    pub(super) async fn pages(
        &self,
        site: &Site,
        reads_all: bool,
    ) -> Result<(Vec<SitePage>, bool), Error> {
        let published = self.published(site).await?;
        let seen = site_pages::readable_of(published.to_vec(), reads_all);
        let hidden = seen.len() < published.len();
        Ok((seen, hidden))
    }

    /// The pages that are published, kept for as long as the portal says that none was written.
    async fn published(&self, site: &Site) -> Result<Arc<[SitePage]>, Error> {
        if let Some((revision, kept)) = self.trees.get(&site.id)
            && revision == site.pages_revision
        {
            return Ok(kept);
        }
        // Read after the number: what it is kept under is never newer than it is.
        let all = store::site_pages::outline(self.db(), site.id).await?;
        let published: Arc<[SitePage]> = tree::visible(all, |_| true).into();
        let kept = (site.pages_revision, published.clone());
        self.trees.insert(site.id, kept);
        Ok(published)
    }
}

/// What the team put into the main menu, or else the pages at the top.
pub(super) fn menu(
    customization: &Customization,
    pages: &[SitePage],
    reads_all: bool,
) -> Vec<MenuLink> {
    let chosen = customization.get("menu").map(|menu| &menu["main"]);
    let chosen = chosen
        .and_then(Value::as_array)
        .filter(|items| !items.is_empty());
    let Some(items) = chosen else {
        let tops = tree::siblings(pages, None).filter(|page| {
            // The start page is behind the portal's name, the catalogue has a link of its own.
            !matches!(page.segment(), "" | "apis")
        });
        let links = tops.map(|page| MenuLink {
            title: page.title.clone(),
            href: page.path(pages),
        });
        return links.collect();
    };
    let shown = items.iter().filter_map(|item| {
        let (title, path) = (item["title"].as_str()?, item["path"].as_str()?);
        let public = item["visibility"] == Visibility::Public.as_str();
        let fits = !title.trim().is_empty() && !path.is_empty() && is_safe(path);
        let itself = matches!(path, "/" | "/apis");
        (fits && !itself && (reads_all || public)).then(|| MenuLink {
            title: title.to_owned(),
            href: match path.starts_with('/') || path.contains(':') {
                true => path.to_owned(),
                false => format!("/{path}"),
            },
        })
    });
    shown.collect()
}
