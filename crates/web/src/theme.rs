//! A product's own colours, made readable on light and on dark.

use std::fmt::Write as _;

use crate::colour::Colour;

/// Light or dark, whatever the reader's device prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// Its name in CSS.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The colours a product may choose. What it does not choose stays ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// Buttons, links, the current place.
    pub accent: Option<Colour>,
    /// The page behind everything.
    pub ground: Option<Colour>,
    /// The scheme for everybody; nothing leaves it to each reader's device.
    pub scheme: Option<Scheme>,
}

/// The surfaces of `style.css`, where accent-coloured text stands: the darkest light one and the
/// lightest dark one.
const LIGHT_GROUND: Colour = Colour::new(0xf3, 0xf4, 0xf2);
const DARK_GROUND: Colour = Colour::new(0x23, 0x28, 0x2d);

/// The palest text of `style.css` on either ground.
const LIGHT_TEXT: Colour = Colour::new(0x57, 0x5f, 0x66);
const DARK_TEXT: Colour = Colour::new(0xa5, 0xad, 0xb3);

impl Theme {
    /// The stylesheet that sets the theme's custom properties, with shades that keep text readable
    /// whatever colour was chosen.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        self.stylesheet_for(":root")
    }

    /// The same for a part of a page alone, such as a preview.
    #[must_use]
    pub fn stylesheet_for(&self, selector: &str) -> String {
        let light = self.properties((LIGHT_GROUND, LIGHT_TEXT), (Colour::WHITE, Colour::BLACK));
        let dark = self.properties((DARK_GROUND, DARK_TEXT), (Colour::BLACK, Colour::WHITE));
        let mut css = format!("{selector}{{");
        if let Some(scheme) = self.scheme {
            let _ = write!(css, "color-scheme:{};", scheme.as_str());
        }
        for ((name, light), (_, dark)) in light.iter().zip(&dark) {
            let (light, dark) = (light.hex(), dark.hex());
            let _ = write!(css, "--{name}:light-dark({light},{dark});");
        }
        css.push('}');
        css
    }

    /// The properties for one scheme: `surface` and `text` are those of `style.css`, and shades are mixed
    /// with `far` away from the text, and with `near` towards it.
    fn properties(
        &self,
        (surface, text): (Colour, Colour),
        (far, near): (Colour, Colour),
    ) -> Vec<(&'static str, Colour)> {
        let ground = self.ground.map(|ground| ground.behind(text, far));
        let mut all: Vec<_> = ground
            .map(|ground| ("ground", ground))
            .into_iter()
            .collect();
        if let Some(accent) = self.accent {
            let accent = accent.readable_on(surface);
            let accent = ground.map_or(accent, |ground| accent.readable_on(ground));
            all.push(("accent", accent));
            all.push(("accent-strong", accent.towards(near, 16)));
            all.push(("on-accent", accent.text_on()));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{Colour, DARK_GROUND, DARK_TEXT, LIGHT_GROUND, LIGHT_TEXT, Scheme, Theme};

    #[test]
    fn any_colour_becomes_readable_on_light_and_dark() {
        for text in [
            "#fff", "#000", "#ffff00", "#7f7f7f", "#0f6b62", "#ff3366", "#1a73e8",
        ] {
            let colour = Colour::parse(text).unwrap();
            for ground in [LIGHT_GROUND, DARK_GROUND] {
                let shade = colour.readable_on(ground);
                assert!(shade.contrast(ground) >= 4.5, "{text} on {ground:?}");
                assert!(shade.contrast(shade.text_on()) >= 4.5, "text on {text}");
            }
            for (words, far) in [(LIGHT_TEXT, Colour::WHITE), (DARK_TEXT, Colour::BLACK)] {
                let ground = colour.behind(words, far);
                assert!(ground.contrast(words) >= 4.5, "{words:?} on {text}");
                let accent = colour.readable_on(ground);
                assert!(accent.contrast(ground) >= 4.5, "{text} on its own ground");
            }
        }
    }

    #[test]
    fn what_is_no_colour_never_reaches_the_stylesheet() {
        for text in [
            "",
            "red",
            "#12",
            "#ggg",
            "#12345",
            "#fff;}body{",
            "#\u{e9}\u{e9}\u{e9}",
        ] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
        let css = Theme {
            accent: Colour::parse("#1a73e8"),
            scheme: Some(Scheme::Dark),
            ..Theme::default()
        }
        .stylesheet();
        assert!(
            css.starts_with(":root{color-scheme:dark;--accent:light-dark(#"),
            "{css}"
        );
    }
}
