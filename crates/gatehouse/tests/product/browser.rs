//! The portal in a real browser: the story by hand, every page held against axe-core, screenshots kept.
//!
//! Screenshots lie in `target/artifacts/`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::{Demo, workspace};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// Ways to look at a page, by name: on a phone, in the dark, in Japanese.
pub(crate) const SCREENS: [(&str, &[&str]); 3] = [
    ("phone", &["--window-size=390,844"]),
    (
        "dark",
        &[
            "--window-size=1440,1000",
            "--blink-settings=preferredColorScheme=0",
        ],
    ),
    (
        "japanese",
        &["--window-size=1440,1000", "--accept-lang=ja", "--lang=ja"],
    ),
];

/// The narrowest window that Chromium makes, in CSS pixels. A phone's screen has to be made up.
const NARROWEST: u32 = 500;

/// The screen that is asked for, if it is narrower than a window can be.
fn narrow(options: &[&str]) -> Option<Value> {
    let size = options
        .iter()
        .find_map(|option| option.strip_prefix("--window-size="))?;
    let (width, height) = size.split_once(',')?;
    let (width, height): (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
    (width < NARROWEST)
        .then(|| json!({ "width": width, "height": height, "pixelRatio": 1, "touch": false }))
}

/// A browser of its own, without what headless Chromium would fetch from elsewhere.
pub(crate) struct Browser {
    driver: Child,
    pub(crate) client: Client,
    /// Whether the pages' scripts run.
    scripts: bool,
    _profile: tempfile::TempDir,
}

impl Browser {
    pub(crate) async fn start(options: &[&str]) -> Self {
        Self::start_with(options, &json!({})).await
    }

    /// One that keeps cookies of other sites' frames, as some browsers do unless told otherwise.
    pub(crate) async fn start_keeping_cookies_of_others(options: &[&str]) -> Self {
        Self::start_with(options, &json!({ "profile.cookie_controls_mode": 0 })).await
    }

    /// One in which no page's script runs.
    pub(crate) async fn start_without_scripts(options: &[&str]) -> Self {
        let preferences = json!({ "profile.managed_default_content_settings.javascript": 2 });
        let mut browser = Self::start_with(options, &preferences).await;
        browser.scripts = false;
        browser
    }

    async fn start_with(options: &[&str], preferences: &Value) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed; scripts/test does it");
        let profile = tempfile::tempdir().unwrap();
        let mut args: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ]
        .map(str::to_owned)
        .to_vec();
        args.push(format!("--user-data-dir={}", profile.path().display()));
        args.extend(options.iter().map(|option| (*option).to_owned()));
        let mut chrome = json!({ "args": args, "prefs": preferences });
        if let Some(metrics) = narrow(options) {
            chrome["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let capabilities = json!({ "goog:chromeOptions": chrome });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object")
        };
        let address = format!("http://127.0.0.1:{port}");
        for _ in 0..200 {
            match ClientBuilder::rustls()
                .unwrap()
                .capabilities(capabilities.clone())
                .connect(&address)
                .await
            {
                Ok(client) => {
                    return Self {
                        driver,
                        client,
                        scripts: true,
                        _profile: profile,
                    };
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("no browser session at {address}");
    }

    pub(crate) async fn stop(self) {
        let _ = self.client.clone().close().await;
    }

    /// Opens a page of the console.
    pub(crate) async fn open(&self, demo: &Demo, path: &str) {
        let address = demo.endpoint("platform");
        let address = format!("{}{path}", address.trim_end_matches('/'));
        self.client.goto(&address).await.unwrap();
    }

    /// Signs the demo's owner in to the console.
    pub(crate) async fn sign_in_to_console(&self, demo: &Demo) {
        self.open(demo, "/sign-in").await;
        self.fill("email", &demo.saved("/admin/email")).await;
        self.fill("password", &demo.saved("/admin/password")).await;
        self.submit().await;
    }

    /// Ticks a box or chooses an option, by keyboard.
    pub(crate) async fn tick(&self, css: &str) {
        let found = self.client.find(Locator::Css(css)).await;
        let found = found.unwrap_or_else(|e| panic!("no {css}: {e}"));
        found.send_keys(" ").await.unwrap();
    }

    /// What stands in the element with this id.
    pub(crate) async fn value_of(&self, id: &str) -> String {
        let found = self.client.find(Locator::Id(id)).await;
        let found = found.unwrap_or_else(|e| panic!("no #{id}: {e}"));
        found.text().await.unwrap()
    }

    pub(crate) async fn fill(&self, name: &str, text: &str) {
        let field = self
            .client
            .find(Locator::Css(&format!("main [name=\"{name}\"]")))
            .await;
        let field = field.unwrap_or_else(|e| panic!("no field {name}: {e}"));
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Presses the page's one submit button, by keyboard, as Enter would.
    pub(crate) async fn submit(&self) {
        self.mark().await;
        self.press().await;
        self.settle().await;
    }

    /// The same where the page that follows is another application's.
    pub(crate) async fn press(&self) {
        let button = self
            .client
            .find(Locator::Css("main form button:not([type=button])"))
            .await
            .expect("a submit button");
        button.send_keys("\u{e007}").await.unwrap();
    }

    pub(crate) async fn follow(&self, css: &str) {
        self.follow_at(Locator::Css(css)).await;
    }

    /// Goes where a link or a button leads, by keyboard, as Enter on it would, and waits for the page.
    pub(crate) async fn follow_at(&self, place: Locator<'_>) {
        let found = self.client.find(place).await;
        let found = found.unwrap_or_else(|e| panic!("no {place:?}: {e}"));
        self.mark().await;
        found.send_keys("\u{e007}").await.unwrap();
        self.settle().await;
    }

    /// Marks the document, so that [`Browser::settle`] knows when another one has taken its place.
    pub(crate) async fn mark(&self) {
        self.client
            .execute("window.earlier = true", vec![])
            .await
            .unwrap();
    }

    pub(crate) async fn settle(&self) {
        for _ in 0..200 {
            let ready = self
                .client
                .execute(
                    "return document.readyState === 'complete' && !window.earlier",
                    vec![],
                )
                .await;
            if ready.is_ok_and(|state| state == true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the page does not finish loading");
    }

    pub(crate) async fn text(&self) -> String {
        self.client
            .find(Locator::Css("main"))
            .await
            .expect("a main")
            .text()
            .await
            .unwrap()
    }

    pub(crate) async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// Holds the page against axe-core and keeps a picture of it.
    pub(crate) async fn look(&self, name: &str) {
        self.look_for(name, &["serious", "critical"]).await;
    }

    /// The same, whatever the weight of what axe-core finds.
    pub(crate) async fn look_closely(&self, name: &str) {
        let all = ["minor", "moderate", "serious", "critical"];
        self.look_for(name, &all).await;
    }

    async fn look_for(&self, name: &str, impacts: &[&str]) {
        let dir = artifacts();
        std::fs::write(
            dir.join(format!("{name}.png")),
            self.client.screenshot().await.unwrap(),
        )
        .unwrap();
        let axe = std::fs::read_to_string(
            workspace().join("tests/clients/node_modules/axe-core/axe.min.js"),
        )
        .expect("axe-core is installed; scripts/test does it");
        // Injected by the driver, so the page's content security policy does not apply to it.
        self.client.execute(&axe, vec![]).await.unwrap();
        if !self.scripts {
            // Without scripts no timer fires either, and of what waits promises alone are kept; axe-core waits
            // for timers that are to fire at once.
            let at_once = "window.setTimeout = (f, wait) => { if (!(wait > 50)) Promise.resolve().then(f); return 0 }";
            self.client.execute(at_once, vec![]).await.unwrap();
        }
        let run = "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] }).then((r) => done(r.violations), (e) => done([{ impact: 'critical', id: String(e), nodes: [] }]))";
        let violations = self.client.execute_async(run, vec![]).await.unwrap();
        let serious: Vec<String> = violations
            .as_array()
            .unwrap()
            .iter()
            .filter(|v| {
                v["impact"]
                    .as_str()
                    .is_none_or(|impact| impacts.contains(&impact))
            })
            .map(|v| format!("{}: {} {}", v["id"], v["help"], v["nodes"][0]["html"]))
            .collect();
        assert!(
            serious.is_empty(),
            "{name}: axe-core found\n{}",
            serious.join("\n")
        );
        let overflow = "return document.documentElement.scrollWidth > document.documentElement.clientWidth + 1";
        assert_eq!(
            self.client.execute(overflow, vec![]).await.unwrap(),
            false,
            "{name} scrolls sideways"
        );
    }
}

// A test that fails leaves no driver behind, and none that holds what it inherited.
impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn artifacts() -> PathBuf {
    let dir = workspace().join("target/artifacts");
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_walks_the_whole_story_by_hand() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap();
    let browser = Browser::start(&["--window-size=1280,900"]).await;
    let portal = demo.endpoint("portal");

    browser
        .client
        .goto(&format!("{portal}/register"))
        .await
        .unwrap();
    browser.look("register").await;
    browser.fill("full_name", "Aki Tester").await;
    browser.fill("email", "aki@example.com").await;
    browser.submit().await;
    browser.look("check-mail").await;

    let link = mailed_link(&demo, "aki@example.com").await;
    browser.client.goto(&link).await.unwrap();
    browser.look("verify").await;
    browser.submit().await;
    browser.look("password").await;
    browser.fill("password", "correct horse battery").await;
    browser.fill("again", "correct horse battery").await;
    browser.submit().await;
    if browser.path().await.starts_with("/login") {
        browser.look("sign-in").await;
        browser.fill("email", "aki@example.com").await;
        browser.fill("password", "correct horse battery").await;
        browser.submit().await;
    }

    browser.client.goto(&portal).await.unwrap();
    assert!(browser.text().await.contains("Weather"));
    browser.look("catalogue").await;
    browser
        .follow("main a[href*=\"/products/\"], main a[href*=\"/apis/\"]")
        .await;
    browser.look("product").await;

    browser
        .client
        .goto(&format!("{portal}/my-apps"))
        .await
        .unwrap();
    browser.look("my-apps-empty").await;
    browser
        .client
        .goto(&format!("{portal}/my-apps/new"))
        .await
        .unwrap();
    browser.look("new-app").await;
    // An empty form says what is missing beside the field and keeps the page.
    browser.fill("redirect_uri", "javascript:alert(1)").await;
    browser.fill("name", "Kobe station").await;
    browser.submit().await;
    browser.look("new-app-refused").await;
    browser
        .fill("redirect_uri", "https://station.example/callback")
        .await;
    browser
        .fill("description", "Reads the forecast for Kobe")
        .await;
    browser.submit().await;
    let shown = browser.text().await;
    browser.look("secret-once").await;
    let secret = browser
        .client
        .find(Locator::Css("#client-secret"))
        .await
        .unwrap();
    let secret = secret
        .attr("value")
        .await
        .unwrap()
        .unwrap_or(secret.text().await.unwrap());
    let client_id = browser
        .client
        .find(Locator::Css("#client-id"))
        .await
        .unwrap();
    let client_id = client_id
        .attr("value")
        .await
        .unwrap()
        .unwrap_or(client_id.text().await.unwrap());
    assert!(secret.len() >= 32 && shown.contains("curl"), "{shown}");

    browser.follow(".proceed a").await;
    assert!(
        !browser.client.source().await.unwrap().contains(&secret),
        "the secret is shown once"
    );
    browser.look("application").await;
    let application = browser.path().await;

    assert_eq!(call(&demo, &client_id, &secret), "403");
    register_by_hand(&browser, &portal).await;
    browser
        .client
        .goto(&format!("{portal}{application}"))
        .await
        .unwrap();
    browser.look("application-registered").await;
    assert_eq!(call(&demo, &client_id, &secret), "200");

    browser
        .follow("main a[href$=\"/rotate\"], main a[href*=\"rotate\"], main a[href*=\"refresh\"]")
        .await;
    browser.look("rotate").await;
    browser.submit().await;
    let rotated = browser
        .client
        .find(Locator::Css("#client-secret"))
        .await
        .unwrap();
    let rotated = rotated
        .attr("value")
        .await
        .unwrap()
        .unwrap_or(rotated.text().await.unwrap());
    assert_eq!(call(&demo, &client_id, &secret), "401");
    assert_eq!(call(&demo, &client_id, &rotated), "200");
    let (client_id, rotated) = overlap_by_hand(&demo, &browser, (&client_id, &rotated)).await;

    browser
        .client
        .goto(&format!("{portal}{application}"))
        .await
        .unwrap();
    browser
        .follow(&format!("main a[href=\"{application}/delete\"]"))
        .await;
    browser.look("delete").await;
    browser.submit().await;
    assert_eq!(call(&demo, &client_id, &rotated), "401");
    browser.stop().await;
}

/// Rotates so that the old credentials work on, then retires them. Gives the new ones.
async fn overlap_by_hand(
    demo: &Demo,
    browser: &Browser,
    (old_id, old_secret): (&str, &str),
) -> (String, String) {
    let proceed = "main .proceed a.button-primary";
    browser.follow(proceed).await;
    browser.follow("main a[href$=\"/rotate-secret\"]").await;
    let overlap = browser.client.find(Locator::Css("select[name=overlap]"));
    let overlap = overlap.await.unwrap();
    overlap.select_by_value("3600").await.unwrap();
    browser.submit().await;
    browser.look("secret-overlap").await;
    let mut shown = Vec::new();
    for id in ["#client-id", "#client-secret"] {
        let found = browser.client.find(Locator::Css(id)).await.unwrap();
        let value = found.attr("value").await.unwrap();
        shown.push(value.unwrap_or(found.text().await.unwrap()));
    }
    let (id, secret) = (shown[0].clone(), shown[1].clone());
    assert_eq!(
        call(demo, old_id, old_secret),
        "200",
        "the old ones work on"
    );
    assert_eq!(call(demo, &id, &secret), "200", "and the new ones work");

    browser.follow(proceed).await;
    browser.look("application-overlap").await;
    browser.follow("main a[href$=\"/retire\"]").await;
    browser.look("retire").await;
    browser.submit().await;
    browser.look("application-retired").await;
    assert_eq!(
        call(demo, old_id, old_secret),
        "401",
        "the old ones are over"
    );
    assert_eq!(call(demo, &id, &secret), "200");
    (id, secret)
}

pub(crate) async fn register_by_hand(browser: &Browser, portal: &str) {
    browser.client.goto(portal).await.unwrap();
    browser
        .follow("main a[href*=\"/products/\"], main a[href*=\"/apis/\"]")
        .await;
    browser.follow("main a[href*=\"/register\"]").await;
    browser.look("register-application").await;
    browser.submit().await;
}

/// The pages on a phone, in the dark, and in Japanese: nothing is cut off, nothing is unreadable.
#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap();
    let portal = demo.endpoint("portal");
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser
            .client
            .goto(&format!("{portal}/login"))
            .await
            .unwrap();
        browser.look(&format!("{name}-sign-in")).await;
        browser
            .fill("email", &demo.saved("/portal/developer/email"))
            .await;
        browser
            .fill("password", &demo.saved("/portal/developer/password"))
            .await;
        browser.submit().await;
        for page in ["/", "/my-apps", "/my-apps/new"] {
            browser
                .client
                .goto(&format!("{portal}{page}"))
                .await
                .unwrap();
            browser
                .look(&format!("{name}{}", page.replace('/', "-")))
                .await;
        }
        browser.stop().await;
    }
}

/// Calls the API with Basic credentials and tells the status.
fn call(demo: &Demo, client_id: &str, secret: &str) -> String {
    let output = Command::new("curl")
        .args(["-s", "-o", "/dev/null", "-w", "%{http_code}"])
        .arg(format!(
            "{}{}/forecast",
            demo.endpoint("gateway"),
            demo.saved("/route")
        ))
        .arg("-H")
        .arg(format!("Authorization: Basic {client_id}:{secret}"))
        .output()
        .expect("curl runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The link in the mail to this address.
pub(crate) async fn mailed_link(demo: &Demo, email: &str) -> String {
    let dir = demo.data_dir().join("outbox/mail");
    for _ in 0..200 {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let mail = std::fs::read_to_string(entry.path()).unwrap_or_default();
            let mail = mail
                .replace("=\r\n", "")
                .replace("=\n", "")
                .replace("=3D", "=");
            if mail.contains(email)
                && let Some(at) = mail.find("http").filter(|_| mail.contains("token="))
            {
                let link = mail[at..]
                    .split(['\r', '\n', ' ', '"', '<', '>'])
                    .next()
                    .unwrap_or_default();
                return link.replace("&amp;", "&");
            }
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no mail to {email}");
}
