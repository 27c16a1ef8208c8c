//! A tenant with an application, an account, and somebody who opens its pages.

use axum::body::Body;
use http::{Method, Request, header};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use storage::outbox::Outbox;
use web::testing::{Browser, Shown};

use crate::support::{App, app};

pub(crate) const HOST: &str = "127.0.0.1:8005";
pub(crate) const EMAIL: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "Correct horse 9";
pub(crate) const CALLBACK: &str = "https://client.example.com/callback";
pub(crate) const DATABASE: &str = "Username-Password-Authentication";

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) client_id: String,
}

impl Stage {
    /// A first-party application, and Ada's account.
    pub(crate) async fn start() -> Self {
        Self::with(json!({ "is_first_party": true })).await
    }

    /// An application with these members more.
    pub(crate) async fn with(more: Value) -> Self {
        let app = app().await;
        let accounts = client(&app, json!({ "name": "Accounts" })).await;
        let stage = Self {
            client_id: client(&app, more).await,
            app,
        };
        stage.sign_up(&accounts, EMAIL).await;
        assert_eq!(stage.mails().await.len(), 1);
        stage
    }

    async fn sign_up(&self, client_id: &str, email: &str) {
        let body = json!({
            "client_id": client_id, "connection": DATABASE, "email": email, "password": PASSWORD
        });
        let request = Request::post("/dbconnections/signup")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()));
        let answer = self.app.send(request.unwrap()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.app.router, HOST)
    }

    /// The address of the authorization endpoint, with parameters more.
    pub(crate) fn authorize(&self, more: &str) -> String {
        let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
        format!(
            "/authorize?response_type=code&client_id={}&redirect_uri={callback}&scope=openid%20profile\
             &state=the-clients-own{more}",
            self.client_id
        )
    }

    /// Opens the application's link; gives the page that it leads to, and that page's address.
    pub(crate) async fn begin(&self, browser: &mut Browser, more: &str) -> (String, Shown) {
        let answer = browser.get(&self.authorize(more)).await;
        assert_eq!(answer.status, 302, "{}", answer.html);
        let location = answer.location().to_owned();
        assert!(location.starts_with("/u/"), "{location}");
        let page = browser.get(&location).await;
        (location, page)
    }

    /// Signs Ada in on the page at `location`, and follows the way as far as it stays here.
    pub(crate) async fn sign_in(&self, browser: &mut Browser, location: &str) -> Shown {
        let fields = [("username", EMAIL), ("password", PASSWORD)];
        let answer = browser.post(location, &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.html);
        follow(browser, answer).await
    }

    pub(crate) async fn set(&self, path: &str, changes: Value) {
        let answer = self.app.call(Method::PATCH, path, Some(changes)).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
    }

    pub(crate) async fn connection_id(&self) -> String {
        let listed = self.app.call(Method::GET, "/connections", None).await;
        let all = listed.body.as_array().cloned().unwrap_or_else(|| {
            listed.body["connections"]
                .as_array()
                .cloned()
                .unwrap_or_default()
        });
        all[0]["id"].as_str().unwrap().to_owned()
    }

    /// The mails that wait, oldest first; they are taken out.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        let db = self.app.database.db.clone();
        let entropy = oauth::Entropy::system();
        let outbox = Outbox::new(db, self.app.clock.clone(), entropy.clone());
        let ring = storage::seal::KeyRing::for_tests();
        let sealer = storage::seal::Sealer::new(ring, entropy);
        let mails = std::sync::Mutex::new(Vec::new());
        let take = |job: storage::outbox::Job| {
            let sealed = job.payload["mail"].as_str().unwrap().to_owned();
            let mail = sealer.open("identity.mail", &sealed).unwrap();
            let mail = serde_json::from_str(mail.expose_secret()).unwrap();
            mails.lock().unwrap().push(mail);
            async { Ok(()) }
        };
        outbox.run_due("identity.mail", &take).await;
        mails.into_inner().unwrap()
    }

    /// The one mail that waits: what it is about, and where its link leads on this tenant.
    pub(crate) async fn mail(&self) -> (String, String) {
        let mails = self.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        let link = mails[0]["link"].as_str().unwrap();
        let path = link.strip_prefix("http://127.0.0.1:8005").unwrap();
        let subject = mails[0]["subject"].as_str().unwrap();
        (subject.to_owned(), path.to_owned())
    }
}

pub(crate) async fn client(app: &App, more: Value) -> String {
    let mut body = json!({
        "name": "Weather App", "app_type": "regular_web", "callbacks": [CALLBACK],
        "oidc_conformant": true,
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = app.create("/clients", body).await;
    made["client_id"].as_str().unwrap().to_owned()
}

/// Follows redirects until a page, or another host.
pub(crate) async fn follow(browser: &mut Browser, mut answer: Shown) -> Shown {
    while answer.status.is_redirection() && answer.location().starts_with('/') {
        let location = answer.location().to_owned();
        answer = browser.get(&location).await;
    }
    answer
}
