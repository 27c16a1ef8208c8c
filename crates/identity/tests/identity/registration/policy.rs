//! An operator's policy that is tightened later binds clients that are here already; and whose word about
//! the caller's address counts.

use http::Method;
use identity::{RegistrationPolicy, Settings};
use serde_json::{Value, json};
use web::testing::Browser;

use super::{named, registration};
use crate::login::stage::{EMAIL, HOST, PASSWORD, follow};
use crate::support::{App, Credentials, send, settings};

const API: &str = "https://weather.example/";

fn credentials(client: &Value) -> Credentials {
    Credentials {
        id: client["client_id"].as_str().unwrap().to_owned(),
        secret: client["client_secret"].as_str().unwrap().to_owned(),
    }
}

/// The same tenant, whose operator allows fewer scopes now.
async fn tightened(app: App, scopes: &[&str]) -> App {
    let policy = RegistrationPolicy {
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..RegistrationPolicy::default()
    };
    let settings = Settings {
        registration: policy,
        ..settings()
    };
    app.restarted(settings).await
}

#[tokio::test]
async fn scopes_that_the_operator_took_back_are_gone_for_registered_clients() {
    let app = crate::support::app().await;
    app.open_registration("permissive").await;
    app.api(API, json!({})).await;
    let default = json!({
        "default_for": "third_party_clients", "audience": API,
        "scope": ["read:weather", "write:weather"], "subject_type": "client"
    });
    app.create("/client-grants", default).await;
    let client = credentials(&app.registered(named("early")).await);
    let ours = app.machine("ours").await;
    app.grant(&ours, API, &["read:weather", "write:weather"])
        .await;
    let asked = [("audience", API)];
    let before = app.exchange(&client, &asked).await;
    assert_eq!(before.text("scope"), "read:weather write:weather");

    let app = tightened(app, &["openid", "read:weather"]).await;
    let after = app.exchange(&client, &asked).await;
    assert_eq!(after.text("scope"), "read:weather");
    let more = [("audience", API), ("scope", "write:weather")];
    assert_eq!(
        app.exchange(&client, &more).await.refusal(),
        (403, "access_denied")
    );
    let own = app.exchange(&ours, &more).await;
    assert_eq!(
        own.text("scope"),
        "write:weather",
        "the tenant's own are not limited"
    );
}

#[tokio::test]
async fn a_registered_client_asks_its_user_for_no_more_than_the_operator_allows_today() {
    let mut app = crate::support::app().await;
    app.open_registration("permissive").await;
    app.api(API, json!({})).await;
    let listed = app.call(Method::GET, "/connections", None).await.body;
    let connection = listed[0]["id"]
        .as_str()
        .or(listed["connections"][0]["id"].as_str());
    let path = format!("/connections/{}", connection.unwrap());
    let open = json!({ "is_domain_connection": true });
    assert_eq!(app.call(Method::PATCH, &path, Some(open)).await.status, 200);
    let user = json!({
        "connection": "Username-Password-Authentication", "email": EMAIL, "password": PASSWORD
    });
    app.create("/users", user).await;
    let client = app.registered(named("early")).await;
    let link = format!(
        "/authorize?response_type=code&client_id={}&redirect_uri=https%3A%2F%2Fapp.example%2Fearly\
         &audience=https%3A%2F%2Fweather.example%2F&scope=openid%20email%20read:weather%20write:weather",
        client["client_id"].as_str().unwrap()
    );
    for (allowed, writes) in [(&[][..], true), (&["openid", "read:weather"], false)] {
        app = tightened(app, allowed).await;
        let mut browser = Browser::new(&app.router, HOST);
        let begun = browser.get(&link).await;
        let login = follow(&mut browser, begun).await;
        let action = login.between("action=\"", "\"").replace("&amp;", "&");
        let fields = [("username", EMAIL), ("password", PASSWORD)];
        let answer = browser.post(&action, &fields).await;
        let consent = follow(&mut browser, answer).await;
        consent.says("read:weather");
        assert_eq!(
            consent.html.contains("write:weather"),
            writes,
            "{allowed:?}"
        );
    }
}

#[tokio::test]
async fn rfc9700_4_13_a_forged_address_buys_a_stranger_no_further_budget() {
    let settings = Settings {
        registration: RegistrationPolicy {
            per_origin: 3,
            ..RegistrationPolicy::default()
        },
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        ..settings()
    };
    let app = App::set(
        storage::testing::sqlite(&[identity::MIGRATIONS]).await,
        settings,
    )
    .await;
    app.open_registration("permissive").await;
    let from = async |peer: &str, said: String| {
        let mut request = registration(peer, named(&format!("c{said}")).to_string());
        let headers = request.headers_mut();
        headers.insert("x-forwarded-for", said.parse().unwrap());
        send(&app.router, request).await.status.as_u16()
    };
    let mut stranger = Vec::new();
    let mut behind_ours = Vec::new();
    for number in 0..4 {
        stranger.push(from("203.0.113.9:1", format!("192.0.2.{number}")).await);
        behind_ours.push(from("10.1.2.3:1", format!("192.0.2.{number}")).await);
    }
    assert_eq!(stranger, [201, 201, 201, 429]);
    assert_eq!(behind_ours, [201; 4]);
}
