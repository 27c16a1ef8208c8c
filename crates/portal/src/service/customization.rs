//! A portal's looks in the third generation's words: theme, layout, menus, renderer.
//!
//! Source: Konnect portal-management v3.9.8, `PortalCustomizationV3`.

use serde_json::{Map, Value, json};

use crate::model::{Customization, Site};
use crate::rest::check::{Field, Rule, Shape, nullable, optional, required, text};
use crate::rest::{apply, input, merge};
use crate::{Ctx, Error, Portal};

use super::sites;

const fn closed(fields: &'static [Field]) -> Shape {
    Shape {
        fields,
        open: false,
    }
}

static MENU_ITEM: Shape = closed(&[
    required("path", text(0, 512)),
    required("title", text(0, 512)),
    required("visibility", Rule::Word(&["public", "private"])),
    required("external", Rule::Boolean),
]);

const MENU: Rule = Rule::List {
    of: &Rule::Object(&MENU_ITEM),
    min: 0,
    max: 50,
};

static FOOTER: Shape = closed(&[required("title", text(0, 512)), required("items", MENU)]);

static SHAPE: Shape = closed(&[
    optional(
        "theme",
        Rule::Object(&closed(&[
            optional("name", text(1, 255)),
            optional("mode", Rule::Word(&["light", "dark", "system"])),
            optional(
                "colors",
                Rule::Object(&closed(&[optional(
                    "primary",
                    Rule::Form {
                        max: 7,
                        rule: "matches_regex",
                        holds: is_color,
                        expects: "a colour such as #1155CB",
                    },
                )])),
            ),
        ])),
    ),
    optional("layout", text(1, 255)),
    nullable("css", text(0, 100_000)),
    optional(
        "menu",
        Rule::Object(&closed(&[
            optional("main", MENU),
            optional(
                "footer_sections",
                Rule::List {
                    of: &Rule::Object(&FOOTER),
                    min: 0,
                    max: 50,
                },
            ),
            optional("footer_bottom", MENU),
        ])),
    ),
    optional(
        "spec_renderer",
        Rule::Object(&closed(&[
            optional("try_it_ui", Rule::Boolean),
            optional("try_it_insomnia", Rule::Boolean),
            optional("infinite_scroll", Rule::Boolean),
            optional("show_schemas", Rule::Boolean),
            optional("hide_internal", Rule::Boolean),
            optional("hide_deprecated", Rule::Boolean),
            optional("allow_custom_server_urls", Rule::Boolean),
        ])),
    ),
    nullable("robots", text(0, 20_000)),
]);

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

/// Puts `body` in the place of everything that was set before.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn replace(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    body: Map<String, Value>,
) -> Result<Site, Error> {
    site.customization = input(body, &SHAPE)?;
    sites::save(portal, ctx, &mut site, "portal_customization").await?;
    Ok(site)
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
    site.customization = apply(&site.customization, body, &SHAPE)?;
    sites::save(portal, ctx, &mut site, "portal_customization").await?;
    Ok(site)
}

/// The customization with another mode: light, dark, or as each reader's device has it.
///
/// # Errors
/// [`Error::Invalid`] for another word.
pub(super) fn in_mode(present: &Customization, mode: &str) -> Result<Customization, Error> {
    let body = json!({ "mode": mode });
    apply(
        present,
        Map::from_iter([("theme".to_owned(), body)]),
        &SHAPE,
    )
}

/// What was set over the defaults.
pub(crate) fn render(customization: &Customization) -> Value {
    let mut value = json!({
        "theme": { "name": "default", "mode": "system" },
        "layout": "topnav",
        "css": null,
        "menu": { "main": [], "footer_sections": [], "footer_bottom": [] },
        "spec_renderer": {
            "try_it_ui": true,
            "try_it_insomnia": true,
            "infinite_scroll": true,
            "show_schemas": true,
            "hide_internal": false,
            "hide_deprecated": false,
            "allow_custom_server_urls": true,
        },
        "robots": null,
    });
    let set = customization.iter().filter(|(_, set)| !set.is_null());
    let set = set.map(|(name, set)| (name.clone(), set.clone()));
    merge(&mut value, Value::Object(set.collect()));
    value
}
