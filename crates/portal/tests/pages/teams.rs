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
