//! A tenant, its users, and browsers with cookies.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use egress::{Egress, Policy};
use http_body_util::BodyExt as _;
use oauth::{Clock, Entropy, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use storage::seal::{KeyRing, Sealer};
use storage::testing::TestDatabase;
use tower::ServiceExt as _;
use url::Url;

use crate::authentication::{session, transaction};
use crate::login::view::consent::Destination;
use crate::model::Members;
use crate::model::connection::FIRST;
use crate::model::session::SignIn;
use crate::model::user::User;
use crate::settings::Issuer;
use crate::{Dependencies, MIGRATIONS, Origin, Settings, Tenant, service, store};

pub(super) const ISSUER: &str = "http://127.0.0.1:8005/";
pub(super) const HOST: &str = "127.0.0.1:8005";
pub(super) const SECURE_HOST: &str = "login.example.com";
pub(super) const CALLBACK: &str = "https://app.example.com/cb";
/// The challenge of [`VERIFIER`] (RFC 7636 appendix B).
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const NOW: i64 = 1_790_000_000;

pub(super) struct World {
    pub(super) tenant: Tenant,
    pub(super) router: Router,
    pub(super) clock: Clock,
    pub(super) egress: Egress,
    pub(super) database: TestDatabase,
}

/// A client and its secret.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: String,
}

pub(super) fn members(value: Value) -> Members {
    match value {
        Value::Object(members) => members,
        other => panic!("an object, not {other}"),
    }
}

/// A world on each kind of database.
pub(super) async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in storage::testing::databases(&[MIGRATIONS]).await {
        worlds.push(World::on(database).await);
    }
    worlds
}

/// A world on the embedded database.
pub(super) async fn world() -> World {
    World::on(storage::testing::sqlite(&[MIGRATIONS]).await).await
}

impl World {
    async fn on(database: TestDatabase) -> Self {
        Self::under(database, |_| {}).await
    }

    /// A world whose operator changed something.
    pub(super) async fn under(database: TestDatabase, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(NOW));
        let egress = Egress::new(Policy::default(), clock.clone());
        let mut settings = Settings {
            hosts: vec![Origin::parse("https://login.example.com").unwrap()],
            ..Settings::new(Origin::parse("http://127.0.0.1:8005").unwrap())
        };
        change(&mut settings);
        let tenant = Tenant::new(Dependencies {
            db: database.db.clone(),
            sealer: Sealer::new(KeyRing::for_tests(), Entropy::system()),
            clock: clock.clone(),
            entropy: Entropy::system(),
            egress: egress.clone(),
            mail: egress::mail::Settings::files("/nonexistent"),
            settings,
        });
        let tenant = tenant.await.unwrap();
        let world = Self {
            router: crate::router(tenant.clone()),
            tenant,
            clock,
            egress,
            database,
        };
        world.domain_level(true).await;
        world
    }

    /// Opens the first connection to third parties, or closes it.
    pub(super) async fn domain_level(&self, open: bool) {
        let first = service::connections::by_name(&self.tenant, FIRST).await;
        let first = first.unwrap().unwrap();
        let changes = members(json!({ "is_domain_connection": open }));
        service::connections::change(&self.tenant, &first.id, changes)
            .await
            .unwrap();
    }

    /// A client with the callback of the tests; `more` is laid over it.
    pub(super) async fn client(&self, more: Value) -> App {
        let mut all = members(json!({
            "name": "App",
            "callbacks": [CALLBACK],
            "web_origins": ["https://app.example.com"],
            "jwt_configuration": { "alg": "RS256" },
        }));
        all.extend(members(more));
        let made = service::clients::create(
            &self.tenant,
            all,
            Vec::new(),
            crate::model::registration::Creator::Command,
        );
        let made = made.await.unwrap();
        App {
            id: made.client.client_id,
            secret: made.secret.expose_secret().to_owned(),
        }
    }

    /// A public client of a page.
    pub(super) async fn page_client(&self) -> App {
        self.client(json!({ "app_type": "spa" })).await
    }

    /// A strict third-party client.
    pub(super) async fn strict_client(&self) -> App {
        self.client(json!({ "is_first_party": false })).await
    }

    /// A permissive third-party client.
    pub(super) async fn permissive_client(&self) -> App {
        self.client(json!({
            "is_first_party": false, "third_party_security_mode": "permissive"
        }))
        .await
    }

    /// An API with two scopes; `more` is laid over it.
    pub(super) async fn api(&self, identifier: &str, more: Value) {
        let mut all = members(json!({
            "identifier": identifier,
            "name": "Weather",
            "scopes": [{ "value": "read:weather", "description": "See it" }, { "value": "write:weather" }],
            "skip_consent_for_verifiable_first_party_clients": true,
            "allow_offline_access": true,
        }));
        all.extend(members(more));
        service::resource_servers::create(&self.tenant, all)
            .await
            .unwrap();
    }

    pub(super) async fn settings(&self, changes: Value) {
        service::tenant_settings::change(&self.tenant, members(changes))
            .await
            .unwrap();
    }

    /// A user of the first connection.
    pub(super) async fn user(&self, name: &str) -> User {
        let now = self.clock.now();
        let mut user = User::new(User::new_id(self.tenant.entropy()), FIRST, now);
        user.email = Some(format!("{name}@example.com"));
        user.email_verified = true;
        user.name = Some(name.to_owned());
        let mut tx = self.tenant.db().begin().await.unwrap();
        store::users::insert(&mut tx, &user, None).await.unwrap();
        tx.commit().await.unwrap();
        user
    }

    pub(super) fn browser(&self) -> Browser<'_> {
        Browser {
            world: self,
            host: HOST,
            address: "192.0.2.1:4711",
            cookies: Mutex::default(),
        }
    }

    /// A browser at another address.
    pub(super) fn browser_at(&self, address: &'static str) -> Browser<'_> {
        Browser {
            address,
            ..self.browser()
        }
    }

    /// A browser that reaches the tenant over TLS.
    pub(super) fn secure_browser(&self) -> Browser<'_> {
        Browser {
            host: SECURE_HOST,
            ..self.browser()
        }
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(std::time::Duration::from_secs(seconds));
    }

    /// Registers a client (RFC 7591), or changes it with its token (RFC 7592).
    pub(super) async fn metadata(
        &self,
        method: Method,
        client_id: &str,
        token: Option<&str>,
        metadata: Value,
    ) -> Value {
        let browser = self.browser();
        let path = format!("/oidc/register/{client_id}");
        let mut request = browser
            .request(method, path.trim_end_matches('/'))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = Body::from(metadata.to_string());
        let page = browser.send(request.body(body).unwrap()).await;
        assert!(page.status.is_success(), "{}", page.body);
        serde_json::from_str(&page.body).unwrap()
    }

    /// A request to the token endpoint.
    pub(super) async fn token(&self, parameters: &[(&str, &str)]) -> (StatusCode, Value) {
        let page = self.browser().post("/oauth/token", parameters).await;
        (page.status, serde_json::from_str(&page.body).unwrap())
    }
}

