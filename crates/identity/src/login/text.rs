//! The pages' texts.

use std::sync::LazyLock;

use web::{Catalog, Locale};

/// Every text of the tenant's pages, in every language. It is the catalogue of the site, so that
/// [`web::Visitor::text`] finds them.
pub(crate) static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/login.en.ftl")),
        (Locale::Ja, include_str!("../../locales/login.ja.ftl")),
    ])
});

#[cfg(test)]
mod tests {
    use super::CATALOG;

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }
}
