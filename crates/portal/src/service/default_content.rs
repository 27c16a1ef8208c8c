//! Pages and snippets to begin with.
//!
//! Source: Konnect portal-management v3.9.8, `create-default-content`.

use serde_json::{Map, Value, json};

use super::{site_pages, snippets};
use crate::model::Site;
use crate::{Ctx, Error, Portal, store};

/// What was made, by slug and by name.
pub(crate) struct Made {
    pub(crate) pages: Vec<&'static str>,
    pub(crate) snippets: Vec<&'static str>,
}

const PAGES: [(&str, &str); 2] = [
    ("/", include_str!("default_content/home.md")),
    (
        "/getting-started",
        include_str!("default_content/getting-started.md"),
    ),
];

const SNIPPETS: [(&str, &str); 1] = [("help", include_str!("default_content/help.md"))];

/// Makes those that are not there, published. What is there stays as it is.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn fill(portal: &Portal, ctx: &Ctx, site: &Site) -> Result<Made, Error> {
    let mut made = Made {
        pages: Vec::new(),
        snippets: Vec::new(),
    };
    let present = store::snippets::of_portal(portal.db(), site.id).await?;
    for (name, content) in SNIPPETS {
        if !present.iter().any(|snippet| snippet.name == name) {
            let body = published(json!({ "name": name, "content": content }));
            snippets::create(portal, ctx, site, body).await?;
            made.snippets.push(name);
        }
    }
    let present = store::site_pages::outline(portal.db(), site.id).await?;
    for (slug, content) in PAGES {
        if !present.iter().any(|page| page.path(&present) == slug) {
            let body = published(json!({ "slug": slug, "content": content }));
            site_pages::create(portal, ctx, site, body).await?;
            made.pages.push(slug);
        }
    }
    Ok(made)
}

fn published(mut body: Value) -> Map<String, Value> {
    body["status"] = "published".into();
    match body {
        Value::Object(body) => body,
        _ => Map::new(),
    }
}
