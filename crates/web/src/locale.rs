//! The languages pages are written in, and how one is chosen.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language that every page exists in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Locale {
    /// English.
    En,
    /// Japanese.
    Ja,
}

impl Locale {
    /// Every language, in the order of the language switch.
    pub const ALL: [Self; 2] = [Self::En, Self::Ja];

    /// The language tag (BCP 47), as in `<html lang>`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ja => "日本語",
        }
    }

    /// The language of a tag, by its primary subtag: `ja`, `ja-JP`, `EN_us`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(primary))
    }

    /// The first of the preferences we have: an explicit choice (parameter, then cookie), then the
    /// browser's `Accept-Language`, then English. A value may list several tags (`ui_locales`).
    ///
    /// Source: RFC 9110 §12.5.4.
    #[must_use]
    pub fn choose<'a>(
        explicit: impl IntoIterator<Item = Option<&'a str>>,
        accept_language: Option<&str>,
    ) -> Self {
        Self::choose_among(&Self::ALL, explicit, accept_language)
    }

    /// The same among the languages that a product offers; the first of them where nothing fits.
    #[must_use]
    pub fn choose_among<'a>(
        offered: &[Self],
        explicit: impl IntoIterator<Item = Option<&'a str>>,
        accept_language: Option<&str>,
    ) -> Self {
        explicit
            .into_iter()
            .flatten()
            .find_map(|tags| Self::first_of(tags, offered))
            .or_else(|| accept_language.and_then(|ranges| best_of(ranges, offered)))
            .or(offered.first().copied())
            .unwrap_or(Self::En)
    }

    /// The first of `tags` (separated by spaces) that is offered.
    pub(crate) fn first_of(tags: &str, offered: &[Self]) -> Option<Self> {
        let mut wanted = tags.split(' ').filter_map(Self::from_tag);
        wanted.find(|locale| offered.contains(locale))
    }
}

fn best_of(accept_language: &str, offered: &[Locale]) -> Option<Locale> {
    let mut best: Option<(Locale, u16)> = None;
    for range in accept_language.split(',').take(20) {
        let (tag, quality) = match range.split_once(';') {
            Some((tag, parameter)) => (tag, quality(parameter)),
            None => (range, 1000),
        };
        let Some(locale) = Locale::first_of(tag.trim(), offered) else {
            continue;
        };
        if quality > 0 && best.is_none_or(|(_, most)| quality > most) {
            best = Some((locale, quality));
        }
    }
    best.map(|(locale, _)| locale)
}

/// The weight in thousandths; a malformed one counts for nothing.
fn quality(parameter: &str) -> u16 {
    let weight = parameter.trim().strip_prefix("q=").unwrap_or("");
    match weight.parse::<f32>() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0) as u16,
        _ => 0,
    }
}

/// The texts of one crate in every language. Build it once, in a `LazyLock`, from `include_str!`.
pub struct Catalog {
    languages: Vec<(Locale, FluentBundle<FluentResource>, BTreeSet<String>)>,
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalog").finish_non_exhaustive()
    }
}

impl Catalog {
    /// Reads the Fluent texts of every language.
    ///
    /// # Panics
    /// If a text does not parse or names a message twice: the files are part of the program, and the
    /// tests of the crate that owns them load them.
    #[must_use]
    pub fn new(sources: &[(Locale, &str)]) -> Self {
        let languages = sources
            .iter()
            .map(|&(locale, source)| {
                let resource =
                    FluentResource::try_new(source.to_owned()).unwrap_or_else(|(_, errors)| {
                        panic!("locale file {}: {errors:?}", locale.tag())
                    });
                let ids = message_ids(source);
                let language: LanguageIdentifier =
                    locale.tag().parse().expect("our tags are well-formed");
                let mut bundle = FluentBundle::new_concurrent(vec![language]);
                // The isolation marks would be copied together with client ids and URLs.
                bundle.set_use_isolating(false);
                if let Err(errors) = bundle.add_resource(resource) {
                    panic!("locale file {}: {errors:?}", locale.tag());
                }
                (locale, bundle, ids)
            })
            .collect();
        Self { languages }
    }

    /// Message ids that some language has and another lacks, as `ja: catalogue-title`. Empty in a
    /// finished catalogue; the owning crate's tests say so.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let all: BTreeSet<&String> = self.languages.iter().flat_map(|(_, _, ids)| ids).collect();
        let lacking = |(locale, _, ids): &(Locale, _, BTreeSet<String>)| {
            all.iter()
                .filter(|id| !ids.contains(**id))
                .map(|id| format!("{}: {id}", locale.tag()))
                .collect::<Vec<_>>()
        };
        self.languages.iter().flat_map(lacking).collect()
    }

    fn find(&self, locale: Locale, id: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let (_, bundle, _) = self.languages.iter().find(|(of, _, _)| *of == locale)?;
        let pattern = bundle.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors);
        debug_assert!(errors.is_empty(), "message {id}: {errors:?}");
        Some(text.into_owned())
    }
}

