//! The pages' texts.

use std::sync::LazyLock;

use oauth::Timestamp;
use web::components::{Choice, Crumb, FieldErrors, breadcrumbs};
use web::{Catalog, Locale, Markup, Page, Text, Visitor, html, moment};

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
    match at {
        Some(at) => moment(text, at.as_millis()),
        None => html! { span.fine { (text.get("never")) } },
    }
}

/// A choice with its words from the locale file: `prefix-value`, and `prefix-value-hint` where there is
/// one.
pub(super) fn choice(text: Text, prefix: &str, value: &str, chosen: bool) -> Choice {
    Choice {
        value: value.to_owned(),
        label: text.get(&format!("{prefix}-{value}")),
        hint: text.lookup(&format!("{prefix}-{value}-hint")),
        chosen,
    }
}

/// A switch: one box to tick, `name` sent as `on`.
pub(super) fn switch(text: Text, prefix: &str, on: bool) -> [Choice; 1] {
    [Choice {
        value: "on".to_owned(),
        label: text.get(&format!("{prefix}-on")),
        hint: text.lookup(&format!("{prefix}-on-hint")),
        chosen: on,
    }]
}

/// The way back to a list.
pub(super) fn way(text: Text, crumbs: &[(&str, &str)]) -> Markup {
    let crumbs: Vec<Crumb<'_>> = crumbs
        .iter()
        .map(|(label, href)| Crumb { label, href })
        .collect();
    breadcrumbs(text, &crumbs)
}

/// The page, said to have failed where something was wrong with its form.
pub(super) fn outcome(page: Page, errors: &FieldErrors, told: Option<&str>) -> Page {
    if errors.is_empty() && told.is_none() {
        page
    } else {
        page.failed()
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
