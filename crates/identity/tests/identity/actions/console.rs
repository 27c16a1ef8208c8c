//! The pages of Actions in the console, as a browser without scripts meets them.

use serde_json::json;
use web::Role;
use web::testing::well_formed;

use crate::support::{App, app, console as browser};

const CODE: &str =
    "exports.onExecuteCredentialsExchange = async (event, api) => { console.log('it ran'); };";

/// An Action that runs, and has run.
async fn scene() -> (App, String, Vec<String>) {
    let app = app().await;
    let id = app.run_at("credentials-exchange", CODE).await;
    let entry = app.last_log("seccft").await;
    let execution = app.execution_of(&entry).await;
    let path = format!("/actions/actions/{id}/versions");
    let versions = app.call(http::Method::GET, &path, None).await.body;
    let version = versions["versions"][0]["id"].as_str().unwrap();
    let library = format!("/actions/library/{id}");
    let pages = [
        "/actions".to_owned(),
        "/actions/new".to_owned(),
        library.clone(),
        format!("{library}/delete"),
        format!("{library}/versions"),
        format!("{library}/versions/{version}"),
        "/actions/triggers".to_owned(),
        "/actions/triggers/credentials-exchange".to_owned(),
        "/actions/triggers/post-login".to_owned(),
        "/actions/executions".to_owned(),
        "/actions/executions?state=failed".to_owned(),
        format!("/actions/executions/{}", execution["id"].as_str().unwrap()),
    ];
    (app, id, pages.to_vec())
}

#[tokio::test]
async fn every_page_renders_in_every_language_and_refuses_outsiders() {
    let (app, _, pages) = scene().await;
    for page in &pages {
        let refused = browser(&app, None).get(page).await;
        assert!(refused.location().starts_with("/sign-in"), "{page}");
        let mark = if page.contains('?') { '&' } else { '?' };
        for language in ["en", "ja"] {
            let mut browser = browser(&app, Some(Role::Owner));
            let shown = browser.get(&format!("{page}{mark}lang={language}")).await;
            assert_eq!(shown.status, 200, "{page}: {}", shown.html);
            well_formed(&shown.html).unwrap_or_else(|error| panic!("{page}: {error}"));
            shown.says(&format!("<html lang=\"{language}\""));
        }
    }
}

#[tokio::test]
async fn a_viewer_sees_everything_and_changes_nothing() {
    let (app, id, pages) = scene().await;
    let mut browser = browser(&app, Some(Role::Viewer));
    for page in pages
        .iter()
        .filter(|page| !page.ends_with("/new") && !page.ends_with("/delete"))
    {
        assert_eq!(browser.get(page).await.status, 200, "{page}");
    }
    let library = format!("/actions/library/{id}");
    for path in [
        library.as_str(),
        "/actions/new",
        "/actions/triggers/credentials-exchange",
    ] {
        let refused = browser
            .post(path, &[("intent", "save"), ("name", "x")])
            .await;
        assert_eq!(refused.status, 403, "{path}");
    }
}

#[tokio::test]
async fn an_action_is_written_tried_deployed_and_bound_without_a_script() {
    let app = app().await;
    let mut browser = browser(&app, Some(Role::Admin));
    browser.get("/actions/new").await;
    let fields = [("name", ""), ("trigger", "")];
    assert_eq!(browser.post("/actions/new", &fields).await.status, 422);
    let fields = [("name", "first"), ("trigger", "credentials-exchange")];
    let editor = browser
        .post("/actions/new", &fields)
        .await
        .location()
        .to_owned();
    let page = browser.get(&editor).await;
    page.says("exports.onExecuteCredentialsExchange");

    let code = CODE.replace('\n', "\r\n");
    let secret = [("secret_name", "KEY"), ("secret_value", "hush")];
    let with = |code: &str, event: &str, intent: &'static str| {
        let mut fields = vec![
            ("name".to_owned(), "first".to_owned()),
            ("code".to_owned(), code.to_owned()),
            ("event".to_owned(), event.to_owned()),
            ("intent".to_owned(), intent.to_owned()),
        ];
        fields.extend(secret.map(|(name, value)| (name.to_owned(), value.to_owned())));
        fields
    };
    let mut submit = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        browser.post(&editor, &fields).await
    };
    let tried = submit(with(&code, "", "test")).await;
    tried.says("The Action returned.").says("it ran");
    assert!(!tried.html.contains("hush"), "a value is never shown again");
    submit(with(&code, "[1]", "test"))
        .await
        .says("must be a JSON object");
    let broken = submit(with("const a = 1;\nconst = 2;", "", "test")).await;
    broken
        .says("The Action failed.")
        .says("Line 2:")
        .says("const = 2;");
    assert_eq!(submit(with(&code, "", "deploy")).await.status, 303);
    let id = editor.rsplit('/').next().unwrap().to_owned();
    let shown = app
        .call(http::Method::GET, &format!("/actions/actions/{id}"), None)
        .await
        .body;
    assert_eq!(shown["all_changes_deployed"], true);
    assert_eq!(
        shown["deployed_version"]["code"], CODE,
        "line breaks are as everywhere"
    );
    assert_eq!(shown["secrets"][0]["name"], "KEY");

    let trigger = "/actions/triggers/credentials-exchange";
    browser
        .post(trigger, &[("intent", "add"), ("action", &id)])
        .await;
    let bindings = app
        .call(
            http::Method::GET,
            "/actions/triggers/credentials-exchange/bindings",
            None,
        )
        .await
        .body;
    assert_eq!(bindings["bindings"][0]["display_name"], "first");
    browser.post(&format!("{editor}/delete"), &[]).await;
    let bindings = app
        .call(
            http::Method::GET,
            "/actions/triggers/credentials-exchange/bindings",
            None,
        )
        .await
        .body;
    assert_eq!(bindings["bindings"], json!([]));
    let entries = app
        .call(
            http::Method::GET,
            "/logs?q=user_name:ada*&per_page=20",
            None,
        )
        .await
        .body;
    assert!(
        entries.to_string().contains("Action deployed: first"),
        "{entries}"
    );
}
