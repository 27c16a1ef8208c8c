//! The texts of the pages about a portal's pages.

use std::sync::LazyLock;

use web::{Catalog, Locale, Text, Visitor};

/// Every one of them, in every language.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (
            Locale::En,
            include_str!("../../../locales/console-pages.en.ftl"),
        ),
        (
            Locale::Ja,
            include_str!("../../../locales/console-pages.ja.ftl"),
        ),
    ])
});

/// The reader's texts.
pub(super) fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

#[cfg(test)]
mod tests {
    use super::CATALOG;

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }
}
