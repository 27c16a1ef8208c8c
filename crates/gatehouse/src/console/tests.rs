//! The console over HTTP, as a browser without scripts sees it.

use axum::Router;
use axum::body::Body;
use http::header::{COOKIE, SET_COOKIE};
use http::{Request, StatusCode};
use oauth::{Clock, Entropy, Timestamp};
use portal::publish::{self, Publisher};
use portal::service::accounts::{NewDeveloper, Visit};
use portal::service::administrators::NewAdministrator;
use portal::{Actor, Portal};
use secrecy::ExposeSecret as _;
use storage::Database;
use storage::seal::{KeyRing, Sealer};
use web::Role;
use web::testing::{Browser, Shown};

use super::{CATALOG, Facts, router};

const HOST: &str = "127.0.0.1:8001";
const PASSWORD: &str = "correct horse battery";

/// A console of its own, and one browser.
struct Scene {
    browser: Browser,
    router: Router,
    portal: Portal,
    clock: Clock,
    _dir: tempfile::TempDir,
}

impl Scene {
    async fn new(secure: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = storage::Config::Sqlite {
            path: dir.path().join("test.db"),
        };
        let db = Database::open(&config, &[portal::MIGRATIONS])
            .await
            .unwrap();
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
        let entropy = Entropy::seeded(7);
        let publisher = Publisher::new(db.clone(), clock.clone(), publish::Settings::default());
        let portal = Portal::open(portal::Dependencies {
            db,
            sealer: Sealer::new(KeyRing::for_tests(), entropy.clone()),
            egress: egress::Egress::new(egress::Policy::default(), clock.clone()),
            clock: clock.clone(),
            entropy: entropy.clone(),
            publisher,
            mail: portal::mail::Settings {
                delivery: portal::mail::Delivery::Files(dir.path().to_owned()),
                from: "Portal <portal@example.com>".into(),
            },
            portal_url: "http://127.0.0.1:8003".into(),
            console_url: "http://127.0.0.1:8001".into(),
        });
        let portal = portal.await.unwrap();
        let scheme = if secure { "https" } else { "http" };
        let facts = Facts {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            platform_url: format!("{scheme}://127.0.0.1:8001"),
            portal_url: "http://127.0.0.1:8003".into(),
            gateway_url: "http://127.0.0.1:8000".into(),
            issuer: String::new(),
            tenant: false,
        };
        let pages = portal::console::router(&portal);
        let router = router(portal.clone(), facts, &entropy, pages);
        Self {
            browser: Browser::new(&router, HOST),
            router,
            portal,
            clock,
            _dir: dir,
        }
    }

    async fn with(self, email: &str, role: Role) -> Self {
        let ctx = self.portal.ctx(Actor::System, "test");
        let new = NewAdministrator {
            email: email.into(),
            name: String::new(),
            role,
        };
        let made = self.portal.administrators();
        made.create(&ctx, new, Some(PASSWORD.into())).await.unwrap();
        self
    }

    async fn get(&mut self, path: &str) -> Shown {
        self.browser.get(path).await
    }

    /// Sends a form with the token of a page that everybody may open.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        // Whoever is signed in is led on from the sign-in page.
        if self.get("/sign-in").await.location() != "" {
            self.get("/account").await;
        }
        self.browser.post(path, fields).await
    }

    async fn sign_in(&mut self, email: &str, password: &str) -> Shown {
        let fields = [("email", email), ("password", password)];
        self.post("/sign-in", &fields).await
    }

    fn session(&self) -> Option<String> {
        self.browser.cookie("console_session").map(str::to_owned)
    }

    /// Opens a page in another browser that holds nothing but this session.
    async fn elsewhere(&self, session: &str, path: &str) -> Shown {
        let request = Request::get(path).header(COOKIE, format!("console_session={session}"));
        let mut other = Browser::new(&self.router, HOST);
        other.send(request.body(Body::empty()).unwrap()).await
    }
}

