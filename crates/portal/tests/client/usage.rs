//! What a developer's applications called, as gateways told it.

use gateway::traffic::{Calls, Report};
use oauth::Timestamp;
use serde_json::{Value, json};

use crate::world::{Caller, VERSION, World};

const STATS: &str = "/api/v2/stats";
/// The world's clock stands at 22:13:20.
const NOW: i64 = 1_700_000_000_000;
const HOUR: i64 = 3_600_000;

fn calls(application: &str, minutes_ago: i64, status: u16, reason: &str, count: u64) -> Calls {
    Calls {
        minute: Timestamp::from_millis(NOW - minutes_ago * 60_000),
        application_id: application.into(),
        api_id: VERSION.into(),
        status,
        reason: reason.into(),
        count,
    }
}

async fn tell(world: &World, number: i64, calls: Vec<Calls>) {
    let report = Report {
        number,
        calls,
        refusals: Vec::new(),
    };
    let publisher = world.portal.publisher();
    publisher.note_traffic("node", &report).await.unwrap();
}

async fn application(caller: &mut Caller<'_>, name: &str) -> String {
    let body = json!({ "name": name });
    let path = "/api/v2/applications";
    let made = caller.expect(201, "POST", path, &[], Some(body)).await;
    made.body["id"].as_str().unwrap().to_owned()
}

async fn ask(caller: &mut Caller<'_>, more: Value) -> Value {
    let mut body =
        json!({ "start_ms": NOW - 24 * HOUR, "end_ms": NOW, "metrics": ["REQUEST_COUNT"] });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    caller
        .expect(200, "POST", STATS, &[], Some(body))
        .await
        .body
}

#[tokio::test]
async fn a_developer_sees_the_calls_of_their_own_applications_and_of_no_other() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let mut eve = world.developer("eve@example.com").await;
        let own = application(&mut jane, "forecasts").await;
        let other = application(&mut eve, "spy").await;
        let told = vec![
            calls(&own, 5, 200, "", 40),
            calls(&own, 6, 200, "", 2),
            calls(&own, 5, 403, "not_registered", 3),
            calls(&own, 180, 500, "", 1),
            calls(&other, 5, 200, "", 1000),
            calls("", 5, 401, "no_credential", 1000),
        ];
        tell(&world, 7, told.clone()).await;
        // The answer was lost on its way, and the node tells it again.
        tell(&world, 7, told).await;
        let config = jane
            .expect(200, "GET", "/api/v2/stats/config", &[], None)
            .await;
        assert_eq!(config.body["analytics"]["percentiles"], false);
        let all = ask(&mut jane, json!({})).await;
        assert_eq!(
            all["records"][0]["event"]["REQUEST_COUNT"], 46,
            "{}",
            world.test.name
        );
        let grouped = json!({ "dimensions": ["APPLICATION", "STATUS_CODE_GROUPED"] });
        let grouped = ask(&mut jane, grouped).await;
        let lines: Vec<String> = grouped["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record["event"].to_string())
            .collect();
        assert_eq!(
            lines,
            [
                r#"{"APPLICATION":"forecasts","STATUS_CODE_GROUPED":"2XX","REQUEST_COUNT":42}"#,
                r#"{"APPLICATION":"forecasts","STATUS_CODE_GROUPED":"4XX","REQUEST_COUNT":3}"#,
                r#"{"APPLICATION":"forecasts","STATUS_CODE_GROUPED":"5XX","REQUEST_COUNT":1}"#,
            ]
        );
        let timed = json!({ "dimensions": ["TIME"], "granularity_ms": HOUR,
            "filter": [{ "dimension": "STATUS_CODE", "type": "NOT_IN", "values": [403] }] });
        let timed = ask(&mut jane, timed).await;
        let at = |at: usize| timed["records"][at]["timestamp"].as_str().unwrap();
        assert_eq!(
            (at(0), at(1)),
            ("2023-11-14T19:00:00.000Z", "2023-11-14T22:00:00.000Z")
        );
        assert_eq!(timed["records"][1]["event"]["REQUEST_COUNT"], 42);
        let named =
            json!({ "filter": [{ "dimension": "APPLICATION", "type": "IN", "values": [other] }] });
        let named = ask(&mut jane, named).await;
        assert_eq!(named["records"][0]["event"]["REQUEST_COUNT"], 0, "not hers");
        let rate = json!({ "metrics": ["REQUEST_PER_MINUTE"], "start_ms": NOW - HOUR });
        let rate = ask(&mut jane, rate).await;
        assert_eq!(rate["records"][0]["event"]["REQUEST_PER_MINUTE"], 0.75);
        let latency = json!({ "start_ms": 1, "end_ms": 2, "metrics": ["RESPONSE_LATENCY_P99"] });
        jane.expect(400, "POST", STATS, &[], Some(latency)).await;
    }
}

#[tokio::test]
async fn counts_are_kept_for_as_long_as_their_kind_is_looked_at() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let own = application(&mut jane, "forecasts").await;
        tell(&world, 1, vec![calls(&own, 0, 200, "", 9)]).await;
        let kinds = async || {
            let sql = "SELECT span FROM portal_usage ORDER BY span";
            let rows = world.test.db.query(sql, Vec::new()).await.unwrap();
            let spans = rows.iter().map(|row| row.get::<String>("span").unwrap());
            spans.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(kinds().await, "day hour minute");
        for (hours, left) in [(4, "day hour"), (24 * 10, "day"), (24 * 401, "")] {
            let clock = world.portal.clock();
            clock.advance(std::time::Duration::from_secs(hours * 3600));
            world.portal.forget_old_usage().await.unwrap();
            assert_eq!(kinds().await, left, "{} {hours} h", world.test.name);
        }
    }
}
