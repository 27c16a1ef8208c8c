//! A gateway as a process of its own: it follows the control plane, and serves while that is away.

use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{Demo, gatehouse, signal, wait};
use serde_json::{Value, json};

/// A `gatehouse gateway` with a data directory of its own.
struct Node {
    child: Child,
    dir: tempfile::TempDir,
}

impl Node {
    fn start(demo: &Demo, dir: tempfile::TempDir) -> Self {
        Self::follow(
            &demo.endpoint("platform"),
            &demo.saved("/platform_token"),
            dir,
        )
    }

    /// Nothing listens where its control plane should be.
    fn start_alone(dir: tempfile::TempDir) -> Self {
        Self::follow("http://127.0.0.1:9", "spat_nobody", dir)
    }

    fn follow(control_plane: &str, token: &str, dir: tempfile::TempDir) -> Self {
        let mut command = gatehouse(dir.path());
        command
            .arg("gateway")
            .env("GATEHOUSE__GATEWAY__CONTROL_PLANE", control_plane)
            .env("GATEHOUSE__GATEWAY__CONTROL_PLANE_TOKEN", token)
            .env("GATEHOUSE__GATEWAY__NODE", "node-1")
            // The tenant and the control plane of the test are on this machine.
            .env("GATEHOUSE__EGRESS__ALLOW", "127.0.0.0/8");
        let node = Self {
            child: command.spawn().expect("the binary starts"),
            dir,
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while !node.dir.path().join("endpoints.json").exists() {
            assert!(Instant::now() < deadline, "the gateway does not get ready");
            sleep(Duration::from_millis(20));
        }
        node
    }

    fn url(&self) -> String {
        let text = std::fs::read_to_string(self.dir.path().join("endpoints.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["gateway"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn stop(mut self) -> tempfile::TempDir {
        signal(&self.child, "TERM");
        assert!(wait(&mut self.child).success());
        let Self { dir, .. } = &mut self;
        std::mem::replace(dir, tempfile::tempdir().unwrap())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn curl(args: &[&str]) -> String {
    let output = Command::new("curl")
        .args(["-s", "--max-time", "20"])
        .args(args)
        .output()
        .expect("curl runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn status(url: &str, authorization: &str) -> String {
    curl(&[
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-H",
        &format!("Authorization: {authorization}"),
        url,
    ])
}

/// Signs the demo's developer in and answers with a cookie file.
pub(crate) fn sign_in(demo: &Demo) -> String {
    let jar = demo.data_dir().join("cookies.txt").display().to_string();
    let body = json!({ "username": demo.saved("/portal/developer/email"), "password": demo.saved("/portal/developer/password") });
    let url = format!("{}/api/v2/developer/authenticate", demo.endpoint("portal"));
    curl(&[
        "-c",
        &jar,
        "-H",
        "content-type: application/json",
        "-d",
        &body.to_string(),
        &url,
    ]);
    assert!(Path::new(&jar).exists());
    jar
}

/// Calls the portal's client API as the developer: the head of the answer, and its body.
pub(crate) fn portal(
    demo: &Demo,
    jar: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> (String, Value) {
    let url = format!("{}/api/v2/{path}", demo.endpoint("portal"));
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let out = curl(&[
        "-i",
        "-b",
        jar,
        "-X",
        method,
        "-H",
        "content-type: application/json",
        "-d",
        &body,
        &url,
    ]);
    let (head, body) = out.split_once("\r\n\r\n").unwrap_or((&out, ""));
    (
        head.to_ascii_lowercase(),
        serde_json::from_str(body).unwrap_or(Value::Null),
    )
}

/// Creates and registers an application; answers with its id and its `Authorization`.
fn application(demo: &Demo, jar: &str) -> (String, String) {
    let body = json!({ "name": "node test", "auth_strategy_id": demo.saved("/auth_strategy_id") });
    let (_, made) = portal(demo, jar, "POST", "applications", Some(body));
    let id = made["id"].as_str().expect("an application").to_owned();
    let body = json!({ "product_version_id": demo.saved("/product_version_id") });
    portal(
        demo,
        jar,
        "POST",
        &format!("applications/{id}/registrations"),
        Some(body),
    );
    let part = |name: &str| made["credentials"][name].as_str().unwrap().to_owned();
    (
        id,
        format!("Basic {}:{}", part("client_id"), part("client_secret")),
    )
}

#[test]
fn a_node_follows_obeys_at_once_and_serves_while_the_control_plane_is_away() {
    let demo = Demo::start(false);
    let node = Node::start(&demo, tempfile::tempdir().unwrap());
    let call = format!("{}{}/forecast", node.url(), demo.saved("/route"));
    let jar = sign_in(&demo);
    let (kept, kept_authorization) = application(&demo, &jar);
    let (deleted, deleted_authorization) = application(&demo, &jar);
    assert_eq!(status(&call, "Basic nobody:nothing"), "401");
    assert_eq!(status(&call, &kept_authorization), "200");
    assert_eq!(status(&call, &deleted_authorization), "200");

    // Revocation holds at the node when the call returns: nothing is waited for here.
    let (head, _) = portal(
        &demo,
        &jar,
        "DELETE",
        &format!("applications/{deleted}"),
        None,
    );
    assert!(
        head.contains(" 204") && !head.contains("gatehouse-lagging-nodes"),
        "{head}"
    );
    assert_eq!(status(&call, &deleted_authorization), "401");
    let path = format!("applications/{kept}/refresh-token");
    let (_, rotated) = portal(&demo, &jar, "POST", &path, None);
    assert_eq!(status(&call, &kept_authorization), "401");
    let authorization = format!(
        "Basic {}:{}",
        rotated["client_id"].as_str().unwrap(),
        rotated["client_secret"].as_str().unwrap()
    );
    assert_eq!(status(&call, &authorization), "200");

    // A node that cannot confirm is named, after a bounded wait.
    signal(&node.child, "STOP");
    let (head, _) = portal(&demo, &jar, "POST", &path, None);
    assert!(
        head.contains(" 201") && head.contains("gatehouse-lagging-nodes: node-1"),
        "{head}"
    );
    signal(&node.child, "CONT");

    // With the control plane gone, a node that starts knows the routes and their guards from its disk.
    let dir = node.stop();
    drop(demo);
    let again = Node::start_alone(dir);
    let call = format!("{}/weather/forecast", again.url());
    assert_eq!(status(&call, "none"), "401");
}
