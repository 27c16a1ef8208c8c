//! The tenant's login in a real browser: its own pages, and the vendor's Lock on a page of the tenant's.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{Demo, workspace};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "Correct horse 9";
const DATABASE: &str = "Username-Password-Authentication";

/// The script of the vendor's "Update the login page", with Lock from the application.
const LOCK_PAGE: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title>
<script src="APPLICATION/lock.js"></script></head><body><main></main><script>
  // Decode utf8 characters properly
  var config = JSON.parse(decodeURIComponent(escape(window.atob('@@config@@'))));

  var connection = config.connection;
  var prompt = config.prompt;
  var languageDictionary;
  var language;
  if (config.dict && config.dict.signin && config.dict.signin.title) {
    languageDictionary = { title: config.dict.signin.title };
  } else if (typeof config.dict === 'string') {
    language = config.dict;
  }

  var lock = new Auth0Lock(config.clientID, config.auth0Domain, {
    auth: {
      redirectUrl: config.callbackURL,
      responseType: config.callbackOnLocationHash ? 'token' : 'code',
      params: config.internalOptions
    },
    assetsUrl:  config.assetsUrl,
    allowedConnections: connection ? [connection] : null,
    rememberLastLogin: !prompt,
    language: language,
    languageDictionary: languageDictionary,
    closable: false,
    __useTenantInfo: config.isThirdPartyClient
  });

  lock.show();
</script></body></html>"#;

/// A running tenant, an application beside it, and an account.
struct Stage {
    demo: Demo,
    issuer: String,
    application: String,
    token: String,
}

impl Stage {
    async fn start(tls: bool) -> Self {
        let demo = tokio::task::spawn_blocking(move || Demo::start(tls))
            .await
            .unwrap();
        let issuer = demo.endpoint("issuer").trim_end_matches('/').to_owned();
        let mut stage = Self {
            demo,
            issuer,
            application: application(),
            token: String::new(),
        };
        let asked = json!({
            "grant_type": "client_credentials",
            "client_id": stage.demo.saved("/management/client_id"),
            "client_secret": stage.demo.saved("/management/client_secret"),
            "audience": stage.demo.saved("/management/audience"),
        });
        let issued = stage.send("POST", "/oauth/token", &asked);
        stage.token = text(&issued, "access_token");
        stage
    }

