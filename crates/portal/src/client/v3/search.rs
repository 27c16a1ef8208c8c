//! Search over what a visitor may read: APIs, pages of the portal, documents, operations.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::super::guard::At;
use super::super::operations;
use super::super::session::Visitor;
use crate::model::{ApiProduct, ApiProductId, Document, Site, SitePage, hashed_id};
use crate::rest::query::Query;
use crate::rest::{Cursor, Problem};
use crate::service::site_pages;
use crate::store::catalogue::{self, Product};
use crate::store::listing::{Filter, Listing, Test};
use crate::store::search::{self, Found};
use crate::{Error, Portal, store};

use super::super::documents::visible;

/// Most characters of a question that are looked for.
const MAX_QUESTION: usize = 200;
/// How much of a text is shown around what was found, in characters on either side.
const AROUND: usize = 80;
/// The most of each kind that is found.
const MOST: usize = 100;

pub(super) async fn search(
    at: At,
    visitor: Visitor,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let cursor = Cursor::of(&query)?;
    let question = query.get("q").unwrap_or_default();
    let question: String = question.chars().take(MAX_QUESTION).collect();
    let words: Vec<&str> = question.split_whitespace().collect();
    let found = match words.is_empty() {
        true => Vec::new(),
        false => {
            let asked = Asked {
                portal: &portal,
                site: &at.site,
                visitor: &visitor,
                words: &words,
            };
            asked.found().await?
        }
    };
    let encoded: String = url::form_urlencoded::byte_serialize(question.as_bytes()).collect();
    let path = format!("/api/v3/search?q={encoded}");
    let id = |one: &Value| one["id"].as_str().unwrap_or_default().to_owned();
    let (data, meta) = cursor.cut(found, &path, id);
    Ok(Json(json!({ "data": data, "meta": { "page": meta } })))
}

struct Asked<'a> {
    portal: &'a Portal,
    site: &'a Site,
    visitor: &'a Visitor,
    words: &'a [&'a str],
}

