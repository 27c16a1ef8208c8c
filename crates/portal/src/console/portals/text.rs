//! The texts of the pages about portals and API products.

use std::sync::LazyLock;

use web::components::badge;
use web::{Catalog, Locale, Markup, Text, Tone, Visitor};

use crate::model::PublishStatus;

/// Every one of them, in every language.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (
            Locale::En,
            include_str!("../../../locales/console-portals.en.ftl"),
        ),
        (
            Locale::Ja,
            include_str!("../../../locales/console-portals.ja.ftl"),
        ),
    ])
});

/// The reader's texts.
pub(in crate::console) fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

/// The names of fields as the reader sees them: each field with its text.
pub(in crate::console) fn labels<const N: usize>(
    text: Text,
    fields: [(&'static str, &str); N],
) -> [(&'static str, String); N] {
    fields.map(|(field, id)| (field, text.get(id)))
}

/// Whether developers see something.
pub(in crate::console) fn status(text: Text, status: PublishStatus) -> Markup {
    match status {
        PublishStatus::Published => badge(Tone::Success, &text.get("published")),
        PublishStatus::Unpublished => badge(Tone::Neutral, &text.get("unpublished")),
    }
}

#[cfg(test)]
mod tests {
    use super::CATALOG;

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }
}
