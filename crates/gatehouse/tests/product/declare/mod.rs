//! An instance as a directory of YAML: exported, compared and applied with the binary.

mod differences;
mod mistakes;
mod there_and_back;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use egress::{Egress, Policy, Request};
use http::Method;
use serde_json::Value;

use crate::support::gatehouse;

/// An empty instance that serves.
struct Empty {
    child: Child,
    dir: tempfile::TempDir,
    token: String,
}

impl Empty {
    fn start() -> Self {
        Self::start_with(&[])
    }

    /// With settings by environment.
    fn start_with(settings: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = fs::File::create(dir.path().join("log.txt")).unwrap();
        let child = gatehouse(dir.path())
            .arg("serve")
            .envs(settings.iter().copied())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
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
            .envs(settings.iter().copied())
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

impl Empty {
    /// Calls the platform API.
    fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let endpoints = fs::read(self.dir.path().join("endpoints.json")).unwrap();
        let endpoints: Value = serde_json::from_slice(&endpoints).unwrap();
        let base = endpoints["platform"].as_str().unwrap();
        let mut request = Request::new(method, &format!("{base}{path}"))
            .header("authorization", &format!("Bearer {}", self.token));
        if let Some(body) = body {
            request = request.json(body);
        }
        let policy = Policy {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            ..Policy::default()
        };
        let egress = Egress::new(policy, oauth::Clock::system());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let answer = runtime.block_on(egress.send(request)).unwrap();
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status.is_success(), "{path}: {said}");
        serde_json::from_str(&said).unwrap_or_default()
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

/// Whether two directories hold the same, byte by byte.
fn same(left: &Path, right: &Path) {
    let (before, after) = (files(left), files(right));
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
    assert_eq!(before, after);
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
