//! A portal's looks: theme, colours, fonts, images, welcome.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::model::{Appearance, Site};
use crate::rest::apply;
use crate::rest::check::{Field, Rule, Shape, nullable, optional, required, text};
use crate::{Ctx, Error, Portal};

use super::{customization, sites};

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
pub(crate) fn image(data: &str) -> Option<(&'static str, Vec<u8>)> {
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

/// Changes what `body` names.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    body: Map<String, Value>,
) -> Result<Site, Error> {
    site.appearance = apply(&site.appearance, body, &SHAPE)?;
    sites::save(portal, ctx, &mut site, "portal_appearance").await?;
    Ok(site)
}

/// The same, and light or dark, which the third generation keeps.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn dress(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    (body, mode): (Map<String, Value>, &str),
) -> Result<Site, Error> {
    site.customization = customization::in_mode(&site.customization, mode)?;
    update(portal, ctx, site, body).await
}

/// What was set over the defaults.
pub(crate) fn render(appearance: &Appearance) -> Value {
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
