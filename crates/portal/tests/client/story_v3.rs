//! What a developer does by the third generation of the client API.

use serde_json::json;
use storage::params;

use crate::world::{DOCUMENT, PRODUCT, SITE, STRATEGY, VERSION, World};

const APPLICATIONS: &str = "/api/v3/applications";
const APPLICATION: &str = "/api/v3/applications/{applicationId}";
const CREDENTIALS: &str = "/api/v3/applications/{applicationId}/credentials";
const CREDENTIAL: &str = "/api/v3/applications/{applicationId}/credentials/{credentialId}";
const REGISTRATIONS: &str = "/api/v3/applications/{applicationId}/registrations";
const REGISTRATION: &str = "/api/v3/applications/{applicationId}/registrations/{registrationId}";

#[tokio::test]
async fn an_application_from_creation_to_deletion() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let me = jane
            .expect(200, "GET", "/api/v3/developer/me", &[], None)
            .await;
        assert_eq!(me.body["email"], "jane@example.com");
        let portal = jane.expect(200, "GET", "/api/v3/portal", &[], None).await;
        assert_eq!(portal.body["authentication_enabled"], true);
        jane.expect(200, "GET", "/api/v3/customization", &[], None)
            .await;
        jane.expect(200, "GET", "/api/v3/integrations", &[], None)
            .await;
        let path = "/api/v3/application-auth-strategies";
        let strategies = jane.expect(200, "GET", path, &[], None).await;
        assert_eq!(strategies.body["data"][0]["credential_type"], "key_auth");

        let new = json!({ "name": "cli", "auth_strategy_id": STRATEGY });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        assert!(made.body.get("client_secret").is_none());
        let id = made.body["id"].as_str().unwrap().to_owned();
        let earlier = json!({ "name": "cli", "reference_id": "mine" });
        jane.expect(400, "POST", APPLICATIONS, &[], Some(earlier))
            .await;
        let list = jane.expect(200, "GET", APPLICATIONS, &[], None).await;
        assert_eq!(list.body["data"], json!([made.body]));

        let key = jane
            .expect(201, "POST", CREDENTIALS, &[&id], Some(json!({})))
            .await;
        let key = key.body["id"].as_str().unwrap().to_owned();
        jane.expect(200, "GET", CREDENTIALS, &[&id], None).await;
        let renamed = json!({ "display_name": "two" });
        jane.expect(200, "PUT", CREDENTIAL, &[&id, &key], Some(renamed))
            .await;

        let new = json!({ "api_id": PRODUCT });
        let registered = jane
            .expect(201, "POST", REGISTRATIONS, &[&id], Some(new.clone()))
            .await;
        assert_eq!(registered.body["api_name"], "Weather");
        assert_eq!(registered.body["status"], "approved");
        jane.expect(409, "POST", REGISTRATIONS, &[&id], Some(new))
            .await;
        let unknown = json!({ "api_id": STRATEGY });
        jane.expect(400, "POST", REGISTRATIONS, &[&id], Some(unknown))
            .await;
        let filtered = format!("{REGISTRATIONS}?filter[api_name][contains]=EATH");
        let found = jane.expect(200, "GET", &filtered, &[&id], None).await;
        assert_eq!(found.body["data"], json!([registered.body]));
        let registration = registered.body["id"].as_str().unwrap().to_owned();
        let one = [id.as_str(), registration.as_str()];
        jane.expect(200, "GET", REGISTRATION, &one, None).await;
        let scopes = format!("{APPLICATION}/granted-scopes");
        jane.expect(422, "GET", &scopes, &[&id], None).await;

        let change = json!({ "name": "cli 2", "description": "Calls" });
        let changed = jane
            .expect(200, "PATCH", APPLICATION, &[&id], Some(change))
            .await;
        assert_eq!(changed.body["description"], "Calls");
        jane.expect(204, "DELETE", REGISTRATION, &one, None).await;
        jane.expect(204, "DELETE", CREDENTIAL, &[&id, &key], None)
            .await;
        jane.expect(204, "DELETE", APPLICATION, &[&id], None).await;
        jane.expect(404, "GET", APPLICATION, &[&id], None).await;
    }
}

#[tokio::test]
async fn one_developer_does_not_see_anothers_application() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let mut eve = world.developer("eve@example.com").await;
        let new = json!({ "name": "cli", "auth_strategy_id": STRATEGY });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        eve.expect(404, "GET", APPLICATION, &[&id], None).await;
        eve.expect(404, "DELETE", APPLICATION, &[&id], None).await;
        let list = eve.expect(200, "GET", APPLICATIONS, &[], None).await;
        assert_eq!(list.body["data"], json!([]));
        let path = format!("{APPLICATION}/regenerate-secret");
        eve.expect(404, "POST", &path, &[&id], None).await;
    }
}

