//! An administrator without scripts sees in the console what differs between portal and tenant, mends it,
//! and switches the credentials that let the portal in.

use std::sync::LazyLock;

use axum::Extension;
use http::StatusCode;
use oauth::Entropy;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use web::testing::Browser;
use web::{Administrator, Catalog, Role, Site};

use crate::administrator::PERMISSIONS;
use crate::way::Trouble;
use crate::world::World;

/// The console's own texts are not here.
static NO_TEXTS: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(&[]));

fn browser(world: &World, role: Role) -> Browser {
    let site = Site::new(web::Settings {
        name: "console",
        key: [1; 32],
        secure: false,
        random: web::random(&Entropy::system()),
        catalog: &NO_TEXTS,
    });
    let reader = Administrator {
        id: "a".into(),
        email: "ada@example.com".into(),
        name: "Ada".into(),
        role,
    };
    let router = portal::console::router(&world.portal).layer(Extension(reader));
    Browser::new(&site.wrap(router), "127.0.0.1:8001")
}

fn page(world: &World, below: &str) -> String {
    format!("/application-auth/providers/{}{below}", world.provider_id)
}

/// Applications, of which the first lost its client, the second was renamed there, and of the third a copy
/// lies about.
async fn out_of_step(world: &World) {
    let mut clients = Vec::new();
    for key in ["a", "b", "c"] {
        let created = world.create(key).await.expect("an application").value;
        clients.push(created.application.client_id.expect("a client"));
    }
    let admin = &world.administrator;
    let one = |id: &str| format!("/api/v2/clients/{id}");
    admin.delete(&one(&clients[0])).await;
    admin
        .patch(&one(&clients[1]), &json!({ "name": "by hand" }))
        .await;
    let mut copied = admin.get(&one(&clients[2])).await["client_metadata"].clone();
    copied["konnect_application_id"] = json!("0193f838-7798-7566-99e3-2edf2b57d289");
    let stranger = json!({ "name": "left behind", "client_metadata": copied });
    admin.post("/api/v2/clients", &stranger).await;
}

