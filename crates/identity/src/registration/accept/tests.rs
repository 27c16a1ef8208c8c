//! What metadata become.

use oauth::client_metadata::ClientMetadata;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Terms, accept};
use crate::RegistrationPolicy;
use crate::model::third_party::{PERMISSIVE, Rules, STRICT};

fn become_under(
    rules: &'static Rules,
    policy: &RegistrationPolicy,
    sent: Value,
) -> Result<Value, String> {
    let metadata: ClientMetadata = serde_json::from_value(sent).unwrap();
    let terms = Terms {
        rules,
        policy,
        tenant_name: "Acme",
        secrets: true,
    };
    let accepted = accept(metadata, &terms).map_err(|refusal| format!("{refusal:?}"))?;
    Ok(serde_json::to_value(accepted).unwrap())
}

fn strict(sent: Value) -> Result<Value, String> {
    become_under(&STRICT, &RegistrationPolicy::default(), sent)
}

fn permissive(sent: Value) -> Result<Value, String> {
    become_under(&PERMISSIVE, &RegistrationPolicy::default(), sent)
}

fn with(more: Value) -> Value {
    let mut sent = json!({ "client_name": "App", "redirect_uris": ["https://app.example/cb"] });
    for (name, value) in more.as_object().unwrap() {
        sent[name] = value.clone();
    }
    sent
}

#[test]
fn the_profiles_have_the_vendors_defaults() {
    assert_eq!(
        strict(with(json!({}))).unwrap(),
        json!({
            "client_name": "App", "redirect_uris": ["https://app.example/cb"],
            "token_endpoint_auth_method": "client_secret_post",
            "grant_types": ["authorization_code"], "response_types": ["code"]
        })
    );
    assert_eq!(
        permissive(with(json!({}))).unwrap()["grant_types"],
        json!([
            "authorization_code",
            "refresh_token",
            "implicit",
            "client_credentials"
        ])
    );
    let public = permissive(with(json!({ "token_endpoint_auth_method": "none" }))).unwrap();
    assert_eq!(
        public["grant_types"],
        json!(["authorization_code", "refresh_token", "implicit"])
    );
}

#[test]
fn grant_types_are_intersected_and_never_an_error() {
    let asked = json!({ "grant_types": [
        "refresh_token", "authorization_code", "password", "client_credentials", "refresh_token"
    ] });
    assert_eq!(
        strict(with(asked.clone())).unwrap()["grant_types"],
        json!(["refresh_token", "authorization_code"])
    );
    assert_eq!(
        permissive(with(asked)).unwrap()["grant_types"],
        json!(["refresh_token", "authorization_code", "client_credentials"])
    );
    let nothing = strict(with(json!({ "grant_types": ["password"] }))).unwrap();
    assert_eq!(nothing["grant_types"], json!(["authorization_code"]));
}

#[test]
fn a_method_is_honoured_or_replaced_by_one_that_the_client_can_use() {
    let key = json!({ "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB" }] });
    for (asked, keys, given) in [
        (json!(null), json!(null), "client_secret_post"),
        (
            json!("client_secret_basic"),
            json!(null),
            "client_secret_basic",
        ),
        (json!("none"), json!(null), "none"),
        (json!("tls_client_auth"), json!(null), "client_secret_post"),
        (
            json!("client_secret_jwt"),
            json!(null),
            "client_secret_post",
        ),
        (
            json!("self_signed_tls_client_auth"),
            key.clone(),
            "private_key_jwt",
        ),
        (json!("private_key_jwt"), key, "private_key_jwt"),
    ] {
        let sent = with(json!({ "token_endpoint_auth_method": asked, "jwks": keys }));
        assert_eq!(
            strict(sent).unwrap()["token_endpoint_auth_method"],
            given,
            "{asked}"
        );
    }
    let keyless = strict(with(
        json!({ "token_endpoint_auth_method": "private_key_jwt" }),
    ));
    assert!(keyless.unwrap_err().contains("jwks_uri is needed"));
}

