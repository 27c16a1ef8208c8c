//! A product's own colour, made readable on light and on dark.

use std::fmt::Write as _;

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    const BLACK: Self = Self {
        red: 0,
        green: 0,
        blue: 0,
    };
    const WHITE: Self = Self {
        red: 255,
        green: 255,
        blue: 255,
    };

    /// Reads `#rgb` or `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let wide: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let channel = |at: usize| u8::from_str_radix(&wide[at..at + 2], 16).ok();
        Some(Self {
            red: channel(0)?,
            green: channel(2)?,
            blue: channel(4)?,
        })
    }

    fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Relative luminance, WCAG 2.2 §Glossary.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Contrast ratio, WCAG 2.2 §Glossary: 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// `percent` of the way to `other`.
    fn towards(self, other: Self, percent: u16) -> Self {
        let mix = |from: u8, to: u8| {
            let sum = u16::from(from) * (100 - percent) + u16::from(to) * percent;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// The nearest shade that is readable as text on `ground` (WCAG 2.2 SC 1.4.3: 4.5 to 1).
    fn readable_on(self, ground: Self) -> Self {
        let end = if ground.luminance() > 0.18 {
            Self::BLACK
        } else {
            Self::WHITE
        };
        (0..=100)
            .step_by(4)
            .map(|percent| self.towards(end, percent))
            .find(|shade| shade.contrast(ground) >= 4.6)
            .unwrap_or(end)
    }

    /// The nearest shade, on the way to `far`, on which `text` is readable.
    fn behind(self, text: Self, far: Self) -> Self {
        (0..=100)
            .step_by(4)
            .map(|percent| self.towards(far, percent))
            .find(|shade| shade.contrast(text) >= 4.6)
            .unwrap_or(far)
    }

    /// Black or white, whichever is easier to read on this colour.
    fn text_on(self) -> Self {
        if self.contrast(Self::WHITE) >= 4.5
            || self.contrast(Self::WHITE) >= self.contrast(Self::BLACK)
        {
            Self::WHITE
        } else {
            Self::BLACK
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
}

/// The surfaces of `style.css`, where accent-coloured text stands: the darkest light one and the
/// lightest dark one.
const LIGHT_GROUND: Colour = Colour {
    red: 0xf3,
    green: 0xf4,
    blue: 0xf2,
};
const DARK_GROUND: Colour = Colour {
    red: 0x23,
    green: 0x28,
    blue: 0x2d,
};

/// The palest text of `style.css` on either ground.
const LIGHT_TEXT: Colour = Colour {
    red: 0x57,
    green: 0x5f,
    blue: 0x66,
};
const DARK_TEXT: Colour = Colour {
    red: 0xa5,
    green: 0xad,
    blue: 0xb3,
};

impl Theme {
    /// The stylesheet that sets the theme's custom properties, with shades that keep text readable
    /// whatever colour was chosen.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        let mut css = String::new();
        let light = self.properties((LIGHT_GROUND, LIGHT_TEXT), (Colour::WHITE, Colour::BLACK));
        let dark = self.properties((DARK_GROUND, DARK_TEXT), (Colour::BLACK, Colour::WHITE));
        let _ = write!(css, ":root{{{light}}}");
        let _ = write!(css, "@media (prefers-color-scheme:dark){{:root{{{dark}}}}}");
        css
    }

    /// The properties for one scheme: `surface` and `text` are those of `style.css`, and shades are mixed
    /// with `far` away from the text, and with `near` towards it.
    fn properties(
        &self,
        (surface, text): (Colour, Colour),
        (far, near): (Colour, Colour),
    ) -> String {
        let ground = self.ground.map(|ground| ground.behind(text, far));
        let mut css =
            ground.map_or_else(String::new, |ground| format!("--ground:{};", ground.hex()));
        if let Some(accent) = self.accent {
            let accent = accent.readable_on(surface);
            let accent = ground.map_or(accent, |ground| accent.readable_on(ground));
            css.push_str(&properties(accent, near));
        }
        css
    }
}

fn properties(accent: Colour, pressed_towards: Colour) -> String {
    format!(
        "--accent:{};--accent-strong:{};--on-accent:{}",
        accent.hex(),
        accent.towards(pressed_towards, 16).hex(),
        accent.text_on().hex(),
    )
}

#[cfg(test)]
mod tests {
    use super::{Colour, DARK_GROUND, DARK_TEXT, LIGHT_GROUND, LIGHT_TEXT, Theme};

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
            ground: None,
        }
        .stylesheet();
        assert!(css.starts_with(":root{--accent:#"));
    }
}
