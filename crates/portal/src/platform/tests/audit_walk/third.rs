//! What the third generation alone writes.

use serde_json::{Value, json};

use super::{Walk, organization, to, walk_portal_webhook};
use crate::platform::tests::apis::{SPEC, service, strategy};

pub(super) async fn walk(walk: &mut Walk<'_>) {
    walk_portals(walk).await;
    walk_apis(walk).await;
    walk_people(walk).await;
    walk_pages(walk).await;
    let body = json!({
        "name": "SIEM", "endpoint": "https://siem.example/a", "authorization": "Bearer s3cret",
        "log_format": "json",
    });
    let destination = walk.make("/v2/audit-log-destinations", body).await;
    walk_portal_webhook(walk, "/v3", &destination).await;
    walk_system_accounts(walk).await;
    organization::walk_organization(walk).await;
}

async fn walk_portals(walk: &mut Walk<'_>) {
    let all = "/v3/portals";
    let one = format!("{all}/{}", walk.make(all, json!({ "name": "own" })).await);
    let body = json!({ "default_page_visibility": "public" });
    let told = ("default_page_visibility", to("private", "public"));
    walk.change("PATCH", &one, body, told).await;
    let domain = format!("{one}/custom-domain");
    let ssl = json!({ "domain_verification_method": "http" });
    let body = json!({ "hostname": "dev.example.com", "enabled": true, "ssl": ssl });
    let told = json!({ "after": "dev.example.com" });
    walk.change("POST", &domain, body, ("custom_domain", told))
        .await;
    walk.remove(&domain).await;
    for picture in ["logo", "favicon"] {
        let data = "data:image/png;base64,iVBORw0KGgo=";
        let told = json!({ "after": data });
        let path = format!("{one}/assets/{picture}");
        let member = format!("appearance.images.{picture}.data");
        let body = json!({ "data": data });
        walk.change("PUT", &path, body, (&member, told)).await;
    }
    let lists = format!("{one}/ip-allow-list");
    let addresses = |ip: &str| json!({ "allowed_ips": [ip] });
    let list = walk.make(&lists, addresses("192.0.2.1")).await;
    let list = format!("{lists}/{list}");
    for method in ["PUT", "PATCH"] {
        let body = addresses(&format!("192.0.2.{}", method.len()));
        let (_, entry) = walk.step(method, &list, body).await;
        let told = &entry.detail["changes"]["ip_allow_list"];
        assert!(told["before"] != told["after"], "{}", entry.detail);
    }
    walk.remove(&list).await;
    let looks = format!("{one}/customization");
    let mode = |mode: &str| json!({ "theme": { "mode": mode } });
    let told = json!({ "after": "dark" });
    let member = "customization.theme.mode";
    walk.change("PUT", &looks, mode("dark"), (member, told))
        .await;
    let told = to("dark", "light");
    walk.change("PATCH", &looks, mode("light"), (member, told))
        .await;
    walk.remove(&one).await;
}

async fn walk_apis(walk: &mut Walk<'_>) {
    let all = "/v3/apis";
    let api = walk.make(all, json!({ "name": "Weather" })).await;
    let one = format!("{all}/{api}");
    let body = json!({ "slug": "rain" });
    walk.change("PATCH", &one, body, ("slug", to("weather", "rain")))
        .await;

    let versions = format!("{one}/versions");
    let body = json!({ "version": "v1", "spec": { "content": SPEC } });
    let version = format!("{versions}/{}", walk.make(&versions, body).await);
    let told = ("name", to("v1", "v2"));
    walk.change("PATCH", &version, json!({ "version": "v2" }), told)
        .await;
    walk.remove(&version).await;
    let specifications = format!("{one}/specifications");
    let body = json!({ "content": SPEC });
    let specification = walk.make(&specifications, body).await;
    let specification = format!("{specifications}/{specification}");
    let longer = SPEC.replace("Weather", "Rain and more");
    let (_, entry) = walk
        .step("PATCH", &specification, json!({ "content": longer }))
        .await;
    let told = &entry.detail["changes"]["specification.content"];
    assert!(told["before"] != told["after"], "{}", entry.detail);
    walk.remove(&specification).await;

    let icon = format!("{one}/images/icon");
    for (end, told) in [("=", json!("image/png")), ("A", Value::Null)] {
        let data = format!("data:image/png;base64,iVBORw0KGgo{end}");
        let (_, entry) = walk.step("PUT", &icon, json!({ "data": data })).await;
        let changes = &entry.detail["changes"];
        assert_eq!(changes["media_type"]["after"], told, "{}", entry.detail);
        assert!(changes["digest"]["after"].is_string(), "{}", entry.detail);
    }
    walk.remove(&icon).await;

    let documents = format!("{one}/documents");
    let document = walk.make(&documents, json!({ "content": "# Start" })).await;
    let other = walk.make(&documents, json!({ "content": "# End" })).await;
    let document = format!("{documents}/{document}");
    let told = ("title", to("Start", "Begin"));
    walk.change("PATCH", &document, json!({ "title": "Begin" }), told)
        .await;
    let place = json!({ "parent_document_id": other, "index": 0 });
    let told = json!({ "after": other });
    let moved = ("parent_document_id", told);
    walk.change("POST", &format!("{document}/move"), place, moved)
        .await;
    walk.remove(&document).await;

    let portals = "/v2/portals";
    let portal = walk.platform.post(portals, json!({ "name": "apis" })).await;
    let publication = format!("{one}/publications/{}", portal.id());
    let keys = strategy(walk.platform, "keys of v3").await;
    let body = json!({ "auth_strategy_ids": [keys], "visibility": "private" });
    walk.step("PUT", &publication, body).await;
    let body = json!({ "auth_strategy_ids": [keys], "visibility": "public" });
    let told = ("visibility", to("private", "public"));
    walk.change("PUT", &publication, body, told).await;
    walk.remove(&publication).await;
    let (plane, service) = service(walk.platform, "weather").await;
    let implementations = format!("{one}/implementations");
    let body = json!({ "service": { "control_plane_id": plane, "id": service } });
    let implementation = walk.make(&implementations, body).await;
    walk.remove(&format!("{implementations}/{implementation}"))
        .await;
    walk.remove(&one).await;
}

