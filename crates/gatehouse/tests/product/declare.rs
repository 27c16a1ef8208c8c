//! An instance as a directory of YAML: exported, compared and applied with the binary.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{Demo, gatehouse};

/// An empty instance that serves.
struct Empty {
    child: Child,
    dir: tempfile::TempDir,
    token: String,
}

impl Empty {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let child = gatehouse(dir.path()).arg("serve").spawn().unwrap();
        let mut empty = Self {
            child,
            dir,
            token: String::new(),
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !empty.dir.path().join("endpoints.json").exists() {
            assert!(Instant::now() < deadline, "the instance does not get ready");
            sleep(Duration::from_millis(20));
        }
        let made = gatehouse(empty.dir.path())
            .args(["token", "create", "--name", "declare"])
            .output()
            .unwrap();
        let made = String::from_utf8(made.stdout).unwrap();
        let token = made
            .split_whitespace()
            .find(|word| word.starts_with("kpat_"));
        token.unwrap().clone_into(&mut empty.token);
        empty
    }

    fn run(&self, args: &[&str], secrets: &[(&str, &str)]) -> Ran {
        ran(gatehouse(self.dir.path())
            .args(args)
            .env("GATEHOUSE_TOKEN", &self.token)
            .envs(secrets.iter().copied())
            .output()
            .unwrap())
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a command ended, and what it said.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ran {
    fn well(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }
}

/// Every file below a directory, by its path in it.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let inside = path.strip_prefix(root).unwrap().to_owned();
                found.insert(inside, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/product/declared")
}

const SECRET: &str = "GATEHOUSE_SECRET_AUTH0_DCR_PROVIDER_INITIAL_CLIENT_SECRET";

/// What an export asks for, of the demo with the fixture.
const SECRETS: [(&str, &str); 7] = [
    (SECRET, "known-elsewhere"),
    (
        "GATEHOUSE_SECRET_REGISTRY_INITIAL_ACCESS_TOKEN",
        "known-there",
    ),
    ("GATEHOUSE_SECRET_SEA_CLIENT_SECRET", "[\"known-at-sea\"]"),
    ("GATEHOUSE_SECRET_SEA_REDIS_PASSWORD", "known-below"),
    (
        "GATEHOUSE_SECRET_ORGANIZATION_AUDIT_LOG_AUTHORIZATION",
        "Bearer known-above",
    ),
    ("GATEHOUSE_SECRET_COAST_OIDC_CLIENT_SECRET", "known-too"),
    ("GATEHOUSE_SECRET_COAST_LOGS_AUTHORIZATION", "Bearer known"),
];

/// What the fixture asks for.
const FIXTURES: [(&str, &str); 6] = [
    ("COAST_CLIENT_SECRET", "c0ast-cl1ent"),
    ("REGISTRY_TOKEN", "reg1stry-t0ken"),
    ("SEA_SECRETS", "[\"sea-s3cret\"]"),
    ("SEA_CACHE", "sea-c4che"),
    ("ORGANIZATION_LOGS", "Bearer organ1zation-l0gs"),
    ("COAST_LOGS", "Bearer c0ast-l0gs"),
];

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
    let (before, after) = (files(&first), files(&second));
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &before {
        let (left, right) = (
            String::from_utf8_lossy(bytes),
            String::from_utf8_lossy(&after[path]),
        );
        assert_eq!(left, right, "{}", path.display());
    }
    let again = empty.run(&["export", second_name], &[]);
    assert!(again.err.contains("--replace"), "{}", again.err);
    empty.run(&["export", "--replace", second_name], &[]).well();
    assert_eq!(files(&second), before);
}

#[test]
fn what_differs_is_shown_then_done_and_then_nothing_differs() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    copy(&fixture(), work.path());
    let folder = work.path().to_str().unwrap();
    let shown = empty.run(&["diff", folder], &[]);
    assert_eq!(shown.code, Some(2), "{}{}", shown.out, shown.err);
    assert!(
        shown.out.contains("+ document Tides / start / details"),
        "{}",
        shown.out
    );
    empty.run(&["apply", folder], &FIXTURES).well();
    assert!(
        empty
            .run(&["diff", folder], &[])
            .well()
            .contains("everything is as declared")
    );

