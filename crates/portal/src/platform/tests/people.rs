//! Developers, registrations, applications and the audit in the console, as an administrator without
//! scripts uses them.

use std::sync::LazyLock;

use axum::Extension;
use http::StatusCode;
use oauth::Entropy;
use serde_json::json;
use web::testing::Browser;
use web::{Administrator, Caller, Catalog, Role, Site};

use super::Platform;
use super::mails::delivered;
use super::portals::{applicant, published};
use crate::console;
use crate::service::accounts::{self, Visit};

/// The console's own texts are not here.
static NO_TEXTS: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(&[]));

pub(super) fn browser(platform: &Platform, role: Role) -> Browser {
    let reader = Administrator {
        id: "a".into(),
        email: "ada@example.com".into(),
        name: "Ada".into(),
        role,
    };
    browser_of(platform, reader)
}

/// The browser of whoever is signed in.
pub(super) fn browser_of(platform: &Platform, reader: Administrator) -> Browser {
    let site = Site::new(web::Settings {
        name: "console",
        key: [1; 32],
        secure: false,
        random: web::random(&Entropy::system()),
        catalog: &NO_TEXTS,
    });
    let router = console::router(&platform.portal).layer(Extension(reader));
    Browser::new(&site.wrap(router), "127.0.0.1:8001")
}

/// Where the developer, the registration and the application of a portal are in the console.
async fn waiting(platform: &Platform) -> (String, String) {
    let (portal, version, strategy) = published(platform).await;
    let applicant = applicant(platform, &portal, &version, &strategy).await;
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    assert_eq!(platform.get(&applicant.application).await.status, 200);
    (format!("/portals/{portal}"), id(&applicant.developer))
}

async fn waiting_mails(platform: &Platform) -> i64 {
    let db = platform.portal.db();
    let sql = "SELECT COUNT(*) AS n FROM storage_job WHERE queue = 'portal.mail'";
    db.query_one(sql, Vec::new())
        .await
        .unwrap()
        .get("n")
        .unwrap()
}

