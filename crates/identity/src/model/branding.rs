//! What the tenant's pages look like, as administrators chose it.

use web::{Colour, Theme};

use crate::model::Members;

/// Colours and pictures of the tenant's pages, from `/api/v2/branding` and, over it, the theme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Branding {
    /// The stylesheet and its path, where a colour was chosen.
    pub(crate) stylesheet: Option<Stylesheet>,
    /// An https address.
    pub(crate) logo: Option<String>,
    /// An https address.
    pub(crate) icon: Option<String>,
}

/// A stylesheet and the path under which it may be cached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stylesheet {
    pub(crate) css: String,
    pub(crate) path: String,
}

/// The stylesheet's name.
pub(crate) const STYLESHEET: &str = "theme.css";

impl Branding {
    /// Reads both documents. What is no colour, or no https address, counts as not chosen.
    ///
    /// Source: the vendor's "Update branding settings", "Create branding theme".
    pub(crate) fn read(branding: &Members, theme: Option<&Members>) -> Self {
        let chosen = |in_theme: [&str; 2], in_branding: &[&str]| {
            let over = theme.and_then(|theme| text(theme, &in_theme));
            over.or_else(|| text(branding, in_branding))
        };
        let accent = chosen(["colors", "primary_button"], &["colors", "primary"]);
        let page = ["page_background", "background_color"];
        let ground = chosen(page, &["colors", "page_background"])
            // A gradient is as good as where it begins.
            .or_else(|| text(branding, &["colors", "page_background", "start"]));
        let colours = Theme {
            accent: accent.and_then(Colour::parse),
            ground: ground.and_then(Colour::parse),
            scheme: None,
        };
        Self {
            stylesheet: (colours != Theme::default()).then(|| Stylesheet::new(colours)),
            logo: chosen(["widget", "logo_url"], &["logo_url"]).and_then(picture),
            icon: text(branding, &["favicon_url"]).and_then(picture),
        }
    }
}

impl Stylesheet {
    fn new(theme: Theme) -> Self {
        let css = theme.stylesheet();
        Self {
            path: web::assets::generated_path(STYLESHEET, &css),
            css,
        }
    }
}

/// A text that is not empty, by the names that lead to it.
fn text<'a>(document: &'a Members, path: &[&str]) -> Option<&'a str> {
    let (first, rest) = path.split_first()?;
    let found = rest
        .iter()
        .try_fold(document.get(*first)?, |value, name| value.get(*name))?;
    found.as_str().filter(|text| !text.is_empty())
}

/// Pages load pictures over TLS alone.
pub(crate) fn picture(url: &str) -> Option<String> {
    url.starts_with("https://").then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Branding;
    use crate::model::Members;

    fn members(value: Value) -> Members {
        match value {
            Value::Object(members) => members,
            other => panic!("an object, not {other}"),
        }
    }

    #[test]
    fn a_theme_comes_before_the_branding_and_nothing_but_colours_is_written() {
        let branding = members(json!({
            "colors": { "primary": "#ff0000", "page_background": { "type": "linear-gradient", "start": "#ffffff" } },
            "logo_url": "https://cdn.example/logo.png", "favicon_url": "http://cdn.example/icon.png"
        }));
        let plain = Branding::read(&branding, None);
        let css = &plain.stylesheet.as_ref().unwrap().css;
        assert!(css.contains("--ground:light-dark(#ffffff"), "{css}");
        assert_eq!(plain.logo.as_deref(), Some("https://cdn.example/logo.png"));
        assert_eq!(plain.icon, None, "pictures come over TLS");
        let theme = members(json!({
            "colors": { "primary_button": "#0059d6" },
            "page_background": { "background_color": "#000000" },
            "widget": { "logo_url": "https://cdn.example/other.png" }
        }));
        let themed = Branding::read(&branding, Some(&theme));
        assert_eq!(
            themed.logo.as_deref(),
            Some("https://cdn.example/other.png")
        );
        assert_ne!(themed.stylesheet, plain.stylesheet);
        let evil = members(json!({ "colors": { "primary": "red;}body{display:none" } }));
        assert_eq!(Branding::read(&evil, None), Branding::default());
    }
}
