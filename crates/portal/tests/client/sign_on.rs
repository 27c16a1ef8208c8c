//! Sign-in with the team's identity provider: what lets somebody in, and what does not.

use oauth::jose::Algorithm;
use serde_json::{Value, json};
use storage::params;

use crate::provider::{Asked, CALLBACK, Provider, SSO, back, location};
use crate::world::{Answer, PASSWORD, World};

const ME: &str = "/api/v2/developer/me";

fn ada(subject: &str, verified: bool) -> Value {
    json!({ "sub": subject, "email": "Ada@Example.com", "email_verified": verified, "name": "Ada Lovelace" })
}

/// What the sign-in page is told.
fn told(answer: &Answer) -> &str {
    assert_eq!(answer.status, 302);
    assert!(!answer.headers.contains_key("set-cookie") || !signed_in(answer));
    location(answer).strip_prefix("/login?sso=").unwrap()
}

fn signed_in(answer: &Answer) -> bool {
    let cookies = answer.headers.get_all("set-cookie").iter();
    cookies.into_iter().any(|cookie| {
        let cookie = cookie.to_str().unwrap();
        cookie.starts_with("portalaccesstoken=") && !cookie.contains("Max-Age=0")
    })
}

#[tokio::test]
async fn the_first_sign_in_makes_an_account_and_the_next_finds_it() {
    for world in World::all().await {
        let provider = Provider::of(&world).await;
        let mut ada_at = world.caller();
        let asked = Asked::of(&ada_at.send("GET", SSO, None).await);
        assert_eq!(asked.get("scope"), "openid profile email");
        assert_eq!(asked.get("code_challenge_method"), "S256");
        let uri = format!("https://portal.example{CALLBACK}");
        assert_eq!(asked.get("redirect_uri"), uri);
        let answer = provider.sign_in(&mut ada_at, ada("1", true)).await;
        assert_eq!(location(&answer), "/my-apps", "{}", world.test.name);
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
        let me = ada_at.expect(200, "GET", ME, &[], None).await.body;
        assert_eq!(me["email"], "ada@example.com");
        assert_eq!(me["full_name"], "Ada Lovelace");
        // Another address there, the same person.
        let mut later = world.caller();
        let moved = json!({ "sub": "1", "email": "other@example.com", "email_verified": true });
        provider.sign_in(&mut later, moved).await;
        let again = later.expect(200, "GET", ME, &[], None).await.body;
        assert_eq!(again["id"], me["id"]);
        assert_eq!(again["email"], "ada@example.com");
    }
}

#[tokio::test]
async fn an_account_waits_for_approval_and_the_page_says_so() {
    for world in World::all().await {
        let provider = Provider::of(&world).await;
        let execute = async |sql: &str, value: bool| {
            world.test.db.execute(sql, params![value]).await.unwrap();
        };
        execute(
            "UPDATE portal_portal SET auto_approve_developers = $1",
            false,
        )
        .await;
        let mut caller = world.caller();
        for _ in 0..2 {
            let answer = provider.sign_in(&mut caller, ada("1", true)).await;
            assert_eq!(told(&answer), "pending", "{}", world.test.name);
        }
        let sql = "UPDATE portal_developer SET status = 'approved' WHERE email_verified = $1";
        execute(sql, true).await;
        let answer = provider.sign_in(&mut caller, ada("1", true)).await;
        assert_eq!(location(&answer), "/my-apps");
        let sql = "UPDATE portal_developer SET status = 'revoked' WHERE email_verified = $1";
        execute(sql, true).await;
        let answer = provider.sign_in(&mut caller, ada("1", true)).await;
        assert_eq!(told(&answer), "revoked");
    }
}

