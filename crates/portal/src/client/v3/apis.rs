//! APIs of a portal: products, by id or slug.
//!
//! Who is not signed in reads about those that are published for everybody; whether there are others, they
//! are not told.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::products::{CANDIDATE_COLUMNS, candidate_shown, unregistered};
use super::super::session::{SignedIn, Visitor};
use super::super::strategy::Views;
use crate::model::{ApiProduct, ApiProductId, PortalRole, Visibility};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem};
use crate::service::apis::versions::current;
use crate::store::api_versions::Specified;
use crate::store::catalogue::{self, Product, Version};
use crate::store::listing::{Filter, Listing, Test};
use crate::store::{api_products, api_versions};
use crate::{Error, Portal, store};

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid),
    column("name", "t.name", Kind::Text),
    column("version", "t.version", Kind::Text),
    column("description", "t.description", Kind::Text),
    column("attributes", "t.attributes", Kind::Attributes).filter_only(),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

pub(super) async fn list(
    visitor: Visitor,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = visible(&visitor, query.listing(COLUMNS, "t.created_at")?);
    let (found, total) = catalogue::products(portal.db(), visitor.audience, &listing).await?;
    let facts = Facts::of(&portal, &visitor, &found).await?;
    let data = found.iter().map(|product| facts.shown(product));
    let data = data.collect::<Result<_, _>>()?;
    Ok(Json(Page::new(data, &listing, total)))
}

pub(super) async fn get(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(api): Path<String>,
) -> Result<Json<Value>, Problem> {
    let product = find(&portal, &visitor, &api).await?;
    let facts = Facts::of(&portal, &visitor, std::slice::from_ref(&product)).await?;
    Ok(Json(facts.shown(&product)?))
}

/// What a developer may do with an API.
pub(super) async fn actions(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(api): Path<String>,
) -> Result<Json<Value>, Problem> {
    let visitor = Visitor::from(signed_in);
    let product = find(&portal, &visitor, &api).await?;
    let role = visitor.audience.role(portal.db(), product.id).await?;
    let register = role == Some(PortalRole::Consumer);
    let actions = json!({ "view": true, "register": register, "view_documentation": true });
    Ok(Json(json!({ "actions": actions })))
}

/// The developer's applications that are registered for an API, or with `unregistered` the others.
pub(super) async fn applications(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(api): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let developer = signed_in.id;
    let product = find(&portal, &signed_in.into(), &api).await?;
    let listing = query.listing(CANDIDATE_COLUMNS, "t.created_at")?;
    let mut listing = store::applications::owned(listing, developer);
    listing.filters.push(Filter {
        column: "r.id",
        test: Test::Present(!unregistered(&query)),
    });
    let (found, total) =
        catalogue::candidates_of_product(portal.db(), product.id, &listing).await?;
    let used = found.iter().map(|candidate| candidate.auth_strategy_id);
    let views = Views::among(&portal, used).await?;
    let shown = |candidate| candidate_shown(candidate, &views);
    let data = found.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(Page::new(data, &listing, total)))
}

/// Words that describe the APIs of a portal, and how many each describes. With `selected[KEY]=WORD` it is
/// counted, too, how many are left of them.
pub(super) async fn attributes(
    visitor: Visitor,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    const KEY: &[Column] = &[column("key", "", Kind::Text)];
    let listing = query.listing(KEY, "key")?;
    let wanted = ["filter[key]", "filter[key][eq]"].map(|name| query.get(name));
    let wanted = wanted.into_iter().flatten().next();
    let part = query.get("filter[key][contains]").map(str::to_lowercase);
    let all = visible(&visitor, Listing::all("t.name"));
    let (found, _) = catalogue::products(portal.db(), visitor.audience, &all).await?;
    let ids = found.iter().map(|product| product.id);
    let apis = api_products::among(portal.db(), ids).await?;
    let chosen = selected(&query);
    let mut keys: std::collections::BTreeMap<&str, std::collections::BTreeMap<&str, [u64; 2]>> =
        std::collections::BTreeMap::new();
    for api in apis.values() {
        let left = chosen.iter().all(|(key, word)| {
            let words = api.attributes.get(*key);
            words.is_some_and(|words| words.iter().any(|own| own == word))
        });
        for (key, words) in &api.attributes {
            for word in words {
                let counts = keys.entry(key).or_default().entry(word).or_default();
                counts[0] += 1;
                counts[1] += u64::from(left);
            }
        }
    }
    let is_wanted = |key: &str| {
        wanted.is_none_or(|wanted| key == wanted)
            && part
                .as_ref()
                .is_none_or(|part| key.to_lowercase().contains(part))
    };
    let keys = keys.into_iter().filter(|(key, _)| is_wanted(key));
    let shown = keys.map(|(key, words)| {
        let values = words.into_iter().map(|(word, [all, left])| {
            let mut value = json!({ "value": word, "api_count": all });
            if !chosen.is_empty() {
                value["selected_api_count"] = left.into();
            }
            value
        });
        json!({ "key": key, "values": values.collect::<Vec<_>>() })
    });
    Ok(Json(Page::cut(shown.collect(), &listing)))
}

