//! The vendors' own SDKs against the real binary, over TLS with the local CA.

use std::process::Command;

use crate::support::{Demo, workspace};

#[test]
fn the_vendors_sdks_work_unchanged() {
    let demo = Demo::start(true);
    let clients = workspace().join("tests/clients");
    assert!(
        clients.join("node_modules").exists(),
        "run scripts/test once: it installs the SDKs into tests/clients"
    );
    for file in ["auth0.test.mjs", "openid.test.mjs", "portal.test.mjs"] {
        let output = Command::new("node")
            .args(["--test", "--test-reporter=tap", file])
            .current_dir(&clients)
            .env("GATEHOUSE_DATA_DIR", demo.data_dir())
            .env("NODE_EXTRA_CA_CERTS", demo.endpoint("ca_cert"))
            .output()
            .expect("node runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{file}:\n{said}\n{}\n{}",
            String::from_utf8_lossy(&output.stderr),
            demo.log()
        );
        assert!(
            said.contains("# fail 0") && !said.contains("# pass 0"),
            "{file}:\n{said}"
        );
    }
}
