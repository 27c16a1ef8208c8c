//! What a portal's pages look like: what both generations of the platform API set of it, as a stylesheet.
//!
//! `theme_name: custom` is a palette of the administrator's own and `dark_mode` the one that comes with the portal;
//! both look the same to everybody. Otherwise the pages have colours of their own, light and dark as
//! `customization.theme.mode` says or as each reader's device prefers, with the accent
//! `customization.theme.colors.primary`.

use std::fmt::Write as _;

use serde_json::Value;
use web::{Area, Colour, Palette, Scheme, Shade, Theme};

use super::themes::{self, DARK_MODE};
use crate::model::{Appearance, Customization};

/// The looks of a portal.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    colours: Colours,
    /// Custom properties with the names of fonts that are used where the reader has them.
    fonts: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug)]
enum Colours {
    Usual(Theme),
    Own(Box<Palette>),
}

impl Look {
    /// The looks that were set.
    pub(crate) fn of(appearance: &Appearance, customization: &Customization) -> Self {
        let name = appearance.get("theme_name").and_then(Value::as_str);
        let own = match name {
            Some("dark_mode") => {
                palette(|part, name| Colour::parse(themes::of(DARK_MODE, part, name)?))
            }
            Some("custom") => palette(|part, name| chosen(appearance, part, name)),
            _ => None,
        };
        let colours = match own {
            Some(palette) => Colours::Own(Box::new(palette)),
            None => Colours::Usual(usual(appearance, customization)),
        };
        Self {
            colours,
            fonts: fonts(appearance),
        }
    }

    /// The stylesheet, for `:root` or a part of a page such as a preview; nothing where nothing was set.
    pub(crate) fn stylesheet(&self, selector: &str) -> Option<String> {
        let mut css = match &self.colours {
            Colours::Usual(theme) if *theme == Theme::default() => String::new(),
            Colours::Usual(theme) => theme.stylesheet_for(selector),
            Colours::Own(palette) => palette.stylesheet_for(selector),
        };
        if !self.fonts.is_empty() {
            let _ = write!(css, "{selector}{{");
            for (property, font) in &self.fonts {
                let _ = write!(css, "--{property}:\"{font}\";");
            }
            css.push('}');
        }
        Some(css).filter(|css| !css.is_empty())
    }

    /// Light or dark for everybody, or nothing where that follows each reader's device.
    pub(crate) fn scheme(&self) -> Option<Scheme> {
        match &self.colours {
            Colours::Usual(theme) => theme.scheme,
            Colours::Own(palette) => Some(palette.scheme()),
        }
    }

    /// The colours that are shown in another shade than was chosen.
    pub(crate) fn shades(&self) -> Vec<Shade> {
        match &self.colours {
            Colours::Usual(_) => Vec::new(),
            Colours::Own(palette) => palette.shades(),
        }
    }
}

/// The colours of the pages themselves, with the accent of either generation.
fn usual(appearance: &Appearance, customization: &Customization) -> Theme {
    let custom = appearance.get("theme_name").and_then(Value::as_str) == Some("custom");
    let button = || chosen(appearance, "button", "primary_fill");
    let theme = customization.get("theme");
    let of_theme = |pointer: &str| theme?.pointer(pointer)?.as_str();
    Theme {
        accent: custom
            .then(button)
            .flatten()
            .or_else(|| of_theme("/colors/primary").and_then(opaque)),
        ground: None,
        scheme: match of_theme("/mode") {
            Some("light") => Some(Scheme::Light),
            Some("dark") => Some(Scheme::Dark),
            _ => None,
        },
    }
}

/// The palette whose colours `find` gives by part and name; nothing unless it gives them all.
fn palette(find: impl Fn(&str, &str) -> Option<Colour>) -> Option<Palette> {
    let area = |ground, text| {
        Some(Area {
            ground: find("section", ground)?,
            text: find("text", text)?,
        })
    };
    Some(Palette {
        page: area("body", "primary")?,
        header: area("header", "header")?,
        hero: area("hero", "hero")?,
        footer: area("footer", "footer")?,
        surface: find("section", "tertiary")?,
        sunken: find("section", "accent")?,
        line: find("section", "stroke")?,
        headings: find("text", "headings")?,
        secondary: find("text", "secondary")?,
        link: find("text", "link")?,
        button: Area {
            ground: find("button", "primary_fill")?,
            text: find("button", "primary_text")?,
        },
    })
}

