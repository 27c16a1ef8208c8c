//! Signing in, signing up, passwords, consent.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::stage::{CALLBACK, DATABASE, EMAIL, PASSWORD, Stage, client, follow};

#[tokio::test]
async fn a_user_signs_in_and_goes_on_to_the_application() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, page) = stage.begin(&mut browser, "").await;
    page.says("Weather App").says("Sign in");
    let end = stage.sign_in(&mut browser, &location).await;
    let location = end.location();
    assert!(location.starts_with(CALLBACK), "{location}");
    assert!(location.contains("code=") && location.contains("state=the-clients-own"));

    // The session lets the next request pass without a page.
    let next = browser.get(&stage.authorize("")).await;
    assert!(next.location().starts_with(CALLBACK), "{}", next.location());
}

#[tokio::test]
async fn a_form_behind_a_mailed_link_may_end_where_its_maker_said() {
    let stage = Stage::start().await;
    let path = format!("/users-by-email?email={EMAIL}");
    let users = stage.app.call(http::Method::GET, &path, None).await.body;
    for kind in ["password-change", "email-verification"] {
        let ticket = json!({
            "user_id": users[0]["user_id"], "result_url": "https://after.example/done?x=1"
        });
        let made = stage.app.create(&format!("/tickets/{kind}"), ticket).await;
        let link = made["ticket"].as_str().unwrap();
        let page = stage
            .browser()
            .get(link.strip_prefix("http://127.0.0.1:8005").unwrap())
            .await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("form-action 'self' https://after.example"),
            "{kind}: {policy}"
        );
    }
}

#[tokio::test]
async fn every_page_of_a_sign_in_is_kept_from_frames_caches_scripts_and_referrers() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, page) = stage.begin(&mut browser, "").await;
    let state = location.split_once("state=").unwrap().1.to_owned();
    let sign_up = browser.get(&format!("/u/signup?state={state}")).await;
    let forgotten = browser
        .get(&format!("/u/reset-password/request?state={state}"))
        .await;
    for page in [page, sign_up, forgotten] {
        let header = |name: &str| page.headers[name].to_str().unwrap();
        let policy = header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(
            policy.contains("script-src 'self'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-frame-options"), "DENY");
        // Applications wait for the message of a pop-up.
        assert_eq!(header("cross-origin-opener-policy"), "unsafe-none");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, _) = stage.begin(&mut browser, "").await;
    let mut answers = Vec::new();
    for name in [EMAIL, "nobody@example.com"] {
        let fields = [("username", name), ("password", "wrong")];
        let page = browser.post(&location, &fields).await;
        assert_eq!(page.status, 422);
        answers.push(page.html.replace(name, "NAME"));
    }
    assert!(answers[0].contains("The email address or the password is wrong"));
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn too_many_wrong_passwords_are_answered_with_what_helps() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, _) = stage.begin(&mut browser, "").await;
    for _ in 0..10 {
        browser
            .post(&location, &[("username", EMAIL), ("password", "wrong")])
            .await;
    }
    let fields = [("username", EMAIL), ("password", PASSWORD)];
    browser
        .post(&location, &fields)
        .await
        .says("Too many attempts")
        .says("/u/reset-password/request");
}

#[tokio::test]
async fn a_form_without_its_token_or_from_another_browser_is_refused() {
    let stage = Stage::start().await;
    let (mut browser, mut other) = (stage.browser(), stage.browser());
    let (location, _) = stage.begin(&mut browser, "").await;
    // Another browser has a form of its own, and a link that it did not ask for (RFC 9700 §4.7).
    let (_, _) = stage.begin(&mut other, "").await;
    let fields = [("username", EMAIL), ("password", PASSWORD)];
    let refused = other.post(&location, &fields).await;
    assert_eq!(refused.status, 410);
    refused.says("This page has expired");

    browser.forget_token();
    let refused = browser.post(&location, &fields).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn the_language_is_the_applications_unless_the_reader_chose_one_here() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, page) = stage.begin(&mut browser, "&ui_locales=fr%20ja").await;
    page.says("<html lang=\"ja\">");
    browser
        .get(&format!("{location}&lang=en"))
        .await
        .says("<html lang=\"en\">");
    browser.get(&location).await.says("<html lang=\"en\">");
}

#[tokio::test]
async fn the_tenants_name_and_help_are_around_every_page() {
    let stage = Stage::start().await;
    let settings =
        json!({ "friendly_name": "Acme <Weather>", "support_url": "https://help.example" });
    stage.set("/tenants/settings", settings).await;
    let mut browser = stage.browser();
    let (_, page) = stage.begin(&mut browser, "").await;
    page.says("Acme &lt;Weather&gt;")
        .says("https://help.example");
}

