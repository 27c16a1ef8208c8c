//! The requests of the vendor's page on dynamic client registration, in the languages that are at hand: only
//! host, token and connection are put into `tests/clients/samples`.

use std::process::Command;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::site::{Management, Site};
use crate::support::{Demo, workspace};

/// The languages: how files of their samples end, and the program that takes a sample as an argument.
const LANGUAGES: [(&str, &[&str]); 5] = [
    ("sh", &["sh", "-c"]),
    ("py", &["python3", "-c"]),
    ("mjs", &["node", "--input-type=module", "-e"]),
    ("php", &["php", "-d", "curl.cainfo=AUTHORITY", "-r"]),
    ("rb", &["ruby", "-e"]),
];
/// Those that a machine may lack; the tests need nothing else of them.
const OPTIONAL: [&str; 2] = ["php", "ruby"];

fn is_here(program: &str) -> bool {
    !OPTIONAL.contains(&program) || Command::new(program).arg("-v").output().is_ok()
}

/// What stands in the place of the samples' placeholders.
struct Placeholders {
    host: String,
    token: String,
    connection: String,
    authority: String,
}

impl Placeholders {
    fn sample(&self, name: &str, ending: &str) -> String {
        let path = workspace().join(format!("tests/clients/samples/{name}.{ending}"));
        let sample = std::fs::read_to_string(&path).unwrap();
        sample
            .replace("YOUR_AUTH0_DOMAIN", &self.host)
            .replace("API2_ACCESS_TOKEN", &self.token)
            .replace("CONNECTION_ID", &self.connection)
    }

    fn run(&self, (ending, program): (&str, &[&str]), name: &str) -> Value {
        let arguments = program[1..].iter();
        let arguments = arguments.map(|word| word.replace("AUTHORITY", &self.authority));
        let output = Command::new(program[0])
            .args(arguments)
            .arg(self.sample(name, ending))
            .env("CURL_CA_BUNDLE", &self.authority)
            .env("SSL_CERT_FILE", &self.authority)
            .env("NODE_EXTRA_CA_CERTS", &self.authority)
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", program[0]));
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{name}.{ending}: {said}\n{errors}"))
    }

    async fn on_a_page(&self, browser: &Browser, name: &str) -> Value {
        let sample = self.sample(name, "page.js");
        let script = format!("const done = arguments[arguments.length - 1];\n{sample}");
        let said = browser.client.execute_async(&script, vec![]).await.unwrap();
        let said = said.as_str().unwrap();
        serde_json::from_str(said).unwrap_or_else(|_| panic!("{name}.page.js: {said}"))
    }
}

/// The page describes the permissive profile, and begins with everything off.
async fn begin(management: &Management, connection: &str) {
    let off = json!({
        "flags": { "enable_dynamic_client_registration": false },
        "dynamic_client_registration_security_mode": "permissive"
    });
    management.change("tenants/settings", off).await;
    let off = json!({ "is_domain_connection": false });
    management
        .change(&format!("connections/{connection}"), off)
        .await;
}

fn check(settings: &Value, connection: &Value, client: &Value) {
    let flag = &settings["flags"]["enable_dynamic_client_registration"];
    assert_eq!(flag, true, "{settings}");
    assert_eq!(connection["is_domain_connection"], true, "{connection}");
    assert_eq!(client["client_name"], "My Dynamic Client", "{client}");
    assert_eq!(client["client_secret_expires_at"], 0);
    assert_eq!(client["client_id"].as_str().map(str::len), Some(32));
    assert_eq!(client["client_secret"].as_str().map(str::len), Some(64));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_of_the_page_run_in_every_language() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(true))
        .await
        .unwrap();
    let management = Management::of(&demo).await;
    let connections = management.get("connections").await;
    let host = demo.endpoint("issuer");
    let placeholders = Placeholders {
        host: host
            .trim_start_matches("https://")
            .trim_end_matches('/')
            .to_owned(),
        token: management.token.clone(),
        connection: connections[0]["id"].as_str().unwrap().to_owned(),
        authority: demo.endpoint("ca_cert"),
    };
    for language in LANGUAGES {
        if !is_here(language.1[0]) {
            continue;
        }
        begin(&management, &placeholders.connection).await;
        let run = |name| placeholders.run(language, name);
        check(&run("settings"), &run("connection"), &run("register"));
    }

    // A script on somebody's page, whose browser asks first.
    begin(&management, &placeholders.connection).await;
    let site = Site::bind().await;
    let origin = site.origin.clone();
    let server = site.serve("jquery.html", "jquery/dist/jquery.min.js", json!({}));
    let browser = Browser::start(&["--ignore-certificate-errors"]).await;
    browser.client.goto(&origin).await.unwrap();
    let settings = placeholders.on_a_page(&browser, "settings").await;
    let connection = placeholders.on_a_page(&browser, "connection").await;
    let client = placeholders.on_a_page(&browser, "register").await;
    check(&settings, &connection, &client);
    server.abort();
    browser.stop().await;
}
