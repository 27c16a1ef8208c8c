//! What a browser needs to know of a portal before anything else, and what it looks like.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::guard::At;
use super::image;
use crate::model::{DcrProviderId, OrganizationId, PortalId, Site};
use crate::rest::Problem;
use crate::{Error, Portal, store};

/// `PortalContext`, and what the vendor's single-page application reads beyond it.
#[derive(Serialize)]
pub(super) struct Context {
    pub(super) portal_id: PortalId,
    pub(super) org_id: OrganizationId,
    featureset_id: &'static str,
    feature_set: &'static str,
    pub(super) basic_auth_enabled: bool,
    pub(super) oidc_auth_enabled: bool,
    pub(super) is_public: bool,
    pub(super) rbac_enabled: bool,
    dcr_provider_ids: BTreeSet<DcrProviderId>,
    allowed_time_period: &'static str,
    pub(super) name: String,
    pub(super) canonical_domain: String,
}

pub(super) async fn portal(at: At, State(portal): State<Portal>) -> Result<Json<Context>, Problem> {
    Ok(Json(of(&at, &portal).await?))
}

/// What is told of a portal.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn of(at: &At, portal: &Portal) -> Result<Context, Error> {
    let strategies = store::strategies::of_portal(portal.db(), at.site.id).await?;
    let providers = strategies
        .iter()
        .filter_map(|strategy| strategy.dcr_provider_id);
    let origin = at
        .origin
        .split_once("://")
        .map_or(at.origin.as_str(), |(_, host)| host);
    Ok(Context {
        portal_id: at.site.id,
        org_id: portal.organization().id,
        featureset_id: "default",
        feature_set: "default",
        basic_auth_enabled: at.site.authentication.basic_auth_enabled,
        oidc_auth_enabled: at.site.authentication.oidc_auth_enabled,
        is_public: at.site.is_public,
        rbac_enabled: at.site.rbac_enabled,
        dcr_provider_ids: providers.collect(),
        allowed_time_period: "hours_24",
        canonical_domain: origin.to_owned(),
        name: shown_name(&at.site),
    })
}

fn shown_name(site: &Site) -> String {
    if site.display_name.trim().is_empty() {
        site.name.clone()
    } else {
        site.display_name.clone()
    }
}

pub(super) async fn appearance(at: At) -> Json<Value> {
    let look = &at.site.appearance;
    let catalog = look.get("text").map(|text| &text["catalog"]);
    let text = |name: &str| catalog.and_then(|catalog| catalog[name].as_str());
    Json(json!({
        "variables": { "catalog": {
            "logo": { "url": "/api/v2/portal/logo" },
            "cover": { "url": "/api/v2/portal/catalog-cover" },
            "primary_header": { "text": text("primary_header").unwrap_or(&shown_name(&at.site)) },
            "welcome_message": { "text": text("welcome_message").unwrap_or_default() },
        } },
        "stylesheets": { "global": { "main": { "data": colours(look) } } },
    }))
}

pub(super) async fn logo(at: At) -> Response {
    uploaded(&at, "logo")
}

pub(super) async fn catalog_cover(at: At) -> Response {
    uploaded(&at, "catalog_cover")
}

pub(super) async fn favicon(at: At) -> Response {
    uploaded(&at, "favicon")
}

fn uploaded(at: &At, name: &str) -> Response {
    image::answer(at.site.appearance.get("images").map(|images| &images[name]))
}

/// The colours of a custom theme as CSS variables.
pub(super) async fn stylesheet(at: At) -> Response {
    let mut css = String::from(":root {\n");
    for (name, value) in &colours(&at.site.appearance) {
        if let Some(value) = value.as_str() {
            css.push_str(&format!("  --{name}: {value};\n"));
        }
    }
    css.push_str("}\n");
    style(css)
}

/// No fonts of its own: the browser's are used.
pub(super) async fn font(_: At) -> Response {
    style(String::new())
}

fn style(css: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    (headers, css).into_response()
}

/// `custom_theme.colors.GROUP.NAME`, flattened to `GROUP-NAME`; only what is a colour.
fn colours(look: &Map<String, Value>) -> Map<String, Value> {
    let mut flat = Map::new();
    if look.get("theme_name").and_then(Value::as_str) != Some("custom") {
        return flat;
    }
    let groups = look.get("custom_theme").map(|theme| &theme["colors"]);
    for (group, names) in groups.and_then(Value::as_object).into_iter().flatten() {
        for (name, value) in names.as_object().into_iter().flatten() {
            let colour = value["value"].as_str().or_else(|| value.as_str());
            let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if let Some(colour) = colour.filter(|colour| is_colour(colour))
                && plain(group)
                && plain(name)
            {
                flat.insert(format!("{group}-{name}").replace('_', "-"), colour.into());
            }
        }
    }
    flat
}

/// `#rgb` or `#rrggbb`, with or without opacity. Nothing else can stand in a stylesheet of ours.
fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::colours;

    #[test]
    fn only_colours_reach_the_stylesheet() {
        let look = json!({ "theme_name": "custom", "custom_theme": { "colors": {
            "button": { "primary_fill": { "value": "#1155cb" }, "evil": { "value": "red;}" } },
            "x}y": { "a": "#fff" },
        } } });
        let flat = colours(look.as_object().unwrap());
        assert_eq!(json!(flat), json!({ "button-primary-fill": "#1155cb" }));
    }
}
