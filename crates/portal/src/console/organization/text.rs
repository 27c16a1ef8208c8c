//! The texts of the pages about the organisation.

use std::sync::LazyLock;

use web::{Catalog, Locale, Text, Visitor};

/// Every one of them, in every language.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (
            Locale::En,
            include_str!("../../../locales/console-organization.en.ftl"),
        ),
        (
            Locale::Ja,
            include_str!("../../../locales/console-organization.ja.ftl"),
        ),
    ])
});

/// The reader's texts.
pub(super) fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

#[cfg(test)]
mod tests {
    use web::{Locale, Text};

    use super::CATALOG;
    use crate::console::organization::{key, kind};
    use crate::model::{EntityType, ROLES};

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }

    #[test]
    fn every_role_and_kind_has_its_words() {
        let text = Text::new(Locale::En).of(&CATALOG);
        for role in ROLES {
            let (entity, name) = (key(role.entity.as_str()), key(role.name.as_str()));
            for id in [format!("does-{entity}-{name}"), format!("kind-{entity}")] {
                assert!(text.lookup(&id).is_some(), "{id}");
            }
        }
        for word in EntityType::WORDS {
            assert!(kind(&key(word)).is_some(), "{word}");
        }
    }
}
