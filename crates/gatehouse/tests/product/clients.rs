//! The vendors' own SDKs against the real binary, over TLS with the local CA.

use std::process::Command;

use crate::registry::Registry;
use crate::support::{Demo, workspace};

#[test]
fn the_vendors_sdks_work_unchanged() {
    let registry = Registry::start();
    let demo = registry.demo(true);
    let clients = workspace().join("tests/clients");
    assert!(
        clients.join("node_modules").exists(),
        "run scripts/test once: it installs the SDKs into tests/clients"
    );
    let mut failures = String::new();
    for file in [
        "actions.test.mjs",
        "auth0.test.mjs",
        "deploy.test.mjs",
        "mcp.test.mjs",
        "openid.test.mjs",
        "portal.test.mjs",
        "registration.test.mjs",
        "tokens.test.mjs",
        "typed.test.mjs",
    ] {
        let output = Command::new("node")
            .args(["--test", "--test-reporter=tap", file])
            .current_dir(&clients)
            .env("GATEHOUSE_DATA_DIR", demo.data_dir())
            .env("NODE_EXTRA_CA_CERTS", demo.endpoint("ca_cert"))
            .output()
            .expect("node runs");
        let said = String::from_utf8_lossy(&output.stdout);
        let passed = said.contains("# fail 0") && !said.contains("# pass 0");
        if !output.status.success() || !passed {
            let errors = String::from_utf8_lossy(&output.stderr);
            failures.push_str(&format!("{file}:\n{said}\n{errors}\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}\n{}", demo.log());
}

#[test]
fn the_vendors_python_sdk_works_unchanged() {
    let demo = Demo::start(true);
    let clients = workspace().join("tests/clients");
    let python = clients.join(".venv/bin/python");
    assert!(
        python.exists(),
        "run scripts/test once: it installs auth0-python into tests/clients/.venv"
    );
    for file in ["auth0_management.py", "get_token.py"] {
        let output = Command::new(&python)
            .arg(file)
            .current_dir(&clients)
            .env("GATEHOUSE_DATA_DIR", demo.data_dir())
            .env("SSL_CERT_FILE", demo.endpoint("ca_cert"))
            .env("REQUESTS_CA_BUNDLE", demo.endpoint("ca_cert"))
            .output()
            .expect("python runs");
        assert!(
            output.status.success(),
            "{file}:\n{}\n{}",
            String::from_utf8_lossy(&output.stderr),
            demo.log()
        );
    }
}

/// Every operation that the SDK can ask for is served, or is on the list of those that are not.
#[test]
fn no_operation_of_the_vendors_sdk_is_unheard_of() {
    let demo = Demo::start(true);
    let clients = workspace().join("tests/clients");
    let output = Command::new("node")
        .arg("operations.mjs")
        .current_dir(&clients)
        .env("GATEHOUSE_DATA_DIR", demo.data_dir())
        .env("NODE_EXTRA_CA_CERTS", demo.endpoint("ca_cert"))
        .output()
        .expect("node runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