    let edit = |file: &str, from: &str, to: &str| {
        let path = work.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    edit(
        "portals/coast/portal.yaml",
        "For sailors.",
        "For every sailor.",
    );
    edit(
        "portals/coast/portal.yaml",
        "auto_approve_registration: false",
        "auto_approve_registration: true",
    );
    edit("api-products/tides/docs/start.md", "Ask", "Just ask");
    edit("portals/coast/start.md", "every", "each");
    let soon = "        status: unpublished\n        content: Soon.\n";
    let now = "        status: published\n        content: Now.\n";
    edit("portals/coast/portal.yaml", soon, now);
    edit("control-planes/default.yaml", "port: 80", "port: 8080");
    edit(
        "portals/coast/portal.yaml",
        "[sailors, captains]",
        "[sailors]",
    );
    edit(
        "portals/coast/portal.yaml",
        "      - { role: API Viewer, product: Tides }\n",
        "",
    );
    let admin =
        "      - name: tides-admin\n        paths: [/tides/admin]\n        methods: [GET]\n";
    edit("control-planes/default.yaml", admin, "");
    let expected = [
        "~ service default / tides: port",
        "~ document Tides / start: content",
        "~ portal Coast: description",
        "~ published version Coast / Tides / v1: auto_approve_registration",
        "~ team Coast / Crew: groups, roles",
        "~ page Coast / /: content",
        "~ page Coast / guides / knots: content, status",
    ];
    let shown = empty.run(&["diff", folder], &[]).out;
    assert_eq!(
        shown.lines().take(7).collect::<Vec<_>>(),
        expected,
        "{shown}"
    );
    assert!(shown.contains("1 more there, not declared"), "{shown}");
    let done = empty.run(&["apply", "--prune", folder], &[]).well();
    assert!(
        done.contains("- route default / tides / tides-admin"),
        "{done}"
    );
    assert!(
        empty
            .run(&["diff", "--prune", folder], &[])
            .well()
            .contains("everything is as declared")
    );
}

#[test]
fn what_is_wrong_with_a_directory_is_named() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().to_str().unwrap();
    fs::create_dir_all(work.path().join("portals")).unwrap();
    let portal = work.path().join("portals/a.yaml");
    for (text, said) in [
        ("name: [", "portals/a.yaml:1:"),
        (
            "description: x",
            "portals/a.yaml:1:1: a portal must have \"name\"",
        ),
        (
            "name: A\nproducts: x",
            "portals/a.yaml:2:11: \"products\" must be a list",
        ),
        (
            "name: 1.0",
            "portals/a.yaml:1:7: \"name\" must be a text: put 1.0 in quotes",
        ),
        (
            "name: A\nis_pubic: true",
            "portals/a.yaml:2:1: a portal has no member \"is_pubic\"; did you mean \"is_public\"?",
        ),
        (
            "name: A\ndescription: ${NOWHERE}",
            "portals/a.yaml:2:14: the environment variable NOWHERE is not set",
        ),
        (
            "name: A\nauthentication_settings:\n  oidc_config: { client_secret: abc }",
            "portals/a.yaml:3:33: \"client_secret\" is a secret",
        ),
        (
            "name: A\nproducts: [{ product: B }]",
            "publication A / B refers to API product B",
        ),
        (
            "name: A\ndefault_application_auth_strategy: Nothing",
            "portals/a.yaml:1:1: portal A refers to auth strategy Nothing: it is neither declared nor in this instance",
        ),
        ("name: A\nis_public: perhaps", "is_public"),
        (
            "name: A\nappearance: { images: { logo: { file: ../../a.png } } }",
            "must lie beside it",
        ),
    ] {
        fs::write(&portal, text).unwrap();
        let refused = empty.run(&["apply", folder], &[]);
        assert_eq!(refused.code, Some(1), "{text}");
        assert!(refused.err.contains(said), "{text}: {}", refused.err);
    }
    fs::write(&portal, "name: A").unwrap();
    fs::write(work.path().join("portals/b.yaml"), "name: A").unwrap();
    let refused = empty.run(&["apply", folder], &[]);
    assert!(
        refused.err.contains("portal A is declared twice"),
        "{}",
        refused.err
    );
    fs::create_dir(work.path().join("portal")).unwrap();
    let refused = empty.run(&["apply", folder], &[]);
    assert!(
        refused.err.contains("is none of the folders that are read (control-planes, dcr-providers, auth-strategies, api-products, \
             audit-log-destinations, portals); did you mean \"portals\"?"),
        "{}",
        refused.err
    );
}
