//! A page as developers read it.

use axum::extract::{Path, State};
use web::components::link_button;
use web::{Administrator, Markup, Page, Visitor, Width, html};

use super::{BELOW, Refused, address, heading, readers, text};
use crate::console::portals;
use crate::model::{PublishStatus, Site, SitePage, front_matter};
use crate::pages::{markdown, mdc};
use crate::service::{site_pages, sites};
use crate::{Error, Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, page)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let page = site_pages::find(&portal, &site, &page).await?;
    let text = text(&visitor);
    let label = match reader.role.may_change() {
        true => "pages-edit",
        false => "pages-source",
    };
    let there = there(&portal, &site, &page).await?;
    let main = html! {
        (heading(&visitor, &site, ("pages-title", BELOW), &page.title))
        div.row-actions {
            (link_button(&address(&site, page.id, ""), &text.get(label)))
            @if let Some(there) = &there { (link_button(there, &text.get("pages-visit"))) }
            (portals::status(portals::text(&visitor), page.status)) (readers(text, page.visibility))
        }
        article.section.prose { (rendered(&portal, &site, (&page.title, &page.content)).await?) }
    };
    let page = visitor.page(&page.title).width(Width::Reading);
    Ok(page.main(main))
}

/// Where developers find a page; nowhere while it is not published.
async fn there(portal: &Portal, site: &Site, page: &SitePage) -> Result<Option<String>, Error> {
    let all = store::site_pages::outline(portal.db(), site.id).await?;
    let published = page.status == PublishStatus::Published;
    Ok(published.then(|| format!("{}{}", sites::address(portal, site), page.path(&all))))
}

/// A text as developers read it, with published snippets in their places.
pub(super) async fn rendered(
    portal: &Portal,
    site: &Site,
    (title, content): (&str, &str),
) -> Result<Markup, Error> {
    let snippets = store::snippets::of_portal(portal.db(), site.id).await?;
    let (_, content) = front_matter(content);
    let content = mdc::plain(content, &|name| {
        let found = snippets.iter().find(|snippet| snippet.name == name)?;
        (found.status == PublishStatus::Published).then(|| found.content.clone())
    });
    Ok(markdown::render(title, &content))
}
