//! The pages' texts.

use std::sync::LazyLock;

use web::components::Choice;
use web::{Catalog, Locale, Text, Tone, Visitor};

/// Every text of the portal's pages, in every language.
pub(crate) static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/en.ftl")),
        (Locale::Ja, include_str!("../../locales/ja.ftl")),
    ])
});

/// The reader's texts.
pub(crate) fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

/// A status in words; one that is new to us is shown as it is.
pub(crate) fn status(text: Text, status: &str) -> String {
    text.lookup(&format!("status-{status}"))
        .unwrap_or_else(|| status.to_owned())
}

/// How a status is meant.
pub(crate) fn tone(status: &str) -> Tone {
    match status {
        "approved" | "active" => Tone::Success,
        "pending" => Tone::Warning,
        "rejected" | "revoked" | "expired" => Tone::Danger,
        _ => Tone::Neutral,
    }
}

/// A kind of credential in words.
pub(crate) fn credential(text: Text, kind: &str) -> String {
    text.lookup(&format!("credential-{kind}"))
        .unwrap_or_else(|| kind.to_owned())
}

/// A choice without a hint.
pub(crate) fn choice(value: &str, label: &str, chosen: bool) -> Choice {
    Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: None,
        chosen,
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
