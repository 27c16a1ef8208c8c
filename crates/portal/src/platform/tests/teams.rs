//! Teams of a portal: `/v2/portals/{id}/teams` and what is under it.

use serde_json::{Value, json};

use super::Platform;
use super::portals::{Applicant, applicant, published};

/// A portal with a product, a developer and a team: the addresses of the last two, the product's id.
async fn staffed(platform: &Platform) -> (String, String, String) {
    let (portal, version, strategy) = published(platform).await;
    let applicant = applicant(platform, &portal, &version, &strategy).await;
    let products = platform
        .get(&format!("/v2/portals/{portal}/products"))
        .await;
    let product = products.body["data"][0]["id"].as_str().unwrap().to_owned();
    let teams = format!("/v2/portals/{portal}/teams");
    let made = platform.post(&teams, json!({ "name": "Partners" })).await;
    (
        format!("{teams}/{}", made.id()),
        applicant.developer,
        product,
    )
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn role(name: &str, product: &str) -> Value {
    json!({
        "role_name": name,
        "entity_id": product,
        "entity_type_name": "Services",
        "entity_region": "eu",
    })
}

#[tokio::test]
async fn a_team_is_made_changed_listed_and_deleted() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v2/portals", json!({ "name": "weather" }))
            .await
            .id();
        let teams = format!("/v2/portals/{portal}/teams");
        let body = json!({ "name": "Partners", "description": "Those outside" });
        let made = platform.post(&teams, body.clone()).await;
        assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
        assert_eq!(made.body["can_own_applications"], false);
        assert_eq!(platform.post(&teams, body).await.status, 409);
        let refused = platform.post(&teams, json!({ "name": "" })).await;
        assert_eq!(refused.violations(), ["name: min_length"]);

        let one = format!("{teams}/{}", made.id());
        let body = json!({ "description": "Close ones", "can_own_applications": true });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.body["name"], "Partners");
        assert_eq!(changed.body["can_own_applications"], true);
        platform.post(&teams, json!({ "name": "Staff" })).await.id();
        let found = platform
            .get(&format!("{teams}?filter[name][contains]=part"))
            .await;
        assert_eq!(found.body["data"], json!([changed.body]));

        let elsewhere = platform
            .post("/v2/portals", json!({ "name": "other" }))
            .await
            .id();
        let elsewhere = format!("/v2/portals/{elsewhere}/teams/{}", made.id());
        assert_eq!(platform.get(&elsewhere).await.status, 404);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
    }
}

#[tokio::test]
async fn a_developer_joins_a_team_once_and_leaves_it() {
    for platform in Platform::everywhere().await {
        let (team, developer, _) = staffed(&platform).await;
        let members = format!("{team}/developers");
        let body = json!({ "id": id(&developer) });
        let joined = platform.post(&members, body.clone()).await;
        assert_eq!(joined.status, 201, "{}: {}", platform.name(), joined.body);
        assert_eq!(platform.post(&members, body).await.status, 409);
        let nobody = json!({ "id": "93f8380e-7798-4566-99e3-2edf2b57d289" });
        let refused = platform.post(&members, nobody).await;
        assert_eq!(refused.violations(), ["id: missing_reference"]);

        for (filter, total) in [
            ("", 1),
            ("?filter[email][eq]=dev@example.com", 1),
            ("?filter[active]=true", 0),
            ("?filter[active]=false", 1),
        ] {
            let list = platform.get(&format!("{members}{filter}")).await;
            let page = &list.body["meta"]["page"];
            assert_eq!(page["total"], total, "{filter}: {}", list.body);
        }
        let teams = platform.get(&format!("{developer}/teams")).await;
        assert_eq!(teams.body["data"][0]["id"], id(&team));

        let member = format!("{members}/{}", id(&developer));
        let left = platform.call("DELETE", &member, Value::Null).await;
        assert_eq!(left.status, 204);
        let again = platform.call("DELETE", &member, Value::Null).await;
        assert_eq!(again.status, 404);
    }
}

#[tokio::test]
async fn a_role_is_assigned_once_and_taken_away() {
    for platform in Platform::everywhere().await {
        let (team, _, product) = staffed(&platform).await;
        let roles = format!("{team}/assigned-roles");
        let viewer = role("API Viewer", &product);
        let made = platform.post(&roles, viewer.clone()).await;
        assert_eq!(made.body["entity_id"], json!(product), "{}", made.body);
        assert_eq!(platform.post(&roles, viewer).await.status, 409);
        let consumer = role("API Consumer", &product);
        assert_eq!(platform.post(&roles, consumer).await.status, 201);
        let list = platform.get(&roles).await;
        assert_eq!(list.body["meta"]["page"]["total"], 2);

        let wrong = platform.post(&roles, role("API Owner", &product)).await;
        assert_eq!(wrong.violations(), ["role_name: enum"]);
        let nothing = role("API Viewer", id(&team));
        let wrong = platform.post(&roles, nothing).await;
        assert_eq!(wrong.violations(), ["entity_id: missing_reference"]);

        let one = format!("{roles}/{}", made.id());
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 404);
        let all = platform.get("/v2/portal-roles").await;
        let viewer = &all.body["services"]["roles"]["apiviewer"];
        assert_eq!(viewer["name"], "API Viewer");
    }
}

