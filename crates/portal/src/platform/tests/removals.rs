//! What is removed in the console can be brought back for a day, as it was.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use web::Role;
use web::testing::{Browser, Shown};

use super::Platform;
use super::people::browser;
use super::portals::{applicant, published};

/// An OpenAPI document, as the API takes it.
const TIDES: &str = "b3BlbmFwaTogMy4xLjAKaW5mbzoKICB0aXRsZTogVGlkZXMKICB2ZXJzaW9uOiAnMScKcGF0aHM6CiAgL3RpZGVzOgogICAgZ2V0OgogICAgICByZXNwb25zZXM6CiAgICAgICAgJzIwMCc6CiAgICAgICAgICBkZXNjcmlwdGlvbjogVGhleSBhcmUga25vd24K";

/// The address of the form on the page that a removal leads to.
fn undo_of(shown: &Shown) -> String {
    let id = shown.between("action=\"/removed/", "/undo\"");
    format!("/removed/{id}/undo")
}

async fn remove(browser: &mut Browser, page: &str) -> String {
    let shown = browser.fill(&format!("{page}/delete"), &[]).await;
    undo_of(&shown)
}

/// Presses the button, and gives the page that it leads to.
async fn press(browser: &mut Browser, action: &str) -> Shown {
    let answer = browser.post(action, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let to = answer.location().to_owned();
    browser.get(&to).await
}

async fn product(platform: &Platform) -> String {
    let made = platform.post("/v2/api-products", json!({ "name": "Weather" }));
    made.await.id()
}

#[tokio::test]
async fn pages_of_documentation_come_back_with_those_below_them() {
    for platform in Platform::everywhere().await {
        let product = product(&platform).await;
        let all = format!("/v2/api-products/{product}/documents");
        let page = |slug: &str, parent: Value| {
            json!({ "slug": slug, "title": slug, "status": "published", "content": "# Hello",
                    "parent_document_id": parent })
        };
        let top = platform.post(&all, page("start", Value::Null)).await.id();
        platform.post(&all, page("limits", json!(top))).await.id();
        let before = platform.get(&all).await.body["data"].clone();
        let mut owner = browser(&platform, Role::Owner);
        let here = format!("/api-products/{product}/documents/{top}");
        let undo = remove(&mut owner, &here).await;
        assert_eq!(platform.get(&all).await.body["data"], json!([]));

        let listed = owner.get("/removed?q=start").await;
        listed.says("start").says("ada@example.com").says(&undo);
        let viewed = browser(&platform, Role::Viewer).get("/removed").await;
        assert!(!viewed.html.contains(&undo), "{}", platform.name());
        press(&mut owner, &undo).await.says("start is back.");
        assert_eq!(platform.get(&all).await.body["data"], before);
        press(&mut owner, &undo)
            .await
            .says("cannot be brought back any more");
        let audit = owner.get("/audit?kind=document").await;
        audit.says("Brought back");
    }
}

#[tokio::test]
async fn nothing_comes_back_in_the_place_of_another_or_after_a_day() {
    for platform in Platform::everywhere().await {
        let product = product(&platform).await;
        let versions = format!("/v2/api-products/{product}/product-versions");
        let version = platform.post(&versions, json!({ "name": "v1" })).await.id();
        let all = format!("{versions}/{version}/specifications");
        let body = json!({ "name": "tides.yaml", "content": TIDES });
        let made = platform.post(&all, body.clone()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let mut owner = browser(&platform, Role::Owner);
        let page = format!("/api-products/{product}/versions/{version}/specification");
        let undo = remove(&mut owner, &page).await;
        platform.post(&all, body).await.id();
        press(&mut owner, &undo)
            .await
            .says("Something has taken its place since");
        let second = remove(&mut owner, &page).await;
        press(&mut owner, &second).await.says("tides.yaml is back.");

        let third = remove(&mut owner, &page).await;
        platform.clock.advance(Duration::from_secs(25 * 3600));
        press(&mut owner, &third)
            .await
            .says("cannot be brought back any more");
        owner.get("/removed").await.says("Nothing was removed");
    }
}

#[tokio::test]
async fn services_and_routes_come_back_as_they_were() {
    for platform in Platform::everywhere().await {
        let planes = platform.get("/v2/control-planes").await;
        let plane = planes.body["data"][0]["id"].as_str().unwrap().to_owned();
        let entities = format!("/v2/control-planes/{plane}/core-entities");
        let service = json!({ "name": "tides", "host": "tides.example", "tags": ["a"] });
        let services = format!("{entities}/services");
        let service = platform.post(&services, service).await.id();
        let route = json!({ "name": "tides", "paths": ["/tides"], "service": { "id": service } });
        let route = platform
            .post(&format!("{entities}/routes"), route)
            .await
            .id();
        let mut owner = browser(&platform, Role::Admin);
        let read = async |path: String| platform.get(&path).await.body;
        let of_service = format!("{entities}/services/{service}");
        let of_route = format!("{entities}/routes/{route}");
        let before = (read(of_service.clone()).await, read(of_route.clone()).await);

        let undo_route = remove(&mut owner, &format!("/gateway/routes/{route}")).await;
        let undo_service = remove(&mut owner, &format!("/gateway/services/{service}")).await;
        press(&mut owner, &undo_route)
            .await
            .says("what it belongs to is gone");
        press(&mut owner, &undo_service)
            .await
            .says("tides is back.");
        press(&mut owner, &undo_route).await.says("tides is back.");
        let after = (read(of_service).await, read(of_route).await);
        assert_eq!(after, before, "{}", platform.name());
    }
}

#[tokio::test]
async fn a_team_comes_back_with_its_developers_its_roles_and_what_it_owned() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        let developer = applicant.developer.rsplit('/').next().unwrap().to_owned();
        let teams = format!("/v3/portals/{portal}/teams");
        let body = json!({ "name": "Mobile", "description": "Apps", "can_own_applications": true });
        let team = platform.post(&teams, body).await.id();
        let one = format!("{teams}/{team}");
        let members = format!("{one}/developers");
        platform.post(&members, json!({ "id": developer })).await;
        let product = platform.get("/v2/api-products").await.body["data"][0]["id"].clone();
        let roles = format!("{one}/assigned-roles");
        let role = json!({ "role_name": "API Consumer", "entity_id": product,
                           "entity_type_name": "Services", "entity_region": "*" });
        assert_eq!(platform.post(&roles, role).await.status, 201);
        let application = applicant.application.replace("/v2/", "/v3/");
        let owner = json!({ "owner": { "type": "team", "id": team } });
        let shared = platform.call("PATCH", &application, owner).await;
        assert_eq!(shared.status, 200, "{}", shared.body);
        let seen = async || {
            let mut all = Vec::new();
            for path in [&one, &members, &roles] {
                all.push(platform.get(path).await.body);
            }
            all.push(platform.get(&application).await.body["owner"].clone());
            all
        };
        let before = seen().await;

        let mut owner = browser(&platform, Role::Owner);
        let here = format!("/portals/{portal}/teams/{team}");
        let undo = remove(&mut owner, &here).await;
        assert_eq!(platform.get(&one).await.status, 404);
        let owned = platform.get(&application).await.body["owner"]["type"].clone();
        assert_eq!(owned, "developer");
        press(&mut owner, &undo).await.says("Mobile is back.");
        assert_eq!(seen().await, before);

        let leave = format!("{here}/developers/{developer}/remove");
        let gone = owner.fill(&leave, &[]).await;
        let undo = undo_of(&gone);
        assert_eq!(platform.get(&members).await.body["data"], json!([]));
        press(&mut owner, &undo).await.says("is back.");
        assert_eq!(seen().await, before);

        // Another team has the name by now.
        let undo = remove(&mut owner, &here).await;
        let other = json!({ "name": "Mobile", "description": "Others" });
        platform.post(&teams, other).await;
        press(&mut owner, &undo).await.says("Nothing was changed.");
    }
}

#[tokio::test]
async fn a_version_comes_back_into_its_portal_with_its_registrations() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        let one = format!("/v2/portals/{portal}/product-versions/{version}");
        let before = platform.get(&one).await.body;
        let product = platform.get("/v2/api-products").await.body["data"][0]["id"].clone();
        let product = product.as_str().unwrap();
        let mut owner = browser(&platform, Role::Owner);
        let here = format!("/api-products/{product}/versions/{version}/portals/{portal}");
        let undo = remove(&mut owner, &here).await;
        assert_eq!(platform.get(&one).await.status, 404);
        press(&mut owner, &undo).await.says("is back.");
        assert_eq!(platform.get(&one).await.body, before);
        assert_eq!(platform.get(&applicant.registration).await.status, 200);
    }
}
