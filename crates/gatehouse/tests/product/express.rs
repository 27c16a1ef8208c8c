//! The vendor's library for Express (`express-openid-connect`): a real application on Node, a real browser.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::Locator;
use serde_json::Value;

use crate::browser::Browser;
use crate::site::Management;
use crate::support::{Demo, workspace};

const EMAIL: &str = "lin@example.com";
const PASSWORD: &str = "Correct-horse-battery-1";

/// `tests/clients/express-app.mjs`, running.
struct Express {
    child: Child,
    url: String,
}

impl Express {
    fn start(demo: &Demo, mode: &str, certificate: &Path, key: &Path) -> Self {
        let mut child = Command::new("node")
            .arg("express-app.mjs")
            .current_dir(workspace().join("tests/clients"))
            .env("GATEHOUSE_DATA_DIR", demo.data_dir())
            .env("NODE_EXTRA_CA_CERTS", demo.endpoint("ca_cert"))
            .env("MODE", mode)
            .env("CERTIFICATE", certificate)
            .env("KEY", key)
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("READY ").map(str::to_owned));
        let ready = ready.expect("the application starts; scripts/test installs what it needs");
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let url = ready["baseURL"].as_str().unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Express {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_express_application_signs_its_users_in_and_hears_when_they_are_out() {
    let kept = tempfile::tempdir().unwrap();
    let (certificate, key) = (kept.path().join("app.pem"), kept.path().join("app.key"));
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    // Logout tokens go to this machine, to a certificate that nobody knows.
    let settings = [
        (
            "GATEHOUSE__IDENTITY__EGRESS_ALLOW",
            "127.0.0.0/8,::1/128".to_owned(),
        ),
        (
            "GATEHOUSE__EGRESS__CA_FILE",
            certificate.display().to_string(),
        ),
    ];
    let demo = tokio::task::spawn_blocking(move || Demo::start_with(true, &settings))
        .await
        .unwrap();
    let management = Management::of(&demo).await;
    let user = management.user(EMAIL, PASSWORD).await;
    let browser = Browser::start(&["--window-size=1280,900", "--ignore-certificate-errors"]).await;

    let app = Express::start(&demo, "id_token", &certificate, &key);
    by_form_post(&browser, &app).await;
    let app = Express::start(&demo, "code", &certificate, &key);
    by_code(&browser, &app).await;
    out_by_the_back_channel(&browser, &app, &management, &user).await;
    browser.stop().await;
}

/// An ID token comes by `form_post`, from another site.
async fn by_form_post(browser: &Browser, app: &Express) {
    go(browser, &app.url).await;
    browser.says("main", "nobody").await;
    // A page that needs a user sends the browser away and gets it back.
    go(browser, &format!("{}/profile", app.url)).await;
    browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(json_of(browser, "/profile").await["email"], EMAIL);
    sign_out(browser, app).await;
}

async fn by_code(browser: &Browser, app: &Express) {
    go(browser, &format!("{}/login", app.url)).await;
    browser.sign_in(EMAIL, PASSWORD).await;
    // Whoever runs it: an application on this machine may be anybody's.
    browser.arrive("/u/consent").await;
    browser.look("consent-express").await;
    browser.press().await;
    browser.says("main", EMAIL).await;
    go(browser, &format!("{}/refresh", app.url)).await;
    let renewed = json_of(browser, "/refresh").await;
    assert_eq!(renewed["rotated"], true, "{renewed}");
    let audience = renewed["claims"]["aud"].to_string();
    assert!(audience.contains(&format!("{}/api", app.url)), "{renewed}");
    // With the renewed token.
    go(browser, &format!("{}/profile", app.url)).await;
    assert_eq!(json_of(browser, "/profile").await["email"], EMAIL);
    sign_out(browser, app).await;
}

/// An administrator ends the session; the application's own is over then.
async fn out_by_the_back_channel(
    browser: &Browser,
    app: &Express,
    management: &Management,
    user: &Value,
) {
    go(browser, &format!("{}/login", app.url)).await;
    browser.sign_in(EMAIL, PASSWORD).await;
    browser.says("main", EMAIL).await;
    let path = format!("users/{}/sessions", user["user_id"].as_str().unwrap());
    let sessions = management.get(&path.replace('|', "%7C")).await;
    let session = sessions["sessions"][0]["id"].as_str().unwrap().to_owned();
    management.delete(&format!("sessions/{session}")).await;
    for _ in 0..200 {
        go(browser, &app.url).await;
        let said = browser.client.find(Locator::Css("main")).await.unwrap();
        if said.text().await.unwrap() == "nobody" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the application never heard that the session is over");
}

async fn go(browser: &Browser, url: &str) {
    browser.client.goto(url).await.unwrap();
}

async fn sign_out(browser: &Browser, app: &Express) {
    go(browser, &format!("{}/logout", app.url)).await;
    browser.says("main", "nobody").await;
    // The tenant's session is over too: the next sign-in asks for the password.
    go(browser, &format!("{}/login", app.url)).await;
    browser.arrive("/u/login").await;
}

/// What the browser shows of an answer in JSON.
async fn json_of(browser: &Browser, path: &str) -> Value {
    for _ in 0..400 {
        if browser.path().await == path
            && let Ok(body) = browser.client.find(Locator::Css("pre")).await
            && let Ok(answer) = serde_json::from_str(&body.text().await.unwrap_or_default())
        {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!(
        "no JSON at {path}, but {}",
        browser.client.source().await.unwrap()
    );
}