#[tokio::test]
async fn a_team_goes_with_its_roles_and_a_product_with_those_for_it() {
    for platform in Platform::everywhere().await {
        let (team, developer, product) = staffed(&platform).await;
        let roles = format!("{team}/assigned-roles");
        platform
            .post(&roles, role("API Viewer", &product))
            .await
            .id();
        let body = json!({ "id": id(&developer) });
        platform.post(&format!("{team}/developers"), body).await;
        let gone = format!("/v2/api-products/{product}");
        let gone = platform.call("DELETE", &gone, Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.body);
        let list = platform.get(&roles).await;
        assert_eq!(list.body["meta"]["page"]["total"], 0);
        let gone = platform.call("DELETE", &team, Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.body);
        assert_eq!(platform.get(&developer).await.status, 200);
        let teams = platform.get(&format!("{developer}/teams")).await;
        assert_eq!(teams.body["data"], json!([]));
    }
}

#[tokio::test]
async fn an_administrator_gives_an_application_to_a_team_and_back() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        let developer = id(&applicant.developer).to_owned();
        let teams = format!("/v3/portals/{portal}/teams");
        let body = json!({ "name": "Partners", "description": "Those outside" });
        let made = platform.post(&teams, body).await;
        let team = made.id();
        let application = applicant.application.replace("/v2/", "/v3/");
        let to_team = json!({ "owner": { "type": "team", "id": team } });
        let refused = platform.call("PATCH", &application, to_team.clone()).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        let may = json!({ "can_own_applications": true });
        platform
            .call("PATCH", &format!("{teams}/{team}"), may)
            .await;
        let moved = platform.call("PATCH", &application, to_team).await;
        assert_eq!(moved.status, 200, "{}: {}", platform.name(), moved.body);
        assert_eq!(moved.body["owner"], json!({ "type": "team", "id": team }));
        let owners = platform.get(&format!("{application}/developers")).await;
        assert_eq!(owners.body["data"], json!([]));

        let joined = json!({ "id": developer });
        platform
            .post(&format!("{teams}/{team}/developers"), joined)
            .await;
        let new = json!({
            "name": "ours",
            "auth_strategy_id": strategy,
            "owner": { "type": "team", "id": team },
        });
        let all = format!("/v3/portals/{portal}/applications");
        let made = platform.post(&all, new).await;
        assert_eq!(made.body["owner"]["type"], "team", "{}", made.body);
        let gone = platform
            .call("DELETE", &format!("{teams}/{team}"), Value::Null)
            .await;
        assert_eq!(gone.status, 204, "{}", gone.body);
        let back = platform.get(&application).await;
        let owner = json!({ "type": "developer", "id": developer });
        assert_eq!(back.body["owner"], owner);
    }
}

/// Gives an application to a team of its developer and of another, with this address.
async fn shared(platform: &Platform, portal: &str, applicant: &Applicant, email: &str) {
    let teams = format!("/v2/portals/{portal}/teams");
    let body = json!({ "name": "Partners", "can_own_applications": true });
    let team = platform.post(&teams, body).await.id();
    let other = crate::model::DeveloperId::new(platform.portal.entropy()).to_string();
    let mut tx = platform.portal.db().begin().await.unwrap();
    let now = platform.clock.now();
    crate::store::accounts::insert(&mut tx, portal, &other, email, "Other", "approved", now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for member in [id(&applicant.developer), &other] {
        let body = json!({ "id": member });
        let members = format!("{teams}/{team}/developers");
        assert_eq!(platform.post(&members, body).await.status, 201);
    }
    let application = applicant.application.replace("/v2/", "/v3/");
    let to_team = json!({ "owner": { "type": "team", "id": team } });
    let moved = platform.call("PATCH", &application, to_team).await;
    assert_eq!(moved.status, 200, "{}", moved.body);
}

#[tokio::test]
async fn everybody_in_a_team_is_told_of_decisions_about_its_applications_and_of_deprecations() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        let approve = json!({ "status": "approved" });
        let approved = platform.call("PATCH", &applicant.developer, approve.clone());
        assert_eq!(approved.await.status, 200);
        shared(&platform, &portal, &applicant, "other@example.com").await;
        let mails = async || {
            let sql = "SELECT COUNT(*) AS n FROM storage_job WHERE queue = 'portal.mail'";
            let row = platform.portal.db().query_one(sql, Vec::new()).await;
            row.unwrap().get::<i64>("n").unwrap()
        };
        let before = mails().await;
        let decided = platform.call("PATCH", &applicant.registration, approve);
        assert_eq!(decided.await.status, 200);
        assert_eq!(mails().await - before, 2, "{}", platform.name());
        let published = format!("/v2/portals/{portal}/product-versions/{version}");
        let deprecated = json!({ "deprecated": true, "notify_developers": true });
        let deprecated = platform.call("PATCH", &published, deprecated).await;
        assert_eq!(deprecated.status, 200, "{}", deprecated.body);
        assert_eq!(mails().await - before, 4, "{}", platform.name());
    }
}

#[tokio::test]
async fn an_application_of_a_team_outlives_its_developer() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        let email = "heir@example.com";
        shared(&platform, &portal, &applicant, email).await;
        let gone = platform
            .call("DELETE", &applicant.developer, Value::Null)
            .await;
        assert_eq!(gone.status, 204, "{}: {}", platform.name(), gone.body);
        let left = platform.get(&applicant.application).await;
        assert_eq!(left.body["developer"]["email"], email, "{}", left.body);
    }
}
