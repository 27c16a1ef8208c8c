//! The colours of a portal that an administrator chose one by one, with shades that keep its text readable.

use std::fmt::Write as _;

use crate::colour::Colour;
use crate::theme::Scheme;

/// A ground with the text on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// What is behind.
    pub ground: Colour,
    /// What is written on it.
    pub text: Colour,
}

/// Every colour of a theme. It is light or dark as its page is, whatever the reader's device prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The page and its text.
    pub page: Area,
    /// The top of every page.
    pub header: Area,
    /// Around the heading of the start page.
    pub hero: Area,
    /// The bottom of every page.
    pub footer: Area,
    /// Cards, tables and fields.
    pub surface: Colour,
    /// Heads of tables, code, what the pointer is on.
    pub sunken: Colour,
    /// Lines between things.
    pub line: Colour,
    /// Headings.
    pub headings: Colour,
    /// Text of less weight.
    pub secondary: Colour,
    /// Links.
    pub link: Colour,
    /// Buttons.
    pub button: Area,
}

/// A colour that is shown in another shade than was chosen, as the other would be hard to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shade {
    /// What it is for: the name of a field of [`Palette`].
    pub of: &'static str,
    /// The colour that was chosen.
    pub chosen: Colour,
    /// The one that is shown.
    pub shown: Colour,
}

/// What `style.css` says of success, warnings, danger and information, on light and on dark.
const SIGNALS: [(&str, Colour, Colour); 4] = [
    (
        "success",
        Colour::new(0x17, 0x69, 0x3b),
        Colour::new(0x7f, 0xd3, 0x9c),
    ),
    (
        "warning",
        Colour::new(0x7a, 0x4d, 0x00),
        Colour::new(0xee, 0xbf, 0x64),
    ),
    (
        "danger",
        Colour::new(0xac, 0x23, 0x33),
        Colour::new(0xff, 0x92, 0x9b),
    ),
    (
        "info",
        Colour::new(0x1d, 0x55, 0x86),
        Colour::new(0x8f, 0xc1, 0xee),
    ),
];

/// Colours of a part of the page that can be read on each other.
#[derive(Clone, Copy, Debug)]
struct Region {
    ground: Colour,
    surface: Colour,
    sunken: Colour,
    ink: Colour,
    headings: Colour,
    muted: Colour,
    line: Colour,
    link: Colour,
}

impl Palette {
    /// Light or dark.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        if self.page.ground.is_dark() {
            Scheme::Dark
        } else {
            Scheme::Light
        }
    }

    /// The stylesheet that sets the palette's custom properties.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        self.stylesheet_for(":root")
    }

    /// The same for a part of a page alone, such as a preview.
    #[must_use]
    pub fn stylesheet_for(&self, selector: &str) -> String {
        let scheme = self.scheme();
        let page = self.page();
        let mut css = format!("{selector}{{color-scheme:{};", scheme.as_str());
        page.write(&mut css);
        let fill = self.button.ground;
        let on_fill = self.button.text.readable_on(fill);
        let pressed = if on_fill.is_dark() {
            Colour::WHITE
        } else {
            Colour::BLACK
        };
        let pressed = fill.towards(pressed, 16);
        property(&mut css, "fill", fill);
        property(&mut css, "on-fill", on_fill);
        property(&mut css, "fill-strong", pressed);
        for (name, light, dark) in SIGNALS {
            let own = match scheme {
                Scheme::Light => light,
                Scheme::Dark => dark,
            };
            let shown = own.readable_on_all([page.ground, page.surface, page.sunken]);
            property(&mut css, name, shown);
        }
        css.push('}');
        for (part, area) in [
            ("site-header", self.header),
            ("hero", self.hero),
            ("site-footer", self.footer),
        ] {
            let _ = write!(css, "{selector} .{part}{{");
            self.part(area).write(&mut css);
            // A ground of its own needs room around what stands on it.
            if part == "hero" && area.ground != page.ground {
                css.push_str("--hero-space:clamp(1.25rem,4vw,2.5rem);");
            }
            css.push('}');
        }
        css
    }

    /// The colours that are shown in another shade than was chosen.
    #[must_use]
    pub fn shades(&self) -> Vec<Shade> {
        let page = self.page();
        let part = |area: Area| self.part(area).ink;
        let all = [
            ("page", self.page.text, page.ink),
            ("surface", self.surface, page.surface),
            ("sunken", self.sunken, page.sunken),
            ("headings", self.headings, page.headings),
            ("secondary", self.secondary, page.muted),
            ("link", self.link, page.link),
            ("header", self.header.text, part(self.header)),
            ("hero", self.hero.text, part(self.hero)),
            ("footer", self.footer.text, part(self.footer)),
            (
                "button",
                self.button.text,
                self.button.text.readable_on(self.button.ground),
            ),
        ];
        let changed = all.into_iter().filter(|(_, chosen, shown)| chosen != shown);
        changed
            .map(|(of, chosen, shown)| Shade { of, chosen, shown })
            .collect()
    }

    fn page(&self) -> Region {
        let ground = self.page.ground;
        let ink = self.page.text.readable_on(ground);
        let surface = self.surface.beside(ground, ink);
        let sunken = self.sunken.beside(ground, ink);
        let grounds = [ground, surface, sunken];
        Region {
            ground,
            surface,
            sunken,
            ink,
            headings: self.headings.readable_on_all(grounds),
            muted: self.secondary.readable_on_all(grounds),
            line: self.line,
            link: self.link.readable_on_all(grounds),
        }
    }

    /// A part with a ground and a text of its own; what else it needs is mixed from these.
    fn part(&self, area: Area) -> Region {
        let ground = area.ground;
        let ink = area.text.readable_on(ground);
        let sunken = ground.towards(ink, 8).beside(ground, ink);
        let grounds = [ground, sunken];
        Region {
            ground,
            surface: ground,
            sunken,
            ink,
            headings: ink,
            muted: ink.towards(ground, 20).readable_on_all(grounds),
            line: ground.towards(ink, 16),
            link: self.link.readable_on_all(grounds),
        }
    }
}

