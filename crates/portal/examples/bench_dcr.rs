//! What applications and looks at a DCR provider cost us, with a provider in this process that answers
//! at once: `scripts/bench dcr` runs it.
//!
//! `bench_dcr lifecycle KIND APPLICATIONS` creates, rotates and deletes applications, eight at a time.
//! `bench_dcr look KIND CLIENTS` looks at all clients, at nothing new, and at five that changed. Each
//! prints one JSON object. Memory is the resident memory of this process, in MiB; the provider is in it.

#![expect(clippy::print_stdout, reason = "the measurement is what it is run for")]

use std::time::Instant;

use serde_json::{Value, json};

use hands::{Hands, Part};
use server::bridge::{self, Bridge};
use server::registration::{self, Registration, Rules};
use server::{Server, way_out};
use world::{ProviderRow, World};

#[path = "../tests/applications/hands.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod hands;
#[path = "../../dcr/tests/vendors/server/mod.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod server;
#[path = "../tests/applications/world.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod world;

/// Applications that are made at the same time.
const AT_ONCE: usize = 8;

/// A developer may have no more than 500.
const BATCH: usize = 400;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let measured = match words.as_slice() {
        ["lifecycle", kind, many] => {
            let many = many.parse().expect("a number");
            runtime.block_on(lifecycle(&provider(kind), many))
        }
        ["look", kind, many] => {
            let many = many.parse().expect("a number");
            runtime.block_on(look(&provider(kind), many))
        }
        _ => panic!("bench_dcr lifecycle|look KIND NUMBER"),
    };
    println!("{measured}");
}

fn provider(kind: &str) -> Hands {
    match kind {
        "auth0" => hands::at_auth0(),
        "okta" => hands::at_okta(),
        "azureAd" => hands::at_entra(),
        "rfc7591" => hands::at_rfc7591(),
        "curity" => at_curity(),
        "http" => at_bridge(),
        _ => panic!("there is no provider {kind}"),
    }
}

fn at_curity() -> Hands {
    let rules = Rules {
        needs: Some("dcr"),
        once: true,
        read_rotates: true,
        managers: true,
        ..Rules::default()
    };
    let server = Server::new(Registration::with(rules));
    let row = ProviderRow {
        kind: "curity",
        issuer: registration::ISSUER,
        config: json!({ "initial_client_id": registration::ADMIN.0 }),
        secret: Some(registration::ADMIN.1),
    };
    unseen(row, |egress| {
        server.mounted(egress, &["https://as.example"])
    })
}

fn at_bridge() -> Hands {
    let server = Server::new(Bridge::default());
    let row = ProviderRow {
        kind: "http",
        issuer: bridge::ISSUER,
        config: json!({ "dcr_base_url": "https://bridge.example/dcr" }),
        secret: Some(bridge::KEY),
    };
    unseen(row, |egress| {
        server.mounted(egress, &[bridge::BRIDGE, bridge::ISSUER]);
    })
}

/// A provider at which nobody does anything by hand.
fn unseen(row: ProviderRow, mount: impl FnOnce(&egress::Egress)) -> Hands {
    let (egress, clock) = way_out();
    mount(&egress);
    Hands {
        row,
        egress,
        clock,
        clients: Box::new(Vec::new),
        edit: Box::new(|_, _, _| {}),
        remove: Box::new(|_| {}),
        copy: None,
        whole_pages: Box::new(|| {}),
        requests: Box::new(|| 0),
        forget_marks: Box::new(|| {}),
    }
}

async fn lifecycle(hands: &Hands, many: usize) -> Value {
    let world = hands.world().await;
    let world = &world;
    let idle = idle(world).await;
    let mut seconds = [0.0; 3];
    let mut made = 0;
    while made < many {
        let batch = BATCH.min(many - made);
        let lane = |lane: usize| (lane..batch).step_by(AT_ONCE).count();
        let begin = Instant::now();
        let created = futures_util::future::join_all((0..AT_ONCE).map(async |at| {
            let mut created = Vec::new();
            for _ in 0..lane(at) {
                created.push(world.application(world.dcr).await);
            }
            created
        }));
        let created = created.await;
        seconds[0] += begin.elapsed().as_secs_f64();
        let begin = Instant::now();
        let rotated = created.iter().map(async |lane| {
            for application in lane {
                let ctx = world.ctx();
                let rotated = world.applications.rotate_secret(&ctx, application).await;
                assert!(rotated.is_ok(), "{:?}", rotated.err());
            }
        });
        futures_util::future::join_all(rotated).await;
        seconds[1] += begin.elapsed().as_secs_f64();
        let begin = Instant::now();
        let deleted = created.iter().map(async |lane| {
            for application in lane {
                let ctx = world.ctx();
                let deleted = world.applications.delete(&ctx, application).await;
                assert!(deleted.is_ok(), "{:?}", deleted.err());
            }
        });
        futures_util::future::join_all(deleted).await;
        seconds[2] += begin.elapsed().as_secs_f64();
        made += batch;
    }
    let [created, rotated, deleted] = seconds.map(|seconds| {
        let many = u32::try_from(many).unwrap_or(u32::MAX);
        f64::from(many) / seconds
    });
    json!({
        "created": created,
        "rotated": rotated,
        "deleted": deleted,
        "idle": idle,
        "height": memory("VmHWM:"),
        "after": memory("VmRSS:"),
    })
}

async fn look(hands: &Hands, many: usize) -> Value {
    let world = hands.world().await;
    let idle = idle(&world).await;
    let clients = hands.many(&world, many).await;
    let filled = memory("VmRSS:");
    let all = pass(hands, &world).await;
    later(&world);
    // A mark is set a little back, so that this looks at some again.
    pass(hands, &world).await;
    later(&world);
    let nothing = pass(hands, &world).await;
    later(&world);
    for client in clients.iter().step_by(clients.len() / 5).take(5) {
        (hands.edit)(client, Part::Name, "by hand");
    }
    let five = pass(hands, &world).await;
    let now = world.applications.reconciliation(world.provider_id).await;
    assert_eq!(now.expect("a reconciliation").open.len(), 5);
    json!({ "idle": idle, "filled": filled, "all": all, "nothing": nothing, "five": five })
}

/// The memory of the process when everything was used once and there is next to nothing.
async fn idle(world: &World) -> f64 {
    let application = world.application(world.dcr).await;
    let deleted = world.applications.delete(&world.ctx(), &application).await;
    assert!(deleted.is_ok(), "{:?}", deleted.err());
    memory("VmRSS:")
}

fn later(world: &World) {
    world.clock.advance(std::time::Duration::from_secs(900));
}

/// One look: its time, its requests, and the memory that it took beyond what was there.
async fn pass(hands: &Hands, world: &World) -> Value {
    // Resets the highest resident memory (proc(5), `clear_refs`).
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (before, requests) = (memory("VmRSS:"), (hands.requests)());
    let begin = Instant::now();
    let passed = world
        .applications
        .pass(&world.ctx(), world.provider_id)
        .await;
    passed.expect("a pass");
    json!({
        "seconds": begin.elapsed().as_secs_f64(),
        "requests": (hands.requests)() - requests,
        "mebibytes": memory("VmHWM:") - before,
    })
}

fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.unwrap_or_default() / 1024.0
}
