//! Invitations of users: `POST /v3/invites`, and what the link in the mail is good for.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::Platform;
use super::mails::delivered;
use super::roles::administrator;
use crate::{Actor, Error};

const GOOD: &str = "correct horse battery";

/// Invites, and gives the token of the mail.
async fn invited(platform: &Platform, email: &str) -> SecretString {
    let asked = platform
        .post("/v3/invites", json!({ "email": email }))
        .await;
    assert_eq!(asked.status, 201, "{}", asked.body);
    let mails = delivered(platform).await;
    let mail = mails.last().unwrap();
    assert!(mail.contains("You are invited to administer"), "{mail}");
    let (_, token) = mail.split_once("/invitation?token=").unwrap();
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
    token.split(ends).next().unwrap().to_owned().into()
}

async fn accept(platform: &Platform, token: &SecretString, password: &str) -> Result<(), Error> {
    let ctx = platform.portal.ctx(Actor::Anonymous, "test");
    let users = platform.portal.administrators();
    let accepted = users.accept_invitation(&ctx, token, password.to_owned().into());
    accepted.await.map(|(_, session)| drop(session.reveal()))
}

#[tokio::test]
async fn an_invitation_lets_in_once_and_its_user_may_do_nothing_yet() {
    for platform in Platform::everywhere().await {
        administrator(&platform, "ada@example.com").await;
        let first = invited(&platform, "Mia@example.com").await;
        let second = invited(&platform, "mia@example.com").await;
        let ended = accept(&platform, &first, GOOD).await.unwrap_err();
        assert!(
            matches!(ended, Error::NotFound(_)),
            "a newer one counts: {ended}"
        );
        let weak = accept(&platform, &second, "short").await.unwrap_err();
        assert!(matches!(weak, Error::Invalid(_)), "{weak}");
        let shown = platform
            .get("/v3/users?filter[email]=mia@example.com")
            .await;
        let user = &shown.body["data"][0];
        assert_eq!(user["active"], false);
        let teams = format!("/v3/users/{}/teams", user["id"].as_str().unwrap());
        assert_eq!(platform.get(&teams).await.body["data"], json!([]));

        accept(&platform, &second, GOOD).await.unwrap();
        let spent = accept(&platform, &second, GOOD).await.unwrap_err();
        assert!(matches!(spent, Error::NotFound(_)), "{spent}");
        let shown = platform
            .get("/v3/users?filter[email]=mia@example.com")
            .await;
        assert_eq!(shown.body["data"][0]["active"], true);
        let again = json!({ "email": "mia@example.com" });
        assert_eq!(platform.post("/v3/invites", again).await.status, 409);
    }
}

#[tokio::test]
async fn an_invitation_ends_after_seven_days_with_its_account_and_with_another_password() {
    let platform = Platform::start().await;
    administrator(&platform, "ada@example.com").await;
    let late = invited(&platform, "late@example.com").await;
    platform.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert!(accept(&platform, &late, GOOD).await.is_err());
    assert!(platform.portal.administrators().prune().await.is_ok());

    let reset = invited(&platform, "reset@example.com").await;
    let users = platform.portal.administrators();
    let account = users.find_by_email("reset@example.com").await.unwrap();
    let ctx = platform.portal.ctx(Actor::System, "test");
    users
        .reset_password(&ctx, account.id)
        .await
        .unwrap()
        .1
        .reveal();
    assert!(accept(&platform, &reset, GOOD).await.is_err());

    let gone = invited(&platform, "gone@example.com").await;
    let account = users.find_by_email("gone@example.com").await.unwrap();
    let path = format!("/v3/users/{}", account.id);
    assert_eq!(
        platform.call("DELETE", &path, Value::Null).await.status,
        204
    );
    assert!(accept(&platform, &gone, GOOD).await.is_err());
}

#[tokio::test]
async fn an_invitation_needs_an_address() {
    let platform = Platform::start().await;
    for body in [
        json!({}),
        json!({ "email": "nobody" }),
        json!({ "email": "" }),
    ] {
        let refused = platform.post("/v3/invites", body).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
}