    /// Sends JSON; the answer must be JSON, or nothing.
    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut command = Command::new("curl");
        command
            .args([
                "-sk",
                "-X",
                method,
                "-H",
                "content-type: application/json",
                "-d",
            ])
            .arg(body.to_string())
            .arg(format!("{}{path}", self.issuer));
        if !self.token.is_empty() {
            command
                .arg("-H")
                .arg(format!("authorization: Bearer {}", self.token));
        }
        let output = command.output().expect("curl runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if said.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{method} {path}: {said}"))
    }

    fn client(&self, more: Value) -> String {
        let mut body = json!({
            "name": "Weather App", "app_type": "regular_web", "oidc_conformant": true,
            "callbacks": [format!("{}/callback", self.application)],
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        text(&self.send("POST", "/api/v2/clients", &body), "client_id")
    }

    fn account(&self, client_id: &str) {
        let body = json!({
            "client_id": client_id, "connection": DATABASE, "email": EMAIL, "password": PASSWORD
        });
        let made = self.send("POST", "/dbconnections/signup", &body);
        assert!(made["_id"].is_string(), "{made}");
    }

    fn promote(&self) {
        let listed = Command::new("curl")
            .args(["-sk", "-H"])
            .arg(format!("authorization: Bearer {}", self.token))
            .arg(format!("{}/api/v2/connections", self.issuer))
            .output()
            .expect("curl runs");
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        let first = listed.get(0).unwrap_or(&listed["connections"][0]);
        let path = format!("/api/v2/connections/{}", text(first, "id"));
        let changed = self.send("PATCH", &path, &json!({ "is_domain_connection": true }));
        assert_eq!(changed["is_domain_connection"], true, "{changed}");
    }

    fn use_lock(&self) {
        let listed = Command::new("curl")
            .args(["-sk", "-H"])
            .arg(format!("authorization: Bearer {}", self.token))
            .arg(format!("{}/api/v2/clients?is_global=true", self.issuer))
            .output()
            .expect("curl runs");
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        let global = text(&listed[0], "client_id");
        let page = LOCK_PAGE.replace("APPLICATION", &self.application);
        let body = json!({ "custom_login_page": page, "custom_login_page_on": true });
        let changed = self.send("PATCH", &format!("/api/v2/clients/{global}"), &body);
        assert_eq!(changed["custom_login_page_on"], true, "{changed}");
    }

    fn authorize(&self, client_id: &str, more: &str) -> String {
        format!(
            "{}/authorize?response_type=code&client_id={client_id}&redirect_uri={}/callback\
             &scope=openid%20profile%20email&state=own{more}",
            self.issuer, self.application
        )
    }
}

fn text(value: &Value, name: &str) -> String {
    let found = value[name].as_str();
    found
        .unwrap_or_else(|| panic!("no {name} in {value}"))
        .to_owned()
}

/// The application: it answers its callback, and serves Lock as it comes from npm, in one file.
fn application() -> String {
    let lock = bundle();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut buffer = [0; 8192];
            let read = stream.read(&mut buffer).unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or("/");
            let (kind, body) = match path.split('?').next() {
                Some("/lock.js") => ("text/javascript", lock.clone()),
                _ => (
                    "text/html",
                    b"<!doctype html><main>Welcome back</main>".to_vec(),
                ),
            };
            let mut head = String::new();
            let _ = write!(
                head,
                "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&body);
        }
    });
    address
}

