//! Colours, and shades of them that can be read.

/// The contrast that shades have, a little more than WCAG 2.2 SC 1.4.3 asks for (4.5 to 1): shades are rounded.
const ENOUGH: f64 = 4.6;

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    pub(crate) const BLACK: Self = Self {
        red: 0,
        green: 0,
        blue: 0,
    };
    pub(crate) const WHITE: Self = Self {
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

    /// One of the colours of our own.
    pub(crate) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// As `#rrggbb`.
    #[must_use]
    pub fn hex(self) -> String {
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
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// `percent` of the way to `other`.
    pub(crate) fn towards(self, other: Self, percent: u16) -> Self {
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

    /// Whether what stands on it is to be light.
    pub(crate) fn is_dark(self) -> bool {
        self.luminance() <= 0.18
    }

    /// Black on a light colour, white on a dark one: the end at which shades are sought that can be read on it.
    fn far_end(self) -> Self {
        if self.is_dark() {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }

    /// The nearest shade on the way to `end` of which `holds` is true, or else `end`.
    fn shade(self, end: Self, holds: impl Fn(Self) -> bool) -> Self {
        (0..=100)
            .step_by(4)
            .map(|percent| self.towards(end, percent))
            .find(|shade| holds(*shade))
            .unwrap_or(end)
    }

    /// The nearest shade that is readable as text on `ground` (WCAG 2.2 SC 1.4.3: 4.5 to 1).
    pub(crate) fn readable_on(self, ground: Self) -> Self {
        self.readable_on_all([ground])
    }

    /// The nearest shade that is readable on all of these, which are light or dark together.
    pub(crate) fn readable_on_all<const N: usize>(self, grounds: [Self; N]) -> Self {
        let end = grounds.first().map_or(Self::BLACK, |first| first.far_end());
        self.shade(end, |shade| {
            grounds
                .iter()
                .all(|ground| shade.contrast(*ground) >= ENOUGH)
        })
    }

    /// The nearest shade, on the way to `far`, on which `text` is readable.
    pub(crate) fn behind(self, text: Self, far: Self) -> Self {
        self.shade(far, |shade| shade.contrast(text) >= ENOUGH)
    }

    /// The nearest shade, on the way to `ground`, on which `text` is readable that stands on `ground`, and which is
    /// light or dark as `ground` is.
    pub(crate) fn beside(self, ground: Self, text: Self) -> Self {
        let end = ground.far_end();
        self.shade(ground, |shade| {
            shade.contrast(text) >= ENOUGH && shade.contrast(end) >= ENOUGH
        })
    }

    /// The nearest shade, on the way to what can be read there, that is told from `ground` as the border of a field
    /// must be (WCAG 2.2 SC 1.4.11: 3 to 1).
    pub(crate) fn border_on(self, ground: Self) -> Self {
        self.shade(ground.far_end(), |shade| shade.contrast(ground) >= 3.05)
    }

    /// Black or white, whichever is easier to read on this colour.
    pub(crate) fn text_on(self) -> Self {
        if self.contrast(Self::WHITE) >= 4.5
            || self.contrast(Self::WHITE) >= self.contrast(Self::BLACK)
        {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }
}
