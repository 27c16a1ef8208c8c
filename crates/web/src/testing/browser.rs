//! A browser without scripts.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// A browser without scripts: follows nothing by itself, keeps cookies, fills in forms.
#[derive(Debug)]
pub struct Browser {
    app: Router,
    host: String,
    cookies: BTreeMap<String, String>,
    csrf: String,
}

/// What came back.
#[derive(Debug)]
pub struct Shown {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub html: String,
}

impl Shown {
    /// Where a redirect leads; empty if it is none.
    #[must_use]
    pub fn location(&self) -> &str {
        self.headers
            .get(LOCATION)
            .map_or("", |location| location.to_str().unwrap())
    }

    /// Insists that the page holds `text`.
    ///
    /// # Panics
    /// If it does not.
    pub fn says(&self, text: &str) -> &Self {
        assert!(
            self.html.contains(text),
            "{text:?} is not in {} {}",
            self.status,
            self.html
        );
        self
    }

    /// What stands between `before` and the next `after`.
    ///
    /// # Panics
    /// If they are not there.
    #[must_use]
    pub fn between(&self, before: &str, after: &str) -> &str {
        let start = self
            .html
            .find(before)
            .unwrap_or_else(|| panic!("{before:?} in {}", self.html));
        self.html[start + before.len()..]
            .split(after)
            .next()
            .unwrap()
    }
}

impl Browser {
    /// A fresh browser that finds `app` at `host`.
    #[must_use]
    pub fn new(app: &Router, host: &str) -> Self {
        Self {
            app: app.clone(),
            host: host.to_owned(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
        }
    }

    /// Opens an address.
    ///
    /// # Panics
    /// As every method here does, where the app does not answer as a web server.
    pub async fn get(&mut self, path: &str) -> Shown {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// The form token of the page that was opened last.
    #[must_use]
    pub fn csrf_token(&self) -> &str {
        &self.csrf
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Sends a form of the page that was opened last.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let mut pairs = fields.to_vec();
        pairs.push(("csrf_token", &self.csrf));
        let form = serde_html_form::to_string(pairs).unwrap();
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form));
        self.send(request.unwrap()).await
    }

    /// Opens a form's page, sends it, and opens the page that the answer leads to.
    pub async fn fill(&mut self, page: &str, fields: &[(&str, &str)]) -> Shown {
        assert_eq!(self.get(page).await.status, StatusCode::OK, "{page}");
        let path = page.split('?').next().unwrap();
        let answer = self.post(path, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{page}: {}",
            answer.html
        );
        let location = answer.location().to_owned();
        self.get(&location).await
    }

    /// Sends a request with the browser's cookies.
    pub async fn send(&mut self, mut request: Request<Body>) -> Shown {
        let jar: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let headers = request.headers_mut();
        headers.insert("host", self.host.parse().unwrap());
        if !headers.contains_key("accept") {
            headers.insert("accept", "text/html,*/*;q=0.8".parse().unwrap());
        }
        if !jar.is_empty() {
            headers.insert(COOKIE, jar.join("; ").parse().unwrap());
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let html = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let shown = Shown {
            status: parts.status,
            headers: parts.headers,
            html,
        };
        if shown.html.contains("csrf_token\" value=\"") {
            self.csrf = shown.between("csrf_token\" value=\"", "\"").to_owned();
        }
        shown
    }

    /// Loses the form token of the page that was opened last.
    pub fn forget_token(&mut self) {
        self.csrf = "AAAA".to_owned();
    }

    /// Loses a cookie.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn forget_cookie(&mut self, name: &str) {
        assert!(self.cookies.remove(name).is_some(), "{name}");
    }
}
