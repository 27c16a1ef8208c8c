//! What an action adds to a request: `cargo bench -p actions`.
//!
//! "Warm" is a request that finds a context ready, as one does that comes after a pause; the pause
//! is not measured. "In a row" is one request after the other without a pause, where making
//! contexts is part of the price. Overshoot and memory are printed. With `node` on the path, its
//! answers to the same handler over a pipe stand beside ours; that process keeps its state between
//! requests, which ours does not.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop and print"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use actions::modules::{Limits, install};
use actions::{Api, Dependency, Engine, Execution, Modules, Outcome, Program, Settings};
use axum::Router;
use axum::routing::any;
use criterion::{Criterion, criterion_group, criterion_main};
use egress::{Egress, Policy};
use oauth::Clock;
use serde_json::json;
use tokio::runtime::Runtime;

const EMPTY: &str = "exports.handle = async (event, api) => {};";
const CLAIM: &str = "exports.handle = async (event, api) => {
    api.accessToken.setCustomClaim('https://example.com/portal', event.client.metadata.konnect_portal_id);
};";
const AXIOS: &str = "const axios = require('axios'); exports.handle = async (event, api) => {};";
const TWO_CALLS: &str = "const axios = require('axios');
exports.handle = async (event, api) => {
    const { data } = await axios.post('https://tenant.example/oauth/token', { grant_type: 'client_credentials' });
    await axios.patch('https://tenant.example/api/v2/clients/' + event.client.client_id, { name: 'a+b+c' },
        { headers: { Authorization: `Bearer ${data.access_token}` } });
};";

/// How long a context may take to be made again; not measured.
const PAUSE: Duration = Duration::from_millis(8);

struct Bench {
    runtime: Runtime,
    engine: Engine,
}

impl Bench {
    fn new(warm: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let egress = Egress::new(Policy::default(), Clock::system());
        let answer = any(async || axum::Json(json!({ "access_token": "token" })));
        let router = Router::new()
            .route("/oauth/token", answer.clone())
            .route("/api/v2/clients/{id}", answer);
        egress.mount("https://tenant.example", &router);
        let settings = Settings {
            warm,
            warm_programs: if warm == 0 { 0 } else { 16 },
            ..Settings::new(egress)
        };
        let engine = Engine::start(settings).unwrap();
        Self { runtime, engine }
    }

    fn run(&self, program: &Arc<Program>, time: Duration) -> Outcome {
        let execution = Execution {
            program: Arc::clone(program),
            handler: "handle".to_owned(),
            event: json!({ "client": { "client_id": "c", "metadata": { "konnect_portal_id": "p" } }, "request": { "ip": "1.2.3.4" } }),
            secrets: BTreeMap::new(),
            api: Api::new(&["access.deny", "accessToken.setCustomClaim"]),
            cache: BTreeMap::new(),
            deadline: Instant::now() + time,
        };
        self.runtime.block_on(self.engine.run(execution))
    }

    fn answer(&self, program: &Arc<Program>) {
        let outcome = self.run(program, Duration::from_secs(20));
        assert!(outcome.result.is_ok(), "{outcome:?}");
        black_box(outcome);
    }
}

fn program(source: &str, modules: &Modules) -> Arc<Program> {
    Arc::new(Program::compile("action.js", source, modules.clone()).unwrap())
}

/// The axios that the clients' tests install, by way of a registry in this process.
fn axios() -> Modules {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/clients/node_modules/axios"
    );
    let read = |path: &str| {
        std::fs::read_to_string(format!("{folder}/{path}"))
            .expect("run npm ci in tests/clients first")
    };
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
        Vec::new(),
        flate2::Compression::fast(),
    ));
    for path in ["package.json", "dist/browser/axios.cjs"] {
        tar.append_path_with_name(format!("{folder}/{path}"), format!("package/{path}"))
            .unwrap();
    }
    let archive = tar.into_inner().unwrap().finish().unwrap();
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, &archive);
    let sum = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sum);
    let mut manifest: serde_json::Value = serde_json::from_str(&read("package.json")).unwrap();
    manifest["dependencies"] = json!({});
    manifest["dist"] = json!({ "tarball": "https://registry.example/axios.tgz", "integrity": format!("sha512-{sum}") });
    let version = manifest["version"].clone();
    let list = json!({ "dist-tags": { "latest": version }, "versions": { version.as_str().unwrap(): manifest } });
    let router = Router::new()
        .route("/axios", any(async move || axum::Json(list)))
        .route("/axios.tgz", any(async move || archive));
    let egress = Egress::new(Policy::default(), Clock::system());
    egress.mount("https://registry.example", &router);
    let wanted = [Dependency {
        name: "axios".to_owned(),
        version: String::new(),
    }];
    let url = url::Url::parse("https://registry.example").unwrap();
    let runtime = Runtime::new().unwrap();
    runtime
        .block_on(install(&egress, &url, &wanted, Limits::default()))
        .unwrap()
}

