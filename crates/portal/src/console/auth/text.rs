//! The texts of the pages about application auth.

use std::sync::LazyLock;

use web::{Catalog, Locale, Text, Visitor};

/// Every one of them, in every language.
pub(super) static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (
            Locale::En,
            concat!(
                include_str!("../../../locales/console-auth.en.ftl"),
                include_str!("../../../locales/console-agreement.en.ftl")
            ),
        ),
        (
            Locale::Ja,
            concat!(
                include_str!("../../../locales/console-auth.ja.ftl"),
                include_str!("../../../locales/console-agreement.ja.ftl")
            ),
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
