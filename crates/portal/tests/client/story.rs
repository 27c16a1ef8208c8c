//! What a developer does, from sign-up to sign-out.

use serde_json::json;
use storage::params;

use crate::world::{DOCUMENT, PASSWORD, PRODUCT, SITE, STRATEGY, VERSION, World};

const APPLICATIONS: &str = "/api/v2/applications";
const APPLICATION: &str = "/api/v2/applications/{applicationId}";
const CREDENTIALS: &str = "/api/v2/applications/{applicationId}/credentials";
const CREDENTIAL: &str = "/api/v2/applications/{applicationId}/credentials/{credentialId}";
const REGISTRATIONS: &str = "/api/v2/applications/{applicationId}/registrations";
const REGISTRATION: &str = "/api/v2/applications/{applicationId}/registrations/{registrationId}";
const CANDIDATES: &str =
    "/api/v2/products/{productId}/versions/{productVersionId}/applications?unregistered=true";
const AUTHENTICATE: &str = "/api/v2/developer/authenticate";
const ME: &str = "/api/v2/developer/me";
const REFRESH: &str = "/api/v2/developer/refresh";

#[tokio::test]
async fn an_application_from_creation_to_deletion() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let me = jane.expect(200, "GET", ME, &[], None).await;
        assert_eq!(me.body["email"], "jane@example.com");
        assert_eq!(me.headers["cache-control"], "no-store");
        let strategies = jane
            .expect(
                200,
                "GET",
                "/api/v2/applications/auth-strategies",
                &[],
                None,
            )
            .await;
        assert_eq!(strategies.body["data"][0]["credential_type"], "key_auth");

        let new = json!({ "name": "cli", "reference_id": "my-own", "auth_strategy_id": STRATEGY });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        assert!(made.body.get("credentials").is_none());
        let id = made.body["id"].as_str().unwrap().to_owned();

        let key = jane
            .expect(
                201,
                "POST",
                CREDENTIALS,
                &[&id],
                Some(json!({ "display_name": "one" })),
            )
            .await;
        let secret = key.body["credential"].as_str().unwrap().to_owned();
        let key_id = key.body["id"].as_str().unwrap().to_owned();
        assert_eq!(key.body["expires_at"], "2023-11-28T22:13:20.000Z");
        let listed = jane.expect(200, "GET", CREDENTIALS, &[&id], None).await;
        assert!(
            !listed.body.to_string().contains(&secret),
            "a key is shown once"
        );
        let renamed = json!({ "display_name": "two" });
        jane.expect(200, "PUT", CREDENTIAL, &[&id, &key_id], Some(renamed))
            .await;

        let candidates = jane
            .expect(200, "GET", CANDIDATES, &[PRODUCT, VERSION], None)
            .await;
        assert_eq!(candidates.body["meta"]["page"]["total"], 1);
        let new = json!({ "product_version_id": VERSION });
        let registered = jane
            .expect(201, "POST", REGISTRATIONS, &[&id], Some(new.clone()))
            .await;
        assert_eq!(registered.body["status"], "approved");
        assert_eq!(registered.body["product_name"], "Weather");
        jane.expect(409, "POST", REGISTRATIONS, &[&id], Some(new))
            .await;
        let candidates = jane
            .expect(200, "GET", CANDIDATES, &[PRODUCT, VERSION], None)
            .await;
        assert_eq!(candidates.body["meta"]["page"]["total"], 0);
        let filtered =
            format!("{REGISTRATIONS}?filter[product_name][contains]=EATH&filter[status]=approved");
        let found = jane.expect(200, "GET", &filtered, &[&id], None).await;
        assert_eq!(found.body["data"][0]["id"], registered.body["id"]);
        let registration = registered.body["id"].as_str().unwrap().to_owned();
        jane.expect(
            422,
            "GET",
            &format!("{REGISTRATION}/granted-scopes"),
            &[&id, &registration],
            None,
        )
        .await;

        let config = portal::publish::compile(&world.test.db).await.unwrap();
        assert_eq!(
            config.applications[0].registrations[0].api_id, VERSION,
            "gateways know it"
        );
        assert_ne!(config.applications[0].keys[0].sha256, secret);

        let change = json!({ "name": "cli 2", "reference_id": "my-own" });
        let changed = jane
            .expect(200, "PATCH", APPLICATION, &[&id], Some(change))
            .await;
        assert_eq!(changed.body["name"], "cli 2");
        jane.expect(204, "DELETE", REGISTRATION, &[&id, &registration], None)
            .await;
        jane.expect(204, "DELETE", CREDENTIAL, &[&id, &key_id], None)
            .await;
        jane.expect(204, "DELETE", APPLICATION, &[&id], None).await;
        jane.expect(404, "GET", APPLICATION, &[&id], None).await;
        jane.expect(204, "POST", "/api/v2/developer/logout", &[], None)
            .await;
        jane.expect(401, "GET", ME, &[], None).await;
    }
}

