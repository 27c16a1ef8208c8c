//! The vendor's page on dynamic client registration, its curl and Python samples run as they are printed:
//! only host, token and connection are put in.

use std::process::Command;

use serde_json::Value;

use crate::support::Demo;

const SETTINGS: &str = r#"curl --request PATCH \
  --url 'https://YOUR_AUTH0_DOMAIN/api/v2/tenants/settings' \
  --header 'authorization: Bearer API2_ACCESS_TOKEN' \
  --header 'cache-control: no-cache' \
  --header 'content-type: application/json' \
  --data '{ "flags": { "enable_dynamic_client_registration": true } }'"#;

const CONNECTION: &str = r#"curl --request PATCH \
  --url 'https://YOUR_AUTH0_DOMAIN/api/v2/connections/CONNECTION_ID' \
  --header 'authorization: Bearer API2_ACCESS_TOKEN' \
  --header 'cache-control: no-cache' \
  --header 'content-type: application/json' \
  --data '{ "is_domain_connection": true }'"#;

const REGISTER: &str = r#"curl --request POST \
  --url 'https://YOUR_AUTH0_DOMAIN/oidc/register' \
  --header 'content-type: application/json' \
  --data '{"client_name":"My Dynamic Client","redirect_uris": ["https://client.example.com/callback", "https://client.example.com/callback2"]}'"#;

// As printed, it connects to no host at all and has the host in the path. The host is put in where it is
// missing, and left where it is.
const REGISTER_IN_PYTHON: &str = r#"import http.client

conn = http.client.HTTPSConnection("")

payload = "{\"client_name\":\"My Dynamic Client\",\"redirect_uris\": [\"https://client.example.com/callback\", \"https://client.example.com/callback2\"]}"

headers = { 'content-type': "application/json" }

conn.request("POST", "/YOUR_AUTH0_DOMAIN/oidc/register", payload, headers)

res = conn.getresponse()
data = res.read()

print(data.decode("utf-8"))"#;

/// What stands in the place of the samples' placeholders.
struct Placeholders<'a> {
    demo: &'a Demo,
    host: String,
    token: String,
    connection: String,
}

impl Placeholders<'_> {
    fn run(&self, program: &str, argument: &str, sample: &str) -> Value {
        let sample = sample
            .replace(
                "HTTPSConnection(\"\")",
                &format!("HTTPSConnection(\"{}\")", self.host),
            )
            .replace("YOUR_AUTH0_DOMAIN", &self.host)
            .replace("API2_ACCESS_TOKEN", &self.token)
            .replace("CONNECTION_ID", &self.connection);
        let authority = self.demo.endpoint("ca_cert");
        let output = Command::new(program)
            .args([argument, &sample])
            .env("CURL_CA_BUNDLE", &authority)
            .env("SSL_CERT_FILE", &authority)
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let said = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&said).unwrap_or_else(|_| {
            panic!(
                "{sample}\n{said}\n{}",
                String::from_utf8_lossy(&output.stderr)
            )
        })
    }

    fn curl(&self, sample: &str) -> Value {
        self.run("sh", "-c", sample)
    }
}

#[test]
fn the_samples_of_the_page_run_as_printed() {
    let demo = Demo::start(true);
    let issuer = demo.endpoint("issuer");
    let host = issuer
        .trim_start_matches("https://")
        .trim_end_matches('/')
        .to_owned();
    let mut placeholders = Placeholders {
        demo: &demo,
        host,
        token: String::new(),
        connection: String::new(),
    };
    let grant = format!(
        "curl -s 'https://YOUR_AUTH0_DOMAIN/oauth/token' -d grant_type=client_credentials -d client_id='{}' \
         --data-urlencode client_secret='{}' --data-urlencode audience='{}'",
        demo.saved("/management/client_id"),
        demo.saved("/management/client_secret"),
        demo.saved("/management/audience"),
    );
    let granted = placeholders.curl(&grant);
    placeholders.token = granted["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();

    // The page describes the permissive profile.
    let profile = SETTINGS.replace(
        r#"{ "flags": { "enable_dynamic_client_registration": true } }"#,
        r#"{ "dynamic_client_registration_security_mode": "permissive" }"#,
    );
    placeholders.curl(&profile);
    let settings = placeholders.curl(SETTINGS);
    assert_eq!(
        settings["flags"]["enable_dynamic_client_registration"],
        true
    );

    let list = "curl -s 'https://YOUR_AUTH0_DOMAIN/api/v2/connections' \
                -H 'authorization: Bearer API2_ACCESS_TOKEN'";
    let connections = placeholders.curl(list);
    placeholders.connection = connections[0]["id"]
        .as_str()
        .expect("a connection")
        .to_owned();
    assert_eq!(placeholders.curl(CONNECTION)["is_domain_connection"], true);

    let made = placeholders.curl(REGISTER);
    let in_python = placeholders.run("python3", "-c", REGISTER_IN_PYTHON);
    for client in [made, in_python] {
        assert_eq!(client["client_name"], "My Dynamic Client");
        assert_eq!(client["client_secret_expires_at"], 0);
        assert_eq!(client["client_id"].as_str().map(str::len), Some(32));
        assert_eq!(client["client_secret"].as_str().map(str::len), Some(64));
    }
}