/// The lines of the plan as the page's form sends them, with what each line proposes.
fn lines(html: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for at in 0.. {
        let mark = format!("name=\"difference.{at}\" value=\"");
        let Some((_, rest)) = html.split_once(&mark) else {
            return fields;
        };
        let difference = rest.split('"').next().expect("a value").to_owned();
        let (_, select) = rest.split_once("<select").expect("a choice");
        let (select, _) = select.split_once("</select>").expect("its end");
        let (chosen, _) = select.split_once(" selected").expect("one is chosen");
        let action = chosen.rsplit('"').nth(1).expect("a value").to_owned();
        fields.push((format!("difference.{at}"), difference));
        fields.push((format!("action.{at}"), action));
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[tokio::test]
async fn what_differs_is_seen_reviewed_and_mended_without_scripts() {
    for world in World::everywhere().await {
        let mut browser = browser(&world, Role::Owner);
        browser
            .get(&page(&world, "/agreement"))
            .await
            .says("Not looked at yet");
        out_of_step(&world).await;
        let looked = browser.post(&page(&world, "/agreement/pass"), &[]).await;
        assert_eq!(looked.status, StatusCode::SEE_OTHER, "{}", looked.html);
        let seen = browser.get(&page(&world, "/agreement")).await;
        seen.says("3 differences")
            .says("one application whose client is missing")
            .says("one client that was changed by hand")
            .says("one client of no application");

        let plan = page(&world, "/agreement/plan");
        let shown = browser.get(&plan).await;
        shown.says("by hand").says("left behind");
        assert!(
            lines(&shown.html)
                .iter()
                .all(|(name, value)| name.starts_with("difference") || value == "leave"),
            "nothing is chosen for anybody"
        );
        let none = browser.post(&plan, &borrowed(&lines(&shown.html))).await;
        assert_eq!(none.location(), plan, "{}", none.html);
        let proposed = browser.get(&format!("{plan}?propose=portal")).await;
        let chosen = lines(&proposed.html);
        let review = browser.post(&plan, &borrowed(&chosen)).await;
        assert_eq!(review.status, StatusCode::OK, "{}", review.html);
        review
            .says("Do these 3 things?")
            .says("a new client is registered")
            .says("the client is deleted at the provider")
            .says("This cannot be undone.");
        let apply = page(&world, "/agreement/apply");
        let applied = browser.post(&apply, &borrowed(&chosen)).await;
        applied.says("All of it is done.");
        world.assert_settled(3, "the plan on the page").await;
        let again = browser.post(&apply, &borrowed(&chosen)).await;
        again.says("3 lines are left").says("Not any more");
        browser.get(&plan).await.says("Nothing differs any more");
        world.later();
        browser.post(&page(&world, "/agreement/pass"), &[]).await;
        let agrees = browser.get(&page(&world, "/agreement")).await;
        agrees.says("They agree").says("3 left open");
    }
}

#[tokio::test]
async fn a_team_says_in_the_console_what_is_done_by_itself() {
    let world = World::everywhere().await.remove(0);
    let mut browser = browser(&world, Role::Admin);
    browser.get(&page(&world, "/agreement")).await;
    let policy = page(&world, "/agreement/policy");
    let fields = [
        ("missing", "recreate"),
        ("changed", "recreate"),
        ("orphaned", "delete"),
    ];
    let saved = browser.post(&policy, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    out_of_step(&world).await;
    world.later();
    world.portal.applications().reconcile_due().await;
    world.assert_settled(3, "a pass by itself").await;
    let wrong = [
        ("missing", "adopt"),
        ("changed", "leave"),
        ("orphaned", "leave"),
    ];
    browser.get(&page(&world, "/agreement")).await;
    let refused = browser.post(&policy, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_the_tenant_has_not_removed_yet_is_shown_with_its_reason() {
    let world = World::everywhere().await.remove(0);
    let created = world.create("gone").await.expect("an application").value;
    world.way.spoil(0, Trouble::Refused);
    let applications = world.portal.applications();
    let ctx = world.ctx();
    let deleted = applications.delete(&ctx, &created.application);
    assert!(deleted.await.is_ok());
    let mut browser = browser(&world, Role::Viewer);
    let seen = browser.get(&page(&world, "/agreement")).await;
    seen.says("Deleted applications whose clients the provider still has")
        .says(&created.application.name)
        .says(created.application.client_id.as_deref().expect("a client"));
    world.way.mend();
    for _ in 0..4 {
        world.later();
        applications.reconcile_due().await;
    }
    let seen = browser.get(&page(&world, "/agreement")).await;
    seen.says("Nothing waits.");
}

#[tokio::test]
async fn credentials_are_switched_in_the_console_only_if_they_hold() {
    for world in World::everywhere().await {
        let mut browser = browser(&world, Role::Owner);
        let switch = page(&world, "/credentials");
        browser.get(&switch).await;
        let (id, secret) = world.administrator.client_with(&PERMISSIONS).await;
        let (name, key) = (
            "dcr_config.initial_client_id",
            "dcr_config.initial_client_secret",
        );
        let wrong = browser
            .post(&switch, &[(name, id.as_str()), (key, "wrong")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.says("Nothing was changed.").says(&id);
        assert!(!wrong.html.contains("wrong\""), "no secret comes back");
        assert!(world.create("before").await.is_ok(), "the old ones hold");
        let right = [(name, id.as_str()), (key, secret.expose_secret())];
        let switched = browser.post(&switch, &right).await;
        assert_eq!(switched.status, StatusCode::SEE_OTHER, "{}", switched.html);
        let verify = browser.get(&page(&world, "/verify")).await;
        verify
            .says("Before a switch of credentials")
            .says("ada@example.com");
        let provider = format!("/v2/dcr-providers/{}", world.provider_id);
        let kept = world.platform("GET", &provider, &Value::Null).await;
        assert_eq!(kept["dcr_config"]["initial_client_id"], id.as_str());
        assert!(world.create("after").await.is_ok(), "{}", world.name);
    }
}

#[tokio::test]
async fn a_fleet_is_rotated_in_the_console_and_its_old_secrets_are_retired() {
    for world in World::everywhere().await {
        for key in ["a", "b", "c"] {
            let made = world.create(key).await;
            assert!(made.is_ok(), "{}", world.name);
        }
        let mut browser = browser(&world, Role::Owner);
        browser
            .get(&page(&world, "/rotations"))
            .await
            .says("No rotation yet");
        let new = page(&world, "/rotations/new");
        let ask = format!("{new}?overlap=86400");
        browser
            .get(&ask)
            .await
            .says("Rotate the secrets of 3 applications?");
        let begun = browser.post(&new, &[("overlap", "86400")]).await;
        let rotation = begun.location().to_owned();
        assert!(rotation.contains("/rotations/"), "{}", begun.html);
        let twice = browser.post(&new, &[("overlap", "86400")]).await;
        assert_eq!(twice.location(), page(&world, "/rotations"));
        browser.get(&rotation).await.says("Running");
        world.portal.applications().reconcile_due().await;
        let shown = browser.get(&rotation).await;
        shown.says("Finished").says("3 / 3").says("Not taken yet");
        let narrowed = format!("{rotation}?show=uncollected&q=cli");
        browser.get(&narrowed).await.says("type=\"checkbox\"");
        let failed = browser.get(&format!("{rotation}?show=failed")).await;
        failed.says("There is no application here");

        world.later();
        let ask = format!("{rotation}/retire?safe=on");
        browser.get(&ask).await.says("Retire 3 old secrets now?");
        let retire = format!("{rotation}/retire");
        let retired = browser.post(&retire, &[("safe", "on")]).await;
        assert_eq!(retired.location(), rotation, "{}", retired.html);
        let shown = browser.get(&rotation).await;
        shown.says("3 applications").says("Gone");
        let none = browser.get(&retire).await;
        assert_eq!(none.location(), rotation);
        world.later();
        world.portal.applications().reconcile_due().await;
        assert_eq!(world.clients().await.len(), 3, "{}", world.name);
    }
}

#[tokio::test]
async fn a_viewer_sees_it_all_and_changes_nothing() {
    let world = World::everywhere().await.remove(0);
    out_of_step(&world).await;
    let pass = format!(
        "/v2/dcr-providers/{}/reconciliation/passes",
        world.provider_id
    );
    world.platform("POST", &pass, &Value::Null).await;
    let rotations = format!("/v2/dcr-providers/{}/rotations", world.provider_id);
    let begun = world
        .platform("POST", &rotations, &json!({ "overlap": 3600 }))
        .await;
    let rotation = begun["id"].as_str().expect("an id");
    let rotation = page(&world, &format!("/rotations/{rotation}"));
    let mut browser = browser(&world, Role::Viewer);
    for path in [
        page(&world, ""),
        page(&world, "/credentials"),
        page(&world, "/verify"),
        page(&world, "/agreement"),
        page(&world, "/agreement/plan"),
        page(&world, "/rotations"),
        rotation.clone(),
    ] {
        let shown = browser.get(&path).await;
        assert_eq!(shown.status, StatusCode::OK, "{path}: {}", shown.html);
        assert!(!shown.html.contains("method=\"post\""), "{path}");
    }
    for path in [
        page(&world, "/rotations/new?overlap=3600"),
        format!("{rotation}/retire?safe=on"),
    ] {
        let refused = browser.get(&path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [
        page(&world, "/credentials"),
        page(&world, "/agreement/pass"),
        page(&world, "/agreement/policy"),
        page(&world, "/agreement/plan"),
        page(&world, "/agreement/apply"),
        page(&world, "/rotations/new"),
        format!("{rotation}/retire"),
    ] {
        let refused = browser.post(&path, &[("safe", "on")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
}