#[tokio::test]
async fn an_answer_is_good_in_the_browser_that_asked_and_once() {
    let world = World::all().await.remove(0);
    let provider = Provider::of(&world).await;
    let (mut mallory, mut victim) = (world.caller(), world.caller());
    let asked = Asked::of(&mallory.send("GET", SSO, None).await);
    let code = provider.grant(&asked, &ada("mallory", true), Algorithm::Es256);
    let path = back(&asked, &code);
    // Somebody is led to a foreign answer: they are signed in as nobody.
    assert_eq!(told(&victim.send("GET", &path, None).await), "expired");
    victim.send("GET", SSO, None).await;
    assert_eq!(told(&victim.send("GET", &path, None).await), "expired");
    assert_eq!(
        location(&mallory.send("GET", &path, None).await),
        "/my-apps"
    );
    assert_eq!(told(&mallory.send("GET", &path, None).await), "expired");
    // The page was left open for too long.
    let asked = Asked::of(&victim.send("GET", SSO, None).await);
    let code = provider.grant(&asked, &ada("mallory", true), Algorithm::Es256);
    let clock = world.portal.clock();
    clock.advance(std::time::Duration::from_secs(901));
    let late = victim.send("GET", &back(&asked, &code), None).await;
    assert_eq!(told(&late), "expired");
}

#[tokio::test]
async fn an_answer_that_is_not_the_providers_for_this_sign_in_lets_nobody_in() {
    let world = World::all().await.remove(0);
    let provider = Provider::of(&world).await;
    let now = world.portal.clock().now().unix_seconds();
    for wrong in [
        json!({ "nonce": "of another sign-in" }),
        json!({ "nonce": null }),
        json!({ "aud": "another client" }),
        json!({ "aud": ["portal-at-id", "another"] }),
        json!({ "azp": "another client" }),
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": "https://id.example/" }),
        json!({ "exp": now - 120 }),
        json!({ "exp": null }),
        json!({ "at_hash": "of another token" }),
        json!({ "sub": "" }),
    ] {
        let mut claims = ada("1", true);
        for (name, value) in wrong.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let mut caller = world.caller();
        let answer = provider.sign_in(&mut caller, claims).await;
        assert_eq!(told(&answer), "provider", "{wrong}");
    }
    // Signed with a shared secret that names the published key.
    let mut caller = world.caller();
    let asked = Asked::of(&caller.send("GET", SSO, None).await);
    let code = provider.grant(&asked, &ada("1", true), Algorithm::Hs256);
    let answer = caller.send("GET", &back(&asked, &code), None).await;
    assert_eq!(told(&answer), "provider");
    for (query, why) in [
        (
            "error=access_denied&iss=https%3A%2F%2Fid.example",
            "declined",
        ),
        (
            "error=server_error&iss=https%3A%2F%2Fid.example",
            "provider",
        ),
        ("error=access_denied", "provider"),
        ("code=x", "provider"),
        ("code=x&iss=https%3A%2F%2Fevil.example", "provider"),
        ("iss=https%3A%2F%2Fid.example", "provider"),
    ] {
        let asked = Asked::of(&caller.send("GET", SSO, None).await);
        let path = format!("{CALLBACK}?{query}&state={}", asked.get("state"));
        assert_eq!(told(&caller.send("GET", &path, None).await), why, "{query}");
    }
}

#[tokio::test]
async fn an_account_is_linked_only_by_an_address_that_the_provider_has_verified() {
    for world in World::all().await {
        let provider = Provider::of(&world).await;
        let mut jane = world.developer("ada@example.com").await;
        let id = jane.expect(200, "GET", ME, &[], None).await.body["id"].clone();
        let mut mallory = world.caller();
        for claims in [
            ada("mallory", false),
            json!({ "sub": "mallory", "email": "ada@example.com" }),
            json!({ "sub": "mallory", "email": "ada@example.com", "email_verified": "yes" }),
        ] {
            let answer = provider.sign_in(&mut mallory, claims).await;
            assert_eq!(told(&answer), "not-verified", "{}", world.test.name);
        }
        let mut owner = world.caller();
        provider.sign_in(&mut owner, ada("ada", true)).await;
        let linked = owner.expect(200, "GET", ME, &[], None).await.body;
        assert_eq!(linked["id"], id);
        assert_eq!(
            linked["full_name"], "Jane Doe",
            "an account in use keeps its name"
        );
        // The address was given to somebody else there.
        let answer = provider.sign_in(&mut mallory, ada("next", true)).await;
        assert_eq!(told(&answer), "taken");
        let body = json!({ "username": "ada@example.com", "password": PASSWORD });
        let path = "/api/v2/developer/authenticate";
        owner.expect(204, "POST", path, &[], Some(body)).await;
    }
}

