//! Applications of a tenant's users, for the tests: pages with one of the vendor's libraries, and the accounts
//! and clients that they need.

use std::process::Command;
use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use egress::{Egress, Request};
use fantoccini::Locator;
use http::Method;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{Demo, workspace};

/// The database that every tenant begins with.
pub(crate) const DATABASE: &str = "Username-Password-Authentication";

/// A web application of nothing but files, on a port of its own.
pub(crate) struct Site {
    pub(crate) origin: String,
    listener: tokio::net::TcpListener,
}

impl Site {
    pub(crate) async fn bind() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self {
            origin: format!("http://localhost:{port}"),
            listener,
        }
    }

    /// Serves a page of `tests/clients/pages` at every path, a library of `tests/clients/node_modules` at
    /// `/library.js`, and `/config.json`.
    pub(crate) fn serve(
        self,
        page: &str,
        library: &str,
        config: Value,
    ) -> tokio::task::JoinHandle<()> {
        let library = workspace().join("tests/clients/node_modules").join(library);
        let library = std::fs::read_to_string(library).expect("scripts/test installs the library");
        self.serve_with(page, library, config)
    }

    /// The same with the script of `tests/clients/pages` that goes with the page, and what it imports.
    pub(crate) fn serve_bundled(self, name: &str, config: Value) -> tokio::task::JoinHandle<()> {
        let bundled = Command::new("node_modules/.bin/esbuild")
            .arg(format!("pages/{name}.js"))
            .args(["--bundle", "--format=esm", "--log-level=error"])
            .arg("--define:process.env.NODE_ENV=\"production\"")
            .current_dir(workspace().join("tests/clients"))
            .output()
            .expect("scripts/test installs esbuild");
        let errors = String::from_utf8_lossy(&bundled.stderr);
        assert!(bundled.status.success(), "{errors}");
        let script = String::from_utf8(bundled.stdout).unwrap();
        self.serve_with(&format!("{name}.html"), script, config)
    }

    #[expect(clippy::disallowed_methods, reason = "the test ends it by its handle")]
    fn serve_with(self, page: &str, script: String, config: Value) -> tokio::task::JoinHandle<()> {
        let page = workspace().join("tests/clients/pages").join(page);
        let page = std::fs::read_to_string(page).unwrap();
        let script = ([(header::CONTENT_TYPE, "text/javascript")], script);
        let router = Router::new()
            .route("/library.js", get(move || std::future::ready(script)))
            .route(
                "/config.json",
                get(move || std::future::ready(axum::Json(config))),
            )
            .fallback(get(move || std::future::ready(Html(page))));
        tokio::spawn(async move {
            let _ = axum::serve(self.listener, router).await;
        })
    }
}

/// The Management API of a running demo.
pub(crate) struct Management {
    issuer: String,
    pub(crate) token: String,
    egress: Egress,
}

impl Management {
    pub(crate) async fn of(demo: &Demo) -> Self {
        let egress = demo.egress();
        let issuer = demo.endpoint("issuer");
        let request = Request::post(&format!("{issuer}oauth/token")).json(&json!({
            "grant_type": "client_credentials",
            "client_id": demo.saved("/management/client_id"),
            "client_secret": demo.saved("/management/client_secret"),
            "audience": demo.saved("/management/audience"),
        }));
        let answer: Value = egress.send(request).await.unwrap().json().unwrap();
        Self {
            token: answer["access_token"].as_str().unwrap().to_owned(),
            issuer,
            egress,
        }
    }

    pub(crate) async fn create(&self, path: &str, body: Value) -> Value {
        let request = Request::post(&self.address(path)).json(&body);
        self.send(request, 201).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.send(Request::get(&self.address(path)), 200).await
    }

    pub(crate) async fn change(&self, path: &str, body: Value) -> Value {
        let request = Request::new(Method::PATCH, &self.address(path)).json(&body);
        self.send(request, 200).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let request = Request::post(&self.address(path)).json(&body);
        self.send(request, 200).await
    }

    /// What the token endpoint answers.
    pub(crate) async fn token(&self, body: Value) -> Value {
        let request = Request::post(&format!("{}oauth/token", self.issuer)).json(&body);
        self.egress.send(request).await.unwrap().json().unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) {
        let request = Request::delete(&self.address(path)).bearer(&self.token.as_str().into());
        let answer = self.egress.send(request).await.unwrap();
        assert!(answer.status.is_success(), "{}", answer.status);
    }

    /// A user who signs in with an address and a password.
    pub(crate) async fn user(&self, email: &str, password: &str) -> Value {
        let body = json!({
            "connection": DATABASE, "email": email, "password": password, "email_verified": true
        });
        self.create("users", body).await
    }

    fn address(&self, path: &str) -> String {
        format!("{}api/v2/{path}", self.issuer)
    }

    async fn send(&self, request: Request, expected: u16) -> Value {
        let request = request.bearer(&self.token.as_str().into());
        let answer = self.egress.send(request).await.unwrap();
        let body: Value = answer.json().unwrap();
        assert_eq!(answer.status, expected, "{body}");
        body
    }
}

impl Browser {
    /// Waits until the page that `css` is on says this.
    pub(crate) async fn says(&self, css: &str, text: &str) {
        let mut said = String::new();
        for _ in 0..400 {
            if let Ok(place) = self.client.find(Locator::Css(css)).await {
                said = place.text().await.unwrap_or_default();
                if said == text {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let at = self.client.current_url().await.unwrap();
        panic!("the page at {at} says `{said}`, not `{text}`");
    }

    /// Signs in on the tenant's page, which is on its way, and leaves for where the request came from.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) {
        self.arrive("/u/login").await;
        self.fill("username", email).await;
        self.fill("password", password).await;
        self.press().await;
    }

    pub(crate) async fn arrive(&self, path: &str) {
        for _ in 0..400 {
            if self.path().await == path {
                self.settle().await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("never at {path}, but at {}", self.path().await);
    }
}