/// A browser: it keeps cookies, and follows nothing by itself.
pub(super) struct Browser<'a> {
    world: &'a World,
    host: &'static str,
    address: &'static str,
    pub(super) cookies: Mutex<BTreeMap<String, String>>,
}

/// What a browser got.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Page {
    pub(super) fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION);
        location
            .unwrap_or_else(|| panic!("a redirect, not {} {}", self.status, self.body))
            .to_str()
            .unwrap()
    }

    /// Parameters of the answer, wherever the redirect carries them.
    pub(super) fn answer(&self) -> BTreeMap<String, String> {
        let url = Url::parse(self.location()).unwrap();
        let text = url.fragment().or(url.query()).unwrap_or_default();
        url::form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .collect()
    }

    /// The tenant's own page that it leads to, and the `state` there.
    pub(super) fn own_page(&self) -> (String, String) {
        let (path, query) = self.location().split_once("?state=").unwrap();
        assert!(path.starts_with('/'), "{path}");
        (path.to_owned(), query.to_owned())
    }

    pub(super) fn error(&self) -> String {
        self.answer().remove("error").unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// Whether it is a page that says no and leads nowhere.
    pub(super) fn is_dead_end(&self) -> bool {
        self.status.is_client_error() && !self.headers.contains_key(header::LOCATION)
    }

    /// Whether any link, form or file of the page is at another origin than the tenant's.
    pub(super) fn leads_away(&self) -> bool {
        ["href=\"", "action=\"", "src=\""].iter().any(|attribute| {
            let mut values = self.body.split(attribute).skip(1);
            values.any(|value| {
                let own = value.starts_with(['/', '#', '?']) && !value.starts_with("//");
                !own
            })
        })
    }
}

pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(parameters);
    text.finish()
}