#[test]
fn every_text_is_in_every_language() {
    assert_eq!(CATALOG.missing(), Vec::<String>::new());
}

#[tokio::test]
async fn the_start_page_leads_outsiders_to_the_sign_in_and_says_what_this_is() {
    let mut scene = Scene::new(false).await;
    let page = scene.get("/").await.html;
    for part in [
        "href=\"/sign-in\"",
        "href=\"http://127.0.0.1:8003\"",
        "gatehouse token create",
        "http://127.0.0.1:8001/v3/organizations/me",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(scene.get("/?lang=ja").await.html.contains("開発者ポータル"));
    let page = scene.get("/sign-in").await.html;
    assert!(
        page.contains("gatehouse admin create"),
        "nobody is there yet"
    );
}

#[tokio::test]
async fn the_overview_leads_the_team_to_those_who_wait() {
    let scene = Scene::new(false).await;
    let mut scene = scene.with("ada@example.com", Role::Owner).await;
    scene.sign_in("ada@example.com", PASSWORD).await;
    assert!(!scene.get("/").await.html.contains("Waiting for the team"));
    let new = [("name", "harbour"), ("access", "private")];
    let settings = scene.post("/portals/new", &new).await;
    let settings = settings.location().to_owned();
    let id = settings.split('/').nth(2).unwrap();
    let visit = Visit {
        portal_id: id.to_owned(),
        origin: "http://127.0.0.1:8003".into(),
        address: "192.0.2.1".into(),
        locale: "en".into(),
        request_id: "test".into(),
        caller: web::Caller::default(),
    };
    for who in ["bob", "eve"] {
        let new = NewDeveloper {
            email: format!("{who}@example.com"),
            full_name: who.into(),
        };
        scene.portal.accounts().sign_up(&visit, &new).await.unwrap();
    }
    let page = scene.get("/").await;
    page.says("Waiting for the team").says("2 developers");
    let list = format!("/portals/{id}/developers?status=pending");
    assert!(
        page.html.contains(&format!("href=\"{list}\"")),
        "{}",
        page.html
    );
    scene.get(&list).await.says("bob@example.com");
    let page = scene.get("/?lang=ja").await;
    page.says("2 人の開発者");
}

#[tokio::test]
async fn every_page_behind_the_sign_in_refuses_an_outsider() {
    let mut scene = Scene::new(false)
        .await
        .with("ada@example.com", Role::Owner)
        .await;
    for path in [
        "/account",
        "/administrators",
        "/administrators/new",
        "/administrators/x",
        "/administrators/x/delete",
        "/administrators/x/reset-password",
        "/administrators/x/access",
        "/administrators/x/access/roles/new",
        "/tokens",
        "/tokens/new",
        "/tokens/rights",
        "/tokens/x/revoke",
        "/teams",
        "/teams/new",
        "/teams/x",
        "/teams/x/roles",
        "/system-accounts",
        "/system-accounts/x",
        "/system-accounts/x/tokens/new",
        "/application-auth",
        "/application-auth/providers",
        "/application-auth/providers/new",
        "/application-auth/providers/x",
        "/application-auth/providers/x/delete",
        "/application-auth/providers/x/verify",
        "/application-auth/strategies",
        "/application-auth/strategies/new",
        "/application-auth/strategies/x",
        "/application-auth/strategies/x/delete",
        "/portals",
        "/portals/new",
        "/portals/x/settings/application-setup",
        "/portals/x/delete",
        "/api-products",
        "/api-products/x/documents",
        "/tenant/clients",
    ] {
        let answer = scene.get(path).await;
        let location = answer.location();
        assert!(
            location.starts_with("/sign-in?return_to=%2F"),
            "{path}: {location}"
        );
    }
    for path in [
        "/account/password",
        "/account/sign-out",
        "/administrators/new",
        "/administrators/x",
        "/administrators/x/delete",
        "/administrators/x/invite",
        "/administrators/x/reset-password",
        "/administrators/x/access/roles/new",
        "/tokens/new",
        "/teams/new",
        "/system-accounts/x/tokens/new",
    ] {
        let answer = scene.post(path, &[]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    scene.browser.forget_token();
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    let answer = scene.browser.post("/sign-in", &fields).await;
    assert_eq!(
        answer.status,
        StatusCode::FORBIDDEN,
        "a form without its token"
    );
}

#[tokio::test]
async fn a_sign_in_leads_on_to_pages_of_ours_alone() {
    let scene = Scene::new(false).await;
    let mut scene = scene.with("ada@example.com", Role::Owner).await;
    let answer = scene.get("/administrators?x=1").await;
    assert_eq!(
        answer.location(),
        "/sign-in?return_to=%2Fadministrators%3Fx%3D1"
    );
    for (to, expected) in [
        ("/administrators?x=1", "/administrators?x=1"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
    ] {
        let fields = [
            ("email", "ada@example.com"),
            ("password", PASSWORD),
            ("return_to", to),
        ];
        let answer = scene.post("/sign-in", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        assert_eq!(answer.location(), expected);
        let page = format!("/sign-in?return_to={}", web::query_value(to));
        let answer = scene.get(&page).await;
        assert_eq!(
            answer.location(),
            expected,
            "who is signed in goes on at once"
        );
        scene.browser.forget_cookie("console_session");
    }
}

#[tokio::test]
async fn a_session_is_new_at_every_sign_in_and_gone_after_signing_out() {
    let scene = Scene::new(false).await;
    let mut scene = scene.with("ada@example.com", Role::Owner).await;
    scene.sign_in("ada@example.com", PASSWORD).await;
    let first = scene.session().unwrap();
    scene.sign_in("ada@example.com", PASSWORD).await;
    let second = scene.session().unwrap();
    assert_ne!(first, second);
    let ended = scene.elsewhere(&first, "/account").await;
    assert_eq!(
        ended.status,
        StatusCode::SEE_OTHER,
        "what the browser brought has ended"
    );
    assert_eq!(
        scene.elsewhere(&second, "/account").await.status,
        StatusCode::OK
    );
    let out = scene.post("/sign-out", &[]).await;
    assert_eq!(out.location(), "/sign-in");
    assert!(scene.session().is_none());
    let ended = scene.elsewhere(&second, "/account").await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_that_has_ended_leads_back_to_where_one_was() {
    let scene = Scene::new(false).await;
    let mut scene = scene.with("ada@example.com", Role::Owner).await;
    scene.sign_in("ada@example.com", PASSWORD).await;
    assert_eq!(scene.get("/administrators").await.status, StatusCode::OK);
    scene
        .clock
        .advance(std::time::Duration::from_secs(3 * 3600));
    let answer = scene.get("/administrators").await;
    assert_eq!(answer.location(), "/sign-in?return_to=%2Fadministrators");
}

#[tokio::test]
async fn a_wrong_password_says_no_more_than_that_and_guessing_has_to_wait() {
    let scene = Scene::new(false).await;
    let mut scene = scene.with("ada@example.com", Role::Owner).await;
    for email in ["ada@example.com", "bob@example.com"] {
        let answer = scene.sign_in(email, "wrong").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says("email address or the password is wrong");
        assert!(scene.session().is_none());
    }
    let mut last = StatusCode::OK;
    for _ in 0..10 {
        last = scene.sign_in("ada@example.com", "wrong").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn over_tls_no_neighbour_can_plant_the_session() {
    let scene = Scene::new(true).await;
    let mut scene = scene.with("ada@example.com", Role::Owner).await;
    let answer = scene.sign_in("ada@example.com", PASSWORD).await;
    let lines = answer.headers.get_all(SET_COOKIE).iter();
    let mut lines = lines.map(|line| line.to_str().unwrap());
    let session = lines.find(|line| line.contains("console_session")).unwrap();
    assert!(session.starts_with("__Host-console_session="), "{session}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Domain"));
}

#[tokio::test]
async fn only_owners_change_the_team_and_the_last_one_stays() {
    let scene = Scene::new(false).await;
    let scene = scene.with("ada@example.com", Role::Owner).await;
    let mut scene = scene.with("bob@example.com", Role::Viewer).await;
    scene.sign_in("bob@example.com", PASSWORD).await;
    scene.get("/administrators").await.says("ada@example.com");
    let refused = scene.get("/administrators/new").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let eve = [("email", "eve@example.com"), ("role", "owner")];
    let refused = scene.post("/administrators/new", &eve).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    scene.sign_in("ada@example.com", PASSWORD).await;
    scene
        .post("/administrators/new", &eve)
        .await
        .says("shown-password");
    let administrators = scene.portal.administrators().clone();
    let eve = administrators
        .find_by_email("eve@example.com")
        .await
        .unwrap();
    let page = format!("/administrators/{}", eve.id);
    let demoted = scene
        .post(&page, &[("name", "Eve"), ("role", "viewer")])
        .await;
    assert_eq!(demoted.location(), "/administrators");
    let ada = administrators
        .find_by_email("ada@example.com")
        .await
        .unwrap();
    let page = format!("/administrators/{}", ada.id);
    let demoted = scene
        .post(&page, &[("name", "Ada"), ("role", "viewer")])
        .await;
    assert_eq!(demoted.status, StatusCode::UNPROCESSABLE_ENTITY);
    demoted.says("last owner");
    let removed = scene.post(&format!("{page}/delete"), &[]).await;
    assert_eq!(removed.location(), page);
    assert_eq!(scene.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_member_is_led_to_what_roles_open_and_to_nothing_else() {
    let scene = Scene::new(false).await;
    let scene = scene.with("ada@example.com", Role::Owner).await;
    let mut scene = scene.with("mia@example.com", Role::Member).await;
    scene.sign_in("mia@example.com", PASSWORD).await;
    let page = scene.get("/").await;
    page.says("href=\"/tokens\"").says("href=\"/account\"");
    for part in [
        "href=\"/portals\"",
        "href=\"/audit\"",
        "href=\"/administrators\"",
    ] {
        assert!(!page.html.contains(part), "{part}");
    }
    for shut in [
        "/portals",
        "/administrators",
        "/teams",
        "/tenant/clients",
        "/removed",
    ] {
        let refused = scene.get(shut).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{shut}");
        refused.says("This page is not open to you");
    }
    for open in ["/account", "/tokens", "/tokens/rights", "/tokens/new"] {
        assert_eq!(scene.get(open).await.status, StatusCode::OK, "{open}");
    }

    scene.sign_in("ada@example.com", PASSWORD).await;
    let mia = scene
        .portal
        .administrators()
        .find_by_email("mia@example.com");
    let mia = mia.await.unwrap();
    let assign = format!("/administrators/{}/access/roles/new?about=portals", mia.id);
    let role = [("role_name", "Viewer"), ("entity_id", "*")];
    let assigned = scene.post(&assign, &role).await;
    assert_eq!(assigned.status, StatusCode::SEE_OTHER, "{}", assigned.html);
    scene.sign_in("mia@example.com", PASSWORD).await;
    let page = scene.get("/").await;
    page.says("href=\"/portals\"");
    assert!(!page.html.contains("href=\"/api-products\""));
    let page = scene.get("/portals").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("/portals/new"));
}

#[tokio::test]
async fn an_owner_invites_by_mail_and_sees_no_password() {
    let scene = Scene::new(false).await;
    let mut scene = scene.with("ada@example.com", Role::Owner).await;
    scene.sign_in("ada@example.com", PASSWORD).await;
    let mia = [
        ("email", "mia@example.com"),
        ("role", "viewer"),
        ("way", "mail"),
    ];
    let asked = scene.post("/administrators/new", &mia).await;
    let page = asked.location().to_owned();
    scene
        .get(&page)
        .await
        .says("An invitation is on its way to mia@example.com.");
    let again = scene.post("/administrators/new", &mia).await;
    again.says("This address has an account already.");
    let one = page.replace("/access", "");
    scene.get(&one).await.says("Send an invitation by mail");
    let sent = scene.post(&format!("{one}/invite"), &[]).await;
    assert_eq!(sent.location(), page);
    let ada = scene
        .portal
        .administrators()
        .find_by_email("ada@example.com");
    let ada = format!("/administrators/{}", ada.await.unwrap().id);
    let sent = scene.post(&format!("{ada}/invite"), &[]).await;
    assert_eq!(sent.location(), ada, "who is here already");
    let ended = scene.get("/invitation?token=guessed").await;
    assert_eq!(ended.status, StatusCode::NOT_FOUND);
    ended.says("This invitation has ended");
}

#[tokio::test]
async fn who_has_a_one_time_password_chooses_another_before_anything_else() {
    let mut scene = Scene::new(false).await;
    let ctx = scene.portal.ctx(Actor::System, "test");
    let new = NewAdministrator {
        email: "ada@example.com".into(),
        name: "Ada".into(),
        role: Role::Owner,
    };
    let made = scene.portal.administrators().create(&ctx, new, None).await;
    let shown = made.unwrap().1.unwrap().reveal();
    let shown = shown.expose_secret();
    scene.sign_in("ada@example.com", shown).await;
    assert_eq!(scene.get("/administrators").await.location(), "/account");
    let eve = [("email", "eve@example.com"), ("role", "owner")];
    scene.get("/account").await;
    let refused = scene.browser.post("/administrators/new", &eve).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let before = scene.session().unwrap();
    let fields = [
        ("current", shown),
        ("password", "purple monkey dish"),
        ("again", "purple monkey dish"),
    ];
    scene.get("/account").await;
    let changed = scene.browser.post("/account/password", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.html);
    assert_ne!(scene.session().unwrap(), before);
    assert_eq!(scene.get("/administrators").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_viewer_reads_portals_and_products_and_is_offered_no_change() {
    let scene = Scene::new(false).await;
    let scene = scene.with("ada@example.com", Role::Owner).await;
    let mut scene = scene.with("bob@example.com", Role::Viewer).await;
    scene.sign_in("ada@example.com", PASSWORD).await;
    let made = scene.post("/portals/new", &[("name", "Partners")]).await;
    let portal = made.location().replace("/settings", "");
    let made = scene.post("/api-products/new", &[("name", "Tides")]).await;
    let product = made.location().replace("/versions", "");
    assert!(portal.starts_with("/portals/") && product.starts_with("/api-products/"));

    scene.sign_in("bob@example.com", PASSWORD).await;
    for path in [
        "/portals".to_owned(),
        portal.clone(),
        format!("{portal}/settings"),
        format!("{portal}/appearance"),
        "/api-products".to_owned(),
        product.clone(),
        format!("{product}/versions"),
        format!("{product}/documents"),
        format!("{product}/portals"),
    ] {
        let shown = scene.get(&path).await;
        assert_eq!(shown.status, StatusCode::OK, "{path}");
        let (_, main) = shown.html.split_once("<main").unwrap();
        let (main, _) = main.split_once("</main>").unwrap();
        for offer in ["/new\"", "/delete\"", "method=\"post\""] {
            assert!(!main.contains(offer), "{path} offers {offer}");
        }
    }
    for path in [
        "/portals/new".to_owned(),
        format!("{portal}/settings"),
        format!("{portal}/delete"),
        format!("{product}/delete"),
        format!("{product}/versions/new"),
        format!("{product}/portals"),
    ] {
        let refused = scene.post(&path, &[("name", "x")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
}