/// `selected[KEY]=WORD`.
fn selected(query: &Query) -> Vec<(&str, &str)> {
    let pairs = query.pairs.iter().filter_map(|(name, word)| {
        let key = name.strip_prefix("selected[")?.strip_suffix(']')?;
        Some((key, word.as_str()))
    });
    pairs.collect()
}

/// An API that this visitor may read about, by id or slug.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Unauthenticated`] if a visitor who is not signed in may not, whether
/// there is such an API or not.
pub(super) async fn find(
    portal: &Portal,
    visitor: &Visitor,
    id_or_slug: &str,
) -> Result<Product, Error> {
    let listing = match id_or_slug.parse::<ApiProductId>() {
        Ok(id) => Listing::all("t.created_at").only("t.id", id),
        Err(_) => Listing::all("t.created_at").only("t.slug", id_or_slug),
    };
    let listing = visible(visitor, listing);
    let (mut found, _) = catalogue::products(portal.db(), visitor.audience, &listing).await?;
    found.pop().ok_or_else(|| match visitor.reads_all {
        true => Error::not_found("API", id_or_slug),
        false => Error::Unauthenticated("sign in first: this API is not for everybody".into()),
    })
}

/// The versions of an API with a specification that developers of this portal see, oldest first.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn versions(
    portal: &Portal,
    visitor: &Visitor,
    product: &Product,
) -> Result<Vec<Specified>, Error> {
    let published = published(portal, visitor, [product.id]).await?;
    let shown: HashSet<_> = published.iter().map(|version| version.id).collect();
    let mut specified = api_versions::of_products(portal.db(), [product.id]).await?;
    let mut specified = specified.remove(&product.id).unwrap_or_default();
    specified.retain(|one| shown.contains(&one.version.id));
    Ok(specified)
}

fn visible(visitor: &Visitor, listing: Listing) -> Listing {
    match visitor.reads_all {
        true => listing,
        false => listing.only("p.visibility", Visibility::Public),
    }
}

async fn published(
    portal: &Portal,
    visitor: &Visitor,
    ids: impl IntoIterator<Item = ApiProductId>,
) -> Result<Vec<Version>, Error> {
    let ids = ids.into_iter().map(Into::into).collect();
    let mut listing = Listing::all("t.created_at");
    listing.filters.push(Filter {
        column: "t.api_product_id",
        test: Test::OneOf(ids),
    });
    let (versions, _) = catalogue::versions(portal.db(), visitor.audience, &listing).await?;
    Ok(versions)
}

/// What a page of APIs needs beside the products, read at once.
struct Facts {
    apis: HashMap<ApiProductId, ApiProduct>,
    specified: HashMap<ApiProductId, Vec<Specified>>,
    published: Vec<Version>,
    views: Views,
}

impl Facts {
    async fn of(portal: &Portal, visitor: &Visitor, products: &[Product]) -> Result<Self, Error> {
        let ids = || products.iter().map(|product| product.id);
        let published = published(portal, visitor, ids()).await?;
        let used = published.iter().filter_map(|one| one.auth_strategy_id);
        let views = Views::among(portal, used).await?;
        let mut specified = api_versions::of_products(portal.db(), ids()).await?;
        let shown: HashSet<_> = published.iter().map(|version| version.id).collect();
        for versions in specified.values_mut() {
            versions.retain(|one| shown.contains(&one.version.id));
        }
        Ok(Self {
            apis: api_products::among(portal.db(), ids()).await?,
            specified,
            published,
            views,
        })
    }

    fn shown(&self, product: &Product) -> Result<Value, Error> {
        let api = self.apis.get(&product.id);
        let api = api.ok_or_else(|| Error::not_found("API", product.id))?;
        let specified = self.specified.get(&product.id).map(Vec::as_slice);
        let specified = specified.unwrap_or_default();
        let own = self
            .published
            .iter()
            .filter(|one| one.api_product_id == product.id);
        let mut used: Vec<_> = own.filter_map(|one| one.auth_strategy_id).collect();
        used.sort_unstable();
        used.dedup();
        let strategies = used.into_iter().map(|id| Ok(self.views.get(id)?.plain()));
        let strategies = strategies.collect::<Result<Vec<_>, Error>>()?;
        let specifications = specified
            .iter()
            .map(|one| json!({ "id": one.version.id, "type": one.kind }));
        let newest = current(api, specified);
        Ok(json!({
            "id": api.id,
            "name": api.name,
            "version": api.version,
            "description": api.description,
            "visibility": product.visibility,
            "slug": api.slug.clone().unwrap_or_else(|| api.id.to_string()),
            "auth_strategies": strategies,
            "specifications": specifications.collect::<Vec<_>>(),
            "current_version_summary": newest.map(|one| json!({
                "id": one.version.id,
                "spec": { "type": one.kind },
            })),
            "attributes": api.attributes,
            "created_at": api.created_at.to_rfc3339(),
            "updated_at": api.updated_at.to_rfc3339(),
        }))
    }
}
