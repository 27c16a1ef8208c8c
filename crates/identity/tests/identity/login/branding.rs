//! The tenant's colours, pictures and languages on its pages.

use http::{Method, Request, header};
use serde_json::json;

use super::stage::Stage;

#[tokio::test]
async fn pages_wear_the_tenants_colours_and_pictures() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, plain) = stage.begin(&mut browser, "").await;
    assert!(!plain.html.contains("theme.css"));
    let branding = json!({
        "colors": { "primary": "#ffdd00", "page_background": "#101080" },
        "logo_url": "https://cdn.example/logo.svg", "favicon_url": "https://cdn.example/icon.png"
    });
    stage.set("/branding", branding).await;
    let page = browser.get(&location).await;
    page.says("src=\"https://cdn.example/logo.svg\"")
        .says("<link rel=\"icon\" href=\"https://cdn.example/icon.png\">");
    let href = page
        .html
        .split("href=\"")
        .find(|part| part.contains("theme.css"))
        .unwrap();
    let href = href.split('"').next().unwrap().to_owned();
    let css = browser.get(&href).await;
    assert_eq!(css.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(
        css.headers[header::CACHE_CONTROL]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert!(
        css.html.contains("--ground:light-dark(#") && css.html.contains("--accent:light-dark(#"),
        "{}",
        css.html
    );

    let theme = json!({
        "borders": {}, "fonts": {}, "page_background": {}, "colors": { "primary_button": "#123456" },
        "widget": { "logo_url": "https://cdn.example/theme.svg" }
    });
    let made = stage.app.create("/branding/themes", theme).await;
    let themed = browser.get(&location).await;
    themed.says("src=\"https://cdn.example/theme.svg\"");
    assert!(!themed.html.contains(&href), "another stylesheet");
    let path = format!("/branding/themes/{}", made["themeId"].as_str().unwrap());
    assert_eq!(
        stage.app.call(Method::DELETE, &path, None).await.status,
        204
    );
    browser.get(&location).await.says(&href);
}

#[tokio::test]
async fn pages_come_in_the_languages_that_are_enabled() {
    let stage = Stage::start().await;
    let languages = async |accept: &str, more: &str| {
        let mut browser = stage.browser();
        let begun = browser.get(&stage.authorize(more)).await;
        let request = Request::get(begun.location()).header(header::ACCEPT_LANGUAGE, accept);
        let page = browser
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await;
        let switch = page.html.contains("hreflang=");
        (page.between("<html lang=\"", "\"").to_owned(), switch)
    };
    let said = |language: &str, switch| (language.to_owned(), switch);
    assert_eq!(languages("ja", "").await, said("ja", true));
    assert_eq!(languages("en", "&ui_locales=ja").await, said("ja", true));
    stage
        .set(
            "/tenants/settings",
            json!({ "enabled_locales": ["ja", "fr"] }),
        )
        .await;
    assert_eq!(languages("en", "&ui_locales=en").await, said("ja", false));
    assert_eq!(languages("en", "&lang=en").await, said("ja", false));
    stage
        .set("/tenants/settings", json!({ "enabled_locales": ["en"] }))
        .await;
    assert_eq!(
        languages("ja", "&ui_locales=ja%20en").await,
        said("en", false)
    );
    stage
        .set("/tenants/settings", json!({ "enabled_locales": ["fr"] }))
        .await;
    assert_eq!(
        languages("ja", "").await,
        said("en", false),
        "none of ours is enabled"
    );
}

#[tokio::test]
async fn a_form_leads_to_the_tenant_and_the_application_alone() {
    let stage = Stage::with(json!({
        "is_first_party": false, "third_party_security_mode": "permissive"
    }))
    .await;
    stage
        .set(
            &format!("/connections/{}", stage.connection_id().await),
            json!({ "is_domain_connection": true }),
        )
        .await;
    let mut browser = stage.browser();
    let (_, page) = stage.begin(&mut browser, "").await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    let forms = policy
        .split("; ")
        .find(|part| part.starts_with("form-action"));
    assert_eq!(forms, Some("form-action 'self' https://client.example.com"));
}
