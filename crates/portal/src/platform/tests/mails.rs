//! The mails of a portal: from whom, what they say, and at which steps they go.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use storage::outbox::Outbox;
use web::Role;

use super::Platform;
use super::people::browser;
use super::portals::{Applicant, applicant, published};
use crate::mail;
use crate::service::administrators::NewAdministrator;
use crate::service::applications::NewKey;
use crate::service::team_mail;
use crate::store;
use crate::{Actor, Ctx};

/// Delivers the mails that wait, and gives them as text.
pub(super) async fn delivered(platform: &Platform) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let settings = mail::Settings {
        delivery: mail::Delivery::Files(directory.path().to_owned()),
        from: "Portal <portal@example.com>".into(),
    };
    let portal = &platform.portal;
    let postbox = mail::Postbox::new(&settings, portal.entropy().clone()).unwrap();
    let clock = platform.clock.clone();
    let outbox = Outbox::new(portal.db().clone(), clock, portal.entropy().clone());
    let deliver = async |job| mail::deliver(portal.db(), &postbox, portal.sealer(), job).await;
    outbox.run_due(mail::QUEUE, &deliver).await;
    let files = std::fs::read_dir(directory.path()).unwrap();
    let read = files.map(|file| {
        let letter = std::fs::read(file.unwrap().path()).unwrap();
        let letter = String::from_utf8_lossy(&letter).replace("=\r\n", "");
        letter.replace("=3D", "=").replace("=20", " ")
    });
    read.collect()
}

#[tokio::test]
async fn mails_say_what_the_team_wrote_and_come_from_whom_it_says() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v3/portals", json!({ "name": "weather" }))
            .await
            .id();
        let portal = format!("/v3/portals/{portal}");
        let config = format!("{portal}/email-config");
        assert_eq!(platform.get(&config).await.status, 404);
        let body = json!({ "from_name": "Weather team", "reply_to_email": "apis@example.com" });
        let made = platform.post(&config, body.clone()).await;
        assert_eq!(platform.get(&config).await.body, made.body);
        assert_eq!(platform.post(&config, body).await.status, 409);
        let delivery = platform.get(&format!("{portal}/email-delivery")).await;
        assert_eq!(delivery.body["reply_to_email"], "apis@example.com");
        let body = json!({ "domain_name": "example.com" });
        let refused = platform.call("PATCH", &config, body).await;
        assert_eq!(refused.violations(), ["domain_name: missing_reference"]);

        let all = format!("{portal}/email-templates");
        let one = format!("{all}/developer-invitation");
        let body = json!({ "content": {
            "subject": "Join {{ portal_display_name }}", "body": "Hi **{{developer_fullname}}**",
        } });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(
            changed.body["content"]["title"],
            Value::Null,
            "{}",
            changed.body
        );
        assert_eq!(platform.get(&one).await.body, changed.body);
        let list = platform.get(&all).await;
        assert_eq!(list.body["data"].as_array().unwrap().len(), 11);
        let body = json!({ "content": { "body": "{{api_name}}" } });
        let refused = platform.call("PATCH", &one, body).await;
        assert_eq!(refused.violations(), ["content.body: invalid"]);
        let body = json!({
            "email": "eve@example.com", "full_name": "Eve <b>", "send_invitation_email": true,
        });
        let developers = format!("{portal}/developers");
        platform.post(&developers, body).await;
        let mails = delivered(&platform).await;
        let mail = &mails[0];
        for said in [
            "Subject: Join weather",
            "Weather team",
            "Reply-To: apis@example.com",
            "<strong>Eve &lt;b&gt;</strong>",
            "/login?token=",
        ] {
            assert!(mail.contains(said), "{said}: {mail}");
        }

        platform
            .call("PATCH", &one, json!({ "enabled": false }))
            .await;
        let body = json!({
            "email": "ben@example.com", "full_name": "Ben", "send_invitation_email": true,
        });
        platform.post(&developers, body).await;
        let mails = delivered(&platform).await;
        assert!(
            mails[0].contains("You are invited to weather"),
            "{}",
            mails[0]
        );
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 404);
        assert_eq!(platform.get(&format!("{all}/nothing")).await.status, 404);

        let body = json!({ "content": { "title": "Hi" }, "translations": { "ja": { "title": "どうも" } } });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.body["translations"]["ja"]["title"], "どうも");
        let body = json!({ "translations": { "ja": { "body": "{{api_name}}" } } });
        let refused = platform.call("PATCH", &one, body).await;
        assert_eq!(refused.violations(), ["translations.ja.body: invalid"]);
        let body = json!({ "translations": { "ja": null } });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.body["translations"], Value::Null);

        for path in [
            "/v3/portals/email-templates",
            "/v3/portals/email-templates/variables",
            "/v3/portals/email-templates/reset-password",
        ] {
            assert_eq!(platform.get(path).await.status, 200, "{path}");
        }
        let domains = "/v3/portals/email-domains";
        assert_eq!(platform.get(domains).await.body["data"], json!([]));
        let refused = platform
            .post(domains, json!({ "domain": "example.com" }))
            .await;
        assert_eq!(refused.violations(), ["domain: invalid"]);
        let one = format!("{domains}/example.com");
        assert_eq!(platform.get(&one).await.status, 404);
    }
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn ctx(platform: &Platform) -> Ctx {
    platform.portal.ctx(Actor::System, "test")
}

