//! `/v2/portals/{id}/appearance`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::{Admin, Route};
use super::find;
use crate::Portal;
use crate::error::Error;
use crate::rest::check::{Field, Rule, Shape, nullable, optional, required, text};
use crate::rest::{Body, Problem, apply};
use crate::store;
use crate::store::audit::Entry;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}/appearance";
    vec![
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (
            Method::GET,
            "/v2/portals/{portal_id}/appearance/logo",
            get(logo),
        ),
        (
            Method::GET,
            "/v2/portals/{portal_id}/appearance/catalog-cover",
            get(catalog_cover),
        ),
    ]
}

const FONTS: Rule = Rule::Word(&[
    "Roboto",
    "Inter",
    "Open Sans",
    "Lato",
    "Slabo 27px",
    "Slabo 13px",
    "Oswald",
    "Source Sans Pro",
    "Montserrat",
    "Raleway",
    "PT Sans",
    "Lora",
    "Roboto Mono",
    "Inconsolata",
    "Source Code Pro",
    "PT Mono",
    "Ubuntu Mono",
    "IBM Plex Mono",
]);

static COLOR: Shape = Shape {
    fields: &[
        required(
            "value",
            Rule::Form {
                max: 255,
                rule: "matches_regex",
                holds: is_color,
                expects: "a colour such as #1155CB",
            },
        ),
        optional("description", text(0, 512)),
    ],
    open: false,
};

const fn color(name: &'static str) -> Field {
    required(name, Rule::Object(&COLOR))
}

const fn closed(fields: &'static [Field]) -> Shape {
    Shape {
        fields,
        open: false,
    }
}

static COLORS: Shape = closed(&[
    required(
        "section",
        Rule::Object(&closed(&[
            color("header"),
            color("body"),
            color("hero"),
            color("accent"),
            color("tertiary"),
            color("stroke"),
            color("footer"),
        ])),
    ),
    required(
        "text",
        Rule::Object(&closed(&[
            color("header"),
            color("hero"),
            color("headings"),
            color("primary"),
            color("secondary"),
            color("accent"),
            color("link"),
            color("footer"),
        ])),
    ),
    required(
        "button",
        Rule::Object(&closed(&[color("primary_fill"), color("primary_text")])),
    ),
]);

static IMAGE: Shape = closed(&[
    required(
        "data",
        Rule::Form {
            max: 2_000_000,
            rule: "is_base64",
            holds: |text| image(text).is_some(),
            expects: "a PNG, JPEG, GIF or icon as data:image/png;base64,…",
        },
    ),
    optional("filename", text(0, 512)),
]);

static SHAPE: Shape = closed(&[
    optional(
        "theme_name",
        Rule::Word(&["mint_rocket", "dark_mode", "custom"]),
    ),
    nullable(
        "custom_theme",
        Rule::Object(&closed(&[required("colors", Rule::Object(&COLORS))])),
    ),
    optional("use_custom_fonts", Rule::Boolean),
    nullable(
        "custom_fonts",
        Rule::Object(&closed(&[
            required("base", FONTS),
            required("code", FONTS),
            required("headings", FONTS),
        ])),
    ),
    nullable(
        "text",
        Rule::Object(&closed(&[required(
            "catalog",
            Rule::Object(&closed(&[
                required("welcome_message", text(0, 512)),
                required("primary_header", text(0, 512)),
            ])),
        )])),
    ),
    nullable(
        "images",
        Rule::Object(&closed(&[
            nullable("logo", Rule::Object(&IMAGE)),
            nullable("favicon", Rule::Object(&IMAGE)),
            nullable("catalog_cover", Rule::Object(&IMAGE)),
        ])),
    ),
]);

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

/// Media type and bytes of a `data:` URI. No SVG: it can carry scripts.
fn image(data: &str) -> Option<(&'static str, Vec<u8>)> {
    let rest = data.strip_prefix("data:image/")?;
    let (kind, text) = rest.split_once(',')?;
    let media_type = match kind.strip_suffix(";base64").unwrap_or(kind) {
        "png" => "image/png",
        "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "x-icon" | "ico" | "icon" | "vnd.microsoft.icon" => "image/x-icon",
        _ => return None,
    };
    Some((media_type, STANDARD.decode(text).ok()?))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(render(&site.appearance)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let mut site = find(&portal, &id).await?;
    site.appearance = apply(&site.appearance, body, &SHAPE)?;
    site.updated_at = admin.ctx.now;
    let mut tx = portal.db().begin().await?;
    store::sites::update(&mut tx, &site).await?;
    let entry = Entry::new("update", "portal_appearance", site.id).in_portal(site.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok(Json(render(&site.appearance)))
}

async fn logo(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    Ok(picture(&find(&portal, &id).await?.appearance, "logo")?)
}

async fn catalog_cover(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    Ok(picture(
        &find(&portal, &id).await?.appearance,
        "catalog_cover",
    )?)
}

fn picture(appearance: &Map<String, Value>, name: &str) -> Result<Response, Error> {
    let data = appearance
        .get("images")
        .and_then(|i| i[name]["data"].as_str());
    let (media_type, bytes) = data
        .and_then(image)
        .ok_or_else(|| Error::NotFound(format!("this portal has no {name}")))?;
    Ok(([(header::CONTENT_TYPE, media_type)], bytes).into_response())
}

fn render(appearance: &Map<String, Value>) -> Value {
    let mut value = json!({
        "theme_name": "mint_rocket",
        "use_custom_fonts": false,
        "custom_theme": null,
        "custom_fonts": null,
        "text": null,
        "images": { "logo": null, "favicon": null, "catalog_cover": null },
    });
    for (name, set) in appearance {
        if name == "images" {
            for (name, image) in set.as_object().into_iter().flatten() {
                value["images"][name] = image.clone();
            }
        } else {
            value[name] = set.clone();
        }
    }
    value
}
