//! What a portal will look like: its theme with what was entered, before it is saved.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Value, json};
use url::form_urlencoded;
use web::components::{badge, table};
use web::{Administrator, Input, Markup, Scheme, Shade, Text, Tone, html};

use super::{MINT_ROCKET, Refused, Shown, address, colours, name};
use crate::Portal;
use crate::model::Site;
use crate::service::look::Look;
use crate::service::sites;

/// Where on the page it is.
const PLACE: &str = ".theme-preview";

/// The stylesheet of the preview: the theme that the address names.
pub(in crate::console::portals) async fn styles(
    State(portal): State<Portal>,
    _: Administrator,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let asked: Input = serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let colours = json!({ "colors": colours(&asked) });
    let look = look(&site, asked.text("theme_name"), colours, asked.text("mode"));
    let css = look.stylesheet(PLACE).unwrap_or_default();
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, css).into_response())
}

/// The looks of a portal with another theme.
fn look(site: &Site, theme: &str, custom: Value, mode: &str) -> Look {
    let (mut appearance, mut customization) = (site.appearance.clone(), site.customization.clone());
    appearance.insert("theme_name".into(), json!(theme));
    appearance.insert("custom_theme".into(), custom);
    let set = customization.entry("theme").or_insert_with(|| json!({}));
    if let Some(set) = set.as_object_mut() {
        set.insert("mode".into(), json!(mode));
    }
    Look::of(&appearance, &customization)
}

fn shown_look(shown: &Shown) -> Look {
    let theme = shown.looks["theme_name"].as_str().unwrap_or_default();
    let custom = shown.looks["custom_theme"].clone();
    look(&shown.site, theme, custom, &shown.mode)
}

/// The stylesheet's address, which holds all that it is made of.
pub(super) fn head(shown: &Shown) -> Markup {
    let looks = &shown.looks;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(
        "theme_name",
        looks["theme_name"].as_str().unwrap_or_default(),
    );
    query.append_pair("mode", &shown.mode);
    for (part, names) in MINT_ROCKET {
        for (name, first) in names {
            let colour = looks["custom_theme"]["colors"][part][name]["value"].as_str();
            query.append_pair(&format!("{part}.{name}"), colour.unwrap_or(first));
        }
    }
    let here = address(&shown.site, "/appearance/preview.css");
    html! { link rel="stylesheet" href=(format!("{here}?{}", query.finish())); }
}

/// The preview: once, or light and dark where that follows each reader's device.
pub(super) fn section(text: Text, shown: &Shown) -> Markup {
    let look = shown_look(shown);
    let shades = look.shades();
    html! {
        section.section aria-labelledby="preview" {
            h2 id="preview" { (text.get("appearance-preview")) }
            p.fine.spaced { (text.get("appearance-preview-lead")) }
            div.theme-previews {
                @match look.scheme() {
                    Some(scheme) => { (sample(text, shown, scheme)) }
                    None => {
                        (sample(text, shown, Scheme::Light))
                        (sample(text, shown, Scheme::Dark))
                    }
                }
            }
            @if !shades.is_empty() { (shaded(text, &shades)) }
        }
    }
}

/// A page in small. Nothing on it can be pressed.
fn sample(text: Text, shown: &Shown, scheme: Scheme) -> Markup {
    let label = text.get(&format!("appearance-preview-{}", scheme.as_str()));
    let words = &shown.looks["text"]["catalog"];
    let said = |name: &str| words[name].as_str().filter(|text| !text.is_empty());
    let heading =
        said("primary_header").map_or_else(|| name(&shown.site).to_owned(), str::to_owned);
    html! {
        div class=(format!("theme-preview {}", scheme.as_str())) role="group" aria-label=(label) {
            div.site-header { div.site-header-inner {
                span.brand { span.brand-mark aria-hidden="true" {} span { (name(&shown.site)) } }
            } }
            div.theme-preview-body {
                div.hero {
                    p.theme-preview-title { (heading) }
                    @if let Some(welcome) = said("welcome_message") { p.lead { (welcome) } }
                }
                div.card {
                    p.theme-preview-title { (text.get("appearance-sample-api")) }
                    p { (text.get("appearance-sample-secondary")) }
                    div.card-foot { (badge(Tone::Neutral, "v1")) }
                }
                p { (text.get("appearance-sample-text")) " " a { (text.get("appearance-sample-link")) } }
                p { span.button.button-primary { (text.get("appearance-sample-button")) } }
            }
            div.site-footer { div.site-footer-inner { (text.get("appearance-sample-footer")) } }
        }
    }
}

/// The colours that are shown in another shade, each with what was chosen.
fn shaded(text: Text, shades: &[Shade]) -> Markup {
    let labels = ["shade-of", "shade-chosen", "shade-shown"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for shade in shades {
            tr {
                td data-label=(columns[0]) { (text.get(&format!("shade-{}", shade.of))) }
                td data-label=(columns[1]) { code { (shade.chosen.hex()) } }
                td data-label=(columns[2]) { code { (shade.shown.hex()) } }
            }
        }
    };
    html! {
        p.fine.spaced { (text.get("shade-lead")) }
        (table(&text.get("shade-title"), &columns, None, rows))
    }
}