const API: &str = "/api/v3/apis/{apiIdOrSlug}";

#[tokio::test]
async fn an_api_is_read_by_id_and_by_slug() {
    for world in World::all().await {
        let db = &world.test.db;
        let sql = "UPDATE portal_api_product SET slug = 'weather', \
                   attributes = '[\"env=production\",\"env=test\"]'";
        db.execute(sql, params![]).await.unwrap();
        let mut jane = world.developer("jane@example.com").await;
        let list = jane.expect(200, "GET", "/api/v3/apis?sort=name", &[], None);
        let list = list.await;
        let api = &list.body["data"][0];
        assert_eq!(api["slug"], "weather");
        assert_eq!(api["auth_strategies"][0]["id"], STRATEGY);
        assert_eq!(api["current_version_summary"]["id"], VERSION);
        let filtered = "/api/v3/apis?filter[attributes.env]=none";
        let none = jane.expect(200, "GET", filtered, &[], None).await;
        assert_eq!(none.body["meta"]["page"]["total"], 0);
        for name in ["weather", PRODUCT] {
            let one = jane.expect(200, "GET", API, &[name], None).await;
            assert_eq!(&one.body, api, "{}", world.test.name);
        }
        let documents = format!("{API}/documents");
        let tree = jane
            .expect(200, "GET", &documents, &["weather"], None)
            .await;
        assert_eq!(tree.body["data"][0]["slug"], "start");
        let document = format!("{documents}/{{documentIdOrSlug}}");
        for name in ["start", DOCUMENT] {
            let path = ["weather", name];
            let read = jane.expect(200, "GET", &document, &path, None).await;
            assert_eq!(read.body["content"], "# Hello");
        }
        jane.expect(404, "GET", &document, &["weather", "draft"], None)
            .await;
        for (part, name) in [("versions", "{versionId}"), ("specifications", "{specId}")] {
            let all = format!("{API}/{part}");
            let all = jane.expect(200, "GET", &all, &["weather"], None).await;
            assert_eq!(all.body["data"][0]["id"], VERSION);
            let one = format!("{API}/{part}/{name}");
            jane.expect(200, "GET", &one, &["weather", VERSION], None)
                .await;
            let raw = format!("{one}/raw");
            jane.expect(200, "GET", &raw, &["weather", VERSION], None)
                .await;
            jane.expect(404, "GET", &raw, &["weather", PRODUCT], None)
                .await;
        }
        let actions = format!("{API}/actions");
        jane.expect(200, "GET", &actions, &["weather"], None).await;
        let path = "/api/v3/api-attributes?selected[env]=test";
        let attributes = jane.expect(200, "GET", path, &[], None).await;
        let values = &attributes.body["data"][0]["values"];
        assert_eq!(values[0]["value"], "production");
        assert_eq!(values[0]["selected_api_count"], 1);

        let new = json!({ "name": "cli", "auth_strategy_id": STRATEGY });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        let candidates = format!("{API}/applications?unregistered=true");
        let open = jane.expect(200, "GET", &candidates, &["weather"], None);
        assert_eq!(open.await.body["data"][0]["id"], json!(id));
        let new = json!({ "api_id": PRODUCT });
        let registered = jane
            .expect(201, "POST", REGISTRATIONS, &[&id], Some(new))
            .await;
        assert_eq!(registered.body["api_slug"], "weather");
        let open = jane.expect(200, "GET", &candidates, &["weather"], None);
        assert_eq!(open.await.body["meta"]["page"]["total"], 0);
    }
}

#[tokio::test]
async fn who_is_not_signed_in_reads_what_is_published_for_everybody() {
    for world in World::all().await {
        let mut visitor = world.caller();
        let list = visitor.expect(200, "GET", "/api/v3/apis", &[], None).await;
        assert_eq!(list.body["data"], json!([]));
        visitor.expect(401, "GET", API, &[PRODUCT], None).await;
        let db = &world.test.db;
        let sql = "UPDATE portal_api_product_portal SET visibility = 'public'";
        db.execute(sql, params![]).await.unwrap();
        let list = visitor.expect(200, "GET", "/api/v3/apis", &[], None).await;
        assert_eq!(list.body["data"][0]["visibility"], "public");
        let documents = format!("{API}/documents");
        visitor
            .expect(200, "GET", &documents, &[PRODUCT], None)
            .await;
        let actions = format!("{API}/actions");
        visitor.expect(401, "GET", &actions, &[PRODUCT], None).await;
    }
}

