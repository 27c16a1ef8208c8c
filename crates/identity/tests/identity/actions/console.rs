//! The pages of Actions in the console, as a browser without scripts meets them.

use serde_json::json;
use web::Role;
use web::testing::well_formed;

use crate::support::{App, app, apps, console as browser};

const AUDIENCE: &str = "https://weather.example/";

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
        "/actions/library".to_owned(),
        "/actions/library?q=x&trigger=post-login&state=failed&sort=deployed&order=desc&page=2"
            .to_owned(),
        "/actions/library/new".to_owned(),
        library.clone(),
        format!("{library}/delete"),
        format!("{library}/versions"),
        format!("{library}/versions?from={version}&to=draft"),
        format!("{library}/versions/{version}/roll-back"),
        "/actions/triggers".to_owned(),
        "/actions/triggers/credentials-exchange".to_owned(),
        "/actions/triggers/post-login".to_owned(),
        "/actions/executions".to_owned(),
        format!(
            "/actions/executions?outcome=failed&trigger=post-login&action={id}&sort=when&order=asc"
        ),
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
    for page in pages.iter().filter(|page| {
        !["/new", "/delete", "/roll-back"]
            .iter()
            .any(|end| page.ends_with(end))
    }) {
        assert_eq!(browser.get(page).await.status, 200, "{page}");
    }
    let library = format!("/actions/library/{id}");
    for path in [
        library.as_str(),
        "/actions/library/new",
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
    browser.get("/actions/library/new").await;
    let fields = [("name", ""), ("trigger", "")];
    assert_eq!(
        browser.post("/actions/library/new", &fields).await.status,
        422
    );
    let fields = [("name", "first"), ("trigger", "credentials-exchange")];
    let editor = browser
        .post("/actions/library/new", &fields)
        .await
        .location()
        .to_owned();
    let page = browser.get(&editor).await;
    page.says("exports.onExecuteCredentialsExchange");

    let code = CODE.replace('\n', "\r\n");
    let secret = [("new_secret_name", "KEY"), ("new_secret_value", "hush")];
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
    tried.says("Succeeded").says("it ran").says("</dd>");
    assert!(!tried.html.contains("hush"), "a value is never shown again");
    submit(with(&code, "[1]", "test"))
        .await
        .says("must be a JSON object");
    submit(with(&code, "{\n  \"a\": nobody\n}", "test"))
        .await
        .says("line 2, column 9");
    let broken = submit(with("const a = 1;\nconst = 2;", "", "test")).await;
    broken
        .says("not JavaScript that can run")
        .says("Line 2 of the Action:")
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
        .post(trigger, &[("intent", "add"), ("which", &id)])
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
        entries.to_string().contains("Deploy an action"),
        "{entries}"
    );
}

/// What the form of an editor sends as it stands.
fn draft<'a>(seen: &'a str, code: &'a str, intent: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("name", "first"),
        ("seen", seen),
        ("code", code),
        ("intent", intent),
    ]
}

async fn editor_of(app: &App, id: &str) -> (String, String) {
    let editor = format!("/actions/library/{id}");
    let page = browser(app, Some(Role::Admin)).get(&editor).await;
    let seen = page.between("name=\"seen\" value=\"", "\"").to_owned();
    (editor, seen)
}

#[tokio::test]
async fn a_draft_that_somebody_else_saved_meanwhile_is_not_overwritten() {
    let (app, id, _) = scene().await;
    let (editor, seen) = editor_of(&app, &id).await;
    let mut browser = browser(&app, Some(Role::Admin));
    browser.get(&editor).await;
    let first = CODE.replace("it ran", "first");
    let saved = browser.post(&editor, &draft(&seen, &first, "save")).await;
    assert_eq!(saved.status, 303, "{}", saved.html);
    let second = CODE.replace("it ran", "second");
    let late = browser.post(&editor, &draft(&seen, &second, "save")).await;
    assert_eq!(late.status, 422);
    late.says("Somebody else saved this draft").says("second");
    let path = format!("/actions/actions/{id}");
    let kept = app.call(http::Method::GET, &path, None).await.body;
    assert_eq!(kept["code"], first);
}

#[tokio::test]
async fn an_earlier_version_is_compared_and_deployed_anew() {
    let (app, id, _) = scene().await;
    let (editor, seen) = editor_of(&app, &id).await;
    let mut browser = browser(&app, Some(Role::Admin));
    browser.get(&editor).await;
    let code = CODE.replace("it ran", "it ran again");
    let deployed = browser.post(&editor, &draft(&seen, &code, "deploy")).await;
    assert_eq!(deployed.status, 303, "{}", deployed.html);
    let versions = browser.get(&format!("{editor}/versions")).await;
    versions
        .says("Version 2")
        .says("diff-removed")
        .says("it ran again");
    let path = format!("/actions/actions/{id}/versions");
    let listed = app.call(http::Method::GET, &path, None).await.body;
    let first = listed["versions"][1]["id"].as_str().unwrap();
    let back = format!("{editor}/versions/{first}/roll-back");
    browser.get(&back).await.says("diff-added");
    assert_eq!(browser.post(&back, &[("draft", "yes")]).await.status, 303);
    let path = format!("/actions/actions/{id}");
    let now = app.call(http::Method::GET, &path, None).await.body;
    assert_eq!(now["deployed_version"]["number"], 3);
    assert_eq!(now["deployed_version"]["code"], CODE);
    assert_eq!(now["code"], CODE);
}

#[tokio::test]
async fn a_run_that_failed_is_found_by_the_log_and_shows_its_line() {
    for app in apps().await {
        let code = "exports.onExecuteCredentialsExchange = async (event) => {
  if (event.client.name === 'cli') throw new Error('no luck');
};";
        let id = app.run_at("credentials-exchange", code).await;
        app.api(AUDIENCE, json!({})).await;
        let client = app.machine("cli").await;
        app.grant(&client, AUDIENCE, &["read:weather"]).await;
        let refused = app.exchange(&client, &[("audience", AUDIENCE)]).await;
        assert_ne!(refused.status, 200);
        let mut browser = browser(&app, Some(Role::Viewer));
        let failed = format!("/actions/executions?outcome=failed&action={id}");
        let listed = browser.get(&failed).await;
        listed.says("One entry").says("no luck");
        let run = listed.between("href=\"/actions/executions/", "\"");
        let shown = browser.get(&format!("/actions/executions/{run}")).await;
        shown
            .says("Line 2 of the Action:")
            .says("throw new Error(")
            .says("Version 1")
            .says(&format!("/tenant/clients/{}", client.id));
        let log = browser
            .get("/tenant/logs?type=actions_execution_failed")
            .await;
        let entry = log.between("href=\"/tenant/logs/", "\"");
        let entry = browser.get(&format!("/tenant/logs/{entry}")).await;
        entry.says(&format!("href=\"/actions/executions/{run}\""));
        let other = "/actions/executions?action=%25&trigger=post-login";
        browser.get(other).await.says("0 entries");
    }
}
