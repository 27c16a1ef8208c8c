//! The pages of the platform's listener. Nobody is signed in here: they hold no data beyond the
//! organisation's name.

mod start;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::routing::get;
use oauth::Entropy;
use web::{Catalog, Locale, Site, Text, Visitor};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/en.ftl")),
        (Locale::Ja, include_str!("../../locales/ja.ftl")),
    ])
});

/// What the pages tell of this control plane.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// The organisation's name.
    pub(crate) organization: String,
    /// Where this listener is reached.
    pub(crate) platform_url: String,
    /// Where developers reach the portals.
    pub(crate) portal_url: String,
}

/// The pages, to be served beside the platform API.
pub(crate) fn router(facts: Facts, entropy: &Entropy) -> Router {
    let site = Site::new(web::Settings {
        name: "console",
        // No form is here yet that would outlive this process.
        key: entropy.bytes(),
        secure: facts.platform_url.starts_with("https://"),
        random: web::random(entropy),
        catalog: &CATALOG,
    });
    let routes = Router::new()
        .route("/", get(start::page))
        .with_state(Arc::new(facts));
    site.wrap(routes)
}

fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use http::{Request, StatusCode};
    use oauth::Entropy;
    use tower::ServiceExt as _;

    use super::{CATALOG, Facts, router};

    async fn page(language: &str) -> String {
        let facts = Facts {
            organization: "Weather & Sons".into(),
            platform_url: "http://127.0.0.1:8001".into(),
            portal_url: "http://127.0.0.1:8003".into(),
        };
        let request = Request::get("/").header("accept-language", language);
        let request = request.body(Body::empty()).unwrap();
        let router = router(facts, &Entropy::seeded(1));
        let answer = router.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[test]
    fn every_text_is_in_every_language() {
        assert_eq!(CATALOG.missing(), Vec::<String>::new());
    }

    #[tokio::test]
    async fn the_start_page_says_what_this_is_and_how_to_begin() {
        let page = page("en").await;
        for part in [
            "<html lang=\"en\">",
            "Weather &amp; Sons",
            "href=\"http://127.0.0.1:8003\"",
            "gatehouse token create",
            "http://127.0.0.1:8001/v3/organizations/me",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }

    #[tokio::test]
    async fn the_start_page_is_there_in_japanese() {
        let page = page("ja").await;
        assert!(page.contains("<html lang=\"ja\">") && page.contains("開発者ポータル"));
    }
}