/// The usual request of a client, with changes: a value that is empty takes a parameter away.
pub(super) fn asking(client: &App, changes: &[(&str, &str)]) -> String {
    let usual = [
        ("client_id", client.id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut all: Vec<(&str, &str)> = usual
        .into_iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
        .collect();
    all.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    query(&all)
}

impl Browser<'_> {
    async fn send(&self, mut request: Request<Body>) -> Page {
        let address: SocketAddr = self.address.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(address));
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie);
        }
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    fn keep(&self, cookie: &HeaderValue) {
        let text = cookie.to_str().unwrap();
        let (pair, rest) = text.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        match rest.contains("Max-Age=0") {
            true => cookies.remove(name),
            false => cookies.insert(name.to_owned(), value.to_owned()),
        };
    }

    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let cookies = self.cookies.lock().unwrap();
        let line: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.host)
            .header(header::ACCEPT, "text/html")
            .header(header::USER_AGENT, "Browser/1")
            .header(header::COOKIE, line.join("; "))
    }

    pub(super) async fn get(&self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(query(form))).unwrap())
            .await
    }

    /// `GET /authorize` with [`asking`].
    pub(super) async fn authorize(&self, client: &App, changes: &[(&str, &str)]) -> Page {
        self.get(&format!("/authorize?{}", asking(client, changes)))
            .await
    }

    fn headers(&self) -> HeaderMap {
        let request = self.request(Method::GET, "/");
        request.body(()).unwrap().headers().clone()
    }

    fn issuer(&self) -> Issuer {
        let issuer = match self.host {
            SECURE_HOST => "https://login.example.com/",
            _ => ISSUER,
        };
        self.world.tenant.settings().issuer_named(issuer)
    }

    /// The user signs in, without any request waiting for it.
    pub(super) async fn sign_in(&self, user: &User) -> String {
        let sign_in = SignIn {
            user_id: user.user_id.clone(),
            connection: user.connection.clone(),
            acr: None,
            amr: vec!["pwd".to_owned()],
            ip: Some("192.0.2.1".to_owned()),
        };
        let (tenant, headers) = (&self.world.tenant, self.headers());
        let issuer = self.issuer();
        let begun = session::begin(tenant, &issuer, &headers, sign_in);
        let begun = begun.await.unwrap();
        begun.cookies.iter().for_each(|cookie| self.keep(cookie));
        begun.session.id
    }

    /// The user signs in on the page that a request led to, and goes on to what comes next.
    pub(super) async fn sign_in_for(&self, page: &Page, user: &User) -> Page {
        let (_, state) = page.own_page();
        let tenant = &self.world.tenant;
        let pending = transaction::load(tenant, &self.headers(), &state)
            .await
            .unwrap();
        let id = self.sign_in(user).await;
        let session = store::sessions::find(tenant.db(), &id)
            .await
            .unwrap()
            .unwrap();
        let response = transaction::complete(tenant, &pending, &session)
            .await
            .unwrap();
        let location = response.headers()[header::LOCATION].to_str().unwrap();
        self.get(location).await
    }

    /// The user agrees on the consent page, and goes on to what comes next.
    pub(super) async fn consent_to(&self, page: &Page) -> Page {
        let (path, state) = page.own_page();
        assert_eq!(path, "/u/consent");
        let (tenant, headers) = (&self.world.tenant, self.headers());
        let pending = transaction::load(tenant, &headers, &state).await.unwrap();
        let response = crate::authentication::consent::approve(tenant, &headers, &pending);
        let response = response.await.unwrap();
        let location = response.headers()[header::LOCATION].to_str().unwrap();
        self.get(location).await
    }

    /// What the consent page would show.
    pub(super) async fn question(&self, page: &Page) -> crate::authentication::consent::Question {
        let (_, state) = page.own_page();
        let (tenant, headers) = (&self.world.tenant, self.headers());
        let pending = transaction::load(tenant, &headers, &state).await.unwrap();
        crate::authentication::consent::question(tenant, &headers, &pending)
            .await
            .unwrap()
    }

    /// Who asks on the consent page, and where the page says that the answer goes.
    pub(super) async fn asked_by(&self, page: &Page) -> (String, String) {
        let (_, state) = page.own_page();
        let (tenant, headers) = (&self.world.tenant, self.headers());
        let pending = transaction::load(tenant, &headers, &state).await.unwrap();
        let name = crate::login::applicant(&pending.client.client, None, web::Locale::En).name;
        let shown = match crate::login::destination(&pending.request.redirect_uri) {
            Destination::Host(host) | Destination::ThisDevice(host) => host,
        };
        (name.to_owned(), shown)
    }

    /// Whether this browser can take up the request that a page belongs to.
    pub(super) async fn can_take_up(&self, page: &Page) -> bool {
        let (_, state) = page.own_page();
        transaction::load(&self.world.tenant, &self.headers(), &state)
            .await
            .is_ok()
    }
}

/// The claims of a token, not verified.
pub(super) fn claims(token: &str) -> Value {
    Value::Object(oauth::jose::jwt::peek(token).unwrap().claims)
}
