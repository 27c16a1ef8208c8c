//! `/v3/portals/{id}/pages`, `/snippets` and `/default-content`.

use serde_json::{Value, json};
use web::testing::Browser;

use super::{Answer, Platform};
use crate::pages::{self, Settings};

async fn portal(platform: &Platform) -> String {
    let made = platform
        .post("/v3/portals", json!({ "name": "weather" }))
        .await;
    format!("/v3/portals/{}", made.id())
}

async fn page(platform: &Platform, portal: &str, body: Value) -> Answer {
    let made = platform.post(&format!("{portal}/pages"), body).await;
    assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
    made
}

/// The slugs of a tree: `/[] guides[a[] b[]]`.
fn slugs(tree: &Value) -> String {
    let branch = |page: &Value| {
        let below = slugs(&page["children"]);
        format!("{}[{below}]", page["slug"].as_str().unwrap())
    };
    let all = tree.as_array().unwrap().iter().map(branch);
    all.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn pages_are_a_tree_that_is_made_changed_moved_and_removed() {
    for platform in Platform::everywhere().await {
        let portal = portal(&platform).await;
        let all = format!("{portal}/pages");
        let tree = async || slugs(&platform.get(&all).await.body["data"]);
        let home = page(
            &platform,
            &portal,
            json!({ "slug": "/", "content": "# Welcome" }),
        )
        .await;
        assert_eq!(home.body["title"], "Welcome");
        assert_eq!(home.body["status"], "unpublished");
        assert_eq!(home.body["visibility"], "private", "the portal's default");
        let guides = json!({ "slug": "/guides", "content": "", "description": null });
        let guides = page(&platform, &portal, guides).await;
        assert_eq!(guides.body["title"], "guides");
        let front = "---\ntitle: First steps\ndescription: Begin here\n---\n# Other\n";
        let body = json!({
            "slug": "first", "title": "Sent", "content": front, "parent_page_id": guides.id(),
            "status": "published", "visibility": "public",
        });
        let first = page(&platform, &portal, body).await;
        assert_eq!(first.body["title"], "First steps");
        assert_eq!(first.body["description"], "Begin here");
        let body = json!({ "slug": "second", "content": "x", "parent_page_id": guides.id() });
        let second = page(&platform, &portal, body.clone()).await;
        let again = platform.post(&all, body).await;
        assert_eq!(again.status, 409, "{}", again.body);
        assert_eq!(tree().await, "/[] /guides[first[] second[]]");

        let one = format!("{all}/{}", second.id());
        let moved = json!({ "parent_page_id": guides.id(), "index": 0 });
        let moved = platform.post(&format!("{one}/move"), moved).await;
        assert_eq!((moved.status, &moved.body), (201, &Value::Null));
        assert_eq!(tree().await, "/[] /guides[second[] first[]]");
        let end = json!({ "parent_page_id": null, "index": -1 });
        platform.post(&format!("{one}/move"), end).await;
        assert_eq!(tree().await, "/[] /guides[first[]] second[]");
        let body = json!({ "title": "Second", "status": "published", "parent_page_id": home.id() });
        let refused = platform.call("PATCH", &one, body).await;
        assert_eq!(refused.violations(), ["parent_page_id: missing_reference"]);
        let body = json!({ "title": "Second", "status": "published" });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.body["title"], "Second", "{}", changed.body);
        assert_eq!(platform.get(&one).await.body, changed.body);
        let public = platform
            .get(&format!("{all}?filter[visibility]=public"))
            .await;
        assert_eq!(slugs(&public.body["data"]), "first[]", "a branch alone");
        let sorted = platform.get(&format!("{all}?sort=slug%20desc")).await;
        assert_eq!(slugs(&sorted.body["data"]), "second[] /guides[first[]] /[]");

        let gone = format!("{all}/{}", guides.id());
        assert_eq!(
            platform.call("DELETE", &gone, Value::Null).await.status,
            204
        );
        assert_eq!(tree().await, "/[] second[]");
        let below = format!("{all}/{}", first.id());
        assert_eq!(platform.get(&below).await.status, 404);
    }
}

#[tokio::test]
async fn a_page_has_one_address_that_the_portal_itself_does_not_use() {
    let platform = Platform::start().await;
    let portal = portal(&platform).await;
    let guides = page(
        &platform,
        &portal,
        json!({ "slug": "guides", "content": "" }),
    )
    .await;
    let below = json!({ "slug": "a", "content": "", "parent_page_id": guides.id() });
    let below = page(&platform, &portal, below).await;
    let all = format!("{portal}/pages");
    for (body, violation) in [
        (
            json!({ "slug": "a/b", "content": "" }),
            "slug: matches_regex",
        ),
        (
            json!({ "slug": "..", "content": "" }),
            "slug: matches_regex",
        ),
        (json!({ "slug": "my-apps", "content": "" }), "slug: invalid"),
        (json!({ "slug": "x" }), "content: required"),
        (
            json!({ "slug": "/", "content": "", "parent_page_id": guides.id() }),
            "slug: invalid",
        ),
        (
            json!({ "slug": "x", "content": "", "parent_page_id": platform.portal.organization().id }),
            "parent_page_id: missing_reference",
        ),
    ] {
        let refused = platform.post(&all, body.clone()).await;
        assert_eq!(refused.violations(), [violation], "{body}");
    }
    let body = json!({ "parent_page_id": below.id() });
    let one = format!("{all}/{}", guides.id());
    let refused = platform.call("PATCH", &one, body.clone()).await;
    assert_eq!(refused.violations(), ["parent_page_id: missing_reference"]);
    let refused = platform.post(&format!("{one}/move"), body).await;
    assert_eq!(refused.violations(), ["parent_page_id: missing_reference"]);
    let other = platform
        .post("/v3/portals", json!({ "name": "other" }))
        .await;
    let elsewhere = format!("/v3/portals/{}/pages/{}", other.id(), guides.id());
    assert_eq!(platform.get(&elsewhere).await.status, 404);
}

