//! What is exported, applied elsewhere and exported again is the same.

use std::path::Path;

use http::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;
use storage::Config;

use super::{Empty, FIXTURES, SECRET, SECRETS, files, fixture, ran, same};
use crate::support::{Demo, gatehouse};

#[test]
fn an_export_applied_elsewhere_and_exported_again_is_the_same() {
    let demo = Demo::start(false);
    let here = |args: &[&str]| {
        let mut command = gatehouse(demo.data_dir());
        ran(command.args(args).envs(FIXTURES).output().unwrap())
    };
    let work = tempfile::tempdir().unwrap();
    let (first, second) = (work.path().join("first"), work.path().join("second"));
    let (first_name, second_name) = (first.to_str().unwrap(), second.to_str().unwrap());

    here(&["apply", fixture().to_str().unwrap()]).well();
    here(&["export", first_name]).well();
    let exported = files(&first);
    assert_eq!(
        exported.get(Path::new("portals/coast/logo.png")),
        files(&fixture()).get(Path::new("portals/coast/logo.png")),
    );
    for secret in [
        "/management/client_secret",
        "/platform_token",
        "/portal/developer/password",
    ] {
        let secret = demo.saved(secret);
        let holds = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(&secret);
        assert!(!exported.values().any(holds), "an export holds a secret");
    }

    for (_, secret) in FIXTURES {
        let secret = secret.trim_matches(['[', '"', ']']);
        let holds = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(secret);
        assert!(!exported.values().any(holds), "an export holds {secret}");
    }

    let empty = Empty::start();
    let refused = empty.run(&["apply", first_name], &[]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains(SECRET), "{}", refused.err);
    assert!(
        refused.out.is_empty(),
        "nothing is done before everything is there: {}",
        refused.out
    );
    empty.run(&["apply", first_name], &SECRETS).well();
    empty.run(&["export", second_name], &[]).well();
    same(&first, &second);
    let again = empty.run(&["export", second_name], &[]);
    assert!(again.err.contains("--replace"), "{}", again.err);
    empty.run(&["export", "--replace", second_name], &[]).well();
    same(&first, &second);
}

/// What is declared twice over: PostgreSQL holds it as SQLite does.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_postgresql_is_that_of_sqlite() {
    let database = storage::testing::postgres(&[]).await;
    let Config::Postgres { url, .. } = &database.config else {
        panic!("it is PostgreSQL");
    };
    let url = url.expose_secret().to_owned();
    let walk = tokio::task::spawn_blocking(move || {
        let work = tempfile::tempdir().unwrap();
        let (first, second) = (work.path().join("first"), work.path().join("second"));
        let (first_name, second_name) = (first.to_str().unwrap(), second.to_str().unwrap());
        let there = Empty::start_with(&[("GATEHOUSE__DATABASE__URL", &url)]);
        let declared = fixture();
        there
            .run(&["apply", declared.to_str().unwrap()], &FIXTURES)
            .well();
        there.run(&["export", first_name], &[]).well();
        let back = Empty::start();
        back.run(&["apply", first_name], &SECRETS).well();
        back.run(&["export", second_name], &[]).well();
        same(&first, &second);
    });
    walk.await.unwrap();
}

/// Every kind that can be declared is in the fixture, so that what the tests walk is everything.
#[test]
fn the_fixture_holds_every_member_of_the_documentation() {
    let page = include_str!("../../../../../docs/APPLY.md");
    let text: String = files(&fixture())
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "yaml"))
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .collect();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(3));
    let words = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let missing: Vec<&str> = words
        .filter(|word| !text.contains(&format!("{word}:")))
        .collect();
    assert!(
        missing.is_empty(),
        "{missing:?} are in no file of the tests"
    );
}

#[test]
fn what_changed_at_the_api_alone_is_another_in_the_next_export() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    let (before, after) = (work.path().join("before"), work.path().join("after"));
    let (before_name, after_name) = (before.to_str().unwrap(), after.to_str().unwrap());
    let declared = fixture();
    empty
        .run(&["apply", declared.to_str().unwrap()], &FIXTURES)
        .well();
    empty.run(&["export", before_name], &[]).well();

    let portals = empty.call(Method::GET, "/v2/portals?filter[name]=Coast", None);
    let portal = portals["data"][0]["id"].as_str().unwrap();
    let change = json!({ "description": "For nobody." });
    empty.call(
        Method::PATCH,
        &format!("/v2/portals/{portal}"),
        Some(&change),
    );
    let networks = json!({ "allowed_ips": ["198.51.100.7"] });
    let list = format!("/v3/portals/{portal}/ip-allow-list");
    empty.call(Method::POST, &list, Some(&networks));
    let pages = format!("/v3/portals/{portal}/pages");
    let last = empty.call(Method::GET, &pages, None)["data"][1]["id"].clone();
    let place = format!("{pages}/{}/move", last.as_str().unwrap());
    empty.call(Method::POST, &place, Some(&json!({ "index": 0 })));

    let shown = empty.run(&["diff", before_name], &[]);
    assert_eq!(
        shown.out.lines().collect::<Vec<_>>(),
        [
            "~ portal Coast: description \"For nobody.\" -> \"For sailors.\"",
            "~ IP allow list Coast: allowed_ips -\"198.51.100.7\"",
            "~ order of pages in Coast: /, guides",
            "0 to create, 3 to change, 0 to delete",
        ],
        "{}",
        shown.err
    );
    empty.run(&["export", after_name], &[]).well();
    let (left, right) = (files(&before), files(&after));
    let differ = left
        .iter()
        .filter(|(path, bytes)| right.get(*path) != Some(bytes));
    let differ: Vec<&Path> = differ.map(|(path, _)| path.as_path()).collect();
    assert_eq!(differ, [Path::new("portals/coast/portal.yaml")]);

    empty.run(&["apply", before_name], &[]).well();
    empty.run(&["export", "--replace", after_name], &[]).well();
    same(&before, &after);
}
