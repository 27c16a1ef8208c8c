//! The console over HTTP, as a browser without scripts sees it.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Method, Request, StatusCode};
use oauth::{Clock, Entropy, Timestamp};
use portal::publish::{self, Publisher};
use portal::service::administrators::NewAdministrator;
use portal::{Actor, Portal};
use secrecy::ExposeSecret as _;
use storage::Database;
use storage::seal::{KeyRing, Sealer};
use tower::ServiceExt as _;
use web::Role;

use super::{CATALOG, Facts, router};

const PASSWORD: &str = "correct horse battery";

/// A console of its own, and one browser.
struct Scene {
    router: Router,
    portal: Portal,
    clock: Clock,
    cookies: Vec<(String, String)>,
    _dir: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    location: String,
    set: Vec<String>,
    page: String,
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
        });
        let portal = portal.await.unwrap();
        let scheme = if secure { "https" } else { "http" };
        let facts = Facts {
            platform_url: format!("{scheme}://127.0.0.1:8001"),
            portal_url: "http://127.0.0.1:8003".into(),
            gateway_url: "http://127.0.0.1:8000".into(),
            issuer: String::new(),
            tenant: false,
        };
        let router = router(portal.clone(), facts, &entropy, Router::new());
        Self {
            router,
            portal,
            clock,
            cookies: Vec::new(),
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

    async fn send(&mut self, method: Method, path: &str, form: Option<&str>) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept", "text/html")
            .header(COOKIE, cookies.join("; "))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.unwrap_or_default().to_owned()))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let set: Vec<String> = parts
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        for line in &set {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !line.contains("Max-Age=0") {
                self.cookies.push((name.into(), value.into()));
            }
        }
        let location = parts.headers.get(LOCATION);
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status,
            location: location.map_or_else(String::new, |l| l.to_str().unwrap().into()),
            set,
            page: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Sends a form with the token of the page at `/sign-in` or of the start page.
    async fn post(&mut self, path: &str, fields: &str) -> Answer {
        let page = self.get("/account").await.page;
        let page = if page.contains("csrf_token") {
            page
        } else {
            self.get("/sign-in").await.page
        };
        let (_, rest) = page.split_once("csrf_token\" value=\"").expect("a form");
        let token = rest.split('"').next().unwrap().to_owned();
        let form = format!("csrf_token={token}&{fields}");
        self.send(Method::POST, path, Some(&form)).await
    }

    async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let fields = format!("email={email}&password={}", password.replace(' ', "+"));
        self.post("/sign-in", &fields).await
    }

    fn session(&self) -> Option<String> {
        let found = self
            .cookies
            .iter()
            .find(|(n, _)| n.ends_with("console_session"));
        found.map(|(_, value)| value.clone())
    }
}

#[test]
fn every_text_is_in_every_language() {
    assert_eq!(CATALOG.missing(), Vec::<String>::new());
}

