//! The texts of the pages about a portal's mails.

use std::sync::LazyLock;

use web::{Catalog, Locale, Text, Visitor};

/// Every one of them, in every language.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (
            Locale::En,
            include_str!("../../../../locales/console-mails.en.ftl"),
        ),
        (
            Locale::Ja,
            include_str!("../../../../locales/console-mails.ja.ftl"),
        ),
    ])
});

/// The reader's texts.
pub(super) fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

/// What a kind of mail or a variable is, in words.
pub(super) fn said(text: Text, what: &str, name: &str) -> String {
    text.get(&format!("mails-{what}-{name}"))
}

#[cfg(test)]
mod tests {
    use web::{Locale, Text};

    use super::{CATALOG, said};
    use crate::mail::kind::{KINDS, VARIABLES};

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }

    #[test]
    fn every_kind_and_every_variable_is_explained() {
        let text = Text::new(Locale::En).of(&CATALOG);
        for kind in KINDS {
            assert_ne!(said(text, "kind", kind.name), "");
            assert!(text.lookup(&format!("mails-kind-{}", kind.name)).is_some());
        }
        for (name, ..) in VARIABLES {
            assert!(text.lookup(&format!("mails-variable-{name}")).is_some());
        }
    }
}