impl Region {
    fn write(&self, css: &mut String) {
        let strong = self.line.border_on(self.surface).border_on(self.ground);
        let pressed = self.link.towards(self.ink, 30);
        let pressed = pressed.readable_on_all([self.ground, self.surface, self.sunken]);
        for (name, colour) in [
            ("ground", self.ground),
            ("surface", self.surface),
            ("sunken", self.sunken),
            ("ink", self.ink),
            ("heading", self.headings),
            ("muted", self.muted),
            ("line", self.line),
            ("line-strong", strong),
            ("accent", self.link),
            ("accent-strong", pressed),
            ("on-accent", self.link.text_on()),
        ] {
            property(css, name, colour);
        }
    }
}

fn property(css: &mut String, name: &str, colour: Colour) {
    let _ = write!(css, "--{name}:{};", colour.hex());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Area, Palette, Region};
    use crate::colour::Colour;

    fn palette(colours: [Colour; 15]) -> Palette {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = colours;
        let area = |ground, text| Area { ground, text };
        Palette {
            page: area(a, b),
            header: area(c, d),
            hero: area(e, f),
            footer: area(g, h),
            surface: i,
            sunken: j,
            line: k,
            headings: l,
            secondary: m,
            link: n,
            button: area(o, a),
        }
    }

    fn anything() -> impl Strategy<Value = Palette> {
        any::<[(u8, u8, u8); 15]>()
            .prop_map(|all| palette(all.map(|(r, g, b)| Colour::new(r, g, b))))
    }

    fn pairs(region: &Region) -> Vec<f64> {
        let texts = [region.ink, region.headings, region.muted, region.link];
        let grounds = [region.ground, region.surface, region.sunken];
        let of = |text: Colour| grounds.map(|ground| text.contrast(ground));
        texts.into_iter().flat_map(of).collect()
    }

    proptest! {
        #[test]
        fn whatever_is_chosen_every_text_can_be_read_on_every_ground(palette in anything()) {
            let parts = [palette.header, palette.hero, palette.footer].map(|area| palette.part(area));
            for region in parts.iter().chain([&palette.page()]) {
                for contrast in pairs(region) {
                    prop_assert!(contrast >= 4.5, "{contrast}: {region:?}");
                }
            }
            let button = palette.button;
            prop_assert!(button.text.readable_on(button.ground).contrast(button.ground) >= 4.5);
        }
    }

    #[test]
    fn colours_that_can_be_read_stay_and_others_are_told() {
        let white = Colour::WHITE;
        let mut good = palette([Colour::BLACK; 15]);
        for area in [
            &mut good.page,
            &mut good.header,
            &mut good.hero,
            &mut good.footer,
        ] {
            area.ground = white;
        }
        (good.surface, good.sunken, good.button.text) = (white, white, white);
        assert!(good.shades().is_empty());
        let css = good.stylesheet();
        assert!(
            css.starts_with(":root{color-scheme:light;--ground:#ffffff;"),
            "{css}"
        );
        good.link = Colour::parse("#dddddd").unwrap();
        let shades = good.shades();
        assert_eq!(shades.len(), 1);
        assert_eq!(shades[0].of, "link");
        assert!(shades[0].shown.contrast(white) >= 4.5);
    }
}
