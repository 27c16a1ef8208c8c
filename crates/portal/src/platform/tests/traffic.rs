//! What gateways tell of their calls, over the wire and in the console.

use http::StatusCode;
use serde_json::{Value, json};
use web::Role;

use super::Platform;
use super::people::browser;
use super::portals::{applicant, published};
use crate::service::glance::glance;
use crate::store;

fn report(number: i64, path: &str) -> Value {
    json!({ "node": "edge-1", "report": {
        "number": number,
        "calls": [
            { "minute": 1_709_249_880_000_i64, "application_id": "", "api_id": "", "status": 200, "reason": "", "count": 12_000 },
            { "minute": 1_709_249_880_000_i64, "application_id": "", "api_id": "", "status": 401, "reason": "no_credential", "count": 7 },
        ],
        "refusals": [{
            "at": 1_709_249_879_000_i64, "request_id": "0123456789abcdef", "method": "GET", "path": path, "route": "weather",
            "status": 401, "reason": "no_credential", "detail": "the request holds no credential", "application_id": null,
        }],
    } })
}

#[tokio::test]
async fn refusals_are_listed_with_their_reason_as_gateways_tell_them() {
    for platform in Platform::everywhere().await {
        let mut browser = browser(&platform, Role::Viewer);
        browser
            .get("/gateway/refusals")
            .await
            .says("Nothing was refused");
        let bearer = platform.bearer();
        for _ in 0..2 {
            let body = report(5, "/weather/<now>");
            let told = platform.call_as(Some(&bearer), "POST", "/v1/gateway/traffic", body);
            assert_eq!(told.await.status, 204, "{}", platform.name());
        }
        let page = browser.get("/gateway/refusals").await;
        page.says("/weather/&lt;now&gt;")
            .says("No credential")
            .says("edge-1");
        page.says("12,007")
            .says("data-refresh=\"5\"")
            .says("0123456789abcdef");
        assert_eq!(
            page.html.matches("0123456789abcdef").count(),
            1,
            "told twice, counted once"
        );
        let none = browser.get("/gateway/refusals?reason=no_route").await;
        none.says("Nothing was refused");
        browser
            .get("/gateway/refusals?q=WEATHER")
            .await
            .says("edge-1");
        let bad = json!({ "node": "a b", "report": { "number": 1, "calls": [], "refusals": [] } });
        let bad = platform
            .call_as(Some(&bearer), "POST", "/v1/gateway/traffic", bad)
            .await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST.as_u16());
    }
}

/// Two applications' calls, and calls of nobody's, a minute before the tests' clock stands.
fn calls(busy: &str, api: &str) -> Value {
    let call = |application: &str, api: &str, status: u16, reason: &str, count: u32| {
        json!({ "minute": 1_709_249_880_000_i64, "application_id": application, "api_id": api,
            "status": status, "reason": reason, "count": count })
    };
    let gone = "9c1b8f2e-1111-4222-8333-444455556666";
    json!({ "node": "edge-1", "report": { "number": 1, "refusals": [], "calls": [
        call(busy, api, 200, "", 900), call(busy, api, 502, "upstream_unreachable", 30),
        call(gone, api, 200, "", 40), call("", "", 401, "no_credential", 5),
    ] } })
}

#[tokio::test]
async fn usage_is_shown_of_everybody_of_a_developer_of_an_application_and_of_an_api() {
    for platform in Platform::everywhere().await {
        let mut browser = browser(&platform, Role::Viewer);
        let none = browser.get("/gateway/usage").await;
        none.says("No calls in this time");
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let (application, developer) = (id(&applicant.application), id(&applicant.developer));
        let bearer = platform.bearer();
        let told = calls(&application, &version);
        let told = platform.call_as(Some(&bearer), "POST", "/v1/gateway/traffic", told);
        assert_eq!(told.await.status, 204, "{}", platform.name());

        let all = browser.get("/gateway/usage").await;
        all.says("<dd>975</dd>").says("cli").says("Weather v1");
        all.says("Not there any more").says("No application");
        all.says("/gateway/refusals?reason=no_credential");
        let busiest = all.html.find("application=").unwrap();
        assert!(all.html[busiest..].starts_with(&format!("application={application}")));

        for narrowed in [
            format!("application={application}"),
            format!("developer={developer}&range=hour"),
        ] {
            let page = browser.get(&format!("/gateway/usage?{narrowed}")).await;
            page.says("<dd>930</dd>").says("Upstream unreachable");
            assert!(!page.html.contains("No application"), "{narrowed}");
        }
        let page = format!("/gateway/usage?application={application}");
        let its_page = format!("/portals/{portal}/applications/{application}");
        browser.get(&page).await.says(&its_page).says("Only cli.");
        let leads = format!("/gateway/usage?application={application}");
        browser.get(&its_page).await.says(&leads);
        let api = browser.get(&format!("/gateway/usage?api={version}")).await;
        api.says("<dd>970</dd>").says("Only Weather v1.");
        let unknown = "/gateway/usage?application=9c1b8f2e-1111-4222-8333-444455556666&range=month";
        browser.get(unknown).await.says("<dd>40</dd>");

        let seen = glance(&platform.portal).await.unwrap();
        assert_eq!(seen.calls, [940, 5, 30], "{}", platform.name());
    }
}

#[tokio::test]
async fn of_very_many_refusals_the_latest_are_kept_for_a_day() {
    for platform in Platform::everywhere().await {
        let bearer = platform.bearer();
        let mut body = report(1, "/a");
        let one = body["report"]["refusals"][0].clone();
        let many = (0..5_200).map(|at| {
            let mut one = one.clone();
            one["at"] = json!(1_709_240_000_000_i64 + at);
            one
        });
        body["report"]["refusals"] = many.collect();
        let told = platform.call_as(Some(&bearer), "POST", "/v1/gateway/traffic", body);
        assert_eq!(told.await.status, 204);
        let count = async || {
            platform.portal.forget_old_usage().await.unwrap();
            let listing = store::listing::Listing::all("t.refused_at");
            let (_, count) = store::refusals::list(platform.portal.db(), &listing)
                .await
                .unwrap();
            count
        };
        assert_eq!(count().await, 5_000, "{}", platform.name());
        platform
            .clock
            .advance(std::time::Duration::from_secs(25 * 3600));
        assert_eq!(count().await, 0);
    }
}