fn chosen(appearance: &Appearance, part: &str, name: &str) -> Option<Colour> {
    let colours = appearance.get("custom_theme")?.get("colors")?;
    let colour = colours.get(part)?.get(name)?;
    opaque(colour["value"].as_str().or_else(|| colour.as_str())?)
}

/// A colour without its opacity: what is behind it is not known, and contrast depends on it.
fn opaque(text: &str) -> Option<Colour> {
    let whole = match text.len() {
        5 => text.get(..4)?,
        9 => text.get(..7)?,
        _ => text,
    };
    Colour::parse(whole)
}

fn fonts(appearance: &Appearance) -> Vec<(&'static str, String)> {
    let used = appearance.get("use_custom_fonts").and_then(Value::as_bool) == Some(true);
    let chosen = appearance.get("custom_fonts").filter(|_| used);
    let plain = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
    [
        ("font", "base"),
        ("font-headings", "headings"),
        ("font-code", "code"),
    ]
    .into_iter()
    .filter_map(|(property, name)| {
        let font = chosen?.get(name)?.as_str().filter(plain)?;
        Some((property, font.to_owned()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use web::Scheme;

    use super::Look;
    use crate::model::Customization;
    use crate::service::themes;

    fn look(appearance: Value, customization: Value) -> Look {
        Look::of(
            appearance.as_object().unwrap(),
            customization.as_object().unwrap(),
        )
    }

    fn css(look: &Look) -> String {
        look.stylesheet(":root").unwrap_or_default()
    }

    #[test]
    fn a_portal_of_which_nothing_was_set_has_no_stylesheet() {
        let look = Look::of(&Customization::new(), &Customization::new());
        assert_eq!((look.stylesheet(":root"), look.scheme()), (None, None));
    }

    #[test]
    fn a_theme_is_made_of_colours_alone() {
        let with = |colour: &str| {
            let theme = json!({
                "theme_name": "custom",
                "custom_theme": { "colors": { "button": { "primary_fill": { "value": colour } } } },
            });
            css(&look(theme, json!({})))
        };
        assert!(with("#8250ca").contains("--accent:light-dark(#"));
        assert_eq!(with("#8250caff"), with("#8250ca"));
        assert_eq!(with("red;}body{display:none"), "");
        let later = json!({ "theme": { "colors": { "primary": "#8250ca" } } });
        assert_eq!(css(&look(json!({}), later)), with("#8250ca"));
    }

    #[test]
    fn light_or_dark_is_forced_or_left_to_the_reader() {
        let mode = |mode: &str| look(json!({}), json!({ "theme": { "mode": mode } }));
        assert_eq!(mode("system").scheme(), None);
        assert_eq!(mode("light").scheme(), Some(Scheme::Light));
        assert_eq!(css(&mode("dark")), ":root{color-scheme:dark;}");
        let dark = look(json!({ "theme_name": "dark_mode" }), json!({}));
        assert_eq!(dark.scheme(), Some(Scheme::Dark));
        let css = css(&dark);
        assert!(
            css.contains("--ground:#0c0c0c") && css.contains("--fill:#1155cb"),
            "{css}"
        );
    }

    #[test]
    fn every_colour_of_a_theme_of_ones_own_is_used() {
        let all = &themes::defaults()["themes"]["mint_rocket"];
        let look = look(
            json!({ "theme_name": "custom", "custom_theme": all }),
            json!({}),
        );
        assert_eq!(look.scheme(), Some(Scheme::Light));
        let css = css(&look);
        for part in [
            "--ground:#ffffff",
            ":root .site-footer{--ground:#07a88d",
            "--line:#e7e7ec",
            "--accent:#0b7a67",
        ] {
            assert!(css.contains(part), "{part}: {css}");
        }
        // White on the green of the footer is hard to read.
        assert_eq!(
            look.shades()
                .iter()
                .map(|shade| shade.of)
                .collect::<Vec<_>>(),
            ["footer"]
        );
    }

    #[test]
    fn fonts_are_names_and_nothing_else() {
        let fonts = |base: &str| {
            let fonts = json!({ "base": base, "code": "PT Mono", "headings": "Lato" });
            css(&look(
                json!({ "use_custom_fonts": true, "custom_fonts": fonts }),
                json!({}),
            ))
        };
        let expected = r#":root{--font:"Inter";--font-headings:"Lato";--font-code:"PT Mono";}"#;
        assert_eq!(fonts("Inter"), expected);
        assert!(!fonts("x\"}body{").contains("body"));
    }
}