#[tokio::test]
async fn pages_and_snippets_are_read_by_whom_they_are_for() {
    const PAGES: &str = "/api/v3/pages";
    const PAGE: &str = "/api/v3/pages/{pagePath}";
    const SNIPPET: &str = "/api/v3/snippets/{snippetName}";
    for world in World::all().await {
        let db = &world.test.db;
        let page = "INSERT INTO portal_site_page (id, portal_id, parent_page_id, slug, title, content, \
                    visibility, status, position, created_at, updated_at) \
                    VALUES ($1, $2, $3, $4, $4, 'Text', $5, 'published', 0, 0, 0)";
        let (home, guides) = (STRATEGY, DOCUMENT);
        for (id, parent, slug, visibility) in [
            (home, None, "/", "public"),
            (guides, None, "/guides", "private"),
            (PRODUCT, Some(guides), "first", "public"),
        ] {
            let params = params![id, SITE, parent, slug, visibility];
            db.execute(page, params).await.unwrap();
        }
        let snippet = "INSERT INTO portal_snippet (id, portal_id, name, title, content, visibility, status, \
                       created_at, updated_at) VALUES ($1, $2, $3, $3, 'Text', $4, $5, 0, 0)";
        for (id, name, visibility, status) in [
            (STRATEGY, "open", "public", "published"),
            (DOCUMENT, "inner", "private", "published"),
            (PRODUCT, "draft", "public", "unpublished"),
        ] {
            let params = params![id, SITE, name, visibility, status];
            db.execute(snippet, params).await.unwrap();
        }
        let mut visitor = world.caller();
        let tree = visitor.expect(200, "GET", PAGES, &[], None).await;
        assert_eq!(tree.body["data"].as_array().unwrap().len(), 1);
        let start = visitor.expect(200, "GET", PAGE, &["%2F"], None).await;
        assert_eq!(start.body["content"], "Text");
        visitor
            .expect(404, "GET", PAGE, &["guides/first"], None)
            .await;
        let list = visitor
            .expect(200, "GET", "/api/v3/snippets", &[], None)
            .await;
        assert_eq!(list.body["meta"]["page"]["total"], 1);
        visitor.expect(200, "GET", SNIPPET, &["open"], None).await;
        visitor.expect(404, "GET", SNIPPET, &["inner"], None).await;

        let mut jane = world.developer("jane@example.com").await;
        let path = format!("{PAGES}?sort=title desc").replace(' ', "%20");
        let tree = jane.expect(200, "GET", &path, &[], None).await;
        let guides = &tree.body["data"][0];
        assert_eq!(guides["children"][0]["slug"], "first", "{}", tree.body);
        for path in ["guides/first", "guides%2Ffirst"] {
            let page = jane.expect(200, "GET", PAGE, &[path], None).await;
            assert_eq!(page.body["title"], "first");
        }
        jane.expect(200, "GET", SNIPPET, &["inner"], None).await;
        jane.expect(404, "GET", SNIPPET, &["draft"], None).await;
    }
}

#[tokio::test]
async fn a_search_finds_what_a_visitor_may_read() {
    const SEARCH: &str = "/api/v3/search";
    for world in World::all().await {
        let find = |words: &str| format!("{SEARCH}?q={words}&page[size]=50");
        let mut visitor = world.caller();
        let nothing = visitor
            .expect(200, "GET", &find("weather"), &[], None)
            .await;
        assert_eq!(nothing.body["data"], json!([]));
        let mut jane = world.developer("jane@example.com").await;
        let found = jane.expect(200, "GET", &find("weather"), &[], None).await;
        let kinds = |body: &serde_json::Value| {
            let all = body["data"].as_array().unwrap().iter();
            all.map(|one| one["type"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(&found.body)[0], "api", "{}", found.body);
        assert_eq!(found.body["data"][0]["relations"]["api_id"], PRODUCT);
        let none = jane.expect(200, "GET", SEARCH, &[], None).await;
        assert_eq!(none.body["data"], json!([]));
        jane.expect(400, "GET", &format!("{SEARCH}?page[size]=x"), &[], None)
            .await;
        let page = "INSERT INTO portal_site_page (id, portal_id, slug, title, content, visibility, \
                    status, position, created_at, updated_at) \
                    VALUES ($1, $2, 'storms', 'Storms', 'What to do', 'public', 'published', 0, 0, 0)";
        let db = &world.test.db;
        db.execute(page, params![STRATEGY, SITE]).await.unwrap();
        let found = visitor
            .expect(200, "GET", &find("storms%20do"), &[], None)
            .await;
        assert_eq!(found.body["data"][0]["attributes"]["path"], "/storms");
        assert_eq!(found.body["meta"]["page"]["next"], serde_json::Value::Null);
    }
}