#[tokio::test]
async fn one_developer_cannot_touch_anothers_application() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let made = jane
            .expect(
                201,
                "POST",
                APPLICATIONS,
                &[],
                Some(json!({ "name": "hers" })),
            )
            .await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        let mut john = world.developer("john@example.com").await;
        john.expect(404, "GET", APPLICATION, &[&id], None).await;
        john.expect(
            404,
            "PATCH",
            APPLICATION,
            &[&id],
            Some(json!({ "name": "his" })),
        )
        .await;
        john.expect(404, "DELETE", APPLICATION, &[&id], None).await;
        john.expect(404, "POST", CREDENTIALS, &[&id], Some(json!({})))
            .await;
        let new = json!({ "product_version_id": VERSION });
        john.expect(404, "POST", REGISTRATIONS, &[&id], Some(new))
            .await;
        let list = john.expect(200, "GET", APPLICATIONS, &[], None).await;
        assert_eq!(list.body["meta"]["page"]["total"], 0);
        jane.expect(200, "GET", APPLICATION, &[&id], None).await;
    }
}

#[tokio::test]
async fn bad_input_names_the_field_and_the_rule() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let cases = [
            (json!({}), "name", "required"),
            (
                json!({ "name": "a", "nmae": 1 }),
                "nmae",
                "unknown_property",
            ),
            (json!({ "name": "x".repeat(256) }), "name", "max_length"),
            (
                json!({ "name": "a", "redirect_uri": "javascript:alert(1)" }),
                "redirect_uri",
                "invalid",
            ),
            (
                json!({ "name": "a", "auth_strategy_id": SITE }),
                "auth_strategy_id",
                "missing_reference",
            ),
        ];
        for (body, field, rule) in cases {
            let answer = jane
                .expect(400, "POST", APPLICATIONS, &[], Some(body))
                .await;
            let first = &answer.body["invalid_parameters"][0];
            assert_eq!(
                (&first["field"], &first["rule"]),
                (&json!(field), &json!(rule))
            );
        }
        let answer = jane
            .expect(
                400,
                "GET",
                &format!("{APPLICATIONS}?page[size]=x"),
                &[],
                None,
            )
            .await;
        assert_eq!(answer.body["invalid_parameters"][0]["source"], "query");
        for n in 0..20 {
            let made = jane
                .send(
                    "POST",
                    APPLICATIONS,
                    Some(json!({ "name": format!("a{n}") })),
                )
                .await;
            assert_eq!(made.status, 201);
        }
        let page = jane
            .expect(
                200,
                "GET",
                &format!("{APPLICATIONS}?page[size]=7&page[number]=3"),
                &[],
                None,
            )
            .await;
        assert_eq!(page.body["data"].as_array().unwrap().len(), 6);
    }
}