async fn walk_people(walk: &mut Walk<'_>) {
    let platform = walk.platform;
    let body = json!({ "name": "people" });
    let portal = format!(
        "/v3/portals/{}",
        platform.post("/v3/portals", body).await.id()
    );
    let api = platform.post("/v3/apis", json!({ "name": "Tides" })).await;
    let keys = strategy(platform, "keys of people").await;
    let publication = portal.replace(
        "/v3/portals/",
        &format!("/v3/apis/{}/publications/", api.id()),
    );
    let body = json!({ "auth_strategy_ids": [keys] });
    let published = platform.call("PUT", &publication, body).await;
    assert_eq!(published.status, 200, "{}", published.body);

    let developers = format!("{portal}/developers");
    let body = json!({ "email": "dev@example.com", "full_name": "Dev", "status": "approved" });
    let developer = walk.make(&developers, body).await;
    let body = json!({ "email": "eve@example.com", "full_name": "Eve" });
    let eve = walk.make(&developers, body).await;
    let told = ("status", to("pending", "approved"));
    let approved = json!({ "status": "approved" });
    walk.change(
        "PATCH",
        &format!("{developers}/{eve}"),
        approved.clone(),
        told.clone(),
    )
    .await;
    let applications = format!("{portal}/applications");
    let owner = |id: &str| json!({ "type": "developer", "id": id });
    let body = json!({ "name": "cli", "auth_strategy_id": keys, "owner": owner(&developer) });
    let application = format!("{applications}/{}", walk.make(&applications, body).await);
    let body = json!({ "owner": owner(&eve) });
    let moved = ("developer_id", to(&developer, &eve));
    walk.change("PATCH", &application, body, moved).await;
    let registrations = format!("{application}/registrations");
    let body = json!({ "api_id": api.id() });
    let registration = walk.make(&registrations, body).await;
    let registration = format!("{registrations}/{registration}");
    walk.change("PATCH", &registration, approved, told).await;
    walk.remove(&registration).await;
    walk.remove(&application).await;
    walk.remove(&format!("{developers}/{eve}")).await;
}

async fn walk_pages(walk: &mut Walk<'_>) {
    let portals = "/v3/portals";
    let portal = walk
        .platform
        .post(portals, json!({ "name": "pages" }))
        .await;
    let portal = format!("{portals}/{}", portal.id());
    walk.step("POST", &format!("{portal}/default-content"), Value::Null)
        .await;
    let config = format!("{portal}/email-config");
    walk.make(&config, json!({ "from_name": "APIs" })).await;
    let told = ("from_name", to("APIs", "Weather"));
    walk.change("PATCH", &config, json!({ "from_name": "Weather" }), told)
        .await;
    walk.remove(&config).await;
    let delivery = format!("{portal}/email-delivery");
    let told = ("reply_to_email", json!({ "after": "apis@example.com" }));
    let body = json!({ "reply_to_email": "apis@example.com" });
    walk.change("PATCH", &delivery, body, told).await;
    walk.remove(&delivery).await;
    let template = format!("{portal}/email-templates/reset-password");
    let told = ("subject", json!({ "after": "Again" }));
    let body = json!({ "content": { "subject": "Again" } });
    walk.change("PATCH", &template, body, told).await;
    walk.remove(&template).await;
    let pages = format!("{portal}/pages");
    let body = json!({ "slug": "guides", "content": "# Guides" });
    let guides = walk.make(&pages, body).await;
    let page = walk
        .make(&pages, json!({ "slug": "start", "content": "Hi" }))
        .await;
    let page = format!("{pages}/{page}");
    let told = ("title", to("start", "Start"));
    walk.change("PATCH", &page, json!({ "title": "Start" }), told)
        .await;
    let body = json!({ "parent_page_id": guides, "index": 0 });
    let told = ("parent_page_id", json!({ "after": guides }));
    walk.change("POST", &format!("{page}/move"), body, told)
        .await;
    walk.remove(&page).await;
    let snippets = format!("{portal}/snippets");
    let body = json!({ "name": "contact", "content": "Hi" });
    let snippet = format!("{snippets}/{}", walk.make(&snippets, body).await);
    let told = ("content", to("Hi", "Hello"));
    walk.change("PATCH", &snippet, json!({ "content": "Hello" }), told)
        .await;
    walk.remove(&snippet).await;
}

async fn walk_system_accounts(walk: &mut Walk<'_>) {
    let all = "/v3/system-accounts";
    let body = json!({ "name": "ci", "description": "" });
    let account = format!("{all}/{}", walk.make(all, body).await);
    let told = ("name", to("ci", "cd"));
    walk.change("PATCH", &account, json!({ "name": "cd" }), told)
        .await;
    let tokens = format!("{account}/access-tokens");
    let body = json!({ "name": "a", "expires_at": "2030-01-01T00:00:00Z" });
    let token = format!("{tokens}/{}", walk.make(&tokens, body).await);
    let told = ("name", to("a", "b"));
    walk.change("PATCH", &token, json!({ "name": "b" }), told)
        .await;
    walk.step("DELETE", &token, Value::Null).await;
    walk.remove(&account).await;
}