fn message_ids(source: &str) -> BTreeSet<String> {
    source
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once('=').map(|(id, _)| id.trim().to_owned()))
        .collect()
}

static OWN: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../locales/en.ftl")),
        (Locale::Ja, include_str!("../locales/ja.ftl")),
    ])
});

/// A value inside a message.
#[derive(Clone, Debug)]
pub struct Arg<'a>(FluentValue<'a>);

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self(FluentValue::from(text))
    }
}
impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self(FluentValue::from(text.as_str()))
    }
}
impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self(FluentValue::from(text))
    }
}
impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self(FluentValue::from(number))
    }
}
impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Self(FluentValue::from(number))
    }
}

/// The texts of one reader: a language, and the catalogue of the crate whose page it is (this crate's
/// own texts are always behind it).
#[derive(Clone, Copy, Debug)]
pub struct Text {
    locale: Locale,
    catalog: Option<&'static Catalog>,
}

impl Text {
    /// This crate's own texts.
    #[must_use]
    pub const fn new(locale: Locale) -> Self {
        Self {
            locale,
            catalog: None,
        }
    }

    /// The same reader with the texts of `catalog`.
    #[must_use]
    pub const fn of(self, catalog: &'static Catalog) -> Self {
        Self {
            locale: self.locale,
            catalog: Some(catalog),
        }
    }

    /// The language.
    #[must_use]
    pub const fn locale(self) -> Locale {
        self.locale
    }

    /// The message `id`.
    ///
    /// # Panics
    /// In debug builds, if no language has it. In release builds the English text, or else the id,
    /// stands in: a reader is better served by that than by an error page.
    #[must_use]
    pub fn get(self, id: &str) -> String {
        self.find(id, None)
    }

    /// The message `id` with its variables filled in. HTML in them is escaped where the text is used.
    ///
    /// # Panics
    /// As [`Text::get`].
    #[must_use]
    pub fn with<'a, const N: usize>(self, id: &str, args: [(&'a str, Arg<'a>); N]) -> String {
        let mut all = FluentArgs::with_capacity(N);
        for (name, value) in args {
            all.set(name, value.0);
        }
        self.find(id, Some(&all))
    }

    /// The message `id`, if there is one: for texts keyed by values that may be new, such as a status.
    #[must_use]
    pub fn lookup(self, id: &str) -> Option<String> {
        self.lookup_with(id, None)
    }

    fn lookup_with(self, id: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let catalogs = [self.catalog, Some(&*OWN)];
        [self.locale, Locale::En].into_iter().find_map(|locale| {
            catalogs
                .iter()
                .flatten()
                .find_map(|c| c.find(locale, id, args))
        })
    }

    fn find(self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        let found = self.lookup_with(id, args);
        debug_assert!(found.is_some(), "no locale file has the message {id}");
        found.unwrap_or_else(|| id.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{Locale, OWN, Text};

    #[test]
    fn every_own_message_is_in_every_language() {
        assert_eq!(OWN.missing(), Vec::<String>::new());
    }

    #[test]
    fn an_explicit_choice_beats_the_browsers_and_unknown_ones_are_passed_over() {
        fn choose<const N: usize>(explicit: [Option<&str>; N], accept: Option<&str>) -> Locale {
            Locale::choose(explicit, accept)
        }
        assert_eq!(choose([Some("ja")], Some("en")), Locale::Ja);
        assert_eq!(choose([Some("fr ja-JP")], None), Locale::Ja);
        assert_eq!(choose([Some("xx"), Some("ja")], Some("en")), Locale::Ja);
        assert_eq!(choose([None], Some("fr, ja;q=0.8, en;q=0.9")), Locale::En);
        assert_eq!(choose([None], Some("ja-JP,ja;q=0.9,en;q=0.8")), Locale::Ja);
        assert_eq!(choose([None], Some("ja;q=0, en;q=0.1")), Locale::En);
        assert_eq!(choose([None], Some(";;;q=,,\u{0}")), Locale::En);
        assert_eq!(choose([], None), Locale::En);
    }

    #[test]
    fn what_is_not_offered_is_not_chosen() {
        let japanese = [Locale::Ja];
        let among = |offered: &[Locale], explicit, accept| {
            Locale::choose_among(offered, [explicit], accept)
        };
        assert_eq!(among(&japanese, Some("en"), Some("en")), Locale::Ja);
        assert_eq!(
            among(&[Locale::Ja, Locale::En], None, Some("fr")),
            Locale::Ja
        );
        assert_eq!(among(&Locale::ALL, Some("fr en"), Some("ja")), Locale::En);
        assert_eq!(among(&[], None, Some("ja")), Locale::En);
    }

    #[test]
    fn variables_are_filled_in_without_isolation_marks() {
        let text = Text::new(Locale::En)
            .with("page-of", [("page", 2_i64.into()), ("pages", 3_i64.into())]);
        assert_eq!(text, "Page 2 of 3");
    }
}
