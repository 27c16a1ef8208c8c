//! The mails of a portal: from whom, what they say, and at which steps they go.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use storage::outbox::Outbox;
use web::Role;

use super::people::browser;
use super::portals::{Applicant, applicant, published};
use super::roles::{administrator, personal};
use super::{Platform, contract};
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

#[tokio::test]
async fn a_test_mail_goes_to_the_user_whose_token_asks_for_it() {
    for platform in Platform::everywhere().await {
        let weather = json!({ "name": "weather" });
        let portal = platform.post("/v3/portals", weather).await.id();
        let template = format!("/v3/portals/{portal}/email-templates/app-registration-revoked");
        let test = format!("{template}/send-test-email");
        let body = json!({ "content": {
            "subject": "{{developer_fullname}} and {{api_name}}", "title": "Over", "body": "It is **over**.",
        } });
        let nobodys = platform.post(&test, body.clone()).await;
        assert_eq!(nobodys.status, 403, "{}", nobodys.body);

        let user = administrator(&platform, "me@example.com").await;
        let (_, bearer) = personal(&platform, user, "mine").await;
        let ask = async |path: &str, body: Value| {
            let answer = platform.call_as(Some(&bearer), "POST", path, body).await;
            contract::check("POST", path, &answer);
            answer
        };
        let sent = ask(&test, body).await;
        assert_eq!(sent.status, 204, "{}: {}", platform.name(), sent.body);
        let files = std::fs::read_dir(platform.mail.path()).unwrap();
        let letters = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        let letters: Vec<String> = letters.collect();
        assert_eq!(letters.len(), 1);
        says(&letters, &["me@example.com", "and Forecasts", "over"]);
        // Nothing was kept.
        let kept = platform.get(&template).await;
        assert_eq!(kept.body["content"], Value::Null);

        let wrong = json!({ "content": { "subject": "a", "title": "b", "body": "{{team_name}}" } });
        let refused = ask(&test, wrong).await;
        assert_eq!(refused.violations(), ["content.body: invalid"]);
        let short = json!({ "content": { "subject": "a" } });
        let refused = ask(&test, short).await;
        let missing = ["content.title: required", "content.body: required"];
        assert_eq!(refused.violations(), missing);
        let unknown = format!("/v3/portals/{portal}/email-templates/no-such/send-test-email");
        assert_eq!(ask(&unknown, json!({ "content": {} })).await.status, 404);
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
        browser.get(&ask).await;
        let refused = browser.post(&ask, &[("reason", long.as_str())]).await;
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
        says(&mails, &["ben@example.com", "=?utf-8?b?d2VhdGhlcu+8muaJv"]);

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

#[tokio::test]
async fn the_pages_about_mails_show_what_will_be_sent() {
    for platform in Platform::everywhere().await {
        let made = platform.post("/v3/portals", json!({ "name": "weather" }));
        let portal = made.await.id();
        let mut browser = browser(&platform, Role::Admin);
        let mails = format!("/portals/{portal}/mails");
        browser.get(&mails).await;
        let wrong = [("from_email", "nobody"), ("tells_team", "on")];
        browser
            .post(&mails, &wrong)
            .await
            .says("Enter one mail address");
        let sender = [
            ("from_name", "Weather team"),
            ("from_email", "apis@example.com"),
        ];
        browser.fill(&mails, &sender).await.says("Weather team");
        let entry = "SELECT tells_team FROM portal_portal";
        let row = platform.portal.db().query_one(entry, Vec::new()).await;
        assert!(!row.unwrap().get::<bool>("tells_team").unwrap());

        let one = format!("{mails}/developer-invitation/ja");
        browser.get(&one).await.says("{{ portal_display_name }}");
        let wrong = [("body", "{{api_name}}"), ("enabled", "on")];
        let refused = browser.post(&one, &wrong).await;
        refused.says("is none of this mail’s");
        let shown = browser.post(&format!("{one}/preview"), &wrong).await;
        assert_eq!(shown.status, 422);
        let words = [
            ("subject", "ようこそ"),
            ("body", "**{{developer_fullname}}** 様"),
            ("enabled", "on"),
        ];
        let shown = browser.post(&format!("{one}/preview"), &words).await;
        shown.says("<strong>Ada</strong> 様").says("招待を受ける");
        browser.fill(&one, &words).await.says("ようこそ");
        let shown = browser.get(&format!("{one}/preview")).await;
        shown.says("<strong>Ada</strong> 様");
        let all = format!("{mails}/developer-invitation/all/preview");
        browser.get(&all).await.says("Accept the invitation");
        let sent = browser.post(&format!("{one}/test"), &words).await;
        sent.says("ada@example.com");
        let files = std::fs::read_dir(platform.mail.path()).unwrap();
        assert_eq!(files.count(), 1);
        let unknown = browser
            .get(&format!("{mails}/developer-invitation/xx"))
            .await;
        assert_eq!(unknown.status, 404);
    }
}

#[tokio::test]
async fn the_allow_list_asks_before_it_shuts_its_reader_out() {
    for platform in Platform::everywhere().await {
        let made = platform.post("/v3/portals", json!({ "name": "weather" }));
        let portal = made.await.id();
        let mut browser = browser(&platform, Role::Admin);
        let list = format!("/portals/{portal}/ip-allow-list");
        browser
            .get(&list)
            .await
            .says("can be reached from everywhere");
        let wrong = browser.post(&list, &[("allowed_ips", "office")]).await;
        wrong.says("One of these is no address");
        let office = [("allowed_ips", "192.0.2.0/24"), ("description", "Office")];
        let asked = browser.post(&list, &office).await;
        asked.says("Shut me out of the portal all the same");
        let meant = [office[0], office[1], ("anyway", "on")];
        browser.fill(&list, &meant).await.says("Office");
        let listed = platform.get(&format!("/v3{list}")).await;
        let entry = listed.body["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(
            listed.body["data"][0]["allowed_ips"],
            json!(["192.0.2.0/24"])
        );
        let one = format!("{list}/{entry}");
        browser.get(&one).await.says("Office");
        let delete = format!("{one}/delete");
        browser.get(&delete).await.says("It is the last entry");
        browser.fill(&delete, &[]).await;
        browser
            .get(&list)
            .await
            .says("can be reached from everywhere");
    }
}

#[tokio::test]
async fn the_menu_is_put_in_order_before_it_is_saved() {
    for platform in Platform::everywhere().await {
        let made = platform.post("/v3/portals", json!({ "name": "weather" }));
        let portal = made.await.id();
        let mut browser = browser(&platform, Role::Admin);
        let menu = format!("/portals/{portal}/navigation");
        browser.get(&menu).await;
        browser
            .post(&menu, &[("do", "add"), ("count", "0")])
            .await
            .says("title.0");
        let rows = [
            ("count", "2"),
            ("title.0", "Guides"),
            ("path.0", "/guides"),
            ("readers.0", "public"),
            ("title.1", "Status"),
            ("path.1", "https://status.example.com"),
            ("readers.1", "private"),
        ];
        let half = [("count", "1"), ("title.0", "Guides")];
        browser
            .post(&menu, &half)
            .await
            .says("Enter where it leads");
        let up = [rows.as_slice(), &[("do", "up.1")]].concat();
        browser
            .post(&menu, &up)
            .await
            .says("This is not saved yet.");
        let customization = format!("/v3/portals/{portal}/customization");
        let before = platform.get(&customization).await;
        assert_eq!(before.body["menu"]["main"], json!([]));
        browser.fill(&menu, &rows).await.says("Status");
        let after = platform.get(&customization).await;
        assert_eq!(
            after.body["menu"]["main"],
            json!([
                { "title": "Guides", "path": "/guides", "visibility": "public", "external": false },
                { "title": "Status", "path": "https://status.example.com", "visibility": "private", "external": true },
            ])
        );
    }
}