#[tokio::test]
async fn snippets_have_names_of_their_own() {
    for platform in Platform::everywhere().await {
        let portal = portal(&platform).await;
        let all = format!("{portal}/snippets");
        let body = json!({ "name": "contact", "content": "**Ask us.**", "status": "published" });
        let made = platform.post(&all, body.clone()).await;
        assert_eq!(made.body["title"], "contact", "{}", made.body);
        assert_eq!(platform.post(&all, body).await.status, 409);
        let other = json!({ "name": "legal", "content": "# Legal", "visibility": "public" });
        let other = platform.post(&all, other).await;
        assert_eq!(other.body["title"], "Legal");
        let one = format!("{all}/{}", other.id());
        let body = json!({ "name": "contact" });
        assert_eq!(platform.call("PATCH", &one, body).await.status, 409);
        let body = json!({ "description": "what the law asks for" });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(platform.get(&one).await.body, changed.body);
        let list = platform
            .get(&format!("{all}?filter[visibility]=public&sort=name"))
            .await;
        assert_eq!(list.body["meta"]["page"]["total"], 1, "{}", list.body);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
        let refused = platform
            .post(&all, json!({ "name": "a b", "content": "" }))
            .await;
        assert_eq!(refused.violations(), ["name: matches_regex"]);
    }
}

#[tokio::test]
async fn contents_to_begin_with_are_made_once() {
    let platform = Platform::start().await;
    let portal = portal(&platform).await;
    let fill = format!("{portal}/default-content");
    let made = platform.post(&fill, Value::Null).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let expected = json!({ "pages": ["/", "/getting-started"], "snippets": ["help"] });
    assert_eq!(made.body, expected);
    let again = platform.post(&fill, Value::Null).await;
    assert_eq!(again.body, json!({ "pages": [], "snippets": [] }));
}

/// A node that shows the portals, with what it keeps for itself.
fn node(platform: &Platform) -> Browser {
    let portal = platform.portal.clone();
    let applications = portal.applications().clone();
    let settings = Settings {
        gateway_url: "http://gateway.example".into(),
    };
    let router = pages::router(portal, applications, settings);
    Browser::new(&router, "localhost:8003")
}

#[tokio::test]
async fn every_node_shows_a_changed_menu_at_once() {
    for platform in Platform::everywhere().await {
        let open = json!({ "name": "weather", "authentication_enabled": false });
        let made = platform.post("/v3/portals", open).await;
        let portal = format!("/v3/portals/{}", made.id());
        let all = format!("{portal}/pages");
        let mut nodes = [node(&platform), node(&platform)];
        let mut menus = async || {
            let mut menus = Vec::new();
            for node in &mut nodes {
                let shown = node.get("/").await.html;
                let links = ["/guides", "/about", "/help"];
                let link = |path: &&&str| shown.contains(&format!("href=\"{path}\""));
                menus.push(
                    links
                        .iter()
                        .filter(link)
                        .copied()
                        .collect::<Vec<_>>()
                        .join(" "),
                );
            }
            assert_eq!(menus[0], menus[1], "{}", platform.name());
            menus.swap_remove(0)
        };
        assert_eq!(menus().await, "");
        let published = |slug: &str| json!({ "slug": slug, "content": "", "status": "published" });
        let guides = page(&platform, &portal, published("guides")).await.id();
        assert_eq!(menus().await, "/guides");
        let about = page(&platform, &portal, published("about")).await.id();
        assert_eq!(menus().await, "/guides /about");
        let (guides, about) = (format!("{all}/{guides}"), format!("{all}/{about}"));
        platform
            .call("PATCH", &guides, json!({ "slug": "help" }))
            .await;
        assert_eq!(menus().await, "/about /help");
        let below = json!({ "parent_page_id": guides.rsplit('/').next(), "index": 0 });
        platform.post(&format!("{about}/move"), below).await;
        assert_eq!(menus().await, "/help");
        platform
            .call("PATCH", &guides, json!({ "status": "unpublished" }))
            .await;
        assert_eq!(menus().await, "");
        platform.call("DELETE", &guides, Value::Null).await;
        let help = page(&platform, &portal, published("help")).await;
        assert_eq!(menus().await, "/help", "{}", help.body);
        let customization = json!({ "menu": { "main": [
            { "path": "/about", "title": "About", "visibility": "public", "external": false },
        ] } });
        let answer = platform
            .call("PUT", &format!("{portal}/customization"), customization)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(menus().await, "/about");
    }
}
