//! The usage page, as a developer without scripts reads it.

use gateway::traffic::{Calls, Report};
use oauth::Timestamp;

use crate::stage::stages;

#[tokio::test]
async fn a_developer_reads_what_was_refused_and_what_to_do() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        browser
            .get("/my-apps/usage")
            .await
            .says("No calls in this time");
        let fields = [
            ("name", "Forecast bot"),
            ("auth_strategy_id", &*stage.strategy.to_string()),
            ("request", "one"),
        ];
        browser.get("/my-apps/new").await;
        browser.post("/my-apps/new", &fields).await;
        let list = browser.get("/my-apps").await;
        let id = list.between("<a href=\"/my-apps/", "\"").to_owned();
        let id = match id.as_str() {
            "usage" | "new" => {
                let (_, rest) = list.html.split_once("<tbody>").unwrap();
                let (_, rest) = rest.split_once("/my-apps/").unwrap();
                rest.split('"').next().unwrap().to_owned()
            }
            _ => id,
        };
        let calls = |status, reason: &str, count| Calls {
            minute: Timestamp::from_unix_seconds(1_699_999_980),
            application_id: id.clone(),
            api_id: stage.version.to_string(),
            status,
            reason: reason.into(),
            count,
        };
        let report = Report {
            number: 1,
            calls: vec![
                calls(200, "", 1200),
                calls(401, "invalid_client", 30),
                calls(502, "upstream_unreachable", 4),
            ],
            refusals: Vec::new(),
        };
        stage.publisher.note_traffic("node", &report).await.unwrap();
        for range in ["hour", "day", "week", "month"] {
            let page = browser.get(&format!("/my-apps/usage?range={range}")).await;
            page.says("1,234")
                .says("Wrong client secret")
                .says("was rotated");
            page.says("Forecasts v2").says("Forecast bot").says("<svg");
        }
        let one = format!("/my-apps/usage?range=week&application={id}");
        let page = browser.get(&one).await;
        page.says("Only Forecast bot.")
            .says("/my-apps/usage?range=week\"");
        let other = format!("/my-apps/usage?application={}", stage.version);
        browser.get(&other).await.says("No calls in this time");
        browser
            .get(&format!("/my-apps/{id}"))
            .await
            .says("/my-apps/usage?application=");
        let ja = browser.get("/my-apps/usage?lang=ja").await;
        ja.says("クライアントシークレットが違います");
        let mut stranger = stage.developer("eve@example.com").await;
        stranger.get(&one).await.says("No calls in this time");
        assert!(
            !stranger.get(&one).await.html.contains("Forecast bot"),
            "{}",
            stage.name
        );
    }
}
