//! What tools read of things that this product does not have, and what both generations share.

use serde_json::json;

use super::Platform;

#[tokio::test]
async fn lists_of_what_there_is_none_of_are_empty_and_not_absent() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v3/portals", json!({ "name": "weather" }))
            .await
            .id();
        let account = platform
            .post(
                "/v3/system-accounts",
                json!({ "name": "ci", "description": "Deploys" }),
            )
            .await
            .id();
        let plane = platform.get("/v2/control-planes").await.body["data"][0]["id"].clone();
        let plane = plane.as_str().unwrap();
        for path in [
            "/v3/teams?page[size]=100&page[number]=1&filter[name][eq]=Admins".to_owned(),
            "/v3/portals/email-domains".to_owned(),
            format!("/v3/system-accounts/{account}/assigned-roles"),
            format!("/v3/system-accounts/{account}/teams"),
            format!("/v2/control-planes/{plane}/group-memberships?page[size]=100"),
        ] {
            let list = platform.get(&path).await;
            assert_eq!(
                list.status,
                200,
                "{}: {path}: {}",
                platform.name(),
                list.body
            );
            assert_eq!(list.body["data"], json!([]), "{path}");
        }
        let integrations = format!("/v3/portals/{portal}/integrations");
        assert_eq!(platform.get(&integrations).await.body, json!({}));
        let certificates = format!("/v2/control-planes/{plane}/dp-client-certificates");
        let list = platform.get(&certificates).await;
        assert_eq!(list.body["items"], json!([]));
        let nobody = format!("/v3/portals/{account}/integrations");
        assert_eq!(platform.get(&nobody).await.status, 404);
    }
}

#[tokio::test]
async fn a_portals_audit_webhook_is_one_under_both_generations() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v3/portals", json!({ "name": "weather" }))
            .await
            .id();
        let destination = json!({ "name": "logs", "endpoint": "https://logs.example/in", "authorization": "Bearer word", "log_format": "json" });
        let destination = platform
            .post("/v2/audit-log-destinations", destination)
            .await
            .id();
        let body = json!({ "enabled": true, "audit_log_destination_id": destination });
        let newer = format!("/v3/portals/{portal}/audit-log-webhook");
        let set = platform.call("PATCH", &newer, body.clone()).await;
        assert_eq!((set.status, &set.body), (200, &body), "{}", platform.name());
        let earlier = format!("/v2/portals/{portal}/audit-log-webhook");
        assert_eq!(platform.get(&earlier).await.body, body);
        let standing = platform.get(&format!("{newer}/status")).await;
        assert_eq!(standing.body["webhook_enabled"], true, "{}", standing.body);
        let replay = format!("/v3/portals/{portal}/audit-log-replay-job");
        assert_eq!(platform.get(&replay).await.body["status"], "unconfigured");
        let gone = platform.call("DELETE", &newer, json!(null)).await;
        assert_eq!(gone.status, 204);
        assert_eq!(
            platform.get(&earlier).await.body,
            json!({ "enabled": false })
        );
    }
}

#[tokio::test]
async fn lists_are_filtered_by_what_no_entry_is() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v3/portals", json!({ "name": "weather" }))
            .await
            .id();
        let planes = "/v2/control-planes?filter[cluster_type]";
        let others = format!(
            "{planes}[neq]=CLUSTER_TYPE_CONTROL_PLANE_GROUP&filter[cloud_gateway][eq]=false"
        );
        let found = platform.get(&others).await.body;
        assert_eq!(found["data"][0]["name"], "default", "{found}");
        let groups = format!("{planes}[eq]=CLUSTER_TYPE_CONTROL_PLANE_GROUP");
        assert_eq!(platform.get(&groups).await.body["data"], json!([]));
        let of_team = format!("/v3/portals/{portal}/applications?filter[team_id][eq]={portal}");
        let none = platform.get(&of_team).await;
        assert_eq!((none.status, &none.body["data"]), (200, &json!([])));
    }
}
