//! The looks that a portal can begin with.

use serde_json::{Map, Value, json};

/// The colours of a theme by part of the page.
pub(crate) type Palette = [(&'static str, &'static [(&'static str, &'static str)]); 3];

/// The light theme, and what a theme of one's own begins with.
pub(crate) const MINT_ROCKET: Palette = [
    (
        "section",
        &[
            ("header", "#f8f8f8"),
            ("body", "#ffffff"),
            ("hero", "#f8f8f8"),
            ("accent", "#f8f8f8"),
            ("tertiary", "#ffffff"),
            ("stroke", "#e7e7ec"),
            ("footer", "#07a88d"),
        ],
    ),
    (
        "text",
        &[
            ("header", "#0e1a3e"),
            ("hero", "#0e1a3e"),
            ("headings", "#0e1a3e"),
            ("primary", "#0e1a3e"),
            ("secondary", "#535d73"),
            ("accent", "#0e1a3e"),
            ("link", "#0b7a67"),
            ("footer", "#ffffff"),
        ],
    ),
    (
        "button",
        &[("primary_fill", "#0b7a67"), ("primary_text", "#ffffff")],
    ),
];

/// The dark theme.
pub(crate) const DARK_MODE: Palette = [
    (
        "section",
        &[
            ("header", "#0a161e"),
            ("body", "#0c0c0c"),
            ("hero", "#1a1d21"),
            ("accent", "#1f1f1f"),
            ("tertiary", "#222529"),
            ("stroke", "#34393f"),
            ("footer", "#212429"),
        ],
    ),
    (
        "text",
        &[
            ("header", "#ffffff"),
            ("hero", "#e6e6e6"),
            ("headings", "#ffffff"),
            ("primary", "#c8c8c9"),
            ("secondary", "#a5a6a8"),
            ("accent", "#ffffff"),
            ("link", "#6ba3ff"),
            ("footer", "#ffffff"),
        ],
    ),
    (
        "button",
        &[("primary_fill", "#1155cb"), ("primary_text", "#ffffff")],
    ),
];

/// A colour of a theme by part and name.
pub(crate) fn of(palette: Palette, part: &str, name: &str) -> Option<&'static str> {
    let (_, names) = palette.into_iter().find(|(known, _)| *known == part)?;
    let found = names.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value)
}

/// Everything that a portal begins with: both themes, fonts, and the words above its catalogue.
///
/// Source: Konnect portal-management v2.2.2, `AppearanceDefaults`.
pub(crate) fn defaults() -> Value {
    json!({
        "themes": {
            "mint_rocket": { "colors": colors(MINT_ROCKET) },
            "dark_mode": { "colors": colors(DARK_MODE) },
        },
        "fonts": { "base": "Roboto", "code": "Roboto Mono", "headings": "Lato" },
        "text": { "catalog": {
            "primary_header": "APIs",
            "welcome_message": "Find an API, read how it works and get access.",
        } },
    })
}

fn colors(palette: Palette) -> Value {
    let group = |colours: &[(&str, &str)]| -> Map<String, Value> {
        let colours = colours.iter();
        colours
            .map(|(name, value)| ((*name).to_owned(), json!({ "value": value })))
            .collect()
    };
    palette
        .into_iter()
        .map(|(part, colours)| (part.to_owned(), Value::Object(group(colours))))
        .collect::<Map<_, _>>()
        .into()
}