#[tokio::test]
async fn the_catalogue_is_read_by_developers_and_on_a_public_portal_by_everybody() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let mut nobody = world.caller();
        nobody
            .expect(401, "GET", "/api/v2/products", &[], None)
            .await;
        let version = "/api/v2/products/{productId}/versions/{productVersionId}";
        let document = "/api/v2/products/{productId}/documents/{documentId}";
        let search = "/api/v2/search/{indices}?q=WEATHER%20fore&join=versions&page[size]=12";
        for public in [false, true] {
            let sql = "UPDATE portal_portal SET is_public = $1";
            world.test.db.execute(sql, params![public]).await.unwrap();
            let reader = if public { &mut nobody } else { &mut jane };
            let found = reader
                .expect(200, "GET", search, &["product-catalog"], None)
                .await;
            assert_eq!(
                found.body["data"][0]["source"]["latest_version"]["name"],
                "v1"
            );
            let product = reader
                .expect(200, "GET", "/api/v2/products/{productId}", &[PRODUCT], None)
                .await;
            assert_eq!(product.body["document_count"], 1);
            let one = reader
                .expect(200, "GET", version, &[PRODUCT, VERSION], None)
                .await;
            assert_eq!(one.body["registration_configs"][0]["id"], STRATEGY);
            reader
                .expect(
                    200,
                    "GET",
                    "/api/v2/products/{productId}/versions",
                    &[PRODUCT],
                    None,
                )
                .await;
            let spec = reader
                .expect(
                    200,
                    "GET",
                    &format!("{version}/spec"),
                    &[PRODUCT, VERSION],
                    None,
                )
                .await;
            assert!(spec.body["content"].as_str().unwrap().contains("3.1.0"));
            let operations = format!("{version}/spec/operations");
            let operations = reader
                .expect(200, "GET", &operations, &[PRODUCT, VERSION], None)
                .await;
            assert_eq!(operations.body["operations"][0]["operation_id"], "getF");
            let documents = "/api/v2/products/{productId}/documents";
            let list = reader.expect(200, "GET", documents, &[PRODUCT], None).await;
            assert_eq!(list.body["meta"]["page"]["total"], 1, "drafts are hidden");
            let page = reader
                .expect(200, "GET", document, &[PRODUCT, DOCUMENT], None)
                .await;
            assert_eq!(page.body["content"], "# Hello");
            reader
                .expect(
                    404,
                    "GET",
                    document,
                    &[PRODUCT, "77777777-7777-4777-8777-777777777777"],
                    None,
                )
                .await;
            reader
                .expect(404, "GET", "/api/v2/products/{productId}", &[VERSION], None)
                .await;
            let context = reader.expect(200, "GET", "/api/v2/portal", &[], None).await;
            assert_eq!(context.body["is_public"], public);
            reader
                .expect(200, "GET", "/api/v2/portal/appearance", &[], None)
                .await;
        }
        let closed = nobody.send("POST", AUTHENTICATE, Some(json!({}))).await;
        assert_eq!(closed.status, 404, "a public portal has no accounts");
        assert_eq!(jane.send("GET", APPLICATIONS, None).await.status, 404);
    }
}

#[tokio::test]
async fn sessions_renew_and_refusals_have_titles() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let before = jane.cookies().clone();
        jane.expect(204, "POST", REFRESH, &[], None).await;
        assert_ne!(
            jane.cookies()["portalaccesstoken"],
            before["portalaccesstoken"]
        );
        jane.expect(200, "GET", ME, &[], None).await;
        let mut nobody = world.caller();
        nobody.expect(401, "POST", REFRESH, &[], None).await;
        let wrong = json!({ "username": "jane@example.com", "password": "wrong" });
        let answer = nobody
            .expect(401, "POST", AUTHENTICATE, &[], Some(wrong))
            .await;
        assert_eq!(answer.body["title"], "Invalid Credentials");
        world
            .test
            .db
            .execute("UPDATE portal_developer SET status = 'pending'", params![])
            .await
            .unwrap();
        let right = json!({ "username": "jane@example.com", "password": PASSWORD });
        let answer = nobody
            .expect(401, "POST", AUTHENTICATE, &[], Some(right))
            .await;
        assert!(answer.body["title"].as_str().unwrap().contains("disabled"));
        jane.expect(401, "GET", ME, &[], None).await;
        let weak = json!({ "token": SITE, "password": "short" });
        nobody
            .expect(
                404,
                "POST",
                "/api/v2/developer/reset-password",
                &[],
                Some(weak),
            )
            .await;
        let email = json!({ "email": "stranger@example.com" });
        nobody
            .expect(
                200,
                "POST",
                "/api/v2/developer/forgot-password",
                &[],
                Some(email),
            )
            .await;
    }
}

#[tokio::test]
async fn another_site_can_neither_write_nor_read() {
    let world = World::all().await.remove(0);
    let mut jane = world.developer("jane@example.com").await;
    jane.origin = Some("https://evil.example".into());
    let answer = jane
        .send("POST", APPLICATIONS, Some(json!({ "name": "a" })))
        .await;
    assert_eq!(answer.status, 403);
    let answer = jane.send("GET", ME, None).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    jane.origin = Some("https://portal.example".into());
    assert_eq!(
        jane.send("POST", APPLICATIONS, Some(json!({ "name": "a" })))
            .await
            .status,
        201
    );

    for (domain, origin) in [
        ("spa.example", "https://spa.example"),
        ("localhost:3000", "http://localhost:3000"),
    ] {
        let sql = "UPDATE portal_portal SET custom_client_domain = $1";
        world.test.db.execute(sql, params![domain]).await.unwrap();
        jane.origin = Some(origin.into());
        let answer = jane
            .send("POST", APPLICATIONS, Some(json!({ "name": domain })))
            .await;
        assert_eq!(answer.status, 201);
        assert_eq!(answer.headers["access-control-allow-origin"], origin);
        assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    }
    jane.origin = Some("http://localhost:3001".into());
    let another = json!({ "name": "c" });
    let answer = jane.send("POST", APPLICATIONS, Some(another)).await;
    assert_eq!(answer.status, 403, "another program on the same host");
}
