//! People, teams, system accounts, tokens and roles in the console, and pages that are open by an assigned role.

use http::StatusCode;
use serde_json::{Value, json};
use web::testing::{Browser, Shown};
use web::{Administrator, Role};

use super::Platform;
use super::people::browser_of;
use super::roles::{READERS, account, assign, personal};
use crate::Actor;
use crate::service::administrators::NewAdministrator;

/// Somebody of the team, with their browser: their id, and the browser.
async fn person(platform: &Platform, email: &str, role: Role) -> (String, Browser) {
    let new = NewAdministrator {
        email: email.to_owned(),
        name: String::new(),
        role,
    };
    let ctx = platform.portal.ctx(Actor::System, "test");
    let made = platform.portal.administrators().create(&ctx, new, None);
    let made = made.await.unwrap().0;
    let browser = browser_of(platform, Administrator::from(&made));
    (made.id.to_string(), browser)
}

/// Sends a form of a page that stands at an address with a query.
async fn send(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Shown {
    assert_eq!(browser.get(page).await.status, StatusCode::OK, "{page}");
    browser.post(page, fields).await
}

async fn calls(platform: &Platform, bearer: &str, path: &str) -> u16 {
    let answer = platform.call_as(Some(bearer), "GET", path, Value::Null);
    answer.await.status
}

#[tokio::test]
async fn a_person_makes_uses_and_revokes_tokens_of_their_own() {
    for platform in Platform::everywhere().await {
        let (eve, mut viewer) = person(&platform, "eve@example.com", Role::Viewer).await;
        viewer.get("/tokens").await.says("There are no tokens.");
        let fields = [("name", "laptop"), ("span", "30")];
        let made = send(&mut viewer, "/tokens/new", &fields).await;
        made.says("It is shown this once.");
        let token = made.between("Authorization: Bearer ", "&quot;");
        assert!(token.starts_with("kpat_"), "{token}");
        let bearer = format!("Bearer {token}");
        assert_eq!(calls(&platform, &bearer, "/v2/portals").await, 200);
        let refused = platform.call_as(Some(&bearer), "POST", "/v2/portals", json!({"name": "x"}));
        assert_eq!(refused.await.status, 403, "what a viewer may not");

        let listed = viewer.get("/tokens").await;
        listed
            .says("laptop")
            .says("Works")
            .says(&token[token.len() - 4..]);
        assert!(!listed.html.contains(token));
        let tokens = format!("/v3/users/{eve}/access-tokens");
        let known = platform.get(&tokens).await.body["data"][0]["id"].clone();
        let revoke = format!("/tokens/{}/revoke", known.as_str().unwrap());
        listed.says(&revoke);
        viewer.get(&revoke).await.says("Revoke laptop?");
        viewer.fill(&revoke, &[]).await.says("laptop is revoked.");
        assert_eq!(calls(&platform, &bearer, "/v2/portals").await, 401);
        viewer.get("/tokens").await.says("Revoked");
    }
}

#[tokio::test]
async fn a_token_ends_within_what_the_api_allows_and_ten_work_at_once() {
    let platform = Platform::start().await;
    let (_, mut admin) = person(&platform, "eve@example.com", Role::Admin).await;
    // It is 29 February 2024.
    for (span, until, told) in [
        ("date", "", "Enter a day"),
        ("date", "tomorrow", "Enter a day"),
        ("date", "2024-02-29", "Choose tomorrow"),
        ("date", "2023-01-01", "Choose tomorrow"),
        ("date", "2025-03-01", "for a year at most"),
        ("12", "", "Choose for how long"),
    ] {
        let fields = [("name", "x"), ("span", span), ("until", until)];
        let refused = send(&mut admin, "/tokens/new", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{until}");
        refused.says(told);
    }
    let nameless = send(&mut admin, "/tokens/new", &[("span", "30")]).await;
    nameless.says("Enter a name.");
    for (span, until) in [("date", "2025-02-26"), ("365", ""), ("90", "")] {
        let fields = [("name", "x"), ("span", span), ("until", until)];
        send(&mut admin, "/tokens/new", &fields)
            .await
            .says("x is made");
    }
    admin.get("/tokens").await.says("27 Feb 2025 00:00 UTC");
    for _ in 3..10 {
        let fields = [("name", "x"), ("span", "30")];
        send(&mut admin, "/tokens/new", &fields)
            .await
            .says("x is made");
    }
    let fields = [("name", "x"), ("span", "30")];
    let refused = send(&mut admin, "/tokens/new", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("Ten of your tokens work already.");
}

#[tokio::test]
async fn an_owner_makes_a_system_account_with_a_role_and_a_token_that_reaches_no_further() {
    for platform in Platform::everywhere().await {
        let portal = platform.post("/v2/portals", json!({ "name": "harbour" }));
        let portal = portal.await.id();
        let other = platform.post("/v2/portals", json!({ "name": "other" }));
        let other = other.await.id();
        let (_, mut owner) = person(&platform, "ada@example.com", Role::Owner).await;
        let fields = [("name", "pipeline"), ("description", "writes pages")];
        let made = send(&mut owner, "/system-accounts/new", &fields).await;
        let account = made.location().replace("/roles/new", "");
        owner.get(&account).await.says("may do nothing yet");

        let role = format!("{account}/roles/new?about=portals");
        let twice = [
            ("role_name", "Content Editor"),
            ("entity_id", portal.as_str()),
        ];
        owner
            .get(&role)
            .await
            .says("Writes the pages and snippets")
            .says("harbour");
        let assigned = owner.post(&role, &twice).await;
        assert_eq!(assigned.location(), format!("{account}/roles"));
        owner
            .get(&format!("{account}/roles"))
            .await
            .says("harbour")
            .says("Given directly");
        let again = send(&mut owner, &role, &twice).await;
        again.says("This role is assigned already.");
        let creator = [("role_name", "Creator"), ("entity_id", portal.as_str())];
        send(&mut owner, &role, &creator)
            .await
            .says("This role is for all of them");

        let fields = [("name", "main"), ("span", "date"), ("until", "2030-01-01")];
        let made = send(&mut owner, &format!("{account}/tokens/new"), &fields).await;
        let bearer = format!(
            "Bearer {}",
            made.between("Authorization: Bearer ", "&quot;")
        );
        assert_eq!(
            calls(&platform, &bearer, &format!("/v3/portals/{portal}/pages")).await,
            200
        );
        assert_eq!(
            calls(&platform, &bearer, &format!("/v3/portals/{other}/pages")).await,
            403
        );

        let listed = owner.get("/system-accounts?q=writes").await;
        listed.says("pipeline");
        owner
            .get(&format!("{account}/delete"))
            .await
            .says("one token that works")
            .says("one role");
        owner
            .fill(&format!("{account}/delete"), &[])
            .await
            .says("pipeline is removed.");
        assert_eq!(
            calls(&platform, &bearer, &format!("/v3/portals/{portal}/pages")).await,
            401
        );
        let audit = platform.portal.db();
        let sql = "SELECT action, entity_type FROM portal_audit WHERE actor_kind = 'administrator'";
        let rows = audit.query(sql, Vec::new()).await.unwrap();
        let said = |row: &storage::Row| -> String {
            let parts: [String; 2] = ["action", "entity_type"].map(|name| row.get(name).unwrap());
            parts.join(" ")
        };
        let mut said: Vec<String> = rows.iter().map(said).collect();
        said.sort();
        assert_eq!(
            said,
            [
                "assign_role system_account",
                "create platform_token",
                "create system_account",
                "delete system_account"
            ]
        );
    }
}

#[tokio::test]
async fn a_team_gives_its_members_what_its_roles_allow_and_each_page_says_where_it_comes_from() {
    for platform in Platform::everywhere().await {
        let portal = platform.post("/v2/portals", json!({ "name": "harbour" }));
        let portal = portal.await.id();
        let (_, mut owner) = person(&platform, "ada@example.com", Role::Owner).await;
        let (bob, mut member) = person(&platform, "bob@example.com", Role::Member).await;
        let (pipeline, bearer) = account(&platform, "pipeline").await;
        let made = send(&mut owner, "/teams/new", &[("name", "Writers")]).await;
        let team = made.location().replace("/add", "");
        let add = format!("{team}/add");
        let both = [("user", bob.as_str()), ("account", pipeline.as_str())];
        owner.fill(&add, &both).await.says("2 members are added.");
        let role = format!("{team}/roles/new?about=portals");
        let fields = [("role_name", "Viewer"), ("entity_id", "*")];
        let assigned = send(&mut owner, &role, &fields).await;
        assert_eq!(assigned.status, StatusCode::SEE_OTHER, "{}", assigned.html);

        assert_eq!(calls(&platform, &bearer, "/v2/portals").await, 200);
        member.get("/portals").await.says("harbour");
        let why = member.get("/tokens/rights").await;
        why.says("All portals")
            .says("Writers")
            .says("Reads a portal");
        let shown = owner.get(&format!("/administrators/{bob}/access")).await;
        shown.says("Writers").says("The team");
        owner
            .get(&format!("/system-accounts/{pipeline}/roles"))
            .await
            .says("Writers");
        owner
            .get("/teams")
            .await
            .says("Writers")
            .says("Always there");

        let out = format!("{team}/members/{bob}/remove");
        owner.fill(&out, &[]).await.says("is no longer in Writers.");
        let shut = member.get(&format!("/portals/{portal}/settings")).await;
        assert_eq!(shut.status, StatusCode::FORBIDDEN);
        owner
            .get(&format!("{team}/delete"))
            .await
            .says("the membership of one");
        owner
            .fill(&format!("{team}/delete"), &[])
            .await
            .says("Writers is removed.");
        assert_eq!(calls(&platform, &bearer, "/v2/portals").await, 403);
    }
}

#[tokio::test]
async fn the_teams_that_are_always_there_take_system_accounts_and_stay_as_they_are() {
    let platform = Platform::start().await;
    let (_, mut owner) = person(&platform, "ada@example.com", Role::Owner).await;
    let (pipeline, bearer) = account(&platform, "pipeline").await;
    let team = format!("/teams/{READERS}");
    owner.get(&team).await.says("by their role in the console");
    owner
        .get(&format!("{team}/settings"))
        .await
        .says("always there");
    for below in ["/settings", "/roles/new?about=portals", "/delete"] {
        let fields = [("name", "x"), ("role_name", "Viewer"), ("entity_id", "*")];
        let refused = owner.post(&format!("{team}{below}"), &fields).await;
        let kept = [StatusCode::FORBIDDEN, StatusCode::SEE_OTHER];
        assert!(
            kept.contains(&refused.status),
            "{below}: {}",
            refused.status
        );
    }
    let held = platform
        .get(&format!("/v3/teams/{READERS}/assigned-roles"))
        .await;
    assert_eq!(held.body["data"], json!([]));
    let fields = [("account", pipeline.as_str())];
    owner
        .fill(&format!("{team}/add"), &fields)
        .await
        .says("One member is added.");
    assert_eq!(calls(&platform, &bearer, "/v2/portals").await, 200);
    owner
        .get(&format!("/system-accounts/{pipeline}/roles"))
        .await
        .says("Reads everything.");
}

#[tokio::test]
async fn only_who_may_change_accounts_changes_them_in_the_console() {
    let platform = Platform::start().await;
    let (pipeline, _) = account(&platform, "pipeline").await;
    let (ada, _) = person(&platform, "ada@example.com", Role::Owner).await;
    let (_, token) = (
        0,
        personal(&platform, ada.parse().unwrap(), "laptop").await.0,
    );
    let revoke = format!("/administrators/{ada}/access/tokens/{token}/revoke");
    let pages = [
        ("/system-accounts/new".to_owned(), [("name", "x")]),
        (
            format!("/system-accounts/{pipeline}/settings"),
            [("name", "x")],
        ),
        (
            format!("/system-accounts/{pipeline}/delete"),
            [("name", "x")],
        ),
        (
            format!("/system-accounts/{pipeline}/tokens/new"),
            [("name", "x")],
        ),
        ("/teams/new".to_owned(), [("name", "x")]),
        (
            format!("/administrators/{ada}/access/roles/new"),
            [("role_name", "Viewer")],
        ),
        (revoke.clone(), [("name", "x")]),
    ];
    for role in [Role::Admin, Role::Viewer] {
        let (_, mut browser) = person(&platform, &format!("{role:?}@example.com"), role).await;
        for list in ["/teams", "/system-accounts"] {
            let shown = browser.get(list).await;
            assert_eq!(shown.status, StatusCode::OK, "{list}");
            assert!(!shown.html.contains("/new\""), "{list}");
        }
        let shown = browser.get(&format!("/administrators/{ada}/access")).await;
        shown.says("laptop");
        assert!(!shown.html.contains("/revoke"));
        for (page, fields) in &pages {
            let refused = browser.post(page, fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role:?}: {page}");
        }
    }
    let (_, mut member) = person(&platform, "m@example.com", Role::Member).await;
    assert_eq!(member.get("/teams").await.status, StatusCode::FORBIDDEN);
    let (guard, mut browser) = person(&platform, "guard@example.com", Role::Member).await;
    let held = assign(
        &platform,
        &format!("/v3/users/{guard}"),
        "Admin",
        "Identity",
        "*",
    )
    .await;
    assert_eq!(held.status, 201, "{}", held.body);
    browser.fill(&revoke, &[]).await.says("laptop is revoked.");
}

#[tokio::test]
async fn assigned_roles_open_the_pages_that_they_speak_of_and_no_others() {
    for platform in Platform::everywhere().await {
        let mut portals = Vec::new();
        for name in ["one", "other"] {
            let made = platform.post("/v2/portals", json!({ "name": name }));
            portals.push(made.await.id());
        }
        let (one, other) = (&portals[0], &portals[1]);
        let (id, mut member) = person(&platform, "bob@example.com", Role::Member).await;
        for page in [
            "/portals",
            "/api-products",
            "/gateway/services",
            "/audit",
            "/removed",
        ] {
            let shut = member.get(page).await;
            assert_eq!(shut.status, StatusCode::FORBIDDEN, "{page}");
        }
        assert_eq!(member.get("/tokens").await.status, StatusCode::OK);

        let holder = format!("/v3/users/{id}");
        assign(&platform, &holder, "Maintainer", "Portals", one).await;
        let listed = member.get("/portals").await;
        listed.says(one);
        assert!(!listed.html.contains(other) && !listed.html.contains("/portals/new"));
        let settings = format!("/portals/{one}/settings");
        member.get(&settings).await.says("method=\"post\"");
        let fields = [("name", "renamed"), ("access", "private")];
        let saved = member.post(&settings, &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        for shut in [
            format!("/portals/{one}/delete"),
            format!("/portals/{other}/settings"),
            "/portals/new".to_owned(),
        ] {
            let refused = member.post(&shut, &fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{shut}");
        }
        assert!(
            !member
                .get(&format!("/portals/{one}"))
                .await
                .html
                .contains("/delete\"")
        );

        // Publishing takes both sides, whichever page it is asked on.
        let product = platform.post("/v2/api-products", json!({ "name": "Tides" }));
        let product = product.await.id();
        let page = format!("/api-products/{product}/portals");
        assert_eq!(member.get(&page).await.status, StatusCode::FORBIDDEN);
        assign(&platform, &holder, "Viewer", "API Products", &product).await;
        let shown = member.get(&page).await;
        assert_eq!(shown.status, StatusCode::OK);
        let refused = member.post(&page, &[("portal", one)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        assign(&platform, &holder, "Creator", "Portals", "*").await;
        let made = member.get("/portals/new").await;
        assert_eq!(made.status, StatusCode::OK);
        let made = member
            .post("/portals/new", &[("name", "mine"), ("access", "private")])
            .await;
        let mine = made.location().replace("/settings", "");
        let asked = member.get(&format!("{mine}/delete")).await;
        assert_eq!(asked.status, StatusCode::OK, "who makes one is its Admin");
    }
}

#[tokio::test]
async fn a_role_for_a_control_plane_opens_its_services_and_routes() {
    let platform = Platform::start().await;
    let planes = platform.get("/v2/control-planes").await;
    let plane = planes.body["data"][0]["id"].as_str().unwrap().to_owned();
    let entities = format!("/v2/control-planes/{plane}/core-entities");
    let service = json!({ "name": "tides", "host": "tides.example.com" });
    let service = platform
        .post(&format!("{entities}/services"), service)
        .await
        .id();
    let elsewhere = json!({ "name": "elsewhere" });
    let elsewhere = platform.post("/v2/control-planes", elsewhere).await.id();
    let entities = format!("/v2/control-planes/{elsewhere}/core-entities");
    let hidden = json!({ "name": "secluded", "host": "secluded.example.com" });
    let hidden = platform
        .post(&format!("{entities}/services"), hidden)
        .await
        .id();

    let (id, mut member) = person(&platform, "bob@example.com", Role::Member).await;
    let holder = format!("/v3/users/{id}");
    assign(
        &platform,
        &holder,
        "Gateway Service Admin",
        "Control Planes",
        &plane,
    )
    .await;
    let listed = member.get("/gateway/services").await;
    listed.says("tides");
    assert!(!listed.html.contains("secluded"), "{}", listed.html);
    let page = format!("/gateway/services/{service}");
    member.get(&page).await.says("method=\"post\"");
    let shut = member.get(&format!("/gateway/services/{hidden}")).await;
    assert_eq!(shut.status, StatusCode::FORBIDDEN);
    let fields = [
        ("control_plane", elsewhere.as_str()),
        ("host", "new.example.com"),
        ("protocol", "http"),
        ("port", "80"),
    ];
    let refused = member.post("/gateway/services/new", &fields).await;
    assert_eq!(
        refused.status,
        StatusCode::FORBIDDEN,
        "another control plane"
    );
    let routes = member.get("/gateway/routes").await;
    assert_eq!(routes.status, StatusCode::OK);
    assert!(!routes.html.contains("/gateway/routes/new"));
}