#[test]
fn members_that_are_not_known_are_left_out() {
    let sent = with(json!({
        "resource": "https://api.example/", "x": { "y": [1] }, "is_first_party": true,
        "software_id": "s", "subject_type": "pairwise"
    }));
    let strict = strict(sent.clone()).unwrap();
    assert_eq!(
        (&strict["x"], &strict["resource"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(strict["software_id"], "s");
    assert_eq!(strict["subject_type"], Value::Null);
    let permissive = permissive(sent).unwrap();
    assert_eq!(permissive["subject_type"], "pairwise");
    assert_eq!(permissive["is_first_party"], Value::Null);
}

#[test]
fn redirects_that_run_scripts_or_deceive_are_refused() {
    for uri in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "https://app.example/cb#fragment",
        "https://app.example\\@evil.example/",
        "https://app.example@evil.example/",
        "https://app.example/..;/admin",
        "https://*.evil.example/",
        "http://app.example/cb",
        "https://аpp.example/cb",
        "myapp://cb",
        "",
    ] {
        let sent = json!({ "client_name": "App", "redirect_uris": [uri] });
        let refusal = permissive(sent.clone()).unwrap_err();
        assert!(refusal.contains("InvalidRedirectUri"), "{uri:?}: {refusal}");
        assert!(strict(sent).is_err(), "{uri:?}");
    }
    assert!(
        strict(json!({ "client_name": "App" }))
            .unwrap_err()
            .contains("InvalidRedirectUri")
    );
}

#[test]
fn the_operators_policy_narrows_and_says_to_what() {
    let policy = RegistrationPolicy {
        redirect_hosts: vec!["app.example".into(), "localhost".into()],
        redirect_schemes: vec!["cursor".into()],
        grant_types: vec!["authorization_code".into()],
        scopes: vec!["read".into(), "write".into()],
        reserved_names: vec!["Acme".into()],
        ..RegistrationPolicy::default()
    };
    let under = |sent| become_under(&PERMISSIVE, &policy, sent);
    let narrowed = under(with(json!({ "scope": "read admin" }))).unwrap();
    assert_eq!(narrowed["grant_types"], json!(["authorization_code"]));
    assert_eq!(narrowed["scope"], "read");
    // No scope asked for is no wish to have none.
    assert_eq!(under(with(json!({}))).unwrap()["scope"], "read write");
    for uri in [
        "http://localhost:3000/cb",
        "cursor://anysphere.cursor-mcp/oauth/callback",
    ] {
        assert!(
            under(with(json!({ "redirect_uris": [uri] }))).is_ok(),
            "{uri}"
        );
    }
    let elsewhere = under(with(
        json!({ "redirect_uris": ["https://evil.example/cb"] }),
    ));
    assert!(elsewhere.unwrap_err().contains("app.example, localhost"));
    assert!(
        under(with(json!({ "client_name": "АCME login" })))
            .unwrap_err()
            .contains("reserved")
    );
}

#[test]
fn names_that_hide_or_turn_text_around_are_refused() {
    for name in [
        "<b>App</b>",
        "App\u{202e}knab",
        "A\u{200b}pp",
        "App\nLine",
        &"a".repeat(300),
    ] {
        assert!(
            strict(with(json!({ "client_name": name }))).is_err(),
            "{name:?}"
        );
    }
    // The tenant's own name is nobody else's.
    assert!(strict(with(json!({ "client_name": "ACME" }))).is_err());
    let unnamed = strict(with(json!({ "client_name": null }))).unwrap();
    assert_eq!(unnamed["client_name"], "app.example");
    let native = json!({
        "redirect_uris": ["com.example.app:/cb"], "application_type": "native"
    });
    assert_eq!(strict(native).unwrap()["client_name"], "com.example.app");
}

#[test]
fn openid_members_are_held_to_what_is_served() {
    let sent = with(json!({
        "id_token_signed_response_alg": "ES512", "default_max_age": 60, "require_auth_time": true,
        "post_logout_redirect_uris": ["https://app.example/bye"],
        "request_uris": ["https://app.example/r#hash"]
    }));
    let kept = permissive(sent).unwrap();
    assert_eq!(kept["id_token_signed_response_alg"], "RS256");
    assert_eq!(kept["default_max_age"], 60);
    for bad in [
        json!({ "subject_type": "other" }),
        json!({ "default_max_age": -1 }),
        json!({ "post_logout_redirect_uris": ["javascript:alert(1)"] }),
        json!({ "request_uris": ["http://169.254.169.254/latest"] }),
        json!({ "sector_identifier_uri": "http://app.example/s" }),
        json!({ "jwks_uri": "http://127.0.0.1/keys" }),
        json!({ "backchannel_logout_uri": "http://10.0.0.1/" }),
        json!({ "subject_type": "pairwise",
                "redirect_uris": ["https://a.example/", "https://b.example/"] }),
        json!({ "jwks": { "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQ" }] } }),
    ] {
        assert!(permissive(with(bad.clone())).is_err(), "{bad}");
    }
}

fn is_refused_or_settled(sent: &Value) {
    for rules in [&STRICT, &PERMISSIVE] {
        let policy = RegistrationPolicy::default();
        if let Ok(accepted) = become_under(rules, &policy, sent.clone()) {
            let again = become_under(rules, &policy, accepted.clone());
            assert_eq!(again.as_ref(), Ok(&accepted));
            let first = accepted["redirect_uris"][0].as_str().unwrap();
            assert!(!first.to_ascii_lowercase().starts_with("javascript"));
            let granted = accepted["grant_types"].as_array().unwrap();
            assert!(granted.iter().all(|g| g != "password"));
        }
    }
}

/// A fuzz target: any JSON that has the shape of metadata.
#[test]
fn fuzz() {
    bolero::check!().for_each(|body| {
        if let Ok(metadata) = serde_json::from_slice::<ClientMetadata>(body) {
            is_refused_or_settled(&serde_json::to_value(metadata).unwrap());
        }
    });
}

proptest! {
    /// A metadata bomb is refused or becomes something small; nothing panics, and what was accepted is
    /// accepted again and becomes the same.
    #[test]
    fn whatever_is_sent_is_refused_or_settled(
        uri in "(https|http|javascript|com\\.example|[a-z]{1,5})://?[ -~]{0,40}",
        name in any::<Option<String>>(),
        method in "[a-z_]{0,20}",
        grants in proptest::collection::vec("[a-z_:]{0,30}", 0..5),
        responses in proptest::collection::vec("(code|token|id_token| ){0,4}", 0..4),
        scope in any::<Option<String>>(),
        native in any::<bool>(),
    ) {
        let sent = json!({
            "redirect_uris": [uri], "client_name": name, "token_endpoint_auth_method": method,
            "grant_types": grants, "response_types": responses, "scope": scope,
            "application_type": native.then_some("native"),
        });
        is_refused_or_settled(&sent);
    }
}