#[tokio::test]
async fn an_account_with_an_address_that_nobody_has_proven_waits_for_nobody() {
    for world in World::all().await {
        let provider = Provider::of(&world).await;
        let mut mallory = world.caller();
        let answer = provider.sign_in(&mut mallory, ada("mallory", false)).await;
        assert_eq!(location(&answer), "/my-apps", "{}", world.test.name);
        // The owner of the address comes: by the provider, by sign-up, by a new password.
        let mut owner = world.caller();
        let answer = provider.sign_in(&mut owner, ada("ada", true)).await;
        assert_eq!(told(&answer), "taken");
        let body = json!({ "email": "ada@example.com", "full_name": "Ada" });
        owner
            .expect(201, "POST", "/api/v2/developer", &[], Some(body))
            .await;
        let body = json!({ "email": "ada@example.com" });
        let path = "/api/v2/developer/forgot-password";
        owner.expect(200, "POST", path, &[], Some(body)).await;
        let sql = "SELECT COUNT(*) AS n FROM portal_developer_token";
        let tokens = world.test.db.query_one(sql, params![]).await.unwrap();
        assert_eq!(tokens.get::<i64>("n").unwrap(), 0, "no way in by mail");
        // What the provider says later of the same person counts.
        provider.sign_in(&mut mallory, ada("mallory", true)).await;
        let sql = "SELECT email_verified FROM portal_developer";
        let row = world.test.db.query_one(sql, params![]).await.unwrap();
        assert!(row.get::<bool>("email_verified").unwrap());
    }
}

#[tokio::test]
async fn a_sign_up_that_was_never_confirmed_becomes_the_account_of_whoever_has_the_address() {
    for world in World::all().await {
        let provider = Provider::of(&world).await;
        let mut mallory = world.caller();
        let body = json!({ "email": "ada@example.com", "full_name": "Not Ada" });
        mallory
            .expect(201, "POST", "/api/v2/developer", &[], Some(body))
            .await;
        let mut owner = world.caller();
        provider.sign_in(&mut owner, ada("ada", true)).await;
        let me = owner.expect(200, "GET", ME, &[], None).await.body;
        assert_eq!(me["full_name"], "Ada Lovelace", "{}", world.test.name);
    }
}

#[tokio::test]
async fn an_address_may_come_from_the_userinfo_endpoint_of_the_same_person() {
    let world = World::all().await.remove(0);
    let provider = Provider::of(&world).await;
    let mut caller = world.caller();
    provider.knows(ada("somebody else", true));
    let answer = provider.sign_in(&mut caller, json!({ "sub": "1" })).await;
    assert_eq!(told(&answer), "provider");
    provider.knows(json!({ "sub": "1" }));
    let answer = provider.sign_in(&mut caller, json!({ "sub": "1" })).await;
    assert_eq!(told(&answer), "no-address");
    provider.knows(ada("1", true));
    let answer = provider.sign_in(&mut caller, json!({ "sub": "1" })).await;
    assert_eq!(location(&answer), "/my-apps");
}

