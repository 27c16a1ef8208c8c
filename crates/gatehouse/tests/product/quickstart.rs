//! The first thing a new user types, and what it promises.

use std::process::Command;

use crate::support::{Demo, free_ports, gatehouse};

#[test]
fn the_story_holds_and_ends_with_status_zero() {
    let dir = tempfile::tempdir().unwrap();
    // The same ports both times, as an operator would have them: the issuer's address is part of its identity.
    let ports = free_ports();
    let output = gatehouse(dir.path())
        .envs(ports.clone())
        .args(["quickstart", "--exit"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        said.contains("the deleted application: 401 at once") && said.contains("steps held"),
        "{said}"
    );
    assert!(
        !dir.path().join("endpoints.json").exists(),
        "endpoints.json goes with the process"
    );

    // A second start in the same directory comes back to what is there.
    let again = gatehouse(dir.path())
        .envs(ports)
        .args(["quickstart", "--exit"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(
        again.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&again.stderr)
    );
    assert!(said.contains("comes back"), "{said}");
}

#[test]
fn the_printed_curl_works_as_printed() {
    let demo = Demo::start(false);
    let log = demo.log();
    let line = log
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("curl "))
        .expect("a curl to paste");
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("{line} -s -w '%{{http_code}}'"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.ends_with("200"), "{line}\n{said}");
}

#[test]
fn no_secret_lies_in_a_file_that_others_may_read_or_in_the_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let demo = Demo::start(false);
    for (name, mode) in [("quickstart.json", 0o600), ("keys", 0o700)] {
        let found = demo
            .data_dir()
            .join(name)
            .metadata()
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(found, mode, "{name}");
    }
    let secret = demo.saved("/management/client_secret");
    let database = std::fs::read(demo.data_dir().join("gatehouse.db")).unwrap();
    let wal = std::fs::read(demo.data_dir().join("gatehouse.db-wal")).unwrap_or_default();
    let holds = |bytes: &[u8], text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    for text in [
        &secret,
        &demo.saved("/platform_token"),
        &demo.saved("/portal/developer/password"),
    ] {
        assert!(
            !holds(&database, text) && !holds(&wal, text),
            "a secret lies unsealed in the database"
        );
    }
    assert!(!demo.log().contains(&secret));
}

#[test]
fn a_signal_drains_and_ends_with_status_zero() {
    let demo = Demo::start(false);
    let endpoints = demo.data_dir().join("endpoints.json");
    assert!(endpoints.exists());
    let dir = demo.data_dir().to_path_buf();
    let status = demo.terminate();
    assert!(status.success(), "{status}");
    assert!(!dir.join("endpoints.json").exists());
}
