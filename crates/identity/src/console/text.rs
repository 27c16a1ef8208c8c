//! The pages' texts.

use std::sync::LazyLock;

use oauth::Timestamp;
pub(super) use web::components::{choice, outcome, switch, way};
use web::{Catalog, Locale, Markup, Text, Visitor, moment_or_never};

/// Every text of the tenant's pages in the console, in every language.
pub(super) static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/console.en.ftl")),
        (Locale::Ja, include_str!("../../locales/console.ja.ftl")),
    ])
});

/// The reader's texts.
pub(super) fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

/// A moment, or a word for never.
pub(super) fn when(text: Text, at: Option<Timestamp>) -> Markup {
    moment_or_never(text, at.map(Timestamp::as_millis))
}

#[cfg(test)]
mod tests {
    use super::CATALOG;

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }
}
