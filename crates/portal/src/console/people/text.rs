//! The texts of the pages about people and what they ask for.

use std::sync::LazyLock;

use web::components::{Choice, badge, choice};
use web::{Catalog, Locale, Markup, Text, Tone, Visitor};

use crate::model::ApprovalStatus;

/// Every one of them, in every language.
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (
            Locale::En,
            include_str!("../../../locales/console-people.en.ftl"),
        ),
        (
            Locale::Ja,
            include_str!("../../../locales/console-people.ja.ftl"),
        ),
    ])
});

/// The reader's texts.
pub(super) fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

/// Where a developer or a registration stands.
pub(super) fn standing(text: Text, status: ApprovalStatus) -> Markup {
    let tone = match status {
        ApprovalStatus::Approved => Tone::Success,
        ApprovalStatus::Pending => Tone::Warning,
        ApprovalStatus::Revoked | ApprovalStatus::Rejected => Tone::Danger,
    };
    badge(tone, &text.get(&format!("status-{status}")))
}

/// Every status, to filter by.
pub(super) fn statuses(text: Text) -> Vec<Choice> {
    let words = ApprovalStatus::WORDS.iter();
    words
        .map(|word| choice(text, "status", word, false))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::CATALOG;

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }
}