/// A developer with an application, approved and with an address that is theirs: and their portal.
async fn developer(platform: &Platform) -> (String, Applicant) {
    let (portal, version, strategy) = published(platform).await;
    let applicant = applicant(platform, &portal, &version, &strategy).await;
    let mut tx = platform.portal.db().begin().await.unwrap();
    let (developer, now) = (id(&applicant.developer), platform.clock.now());
    store::accounts::set_verified(&mut tx, developer, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let body = json!({ "status": "approved" });
    platform.call("PATCH", &applicant.developer, body).await;
    delivered(platform).await;
    (portal, applicant)
}

fn says(mails: &[String], words: &[&str]) {
    let found = mails
        .iter()
        .any(|mail| words.iter().all(|word| mail.contains(word)));
    assert!(found, "{words:?}: {mails:#?}");
}

#[tokio::test]
async fn who_loses_something_to_an_administrator_reads_why() {
    for platform in Platform::everywhere().await {
        let (portal, applicant) = developer(&platform).await;
        let ended = platform.call("DELETE", &applicant.registration, Value::Null);
        assert_eq!(ended.await.status, 204);
        let mails = delivered(&platform).await;
        says(
            &mails,
            &["Subject: weather: access to an API was not approved"],
        );

        let mut browser = browser(&platform, Role::Owner);
        let application = id(&applicant.application);
        let ask = format!("/portals/{portal}/applications/{application}/delete");
        let long = "x".repeat(1001);
        let refused = browser.fill(&ask, &[("reason", long.as_str())]).await;
        refused.says("Use at most 1000 characters.");
        let done = browser.fill(&ask, &[("reason", "It was a copy.")]).await;
        done.says("cli");
        let mails = delivered(&platform).await;
        assert_eq!(mails.len(), 1, "{mails:#?}");
        let subject = "Subject: weather: the application cli was deleted";
        says(&mails, &[subject, "It was a copy.", "/my-apps"]);

        let ask = format!(
            "/portals/{portal}/developers/{}/delete",
            id(&applicant.developer)
        );
        browser.fill(&ask, &[("reason", "You asked us to.")]).await;
        let mails = delivered(&platform).await;
        assert_eq!(mails.len(), 1, "{mails:#?}");
        let subject = "Subject: Your account on weather was deleted";
        says(&mails, &[subject, "You asked us to."]);
    }
}

#[tokio::test]
async fn an_application_that_changes_hands_is_told_of_on_both_sides() {
    for platform in Platform::everywhere().await {
        let (portal, applicant) = developer(&platform).await;
        let body = json!({
            "email": "eve@example.com", "full_name": "Eve", "status": "approved",
        });
        let developers = format!("/v3/portals/{portal}/developers");
        let eve = platform.post(&developers, body).await.id();
        let one = applicant.application.replace("/v2/", "/v3/");
        let body = json!({ "owner": { "type": "developer", "id": eve } });
        let moved = platform.call("PATCH", &one, body).await;
        assert_eq!(moved.status, 200, "{}", moved.body);
        let mails = delivered(&platform).await;
        assert_eq!(mails.len(), 2, "{mails:#?}");
        let gained = "Subject: weather: the application cli is yours";
        says(&mails, &[gained, "eve@example.com"]);
        let lost = "Subject: weather: the application cli has another owner";
        says(&mails, &[lost, "dev@example.com"]);
    }
}

#[tokio::test]
async fn a_key_that_ends_is_told_of_before_and_after() {
    for platform in Platform::everywhere().await {
        let (_, applicant) = developer(&platform).await;
        let ctx = ctx(&platform);
        let applications = platform.portal.applications();
        let application = id(&applicant.application).parse().unwrap();
        let found = store::applications::find(platform.portal.db(), application).await;
        let application = found.unwrap().unwrap();
        let days = |count: u64| Duration::from_secs(count * 86_400);
        let new = NewKey {
            display_name: "nightly",
            lifetime: Some(days(40)),
        };
        let made = applications.create_key(&ctx, &application, new);
        let made = made.await.unwrap().value;
        platform.clock.advance(days(32));
        applications.reconcile_due().await;
        assert_eq!(delivered(&platform).await, Vec::<String>::new());
        platform.clock.advance(days(2));
        applications.reconcile_due().await;
        let mails = delivered(&platform).await;
        says(
            &mails,
            &["Subject: weather: an API key of cli ends soon", "nightly"],
        );
        platform.clock.advance(days(6));
        applications.reconcile_due().await;
        let mails = delivered(&platform).await;
        says(
            &mails,
            &["Subject: weather: an API key of cli has ended", "nightly"],
        );
        applications.reconcile_due().await;
        assert_eq!(delivered(&platform).await, Vec::<String>::new());

        let new = NewKey {
            lifetime: Some(days(4)),
            ..new
        };
        let replaced = applications.create_key(&ctx, &application, new);
        let replaced = replaced.await.unwrap().value.key.id;
        let soon = Duration::from_secs(60);
        let rotated = applications.rotate_key(&ctx, &application, replaced, soon);
        let successor = rotated.await.unwrap().value.key.id;
        let gone = applications.delete_key(&ctx, &application, successor);
        drop(gone.await.unwrap());
        platform.clock.advance(days(5));
        applications.reconcile_due().await;
        assert_eq!(delivered(&platform).await, Vec::<String>::new());
        assert_ne!(made.key.id, replaced);
    }
}

async fn told(platform: &Platform) -> Vec<String> {
    let portal = &platform.portal;
    let outbox = Outbox::new(
        portal.db().clone(),
        platform.clock.clone(),
        portal.entropy().clone(),
    );
    let tell = async |job| team_mail::job(portal, job).await;
    outbox.run_due(team_mail::QUEUE, &tell).await;
    delivered(platform).await
}

async fn begins(platform: &Platform, portal: &str) {
    let mut tx = platform.portal.db().begin().await.unwrap();
    let now = platform.clock.now();
    team_mail::begins(&mut tx, portal.parse().unwrap(), now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_team_is_told_in_one_mail_of_everything_that_waits() {
    for platform in Platform::everywhere().await {
        let administrators = platform.portal.administrators();
        let ctx = ctx(&platform);
        for (email, role) in [
            ("ada@example.com", Role::Owner),
            ("ben@example.com", Role::Admin),
            ("vic@example.com", Role::Viewer),
        ] {
            let new = NewAdministrator {
                email: email.into(),
                name: String::new(),
                role,
            };
            let password = SecretString::from("a long enough phrase");
            let made = administrators.create(&ctx, new, Some(password));
            let (made, _) = made.await.unwrap();
            if role == Role::Admin {
                let locale = web::Locale::Ja;
                let chosen = administrators.choose_mail(&ctx, made.id, true, locale);
                chosen.await.unwrap();
            }
        }
        let (portal, version, strategy) = published(&platform).await;
        applicant(&platform, &portal, &version, &strategy).await;
        // Nobody has shown yet that the developer's address is theirs: only the registration waits.
        begins(&platform, &portal).await;
        begins(&platform, &portal).await;
        let mails = told(&platform).await;
        assert_eq!(mails.len(), 2, "{mails:#?}");
        let subject = "Subject: weather: somebody waits for your decision";
        let page = format!("http://localhost:8001/portals/{portal}/registrations?status=pending");
        says(
            &mails,
            &[
                subject,
                "ada@example.com",
                "1 registration for an API",
                &page,
            ],
        );
        says(&mails, &["ben@example.com", "lang=\"ja\""]);

        begins(&platform, &portal).await;
        platform.clock.advance(Duration::from_secs(14 * 60));
        assert_eq!(told(&platform).await, Vec::<String>::new());
        begins(&platform, &portal).await;
        platform.clock.advance(Duration::from_secs(60));
        assert_eq!(told(&platform).await.len(), 2);

        let mut tx = platform.portal.db().begin().await.unwrap();
        let sql = "UPDATE portal_portal SET tells_team = $1";
        tx.execute(sql, vec![false.into()]).await.unwrap();
        tx.commit().await.unwrap();
        begins(&platform, &portal).await;
        platform.clock.advance(Duration::from_secs(3600));
        assert_eq!(told(&platform).await, Vec::<String>::new());
    }
}
