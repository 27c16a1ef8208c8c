//! The commands that do not serve, and what they say when something is wrong.

use std::process::Output;

use crate::support::gatehouse;

fn run(args: &[&str], variables: &[(&str, &str)]) -> (bool, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut command = gatehouse(dir.path());
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .args(args)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    (
        status.success(),
        String::from_utf8_lossy(&stdout).into_owned(),
        String::from_utf8_lossy(&stderr).into_owned(),
    )
}

#[test]
fn version_and_completions_answer() {
    assert!(run(&["version"], &[]).1.starts_with("gatehouse 0."));
    assert!(run(&["completions", "bash"], &[]).1.contains("_gatehouse"));
}

#[test]
fn config_shows_where_a_key_came_from() {
    let (ok, out, _) = run(&["config", "show"], &[("GATEHOUSE__LOG__LEVEL", "debug")]);
    assert!(
        ok && out.contains("environment GATEHOUSE__LOG__LEVEL"),
        "{out}"
    );
    let (ok, out, _) = run(&["config", "schema"], &[]);
    assert!(ok && serde_json::from_str::<serde_json::Value>(&out).is_ok());
}

#[test]
fn an_unknown_key_names_the_nearest() {
    let (ok, _, err) = run(&["serve"], &[("GATEHOUSE__GATEWAY__LISTN", "x")]);
    assert!(
        !ok && err.contains("did you mean `gateway.listen`"),
        "{err}"
    );
}

#[test]
fn a_wrong_database_is_one_clear_sentence() {
    let (ok, _, err) = run(
        &["serve"],
        &[(
            "GATEHOUSE__DATABASE__URL",
            "postgres://user:hunter2@127.0.0.1:1/none",
        )],
    );
    assert!(
        !ok && err.contains("127.0.0.1:1") && !err.contains("hunter2"),
        "{err}"
    );
}

#[test]
fn a_data_directory_that_cannot_be_written_is_named() {
    // Root may write anywhere, but not below a file.
    let (ok, _, err) = run(&["serve", "--data-dir", "/proc/version/data"], &[]);
    assert!(
        !ok && err.contains("cannot write to the data directory"),
        "{err}"
    );
}

#[test]
fn tokens_are_shown_once_and_revoked() {
    let dir = tempfile::tempdir().unwrap();
    let gatehouse = |args: &[&str]| {
        let output = gatehouse(dir.path()).args(args).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let made = gatehouse(&["token", "create", "--name", "ci"]);
    let token = made
        .split_whitespace()
        .find(|word| word.starts_with("kpat_"))
        .expect("a personal token")
        .to_owned();
    let listed = gatehouse(&["token", "list"]);
    assert!(
        listed.contains("ci") && !listed.contains(&token),
        "{listed}"
    );
    gatehouse(&["token", "revoke", "ci"]);
    assert!(gatehouse(&["token", "list"]).contains("revoked"));
    let made = gatehouse(&[
        "token",
        "create",
        "--kind",
        "system-account",
        "--name",
        "node",
    ]);
    assert!(made.contains("spat_"), "{made}");
}
