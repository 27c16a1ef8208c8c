//! What teams change in the pages: what a developer finds, and whose an application is.

use http::StatusCode;
use storage::params;

use crate::stage::{Stage, stages};

const TEAM: &str = "99999999-9999-4999-8999-999999999999";

async fn team(stage: &Stage, members: &[&str]) {
    let sql = "INSERT INTO portal_team (id, portal_id, name, description, can_own_applications, \
               created_at, updated_at) VALUES ($1, $2, 'Partners', '', $3, 0, 0)";
    stage.run(sql, params![TEAM, stage.portal_id, true]).await;
    let sql = "INSERT INTO portal_team_developer (team_id, developer_id, created_at) \
               SELECT $1, id, 0 FROM portal_developer WHERE email = $2";
    for member in members {
        stage.run(sql, params![TEAM, *member]).await;
    }
}

async fn give(stage: &Stage, id: &str, role: &str) {
    let sql = "INSERT INTO portal_team_role (id, team_id, role_name, entity_id, entity_type_name, \
               entity_region, created_at) VALUES ($1, $2, $3, $4, 'Services', '*', 0)";
    let params = params![id, TEAM, role, stage.product];
    stage.run(sql, params).await;
}

#[tokio::test]
async fn a_developer_finds_and_registers_for_what_their_teams_roles_allow() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        let sql = "UPDATE portal_portal SET rbac_enabled = $1";
        stage.run(sql, params![true]).await;
        team(&stage, &["ada@example.com"]).await;
        let product = format!("/products/{}", stage.product);
        let version = format!("{product}/versions/{}", stage.version);
        let register = format!("{version}/register");
        let pages = [
            product.clone(),
            format!("{product}/docs/start"),
            format!("{version}/reference"),
            format!("{version}/reference/operations/getForecast"),
            format!("{version}/openapi.json"),
            register.clone(),
        ];
        browser.get("/").await.says("No APIs for you yet");
        for page in &pages {
            let shown = browser.get(page).await.status;
            assert_eq!(shown, StatusCode::NOT_FOUND, "{page} {}", stage.name);
        }
        give(&stage, "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "API Viewer").await;
        browser.get("/?q=forecasts").await.says("Forecasts");
        for page in &pages {
            assert_eq!(browser.get(page).await.status, StatusCode::OK, "{page}");
        }
        let shown = browser.get(&product).await;
        shown.says("You may read it, but not register");
        assert!(!shown.html.contains(&register));
        let shown = browser.get(&register).await;
        shown.says("You may not register for this API");
        give(
            &stage,
            "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb",
            "API Consumer",
        )
        .await;
        let shown = browser.get(&product).await;
        assert!(shown.html.contains(&register), "{}", shown.html);
    }
}

#[tokio::test]
async fn an_application_is_shared_with_a_team_and_taken_back() {
    for stage in stages().await {
        let mut ada = stage.developer("ada@example.com").await;
        let mut ben = stage.developer("ben@example.com").await;
        let strategy = stage.key_strategy.to_string();
        let fields = [
            ("name", "cli"),
            ("reference_id", "cli"),
            ("auth_strategy_id", strategy.as_str()),
        ];
        let made = ada.fill("/my-apps/new", &fields).await;
        made.says("cli");
        assert!(
            !made.html.contains("/share\""),
            "in no team, nobody to share with"
        );
        let end = made.html.find("/edit\"").unwrap();
        let start = made.html[..end].rfind("/my-apps/").unwrap();
        let app = made.html[start..end].to_owned();
        assert_eq!(ben.get(&app).await.status, StatusCode::NOT_FOUND);
        team(&stage, &["ada@example.com", "ben@example.com"]).await;
        let share = format!("{app}/share");
        ada.get(&app).await.says(&share);
        let shared = ada.fill(&share, &[("team_id", TEAM)]).await;
        shared.says("The application belongs to the team Partners now.");
        ben.get("/my-apps").await.says("Partners");
        let shown = ben.get(&app).await;
        shown.says("each of its developers may change");
        assert!(!shown.html.contains(&share), "{}", stage.name);
        assert_eq!(ben.get(&share).await.status, StatusCode::NOT_FOUND);
        let back = ada.fill(&share, &[("team_id", "")]).await;
        back.says("You alone have the application now.");
        assert_eq!(ben.get(&app).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_application_has_credentials_for_several_strategies() {
    for stage in stages().await {
        let mut ada = stage.developer("ada@example.com").await;
        let mut ben = stage.developer("ben@example.com").await;
        team(&stage, &["ada@example.com", "ben@example.com"]).await;
        let (client, keys) = (stage.strategy.to_string(), stage.key_strategy.to_string());
        let first = [
            ("name", "cli"),
            ("reference_id", "cli"),
            ("auth_strategy_id", keys.as_str()),
        ];
        let made = ada.fill("/my-apps/new", &first).await;
        let add = made.between("/my-apps/new?beside=", "\"").to_owned();
        let app = format!("/my-apps/{add}");
        let form = ada.get(&format!("/my-apps/new?beside={add}")).await;
        form.says("Another way for cli to sign in").says(&client);
        assert!(!form.html.contains(&keys), "it has keys already");
        let further = [
            ("beside", add.as_str()),
            ("name", "cli"),
            ("auth_strategy_id", client.as_str()),
        ];
        let made = ada.post("/my-apps/new", &further).await;
        made.says("client1");
        let way = made.between("button-primary\" href=\"", "\"").to_owned();
        let again = ada.post("/my-apps/new", &further).await;
        assert_eq!(again.location(), app);
        let again = ada.get(&app).await;
        again.says("has credentials of this auth strategy already");
        let shown = ada.get(&app).await;
        shown.says("Weather ID").says(&format!("href=\"{way}\""));
        assert!(!shown.html.contains("Add another way"), "nothing is left");
        let shown = ada.get(&way).await;
        shown
            .says("cli: Weather ID")
            .says(&format!("href=\"{app}\""));
        assert!(!shown.html.contains("/share\""), "they are shared together");
        let list = ada.get("/my-apps").await;
        assert_eq!(list.html.matches("<strong>cli</strong>").count(), 1);

        assert_eq!(ben.get(&way).await.status, StatusCode::NOT_FOUND);
        ada.fill(&format!("{app}/share"), &[("team_id", TEAM)])
            .await;
        ben.get(&way).await.says("cli: Weather ID");
        let renamed = [("name", "harbour"), ("description", "")];
        ben.fill(&format!("{app}/edit"), &renamed).await;
        ben.get(&way).await.says("harbour: Weather ID");

        let asked = ada.get(&format!("{app}/delete")).await;
        asked.says("Its further way to sign in goes with it: Weather ID");
        ada.fill(&format!("{app}/delete"), &[]).await;
        assert_eq!(ada.get(&way).await.status, StatusCode::NOT_FOUND);
        let sql = "SELECT COUNT(*) AS n FROM portal_application";
        let left: i64 = stage
            .db
            .query_one(sql, params![])
            .await
            .unwrap()
            .get("n")
            .unwrap();
        assert_eq!(left, 0, "{}: its client is gone, too", stage.name);
    }
}