#[tokio::test]
async fn a_new_user_signs_up_goes_on_and_confirms_the_address_later() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, page) = stage.begin(&mut browser, "&screen_hint=signup").await;
    page.says("Create your account");
    let weak = [("email", "eve@example.com"), ("password", "short")];
    browser
        .post(&location, &weak)
        .await
        .says("At least 8 characters");
    let fields = [("email", "eve@example.com"), ("password", PASSWORD)];
    let end = browser.post(&location, &fields).await;
    let end = follow(&mut browser, end).await;
    assert!(end.location().starts_with(CALLBACK), "{}", end.html);

    let (subject, link) = stage.mail().await;
    assert_eq!(subject, "verify");
    let page = browser.get(&link).await;
    let ticket = page
        .says("Confirm my address")
        .between("name=\"ticket\" value=\"", "\"")
        .to_owned();
    let done = browser
        .post("/u/email-verification", &[("ticket", &ticket)])
        .await;
    done.says("Your address is confirmed");
    let again = browser
        .post("/u/email-verification", &[("ticket", &ticket)])
        .await;
    assert_eq!(again.status, 410);
}

#[tokio::test]
async fn signing_up_with_a_known_address_says_nothing_and_tells_its_owner() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, _) = stage.begin(&mut browser, "&screen_hint=signup").await;
    let fields = [("email", EMAIL), ("password", "Another horse 7")];
    let page = browser.post(&location, &fields).await;
    page.says("No account could be made with this");
    assert!(!page.html.contains("already has"));
    assert_eq!(stage.mail().await.0, "exists");
}

