//! The tenant's pages of the console, as an administrator without scripts uses them.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use web::Role;
use web::testing::{Browser, Shown};

use crate::support::{
    ADMINISTRATOR as EMAIL, Answer, App, Credentials, MANAGEMENT, app, apps, console as browser,
};

/// What the vendor's page asks for. Source: Konnect, "Configure access to the Auth0 Management API".
const PERMISSIONS: [&str; 10] = [
    "read:client_grants",
    "create:client_grants",
    "delete:client_grants",
    "update:client_grants",
    "read:clients",
    "create:clients",
    "delete:clients",
    "update:clients",
    "update:client_keys",
    "read:resource_servers",
];

/// Opens a form's page, sends it, and gives the answer itself.
pub(super) async fn send(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Shown {
    let shown = browser.get(page).await;
    assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.html);
    browser.post(page, fields).await
}

fn client_id_of(shown: &Shown) -> String {
    shown
        .between("id=\"client-id\"", "</code>")
        .split_once('>')
        .unwrap()
        .1
        .to_owned()
}

async fn api_id(app: &App, identifier: &str) -> String {
    let path = format!(
        "/resource-servers/{}",
        identifier.replace(':', "%3A").replace('/', "%2F")
    );
    app.call(Method::GET, &path, None)
        .await
        .text("id")
        .to_owned()
}

async fn connection_id(app: &App) -> String {
    let listed = app.call(Method::GET, "/connections", None).await;
    listed.body[0]["id"].as_str().unwrap().to_owned()
}

/// Registers as a stranger does.
async fn register(app: &App, metadata: &Value) -> Answer {
    let request = Request::post("/oidc/register")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(metadata.to_string()));
    app.send(request.unwrap()).await
}

/// Every page that can be opened without anything more having been made.
async fn pages(app: &App) -> Vec<String> {
    let client = app.administrator.id.clone();
    let api = api_id(app, MANAGEMENT).await;
    let connection = connection_id(app).await;
    let mut pages: Vec<String> = [
        "/tenant/clients",
        "/tenant/clients?q=x&type=spa&party=third&made=registration&sort=name&order=desc&page=2",
        "/tenant/clients/new",
        "/tenant/apis",
        "/tenant/apis/new",
        "/tenant/connections",
        "/tenant/connections/new",
        "/tenant/settings",
        "/tenant/settings/advanced",
        "/tenant/initial-access-tokens",
        "/tenant/initial-access-tokens/new",
        "/tenant/roles",
        "/tenant/roles/new",
        "/tenant/users",
        "/tenant/users?q=x&blocked=true&sort=last_login&order=desc",
        "/tenant/logs",
        "/tenant/logs?q=x&type=sapi",
    ]
    .map(str::to_owned)
    .to_vec();
    for below in [
        "",
        "/credentials",
        "/credentials/rotate",
        "/apis",
        "/connections",
        "/delete",
    ] {
        pages.push(format!("/tenant/clients/{client}{below}"));
    }
    pages.push(format!("/tenant/clients/{client}/apis/{api}"));
    for below in ["", "/permissions", "/applications", "/delete"] {
        pages.push(format!("/tenant/apis/{api}{below}"));
    }
    for below in ["", "/delete"] {
        pages.push(format!("/tenant/connections/{connection}{below}"));
    }
    pages
}

/// Where forms are sent.
async fn forms(app: &App) -> Vec<String> {
    let all = pages(app).await;
    let only_read = [
        "/tenant/clients",
        "/tenant/apis",
        "/tenant/connections",
        "/tenant/users",
        "/tenant/roles",
        "/tenant/logs",
        "/tenant/initial-access-tokens",
    ];
    all.into_iter()
        .filter(|page| {
            !page.contains('?')
                && !only_read.contains(&page.as_str())
                && !page.ends_with("/applications")
                && !page.ends_with("/credentials")
                && !page.ends_with("/apis")
        })
        .collect()
}

#[tokio::test]
async fn every_page_refuses_an_outsider_and_a_viewer_changes_nothing() {
    let app = app().await;
    let mut outsider = browser(&app, None);
    for page in pages(&app).await {
        let answer = outsider.get(&page).await;
        assert!(
            answer.location().starts_with("/sign-in?return_to="),
            "{page}"
        );
        assert!(!answer.html.contains("Administrator"), "{page}");
    }
    let mut viewer = browser(&app, Some(Role::Viewer));
    let mut editor = browser(&app, Some(Role::Admin));
    editor.get("/tenant/clients/new").await;
    for form in forms(&app).await {
        let answer = outsider.post(&form, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{form}");
        let answer = viewer.post(&form, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form}");
        let answer = browser(&app, Some(Role::Admin)).post(&form, &[]).await;
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{form} without its token"
        );
    }
    for page in pages(&app).await {
        let shown = viewer.get(&page).await;
        let is_offered = shown.status == StatusCode::OK;
        // What only makes or removes something is no page of a viewer's.
        assert!(
            is_offered || shown.status == StatusCode::FORBIDDEN,
            "{page}"
        );
        if is_offered {
            let main = shown.html.split("<main").nth(1).unwrap();
            assert!(!main.contains("method=\"post\""), "{page}: {main}");
        }
    }
}