#[tokio::test]
async fn without_passwords_every_way_that_needs_one_is_closed() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        Provider::of(&world).await;
        world
            .settings(json!({ "oidc_auth_enabled": true, "basic_auth_enabled": false }))
            .await;
        let context = jane
            .expect(200, "GET", "/api/v2/portal", &[], None)
            .await
            .body;
        assert_eq!(context["basic_auth_enabled"], false);
        assert_eq!(context["oidc_auth_enabled"], true);
        jane.expect(200, "GET", ME, &[], None).await;
        let mut caller = world.caller();
        for (path, body) in [
            (
                "/api/v2/developer/authenticate",
                json!({ "username": "jane@example.com", "password": PASSWORD }),
            ),
            (
                "/api/v2/developer",
                json!({ "email": "new@example.com", "full_name": "New" }),
            ),
            (
                "/api/v2/developer/forgot-password",
                json!({ "email": "jane@example.com" }),
            ),
        ] {
            let answer = caller.send("POST", path, Some(body)).await;
            assert_eq!(answer.status, 403, "{path} {}", world.test.name);
        }
        world.settings(json!({ "basic_auth_enabled": true })).await;
        let off = caller.send("GET", SSO, None).await;
        assert_eq!(off.status, 400, "the provider is turned off");
    }
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let world = World::all().await.remove(0);
    let provider = Provider::of(&world).await;
    for (to, leads) in [
        ("https%3A%2F%2Fevil.example%2F", "/"),
        ("%2F%2Fevil.example", "/"),
        (
            "https%3A%2F%2Fportal.example%2Fmy-apps",
            "https://portal.example/my-apps",
        ),
    ] {
        let mut caller = world.caller();
        let path = format!("/api/v2/developer/authenticate/sso?returnTo={to}");
        let asked = Asked::of(&caller.send("GET", &path, None).await);
        let code = provider.grant(&asked, &ada("1", true), Algorithm::Es256);
        let answer = caller.send("GET", &back(&asked, &code), None).await;
        assert_eq!(location(&answer), leads, "{to}");
    }
}

#[tokio::test]
async fn teams_follow_the_groups_of_whoever_signs_in() {
    for world in World::all().await {
        let provider = Provider::of(&world).await;
        let db = &world.test.db;
        for (team, name) in [
            ("a0000000-0000-4000-8000-000000000001", "Partners"),
            ("a0000000-0000-4000-8000-000000000002", "Staff"),
            ("a0000000-0000-4000-8000-000000000003", "By hand"),
        ] {
            let sql = "INSERT INTO portal_team (id, portal_id, name, description, created_at, updated_at) \
                       VALUES ($1, $2, $3, '', 1, 1)";
            db.execute(sql, params![team, crate::world::SITE, name])
                .await
                .unwrap();
            if name != "By hand" {
                let sql = "INSERT INTO portal_team_group (team_id, group_name, created_at) VALUES ($1, $2, 1)";
                let group = name.to_lowercase();
                db.execute(sql, params![team, group]).await.unwrap();
            }
        }
        let teams = async || {
            let sql = "SELECT t.name FROM portal_team_developer d JOIN portal_team t ON t.id = d.team_id \
                       ORDER BY t.name";
            let rows = db.query(sql, params![]).await.unwrap();
            let names = rows.iter().map(|row| row.get::<String>("name").unwrap());
            names.collect::<Vec<_>>().join(" ")
        };
        let of = |groups: Value| {
            let mut claims = ada("1", true);
            claims["groups"] = groups;
            claims
        };
        let mut caller = world.caller();
        provider.sign_in(&mut caller, of(json!(["partners"]))).await;
        assert_eq!(teams().await, "", "{}: not turned on", world.test.name);
        world
            .settings(json!({ "oidc_auth_enabled": true, "idp_mapping_enabled": true }))
            .await;
        provider
            .sign_in(&mut caller, of(json!(["partners", "other"])))
            .await;
        assert_eq!(teams().await, "Partners");
        let sql = "INSERT INTO portal_team_developer (team_id, developer_id, created_at) \
                   SELECT CAST($1 AS TEXT), id, 1 FROM portal_developer";
        db.execute(sql, params!["a0000000-0000-4000-8000-000000000003"])
            .await
            .unwrap();
        provider.sign_in(&mut caller, of(json!("staff"))).await;
        assert_eq!(teams().await, "By hand Staff");
        // The ID token has none: the userinfo endpoint is asked.
        let mut more = ada("1", false);
        more["groups"] = json!(["partners"]);
        provider.knows(more);
        provider.sign_in(&mut caller, ada("1", true)).await;
        assert_eq!(teams().await, "By hand Partners");
        provider.knows(json!({ "sub": "1" }));
        provider.sign_in(&mut caller, ada("1", true)).await;
        assert_eq!(teams().await, "By hand");
    }
}