fn actions(criterion: &mut Criterion) {
    let axios = axios();
    let programs = [
        ("empty", program(EMPTY, &Modules::default())),
        ("claim", program(CLAIM, &Modules::default())),
        ("axios", program(AXIOS, &axios)),
        ("two calls", program(TWO_CALLS, &axios)),
    ];
    let (warm, cold) = (Bench::new(2), Bench::new(0));
    for (name, program) in &programs {
        warm.answer(program);
        cold.answer(program);
        criterion.bench_function(&format!("warm/{name}"), |bencher| {
            bencher.iter_custom(|times| {
                let mut sum = Duration::ZERO;
                for _ in 0..times {
                    sleep(PAUSE);
                    let started = Instant::now();
                    warm.answer(program);
                    sum += started.elapsed();
                }
                sum
            });
        });
        criterion.bench_function(&format!("in a row/{name}"), |bencher| {
            bencher.iter(|| warm.answer(program))
        });
        criterion.bench_function(&format!("cold/{name}"), |bencher| {
            bencher.iter(|| cold.answer(program))
        });
    }
    inside(&warm, &programs);
    overshoot(&warm);
    memory(&warm, &programs);
    if Command::new("node").arg("--version").output().is_ok() {
        let mut node = Node::start();
        criterion.bench_function("node over a pipe/empty", |bencher| {
            bencher.iter(|| node.answer())
        });
        criterion.bench_function("node over a pipe/empty after a pause", |bencher| {
            bencher.iter_custom(|times| {
                let mut sum = Duration::ZERO;
                for _ in 0..times {
                    sleep(PAUSE);
                    let started = Instant::now();
                    node.answer();
                    sum += started.elapsed();
                }
                sum
            });
        });
    }
}

/// What an execution takes on its own thread, without the ways there and back.
fn inside(bench: &Bench, programs: &[(&str, Arc<Program>)]) {
    for (name, program) in programs {
        let mut took: Vec<Duration> = (0..200)
            .map(|_| {
                sleep(PAUSE);
                bench.run(program, Duration::from_secs(20)).elapsed
            })
            .collect();
        took.sort();
        println!(
            "inside/{name}: median {:?}, fastest {:?}",
            took[100], took[0]
        );
    }
}

/// How much later than its deadline an endless loop ends.
fn overshoot(bench: &Bench) {
    let program = program(
        "exports.handle = () => { for (;;) {} };",
        &Modules::default(),
    );
    let mut late: Vec<Duration> = (0..40)
        .map(|_| {
            let started = Instant::now();
            let time = Duration::from_millis(50);
            assert!(bench.run(&program, time).result.is_err());
            started.elapsed() - time
        })
        .collect();
    late.sort();
    println!(
        "deadline overshoot: median {:?}, worst of 40 {:?}",
        late[20], late[39]
    );
}

/// What a context that is ready weighs.
fn memory(bench: &Bench, programs: &[(&str, Arc<Program>)]) {
    for (name, program) in programs {
        sleep(PAUSE);
        let outcome = bench.run(program, Duration::from_secs(20));
        println!("heap of {name}: {} KiB", outcome.memory / 1024);
    }
}

struct Node {
    child: std::process::Child,
    input: std::process::ChildStdin,
    output: BufReader<std::process::ChildStdout>,
}

impl Node {
    fn start() -> Self {
        let source = format!(
            "{EMPTY} const lines = require('readline').createInterface({{ input: process.stdin }});
             lines.on('line', async (line) => {{ const commands = []; await exports.handle(JSON.parse(line), {{}});
                 process.stdout.write(JSON.stringify(commands) + '\\n'); }});"
        );
        let mut child = Command::new("node")
            .args(["-e", &source])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn answer(&mut self) {
        let event =
            json!({ "client": { "client_id": "c", "metadata": { "konnect_portal_id": "p" } } });
        writeln!(self.input, "{event}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert_eq!(line, "[]\n");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configured() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = configured(); targets = actions }
criterion_main!(benches);