#[tokio::test]
async fn every_page_is_there_in_both_languages() {
    let app = app().await;
    let mut browser = browser(&app, Some(Role::Owner));
    for page in pages(&app).await {
        for language in ["en", "ja"] {
            let mark = if page.contains('?') { '&' } else { '?' };
            let shown = browser.get(&format!("{page}{mark}lang={language}")).await;
            assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.html);
            shown.says(&format!("<html lang=\"{language}\">"));
        }
    }
    let nowhere = browser.get("/tenant/clients/nobody").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_machine_is_made_and_authorised_for_the_management_api_in_pages_alone() {
    for app in apps().await {
        let mut browser = browser(&app, Some(Role::Owner));
        let fields = [("name", "Portal DCR Admin"), ("type", "non_interactive")];
        let made = send(&mut browser, "/tenant/clients/new", &fields).await;
        let id = client_id_of(&made);
        let secret = made.between("id=\"client-secret\"", "</code>");
        let secret = secret.split_once('>').unwrap().1.to_owned();
        assert_eq!(secret.len(), 64, "shown this once");

        let api = api_id(&app, MANAGEMENT).await;
        let page = format!("/tenant/clients/{id}/apis/{api}");
        let ticked: Vec<(&str, &str)> = PERMISSIONS.map(|scope| ("scope", scope)).to_vec();
        let answer = send(&mut browser, &page, &ticked).await;
        assert_eq!(answer.location(), format!("/tenant/clients/{id}/apis"));
        browser.get(answer.location()).await.says("10 permissions");

        let machine = Credentials {
            id: id.clone(),
            secret: secret.clone(),
        };
        let token = app.exchange(&machine, &[("audience", MANAGEMENT)]).await;
        assert_eq!(token.status, StatusCode::OK, "{}", token.body);
        for page in ["", "/credentials", "/apis"] {
            let shown = browser.get(&format!("/tenant/clients/{id}{page}")).await;
            assert!(
                !shown.html.contains(&secret),
                "{page} shows the secret again"
            );
        }
        let listed = browser.get("/tenant/clients?made=console").await;
        listed.says("Portal DCR Admin").says(EMAIL);
        assert!(!listed.html.contains(&app.administrator.id));

        let rotated = send(
            &mut browser,
            &format!("/tenant/clients/{id}/credentials/rotate"),
            &[],
        )
        .await;
        assert!(rotated.html.contains("id=\"client-secret\"") && !rotated.html.contains(&secret));
        let refused = app.exchange(&machine, &[("audience", MANAGEMENT)]).await;
        assert_eq!(refused.refusal().0, 401);

        let answer = send(&mut browser, &page, &[("revoke", "on")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let grants = format!("/client-grants?client_id={id}");
        assert_eq!(app.call(Method::GET, &grants, None).await.body, json!([]));
    }
}

#[tokio::test]
async fn registration_is_opened_a_stranger_is_told_apart_and_removed() {
    for app in apps().await {
        let mut browser = browser(&app, Some(Role::Owner));
        let stranger = json!({
            "client_name": "Stranger", "redirect_uris": ["https://stranger.example/cb"],
        });
        assert!(
            !register(&app, &stranger).await.status.is_success(),
            "it is closed"
        );
        let fields = [("registration", "on"), ("mode", "permissive")];
        let shown = browser.fill("/tenant/settings/advanced", &fields).await;
        shown.says("/oidc/register");

        let connection = format!("/tenant/connections/{}", connection_id(&app).await);
        let fields = [
            ("domain", "on"),
            ("sign_up", "on"),
            ("protection", "on"),
            ("policy", "fair"),
        ];
        browser.fill(&connection, &fields).await.says("Saved.");
        let known = app
            .call(Method::GET, &connection.replace("/tenant", ""), None)
            .await;
        assert_eq!(known.body["is_domain_connection"], true);
        assert_eq!(known.body["options"]["passwordPolicy"], "fair");
        assert!(
            known.body["options"]["mfa"].is_object(),
            "what is not on the page stays"
        );

        let registered = register(&app, &stranger).await;
        assert_eq!(
            registered.status,
            StatusCode::CREATED,
            "{}",
            registered.body
        );
        let id = registered.text("client_id").to_owned();
        let listed = browser
            .get("/tenant/clients?made=registration&party=third")
            .await;
        listed
            .says("Stranger")
            .says("Registered itself")
            .says("Third-party");
        assert!(
            !browser
                .get("/tenant/clients?made=api")
                .await
                .html
                .contains("Stranger")
        );

        let page = format!("/tenant/clients/{id}/delete");
        browser.get(&page).await.says("It registered itself");
        browser.fill(&page, &[]).await.says("Stranger is removed");
        let gone = app.call(Method::GET, &format!("/clients/{id}"), None).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_what_was_entered_stays() {
    let app = app().await;
    let mut browser = browser(&app, Some(Role::Owner));
    let page = format!("/tenant/clients/{}", app.administrator.id);
    let fields = [
        ("name", "Renamed"),
        ("callbacks", "https://ok.example/cb\njavascript:alert(1)"),
        ("grant_types", "client_credentials"),
    ];
    let answer = send(&mut browser, &page, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer
        .says("id=\"callbacks-error\"")
        .says("value=\"Renamed\"")
        .says("javascript:alert(1)");
    let known = app
        .call(
            Method::GET,
            &format!("/clients/{}", app.administrator.id),
            None,
        )
        .await;
    assert_eq!(known.text("name"), "Administrator", "nothing is saved");

    let answer = send(
        &mut browser,
        "/tenant/apis/new",
        &[("name", "x"), ("identifier", "a b")],
    )
    .await;
    answer.says("id=\"identifier-error\"");
    let answer = send(
        &mut browser,
        "/tenant/settings",
        &[
            ("default_audience", "nowhere"),
            ("session_lifetime", "24"),
            ("idle_session_lifetime", "2"),
        ],
    )
    .await;
    answer.says("id=\"default_audience-error\"");
    let answer = send(
        &mut browser,
        "/tenant/initial-access-tokens/new",
        &[("name", "x"), ("days", "soon")],
    )
    .await;
    answer.says("id=\"days-error\"");
}

#[tokio::test]
async fn an_api_is_made_with_its_permissions_and_removed_again() {
    let app = app().await;
    let mut browser = browser(&app, Some(Role::Owner));
    let fields = [
        ("name", "Weather"),
        ("identifier", "https://weather.example/"),
    ];
    let answer = send(&mut browser, "/tenant/apis/new", &fields).await;
    let page = answer.location().to_owned();
    assert!(page.ends_with("/permissions"), "{page}");
    let fields = [
        ("value", "read:forecast"),
        ("description", "Read the forecast"),
    ];
    browser.fill(&page, &fields).await.says("read:forecast");
    let twice = send(&mut browser, &page, &fields).await;
    twice.says("id=\"value-error\"");
    let one = page.trim_end_matches("/permissions");
    let fields = [
        ("name", "Weather 2"),
        ("token_lifetime", "600"),
        ("token_lifetime_for_web", "300"),
        ("rbac", "on"),
        ("permissions", "on"),
    ];
    browser.fill(one, &fields).await.says("Weather 2");
    let id = one.rsplit('/').next().unwrap();
    let known = app
        .call(Method::GET, &format!("/resource-servers/{id}"), None)
        .await;
    assert_eq!(known.body["token_lifetime"], 600);
    assert_eq!(known.body["token_dialect"], "access_token_authz");
    assert_eq!(known.body["scopes"][0]["value"], "read:forecast");
    browser
        .fill(&format!("{one}/delete"), &[])
        .await
        .says("Weather 2 is removed");
    let system = api_id(&app, MANAGEMENT).await;
    let refused = send(&mut browser, &format!("/tenant/apis/{system}/delete"), &[]).await;
    assert_eq!(
        refused.status,
        StatusCode::BAD_REQUEST,
        "it is part of the tenant"
    );
}

#[tokio::test]
async fn a_list_is_searched_sorted_and_paged_on_both_databases() {
    for app in apps().await {
        for at in 0..30 {
            let body = json!({ "name": format!("Client {at:02}"), "app_type": "spa" });
            app.call(Method::POST, "/clients", Some(body)).await;
        }
        let mut browser = browser(&app, Some(Role::Viewer));
        let first = browser
            .get("/tenant/clients?q=client%20&sort=name&order=asc")
            .await;
        first
            .says("Client 00")
            .says("30 entries")
            .says("Page 1 of 2");
        assert!(!first.html.contains("Client 29"));
        let second = browser
            .get("/tenant/clients?q=client%20&sort=name&order=asc&page=2")
            .await;
        second.says("Client 29");
        let turned = browser
            .get("/tenant/clients?q=CLIENT%20&sort=name&order=desc")
            .await;
        turned.says("Client 29");
        let by_id = browser
            .get(&format!("/tenant/clients?q={}", app.administrator.id))
            .await;
        by_id.says("One entry");
        let none = browser.get("/tenant/clients?q=100%25&type=spa").await;
        none.says("No application fits");
    }
}

#[tokio::test]
async fn the_log_names_the_administrator() {
    let app = app().await;
    let mut browser = browser(&app, Some(Role::Owner));
    let fields = [
        ("friendly_name", "Acme"),
        ("session_lifetime", "168"),
        ("idle_session_lifetime", "1.5"),
    ];
    browser
        .fill("/tenant/settings", &fields)
        .await
        .says("Saved.");
    let logs = app.call(Method::GET, "/logs", None).await;
    let entries = logs.body.as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["user_name"] == EMAIL);
    let entry = entry.unwrap_or_else(|| panic!("{}", logs.body));
    assert_eq!(entry["type"], "sapi");
    assert_eq!(entry["description"], "Update tenant settings");
    assert_eq!(entry["details"]["request"]["channel"], "console");
}