#[tokio::test]
async fn a_developer_is_approved_and_rejected_with_a_reason_that_is_mailed() {
    for platform in Platform::everywhere().await {
        let (portal, developer) = waiting(&platform).await;
        let mut browser = browser(&platform, Role::Owner);
        let list = format!("{portal}/developers?q=DEV@&status=pending&sort=name");
        let listed = browser.get(&list).await;
        listed.says("dev@example.com").says(&developer);
        let decide = format!("{portal}/developers/decide");
        let none = format!("{decide}?decision=revoked");
        let none = browser.get(&none).await;
        assert_eq!(none.location(), format!("{portal}/developers"));

        let ask = format!("{decide}?decision=approved&id={developer}");
        let asked = browser.get(&ask).await;
        asked
            .says("Approve this developer?")
            .says("dev@example.com");
        let fields = [("decision", "approved"), ("id", developer.as_str())];
        let done = browser.fill(&ask, &fields).await;
        done.says("The developer is approved.");
        assert_eq!(waiting_mails(&platform).await, 1);

        let ask = format!("{decide}?decision=revoked&id={developer}");
        browser.get(&ask).await;
        let fields = [("decision", "revoked"), ("id", developer.as_str())];
        let refused = browser.post(&decide, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("Say why: the developer reads it.");
        let fields = [fields[0], fields[1], ("reason", "The project has ended.")];
        let done = browser.fill(&ask, &fields).await;
        done.says("The developer is revoked.");
        assert_eq!(waiting_mails(&platform).await, 2);

        let audit = browser.get("/audit?actor=administrator&kind=developer&since=day");
        let audit = audit.await;
        audit.says("ada@example.com").says("The project has ended.");
        let csv = browser
            .get("/audit/export?actor=administrator&format=csv")
            .await;
        assert_eq!(csv.html.lines().count(), 3, "{}", csv.html);
        let lines = browser.get("/audit/export?q=ended&format=jsonl").await;
        assert_eq!(lines.html.lines().count(), 1, "{}", lines.html);
    }
}

#[tokio::test]
async fn an_invitation_is_sent_again_until_its_link_was_followed() {
    for platform in Platform::everywhere().await {
        let (portal, developer) = waiting(&platform).await;
        let mut browser = browser(&platform, Role::Owner);
        let one = format!("{portal}/developers/{developer}");
        browser.get(&one).await.says("Send the invitation again");
        let mut links = Vec::new();
        for _ in 0..2 {
            let sent = browser.post(&format!("{one}/invite"), &[]).await;
            assert_eq!(sent.location(), one);
            let mails = delivered(&platform).await;
            let (_, rest) = mails[0].split_once("/login?token=").unwrap();
            links.push(rest.split('&').next().unwrap().to_owned());
        }
        let seen = browser.get(&one).await;
        seen.says("The invitation is on its way to dev@example.com.");
        let accounts = platform.portal.accounts();
        let visit = Visit {
            portal_id: portal.rsplit('/').next().unwrap().into(),
            origin: "http://127.0.0.1".into(),
            address: "192.0.2.1".into(),
            locale: "en".into(),
            request_id: String::new(),
            caller: Caller::default(),
        };
        let old = accounts.verify_email(&visit, &links[0]).await;
        assert!(matches!(old, Err(accounts::Error::SpentToken)), "{old:?}");
        accounts.verify_email(&visit, &links[1]).await.unwrap();
        let seen = browser.get(&one).await;
        assert!(!seen.html.contains("Send the invitation again"));
        browser.post(&format!("{one}/invite"), &[]).await;
        let seen = browser.get(&one).await;
        seen.says("needs no invitation");
        assert_eq!(waiting_mails(&platform).await, 0, "{}", platform.name());
        let audit = browser.get("/audit?kind=developer&since=day").await;
        assert_eq!(audit.html.matches("Invited").count(), 2, "{}", audit.html);
    }
}

#[tokio::test]
async fn a_registration_is_approved_and_an_application_removed() {
    for platform in Platform::everywhere().await {
        let (portal, developer) = waiting(&platform).await;
        let mut browser = browser(&platform, Role::Owner);
        let listed = browser.get(&format!("{portal}/registrations?q=cli")).await;
        listed.says("Weather v1");
        let id = listed.between("type=\"checkbox\" name=\"id\" value=\"", "\"");
        let decide = format!("{portal}/registrations/decide");
        let ask = format!("{decide}?decision=approved&id={id}");
        let fields = [("decision", "approved"), ("id", id)];
        let done = browser.fill(&ask, &fields).await;
        done.says("The registration is approved.");
        assert_eq!(waiting_mails(&platform).await, 1);

        let listed = browser
            .get(&format!("{portal}/applications?status=active"))
            .await;
        let path = listed.between(&format!("href=\"{portal}/applications/"), "\"");
        let one = format!("{portal}/applications/{path}");
        browser.get(&one).await.says("Weather v1");
        browser
            .get(&format!("{portal}/developers/{developer}"))
            .await
            .says("cli");
        let asked = browser.get(&format!("{one}/delete")).await;
        asked.says("Weather v1");
        let gone = browser.fill(&format!("{one}/delete"), &[]).await;
        gone.says("cli is removed.");
        assert_eq!(browser.get(&one).await.status, StatusCode::NOT_FOUND);
        let delete = format!("{portal}/developers/{developer}/delete");
        browser.fill(&delete, &[]).await.says("Dev is removed.");
    }
}

#[tokio::test]
async fn a_viewer_sees_everything_and_no_button_and_changes_nothing() {
    let platform = Platform::start().await;
    let (portal, developer) = waiting(&platform).await;
    let mut browser = browser(&platform, Role::Viewer);
    for page in [
        format!("{portal}/developers"),
        format!("{portal}/developers/{developer}"),
        format!("{portal}/registrations"),
        format!("{portal}/applications"),
        "/audit".to_owned(),
        "/gateway/nodes".to_owned(),
        "/gateway/services?q=x".to_owned(),
        "/gateway/routes?q=x".to_owned(),
    ] {
        let shown = browser.get(&page).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.html);
        assert!(!shown.html.contains("method=\"post\""), "{page}");
        assert!(!shown.html.contains("/decide"), "{page}");
        assert!(!shown.html.contains("/delete"), "{page}");
    }
    let decide = format!("{portal}/developers/decide");
    let ask = format!("{decide}?decision=approved&id={developer}");
    assert_eq!(browser.get(&ask).await.status, StatusCode::FORBIDDEN);
    let fields = [("decision", "approved"), ("id", developer.as_str())];
    let refused = browser.post(&decide, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let read = format!("/v2{portal}/developers/{developer}");
    assert_eq!(platform.get(&read).await.body["status"], json!("pending"));
}