#[tokio::test]
async fn the_start_page_leads_outsiders_to_the_sign_in_and_says_what_this_is() {
    let mut scene = Scene::new(false).await;
    let page = scene.get("/").await.page;
    for part in [
        "href=\"/sign-in\"",
        "href=\"http://127.0.0.1:8003\"",
        "gatehouse token create",
        "http://127.0.0.1:8001/v3/organizations/me",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(scene.get("/?lang=ja").await.page.contains("開発者ポータル"));
    let page = scene.get("/sign-in").await.page;
    assert!(
        page.contains("gatehouse admin create"),
        "nobody is there yet"
    );
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
        "/tenant/clients",
    ] {
        let answer = scene.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(
            answer.location.starts_with("/sign-in?return_to=%2F"),
            "{path}: {}",
            answer.location
        );
    }
    for path in [
        "/account/password",
        "/account/sign-out",
        "/administrators/new",
        "/administrators/x",
        "/administrators/x/delete",
        "/administrators/x/reset-password",
    ] {
        let answer = scene.post(path, "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let answer = scene
        .send(Method::POST, "/sign-in", Some("email=a&password=b"))
        .await;
    assert_eq!(
        answer.status,
        StatusCode::FORBIDDEN,
        "a form without its token"
    );
}

#[tokio::test]
async fn a_sign_in_leads_on_to_pages_of_ours_alone() {
    let mut scene = Scene::new(false)
        .await
        .with("ada@example.com", Role::Owner)
        .await;
    let answer = scene.get("/administrators?x=1").await;
    assert_eq!(
        answer.location,
        "/sign-in?return_to=%2Fadministrators%3Fx%3D1"
    );
    let fields = "email=ada@example.com&password=correct+horse+battery&return_to=";
    for (to, expected) in [
        ("%2Fadministrators%3Fx%3D1", "/administrators?x=1"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
    ] {
        let answer = scene.post("/sign-in", &format!("{fields}{to}")).await;
        assert_eq!(
            (answer.status, answer.location.as_str()),
            (StatusCode::SEE_OTHER, expected)
        );
        let answer = scene.get(&format!("/sign-in?return_to={to}")).await;
        assert_eq!(
            answer.location, expected,
            "who is signed in goes on at once"
        );
        scene.cookies.retain(|(name, _)| name == "console_csrf");
    }
}

#[tokio::test]
async fn a_session_is_new_at_every_sign_in_and_gone_after_signing_out() {
    let mut scene = Scene::new(false)
        .await
        .with("ada@example.com", Role::Owner)
        .await;
    scene
        .cookies
        .push(("console_session".into(), "planted".into()));
    scene.sign_in("ada@example.com", PASSWORD).await;
    let first = scene.session().unwrap();
    assert_ne!(first, "planted");
    scene.sign_in("ada@example.com", PASSWORD).await;
    let second = scene.session().unwrap();
    assert_ne!(first, second);
    scene.cookies.retain(|(name, _)| name != "console_session");
    scene.cookies.push(("console_session".into(), first));
    assert_eq!(
        scene.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "it ended"
    );
    scene.cookies.retain(|(name, _)| name != "console_session");
    scene
        .cookies
        .push(("console_session".into(), second.clone()));
    assert_eq!(scene.get("/account").await.status, StatusCode::OK);
    scene.post("/sign-out", "").await;
    assert!(scene.session().is_none());
    scene.cookies.push(("console_session".into(), second));
    assert_eq!(scene.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_that_has_ended_leads_back_to_where_one_was() {
    let mut scene = Scene::new(false)
        .await
        .with("ada@example.com", Role::Owner)
        .await;
    scene.sign_in("ada@example.com", PASSWORD).await;
    assert_eq!(scene.get("/administrators").await.status, StatusCode::OK);
    scene
        .clock
        .advance(std::time::Duration::from_secs(3 * 3600));
    let answer = scene.get("/administrators").await;
    assert_eq!(answer.location, "/sign-in?return_to=%2Fadministrators");
}

#[tokio::test]
async fn a_wrong_password_says_no_more_than_that_and_guessing_has_to_wait() {
    let mut scene = Scene::new(false)
        .await
        .with("ada@example.com", Role::Owner)
        .await;
    for email in ["ada@example.com", "bob@example.com"] {
        let answer = scene.sign_in(email, "wrong").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer
                .page
                .contains("email address or the password is wrong")
        );
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
    let mut scene = Scene::new(true)
        .await
        .with("ada@example.com", Role::Owner)
        .await;
    let answer = scene.sign_in("ada@example.com", PASSWORD).await;
    let session = answer
        .set
        .iter()
        .find(|line| line.contains("console_session"))
        .unwrap();
    assert!(session.starts_with("__Host-console_session="), "{session}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Domain"));
}

#[tokio::test]
async fn only_owners_change_the_team_and_the_last_one_stays() {
    let scene = Scene::new(false)
        .await
        .with("ada@example.com", Role::Owner)
        .await;
    let mut scene = scene.with("bob@example.com", Role::Viewer).await;
    scene.sign_in("bob@example.com", PASSWORD).await;
    assert!(
        scene
            .get("/administrators")
            .await
            .page
            .contains("ada@example.com")
    );
    assert_eq!(
        scene.get("/administrators/new").await.status,
        StatusCode::FORBIDDEN
    );
    let made = scene
        .post("/administrators/new", "email=eve@example.com&role=owner")
        .await;
    assert_eq!(made.status, StatusCode::FORBIDDEN);

    scene.sign_in("ada@example.com", PASSWORD).await;
    let made = scene
        .post("/administrators/new", "email=eve@example.com&role=admin")
        .await;
    assert!(made.page.contains("shown-password"), "{}", made.page);
    let ada = scene
        .portal
        .administrators()
        .find_by_email("ada@example.com")
        .await
        .unwrap();
    let one = format!("/administrators/{}", ada.id);
    let demoted = scene.post(&one, "name=Ada&role=viewer").await;
    assert_eq!(demoted.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(demoted.page.contains("last owner"));
    let removed = scene.post(&format!("{one}/delete"), "").await;
    assert_eq!(removed.location, one);
    assert_eq!(scene.get("/account").await.status, StatusCode::OK);
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
    let (_, shown) = scene
        .portal
        .administrators()
        .create(&ctx, new, None)
        .await
        .unwrap();
    let shown = shown.unwrap().reveal();
    let shown = shown.expose_secret();
    scene.sign_in("ada@example.com", shown).await;
    assert_eq!(scene.get("/administrators").await.location, "/account");
    let refused = scene
        .post("/administrators/new", "email=eve@example.com&role=owner")
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let before = scene.session().unwrap();
    let fields = format!("current={shown}&password=purple+monkey+dish&again=purple+monkey+dish");
    let changed = scene.post("/account/password", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.page);
    assert_ne!(scene.session().unwrap(), before);
    assert_eq!(scene.get("/administrators").await.status, StatusCode::OK);
}