impl Asked<'_> {
    async fn found(&self) -> Result<Vec<Value>, Error> {
        let mut found = self.apis().await?;
        found.extend(self.pages().await?);
        found.extend(self.documents().await?);
        found.extend(self.operations().await?);
        Ok(found)
    }

    async fn apis(&self) -> Result<Vec<Value>, Error> {
        let filters = self.words.iter().map(|word| Filter {
            column: "(t.name || ' ' || COALESCE(t.description, ''))",
            test: Test::Contains(vec![(*word).to_owned()]),
        });
        let listing = Listing {
            filters: filters.collect(),
            size: u32::try_from(MOST).unwrap_or(u32::MAX),
            ..Listing::all("t.name")
        };
        let audience = self.visitor.audience;
        let (found, _) = catalogue::products(self.portal.db(), audience, &listing).await?;
        let ids = found.iter().map(|product| product.id);
        let apis = store::api_products::among(self.portal.db(), ids).await?;
        let shown = found.iter().filter_map(|product: &Product| {
            let api = apis.get(&product.id)?;
            let text = format!(
                "{} {}",
                api.name,
                api.description.as_deref().unwrap_or_default()
            );
            Some(self.document(&Hit {
                id: api.id.to_string(),
                kind: "api",
                name: &api.name,
                text: &text,
                description: api.description.as_deref().unwrap_or_default(),
                scope: product.visibility.as_str(),
                path: format!("/products/{}", api.id),
                slug: &slug(api),
                parent: String::new(),
                api: Some(api),
                dates: [api.created_at.to_rfc3339(), api.updated_at.to_rfc3339()],
            }))
        });
        Ok(shown.collect())
    }

    async fn pages(&self) -> Result<Vec<Value>, Error> {
        let readable = site_pages::readable(self.portal, self.site, self.visitor.reads_all).await?;
        let mut found = Vec::new();
        for outline in &readable {
            let Some(page) = store::site_pages::find(self.portal.db(), outline.id).await? else {
                continue;
            };
            if self.holds(&format!("{} {}", page.title, page.content)) {
                found.push(self.page(&page, &readable));
            }
            if found.len() == MOST {
                break;
            }
        }
        Ok(found)
    }

    fn page(&self, page: &SitePage, all: &[SitePage]) -> Value {
        self.document(&Hit {
            id: page.id.to_string(),
            kind: "page",
            name: &page.title,
            text: &page.content,
            description: page.description.as_deref().unwrap_or_default(),
            scope: page.visibility.as_str(),
            path: page.path(all),
            slug: &page.slug,
            parent: page
                .parent_page_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            api: None,
            dates: [page.created_at.to_rfc3339(), page.updated_at.to_rfc3339()],
        })
    }

    async fn documents(&self) -> Result<Vec<Value>, Error> {
        let db = self.portal.db();
        let found = search::documents(db, self.visitor.audience, self.words).await?;
        let apis = self.apis_of(&found).await?;
        let mut shown = Vec::new();
        for (id, api) in &apis {
            // What is under a hidden document is hidden.
            let all: Vec<Document> = visible(store::documents::of_product(db, *id).await?);
            let hits = found.iter().filter(|one| one.api_id == *id);
            for hit in hits {
                let Some(document) = all.iter().find(|one| one.id == hit.id) else {
                    continue;
                };
                let parent = document.parent_document_id;
                shown.push(self.document(&Hit {
                    id: document.id.to_string(),
                    kind: "api_document",
                    name: &document.title,
                    text: &hit.text,
                    description: "",
                    scope: hit.visibility.as_str(),
                    path: format!("/products/{}/docs/{}", api.id, document.slug),
                    slug: &document.slug,
                    parent: parent.map(|id| id.to_string()).unwrap_or_default(),
                    api: Some(api),
                    dates: [hit.created_at.to_rfc3339(), hit.updated_at.to_rfc3339()],
                }));
            }
        }
        Ok(shown)
    }

    async fn operations(&self) -> Result<Vec<Value>, Error> {
        let db = self.portal.db();
        let found = search::specifications(db, self.visitor.audience, self.words).await?;
        let apis = self.apis_of(&found).await?;
        let mut shown = Vec::new();
        for specification in &found {
            let api = apis.iter().find(|(id, _)| *id == specification.api_id);
            let Some((_, api)) = api else { continue };
            let document: Value = serde_json::from_str(&specification.text).unwrap_or_default();
            for operation in operations::list(&document) {
                let of = |name: &str| operation[name].as_str().unwrap_or_default();
                let key = format!("{} {}", of("method").to_uppercase(), of("path"));
                let text = format!("{key} {} {}", of("operation_id"), of("summary"));
                if !self.holds(&text) {
                    continue;
                }
                let id = specification.id.to_string();
                let mut relations = self.relations(Some(api));
                relations["spec_id"] = id.as_str().into();
                relations["api_name"] = api.name.as_str().into();
                let mut attributes = json!({
                    "created_at": specification.created_at.to_rfc3339(),
                    "updated_at": specification.updated_at.to_rfc3339(),
                    "operation_id": of("operation_id"),
                    "operation_key": key,
                    "path": of("path"),
                    "method": of("method").to_uppercase(),
                    "summary": of("summary"),
                    "scope": specification.visibility,
                });
                for name in ["api_name", "api_slug", "api_version", "api_description"] {
                    attributes[name] = relations[name].clone();
                }
                shown.push(json!({
                    "id": hashed_id(&[&id, &key]),
                    "type": "api_specs_operation",
                    "name": if of("summary").is_empty() { key.as_str() } else { of("summary") },
                    "match": self.around(&text),
                    "description": of("summary"),
                    "attributes": attributes,
                    "relations": relations,
                }));
                if shown.len() == MOST {
                    return Ok(shown);
                }
            }
        }
        Ok(shown)
    }

    async fn apis_of<T>(
        &self,
        found: &[Found<T>],
    ) -> Result<Vec<(ApiProductId, ApiProduct)>, Error> {
        let ids = found.iter().map(|one| one.api_id);
        let apis = store::api_products::among(self.portal.db(), ids).await?;
        let mut apis: Vec<_> = apis.into_iter().collect();
        apis.sort_by(|(_, a), (_, b)| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(apis)
    }

    fn holds(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let mut words = self.words.iter();
        words.all(|word| text.contains(&word.to_lowercase()))
    }

    /// The text around the first word that is in it.
    fn around(&self, text: &str) -> String {
        let lower = text.to_lowercase();
        let mut places = self
            .words
            .iter()
            .filter_map(|word| lower.find(&word.to_lowercase()));
        let at = places.next().map_or(0, |at| lower[..at].chars().count());
        let skipped = at.saturating_sub(AROUND);
        text.chars().skip(skipped).take(2 * AROUND).collect()
    }

    fn relations(&self, api: Option<&ApiProduct>) -> Value {
        let of = |text: Option<&String>| text.cloned().unwrap_or_default();
        json!({
            "api_id": api.map(|api| api.id.to_string()).unwrap_or_default(),
            "spec_id": "",
            "portal_id": self.site.id,
            "org_id": self.portal.organization().id,
            "api_slug": api.map(slug).unwrap_or_default(),
            "api_version": of(api.and_then(|api| api.version.as_ref())),
            "api_description": of(api.and_then(|api| api.description.as_ref())),
        })
    }

    fn document(&self, hit: &Hit<'_>) -> Value {
        let [created_at, updated_at] = &hit.dates;
        let mut relations = self.relations(hit.api);
        relations["parent_document_id"] = hit.parent.as_str().into();
        relations["path"] = hit.path.as_str().into();
        relations["slug"] = hit.slug.into();
        json!({
            "id": hit.id,
            "type": hit.kind,
            "name": hit.name,
            "match": self.around(hit.text),
            "description": hit.description,
            "attributes": {
                "created_at": created_at,
                "updated_at": updated_at,
                "path": hit.path,
                "scope": hit.scope,
                "api_slug": relations["api_slug"],
                "parent_document_id": hit.parent,
                "slug": hit.slug,
            },
            "relations": relations,
        })
    }
}

/// Something with an address in the portal that was found.
struct Hit<'a> {
    id: String,
    kind: &'static str,
    name: &'a str,
    /// What was looked through.
    text: &'a str,
    description: &'a str,
    scope: &'static str,
    path: String,
    slug: &'a str,
    parent: String,
    api: Option<&'a ApiProduct>,
    dates: [String; 2],
}

fn slug(api: &ApiProduct) -> String {
    api.slug.clone().unwrap_or_else(|| api.id.to_string())
}