fn bundle() -> Vec<u8> {
    let clients = workspace().join("tests/clients");
    let output = Command::new(clients.join("node_modules/.bin/esbuild"))
        .args([
            "lock.mjs",
            "--bundle",
            "--minify",
            // The CommonJS half of auth0-js is labelled as a module, which bundlers take at its word.
            "--main-fields=browser,module,main",
            "--define:global=window",
            "--define:process.env.NODE_ENV=\"production\"",
            "--log-level=error",
        ])
        .current_dir(&clients)
        .output()
        .expect("esbuild is installed; scripts/test does it");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

impl Browser {
    /// Waits for a field that a script makes and moves into place, and types into it.
    async fn type_into(&self, css: &str, text: &str) {
        let mut last = String::new();
        for _ in 0..600 {
            let found = self.client.find(fantoccini::Locator::Css(css)).await;
            let typed = match found {
                Ok(field) => field.send_keys(text).await,
                Err(error) => Err(error),
            };
            match typed {
                Ok(()) => return,
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no field {css}: {last}");
    }

    async fn sign_in_with_lock(&self) {
        self.type_into(".auth0-lock-input[name=email]", EMAIL).await;
        self.type_into(".auth0-lock-input[name=password]", PASSWORD)
            .await;
        self.type_into(".auth0-lock-input[name=password]", "\u{e007}")
            .await;
    }

    async fn url_with(&self, part: &str) -> String {
        for _ in 0..400 {
            let url = self.client.current_url().await.unwrap().to_string();
            if url.contains(part) {
                return url;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let source = self.client.source().await.unwrap();
        panic!(
            "the browser never came to {part}: {} {source}",
            self.client.current_url().await.unwrap()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lock_signs_a_user_in_on_a_page_of_the_tenants_own() {
    let stage = Stage::start(true).await;
    let client_id = stage.client(json!({}));
    stage.account(&client_id);
    stage.use_lock();
    let browser = Browser::start(&["--window-size=1280,900", "--ignore-certificate-errors"]).await;
    browser
        .client
        .goto(&stage.authorize(&client_id, ""))
        .await
        .unwrap();
    browser.sign_in_with_lock().await;
    let url = browser.url_with("/callback").await;
    assert!(url.contains("code=") && url.contains("state=own"), "{url}");

    // A third party is offered the connections at domain level, by the tenant's script.
    stage.promote();
    let third = stage.client(json!({
        "is_first_party": false, "third_party_security_mode": "permissive", "name": "My Dynamic Client"
    }));
    let browser_two =
        Browser::start(&["--window-size=1280,900", "--ignore-certificate-errors"]).await;
    browser_two
        .client
        .goto(&stage.authorize(&third, ""))
        .await
        .unwrap();
    browser_two
        .type_into(".auth0-lock-input[name=email]", "")
        .await;
    let loaded =
        "return performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname)";
    let loaded = browser_two
        .client
        .execute(loaded, vec![])
        .await
        .unwrap()
        .to_string();
    assert!(
        loaded.contains("/info-v1.js") && !loaded.contains("/client/"),
        "{loaded}"
    );
    browser_two.sign_in_with_lock().await;
    browser_two.url_with("/u/consent").await;
    browser_two.settle().await;
    assert!(
        browser_two
            .text()
            .await
            .contains("My Dynamic Client asks for access")
    );
    let allow = browser_two
        .client
        .find(fantoccini::Locator::Css("button[value=accept]"));
    allow.await.unwrap().click().await.unwrap();
    let url = browser_two.url_with("/callback").await;
    assert!(url.contains("code="), "{url}");
    browser.stop().await;
    browser_two.stop().await;
}

/// Signs up, out, and in again, with every page held against axe-core on the way.
#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_pages_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let stage = Stage::start(false).await;
    let client_id = stage.client(json!({}));
    stage.account(&client_id);
    stage.promote();
    let third = stage.client(json!({
        "is_first_party": false, "third_party_security_mode": "permissive", "name": "My Dynamic Client",
        "logo_uri": "https://client.example.com/logo.png"
    }));
    for (name, options) in [
        ("login-light", vec!["--window-size=1280,900"]),
        ("login-phone", vec!["--window-size=390,844"]),
        (
            "login-dark",
            vec![
                "--window-size=1280,900",
                "--blink-settings=preferredColorScheme=0",
            ],
        ),
        (
            "login-japanese",
            vec!["--window-size=390,844", "--accept-lang=ja", "--lang=ja"],
        ),
    ] {
        let browser = Browser::start(&options).await;
        walk(&stage, &browser, name, &third).await;
        browser.stop().await;
    }
}

async fn walk(stage: &Stage, browser: &Browser, name: &str, client_id: &str) {
    let go = |url: String| async move { browser.client.goto(&url).await.unwrap() };
    let look = |page: &str| {
        let page = format!("{name}-{page}");
        async move { browser.look(&page).await }
    };
    go(stage.authorize("nobody", "")).await;
    look("unknown-client").await;
    go(stage.authorize(client_id, "&screen_hint=signup")).await;
    look("sign-up").await;
    browser.submit().await;
    look("sign-up-refused").await;
    go(stage.authorize(client_id, "")).await;
    look("sign-in").await;
    browser.fill("username", EMAIL).await;
    browser.fill("password", "wrong").await;
    browser.submit().await;
    look("sign-in-refused").await;
    browser.follow("main a[href*=\"reset-password\"]").await;
    look("forgotten").await;
    browser.fill("email", "nobody@example.com").await;
    browser.submit().await;
    look("check-mail").await;
    go(stage.authorize(client_id, "")).await;
    browser.fill("username", EMAIL).await;
    browser.fill("password", PASSWORD).await;
    browser.submit().await;
    look("consent").await;
    go(format!("{}/activate", stage.issuer)).await;
    look("device").await;
    browser.fill("user_code", "BCDF-GHJK").await;
    browser.submit().await;
    look("device-wrong").await;
    go(format!("{}/oidc/logout", stage.issuer)).await;
    look("sign-out").await;
    browser.submit().await;
    look("signed-out").await;
    go(format!("{}/u/reset-verify?ticket=gone", stage.issuer)).await;
    look("dead-link").await;
}