#[tokio::test]
async fn where_addresses_are_confirmed_first_known_and_new_ones_look_alike() {
    let stage = Stage::start().await;
    let id = stage.connection_id().await;
    let options = json!({ "options": { "attributes": { "email": { "signup": {
        "status": "required", "verification": { "active": true }
    } } } } });
    stage.set(&format!("/connections/{id}"), options).await;
    let mut answers = Vec::new();
    for email in [EMAIL, "eve@example.com"] {
        let mut browser = stage.browser();
        let (location, _) = stage.begin(&mut browser, "&screen_hint=signup").await;
        let fields = [("email", email), ("password", PASSWORD)];
        let page = browser.post(&location, &fields).await;
        assert_eq!(page.status, 200, "{}", page.html);
        let state = location.split_once("state=").unwrap().1;
        answers.push(page.html.replace(state, "STATE"));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(stage.mails().await.len(), 2);

    // A script learns no more than a reader of the page.
    let mut answers = Vec::new();
    for email in [EMAIL, "fay@example.com"] {
        let body = json!({
            "client_id": stage.client_id, "connection": DATABASE, "email": email,
            "password": PASSWORD, "user_metadata": { "plan": "free" }
        });
        let request = Request::post("/dbconnections/signup")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        let answer = stage.browser().send(request.unwrap()).await;
        assert_eq!(answer.status, 200, "{}", answer.html);
        let mut made: Value = serde_json::from_str(&answer.html).unwrap();
        assert_eq!(made["_id"].as_str().unwrap().len(), 24);
        assert_eq!(made["email"], email);
        for own in ["_id", "email", "nickname", "name"] {
            made.as_object_mut().unwrap().shift_remove(own);
        }
        answers.push(made);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(stage.mails().await.len(), 2, "each owner gets one");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link_that_works_once() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let (location, page) = stage.begin(&mut browser, "").await;
    let forgotten = page.between("href=\"/u/reset-password", "\"").to_owned();
    let forgotten = format!("/u/reset-password{forgotten}");
    browser.get(&forgotten).await;
    let known = browser.post(&forgotten, &[("email", EMAIL)]).await;
    browser.get(&forgotten).await;
    let unknown = browser
        .post(&forgotten, &[("email", "nobody@example.com")])
        .await;
    assert_eq!(known.html, unknown.html, "nobody learns who has an account");

    let (subject, link) = stage.mail().await;
    assert_eq!(subject, "reset");
    let page = browser.get(&link).await;
    page.says(EMAIL);
    let ticket = page.between("name=\"ticket\" value=\"", "\"").to_owned();
    let send = |password: &'static str, again: &'static str| {
        [
            ("ticket", ticket.clone()),
            ("password", password.to_owned()),
            ("again", again.to_owned()),
        ]
    };
    for (fields, said) in [
        (send("New horse 8!", "Old horse 8!"), "not the same"),
        (send("weak", "weak"), "At least 8 characters"),
        (
            send("New horse 8!", "New horse 8!"),
            "Your password is changed",
        ),
        (
            send("New horse 8!", "New horse 8!"),
            "does not work any more",
        ),
    ] {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        browser.post("/u/reset-password", &fields).await.says(said);
    }
    browser.get(&location).await;
    let fields = [("username", EMAIL), ("password", "New horse 8!")];
    let end = browser.post(&location, &fields).await;
    let end = follow(&mut browser, end).await;
    assert!(end.location().starts_with(CALLBACK), "{}", end.html);
}

const THIRD_PARTY: &str =
    r#"{ "is_first_party": false, "third_party_security_mode": "permissive" }"#;

#[tokio::test]
async fn a_third_party_client_is_open_to_domain_connections_alone() {
    let stage = Stage::with(serde_json::from_str(THIRD_PARTY).unwrap()).await;
    let mut browser = stage.browser();
    let (location, page) = stage.begin(&mut browser, "").await;
    assert_eq!(page.status, 403);
    page.says("You cannot sign in to this application");
    let id = stage.connection_id().await;
    stage
        .set(
            &format!("/connections/{id}"),
            json!({ "is_domain_connection": true }),
        )
        .await;
    assert_eq!(browser.get(&location).await.status, 200);
}

#[tokio::test]
async fn consent_says_who_asks_for_what_and_where_it_goes() {
    let stage = Stage::with(serde_json::from_str(THIRD_PARTY).unwrap()).await;
    let id = stage.connection_id().await;
    stage
        .set(
            &format!("/connections/{id}"),
            json!({ "is_domain_connection": true }),
        )
        .await;
    let api = json!({ "scopes": [
        { "value": "read:weather", "description": "See <the> weather" },
        { "value": "write:weather", "description": "Make rain" },
    ] });
    stage.app.api("https://weather.example", api).await;
    stage
        .set(
            "/tenants/settings",
            json!({ "flags": { "use_scope_descriptions_for_consent": true } }),
        )
        .await;
    let more = "&audience=https%3A%2F%2Fweather.example&scope=openid%20email%20read%3Aweather";
    let more = more.replacen("&scope=", "%20", 0);
    let url = stage.authorize("").replace(
        "scope=openid%20profile",
        "scope=openid%20email%20read%3Aweather",
    ) + more.split("&scope").next().unwrap();
    let mut browser = stage.browser();
    let answer = browser.get(&url).await;
    let location = answer.location().to_owned();
    browser.get(&location).await;
    let page = stage.sign_in(&mut browser, &location).await;
    page.says("Weather App asks for access")
        .says("client.example.com")
        .says("See &lt;the&gt; weather")
        .says("See your email address")
        .says(EMAIL);
    assert!(!page.html.contains("Make rain"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https:"), "{policy}");

    let state = location.split_once("state=").unwrap().1;
    let consent = format!("/u/consent?state={state}");
    let denied = browser.post(&consent, &[("action", "deny")]).await;
    assert!(
        denied.location().contains("error=access_denied"),
        "{}",
        denied.location()
    );

    let answer = browser.get(&url).await;
    let consent = answer.location().to_owned();
    browser.get(&consent).await;
    let allowed = browser.post(&consent, &[("action", "accept")]).await;
    let end = follow(&mut browser, allowed).await;
    assert!(end.location().contains("code="), "{}", end.location());
    // Asked once.
    let next = browser.get(&url).await;
    assert!(next.location().contains("code="), "{}", next.location());
}

#[tokio::test]
async fn an_unknown_client_is_a_page_that_helps_and_never_a_redirect() {
    let stage = Stage::start().await;
    let mut browser = stage.browser();
    let link =
        format!("/authorize?response_type=code&client_id=nobody&redirect_uri={CALLBACK}&state=x");
    let page = browser.get(&link).await;
    assert_eq!((page.status.as_u16(), page.location()), (400, ""));
    page.says("This application is not known here");
    let other = client(&stage.app, json!({ "name": "Other" })).await;
    let link = format!(
        "/authorize?response_type=code&client_id={other}&redirect_uri=https://evil.example/cb"
    );
    let page = browser.get(&link).await;
    assert_eq!((page.status.as_u16(), page.location()), (400, ""));
    page.says("You cannot be sent back to this application");
}
