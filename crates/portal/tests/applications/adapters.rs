//! Every adapter under the portal, against the server that behaves as its vendor documents: faults of
//! the vendor and of our own process leave no half-made application, and no client without one.

use std::sync::Arc;
use std::time::Duration;

use dcr::testing::{Faulty, Memory};
use egress::Egress;
use oauth::Clock;
use portal::Error;
use portal::service::applications::{ApplicationChanges, Connect};
use serde_json::{Value, json};
use storage::testing::databases;

use crate::faults::dies;
use crate::server::bridge::{self, Bridge};
use crate::server::entra::{self, Entra};
use crate::server::okta::{self, Org};
use crate::server::registration::{self, Registration, Rules};
use crate::server::{Answer, Fault, Server, answer, way_out};
use crate::world::{ProviderRow, World};

/// Makes the vendor fail a call, which is named by its method and path.
type Fail = Box<dyn Fn(&str, Fault)>;

/// A vendor of any kind.
struct Vendor {
    row: ProviderRow,
    egress: Egress,
    clock: Clock,
    /// The call that makes a client, and the one that removes it.
    creates: &'static str,
    removes: &'static str,
    /// Whether a client is found whose making got no answer.
    finds_lost: bool,
    fail: Fail,
    clients: Box<dyn Fn() -> Vec<String>>,
}

fn row(
    kind: &'static str,
    issuer: &'static str,
    config: Value,
    secret: &'static str,
) -> ProviderRow {
    ProviderRow {
        kind,
        issuer,
        config,
        secret: Some(secret),
    }
}

fn okta() -> Vendor {
    let (egress, clock) = way_out();
    let server = Server::new(Org::default());
    server.mounted(&egress, &[okta::ORG]);
    let watched = server.clone();
    Vendor {
        row: row(
            "okta",
            "https://org.okta.test/oauth2/default",
            json!({}),
            okta::TOKEN,
        ),
        egress,
        clock,
        creates: "POST /api/v1/apps",
        removes: "DELETE /api/v1/apps",
        finds_lost: true,
        fail: Box::new(move |line, fault| server.fail(line, fault)),
        clients: Box::new(move || watched.with(|org| org.apps.keys().cloned().collect())),
    }
}

fn entra() -> Vendor {
    let (egress, clock) = way_out();
    let server = Server::new(Entra::default());
    server.mounted(&egress, &[entra::LOGIN, entra::STS, entra::GRAPH]);
    let watched = server.clone();
    Vendor {
        row: row(
            "azureAd",
            "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
            json!({ "initial_client_id": entra::ADMIN.0 }),
            entra::ADMIN.1,
        ),
        egress,
        clock,
        creates: "PATCH /v1.0/applications(uniqueName",
        removes: "DELETE /v1.0/applications",
        finds_lost: true,
        fail: Box::new(move |line, fault| server.fail(line, fault)),
        clients: Box::new(move || watched.with(|entra| entra.apps.keys().cloned().collect())),
    }
}

fn registering(kind: &'static str, config: Value, secret: &'static str, rules: Rules) -> Vendor {
    let (egress, clock) = way_out();
    let server = Server::new(Registration::with(rules));
    server.mounted(&egress, &["https://as.example"]);
    let watched = server.clone();
    Vendor {
        row: row(kind, registration::ISSUER, config, secret),
        egress,
        clock,
        creates: "POST /tenant/register",
        removes: "DELETE /tenant/register",
        finds_lost: false,
        fail: Box::new(move |line, fault| server.fail(line, fault)),
        clients: Box::new(move || watched.with(|server| server.clients.keys().cloned().collect())),
    }
}

fn curity() -> Vendor {
    let rules = Rules {
        needs: Some("dcr"),
        once: true,
        read_rotates: true,
        managers: true,
        ..Rules::default()
    };
    let config = json!({ "initial_client_id": registration::ADMIN.0 });
    registering("curity", config, registration::ADMIN.1, rules)
}

fn rfc7591() -> Vendor {
    let rules = Rules {
        initial_token: Some("by-hand"),
        replace_rotates: true,
        ..Rules::default()
    };
    registering("rfc7591", json!({}), "by-hand", rules)
}

fn http() -> Vendor {
    let (egress, clock) = way_out();
    let server = Server::new(Bridge::default());
    server.mounted(&egress, &[bridge::BRIDGE, bridge::ISSUER]);
    let watched = server.clone();
    Vendor {
        row: row(
            "http",
            bridge::ISSUER,
            json!({
                "dcr_base_url": "https://bridge.example/dcr",
                "allow_multiple_credentials": true,
            }),
            bridge::KEY,
        ),
        egress,
        clock,
        creates: "POST /dcr/",
        removes: "DELETE /dcr/",
        finds_lost: false,
        fail: Box::new(move |line, fault| server.fail(line, fault)),
        clients: Box::new(move || watched.with(|bridge| bridge.clients.keys().cloned().collect())),
    }
}

const VENDORS: [fn() -> Vendor; 5] = [okta, entra, curity, rfc7591, http];

impl Vendor {
    async fn worlds(make: fn() -> Self) -> Vec<(Self, World)> {
        let mut worlds = Vec::new();
        for database in databases(&[portal::MIGRATIONS]).await {
            let vendor = make();
            let (egress, clock) = (vendor.egress.clone(), vendor.clock.clone());
            let connect: Connect =
                Arc::new(move |settings| dcr::connect(settings, &egress, clock.clone()));
            let memory = Memory::new("", &[]);
            let faults = (memory.clone(), Arc::new(Faulty::new(Arc::new(memory))));
            let clock = vendor.clock.clone();
            let world = World::connected(database, clock, &vendor.row, connect, faults).await;
            worlds.push((vendor, world));
        }
        worlds
    }

    fn name(&self, world: &World) -> String {
        format!("{} on {}", self.row.kind, world.name)
    }

    /// No application is half made; each client has its application.
    async fn assert_settled(&self, world: &World, after: &str) {
        let states = world.states().await;
        let name = self.name(world);
        for (id, status) in &states {
            assert_eq!(status, "active", "{name}: {id} after {after}");
        }
        let clients = (self.clients)();
        assert_eq!(
            clients.len(),
            states.len(),
            "{name}: {clients:?} after {after}"
        );
    }
}

fn refusals() -> Vec<(&'static str, Answer)> {
    let mut limited = answer(429, Value::Null);
    limited.headers.push(("retry-after", "60".to_owned()));
    vec![
        ("a refusal", answer(400, Value::Null)),
        ("a rate limit", limited),
        ("a fault", answer(503, Value::Null)),
    ]
}

#[tokio::test]
async fn an_application_lives_its_life_at_every_provider() {
    for make in VENDORS {
        for (vendor, world) in Vendor::worlds(make).await {
            let name = vendor.name(&world);
            let created = world.create(world.dcr).await;
            let created = created
                .unwrap_or_else(|error| panic!("{name}: {error}"))
                .value;
            assert!(created.client_secret.is_some(), "{name}");
            let application = created.application;
            assert_eq!(
                (vendor.clients)(),
                std::slice::from_ref(&application.reference_id),
                "{name}"
            );
            let changes = ApplicationChanges {
                name: Some("renamed".to_owned()),
                ..ApplicationChanges::default()
            };
            let ctx = world.ctx();
            let updated = world.applications.update(&ctx, &application, changes).await;
            assert_eq!(updated.expect(&name).value.name, "renamed", "{name}");
            let rotated = world.applications.rotate_secret(&ctx, &application).await;
            assert!(rotated.is_ok(), "{name}: {:?}", rotated.err());
            let deleted = world.applications.delete(&ctx, &application).await;
            assert!(deleted.is_ok(), "{name}");
            assert!((vendor.clients)().is_empty(), "{name}");
            assert!(world.states().await.is_empty(), "{name}");
            let sql = "SELECT COUNT(*) AS kept FROM portal_dcr_client";
            let rows = world.db.query(sql, Vec::new()).await.unwrap();
            assert_eq!(rows[0].get::<i64>("kept").unwrap(), 0, "{name}");
        }
    }
}

#[tokio::test]
async fn what_a_provider_refuses_leaves_nothing_and_can_be_repeated() {
    for make in VENDORS {
        for (vendor, world) in Vendor::worlds(make).await {
            for (what, refusal) in refusals() {
                let mut new = world.new_application(world.dcr);
                new.idempotency_key = Some("again".to_owned());
                (vendor.fail)(vendor.creates, Fault::Answers(refusal));
                let created = world.applications.create(&world.ctx(), new.clone()).await;
                let name = vendor.name(&world);
                assert!(matches!(created, Err(Error::Provider(_))), "{name}: {what}");
                world.reconcile().await;
                vendor.assert_settled(&world, what).await;
                let again = world.applications.create(&world.ctx(), new).await;
                let again = again.unwrap_or_else(|error| panic!("{name} after {what}: {error}"));
                let application = again.value.application;
                let deleted = world.applications.delete(&world.ctx(), &application).await;
                assert!(deleted.is_ok(), "{name}: {what}");
            }
        }
    }
}

#[tokio::test]
async fn a_deletion_is_finished_when_the_provider_is_back() {
    for make in VENDORS {
        for (vendor, world) in Vendor::worlds(make).await {
            let application = world.application(world.dcr).await;
            (vendor.fail)(vendor.removes, Fault::Answers(answer(503, Value::Null)));
            let deleted = world.applications.delete(&world.ctx(), &application).await;
            let name = vendor.name(&world);
            assert!(deleted.is_ok(), "{name}");
            assert_eq!((vendor.clients)().len(), 1, "{name}: it is still there");
            world.reconcile().await;
            vendor
                .assert_settled(&world, "a deletion that was put off")
                .await;
            assert!((vendor.clients)().is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_nothing_where_clients_can_be_found() {
    for make in VENDORS {
        for (vendor, world) in Vendor::worlds(make).await {
            (vendor.fail)(vendor.creates, Fault::AnswerLost);
            let created = world.create(world.dcr).await;
            assert!(created.is_err(), "{}", vendor.name(&world));
            world.clock.advance(Duration::from_secs(60));
            world.reconcile().await;
            assert!(world.states().await.is_empty(), "{}", vendor.name(&world));
            // Neither RFC 7591 nor the bridge can be asked for a client that nobody knows the id of.
            let left = usize::from(!vendor.finds_lost);
            assert_eq!((vendor.clients)().len(), left, "{}", vendor.name(&world));
        }
    }
}

#[tokio::test]
async fn a_process_that_dies_at_any_step_leaves_no_half_made_application() {
    for make in VENDORS {
        for (vendor, world) in Vendor::worlds(make).await {
            let mut steps = 0;
            loop {
                let new = world.new_application(world.dcr);
                let ctx = world.ctx();
                let created = dies(steps, world.applications.create(&ctx, new)).await;
                world.reconcile().await;
                let after = format!("dying at step {steps}");
                let name = vendor.name(&world);
                for (id, status) in world.states().await {
                    assert_eq!(status, "active", "{name}: {id} after {after}");
                }
                if vendor.finds_lost {
                    vendor.assert_settled(&world, &after).await;
                }
                if let Some(created) = created {
                    assert!(created.is_ok(), "{name}");
                    break;
                }
                steps += 1;
            }
        }
    }
}

const HOUR: Duration = Duration::from_secs(3600);

/// The clients that the vendor has while one secret of one application follows another.
fn during_an_overlap(vendor: &Vendor) -> usize {
    match vendor.row.kind {
        "okta" | "azureAd" => 1,
        _ => 2,
    }
}

#[tokio::test]
async fn an_old_credential_works_on_and_retires_at_every_provider() {
    for make in VENDORS {
        for (vendor, world) in Vendor::worlds(make).await {
            let name = vendor.name(&world);
            let ctx = world.ctx();
            let made = world.application(world.dcr).await;
            for by_hand in [false, true] {
                let before = world.applications.get(made.id, None).await.unwrap();
                let rotated = world.applications.rotate(&ctx, &before, HOUR).await;
                let rotated = rotated.unwrap_or_else(|error| panic!("{name}: {error}"));
                let previous = rotated.value.previous.expect("an old one");
                assert_eq!(
                    (vendor.clients)().len(),
                    during_an_overlap(&vendor),
                    "{name}"
                );
                let application = world.applications.get(made.id, None).await.unwrap();
                assert_eq!(
                    application.client_id,
                    Some(rotated.value.client_id),
                    "{name}"
                );
                if by_hand {
                    let ended = world.applications.retire(&ctx, &application, previous.id());
                    assert!(ended.await.unwrap().revision.is_some(), "{name}");
                } else {
                    world.clock.advance(HOUR);
                    world.reconcile().await;
                }
                assert_eq!((vendor.clients)().len(), 1, "{name}");
                let left = world.applications.retiring(&application).await.unwrap();
                assert!(left.is_empty(), "{name}: {left:?}");
            }
            let application = world.applications.get(made.id, None).await.unwrap();
            let deleted = world.applications.delete(&ctx, &application).await;
            assert!(deleted.is_ok(), "{name}");
            assert!((vendor.clients)().is_empty(), "{name}");
        }
    }
}

/// At Okta, which takes two secrets, a stray one would be in the way of the next.
#[tokio::test]
async fn a_process_that_dies_while_credentials_overlap_leaves_no_stray_one() {
    for make in [okta, entra] {
        for (vendor, world) in Vendor::worlds(make).await {
            let application = world.application(world.dcr).await;
            let ctx = world.ctx();
            let mut steps = 0;
            loop {
                let rotating = world.applications.rotate(&ctx, &application, HOUR);
                let ended = dies(steps, rotating).await;
                let name = vendor.name(&world);
                for _ in 0..10 {
                    world.reconcile().await;
                }
                let again = world.applications.rotate(&ctx, &application, HOUR).await;
                assert!(again.is_ok(), "{name} at {steps}: {:?}", again.err());
                for _ in 0..10 {
                    world.reconcile().await;
                }
                if ended.is_some() {
                    break;
                }
                steps += 1;
            }
            assert!(steps > 3);
        }
    }
}

#[tokio::test]
async fn a_bridge_with_one_credential_an_application_refuses_an_overlap() {
    let one = || {
        let mut vendor = http();
        vendor.row.config["allow_multiple_credentials"] = json!(false);
        vendor
    };
    for (vendor, world) in Vendor::worlds(one).await {
        let application = world.application(world.dcr).await;
        let ctx = world.ctx();
        let rotated = world.applications.rotate(&ctx, &application, HOUR).await;
        let error = rotated.err().expect("a refusal").to_string();
        assert!(error.contains("allow_multiple_credentials"), "{error}");
        assert_eq!((vendor.clients)().len(), 1);
        let at_once = world
            .applications
            .rotate(&ctx, &application, Duration::ZERO);
        assert!(at_once.await.is_ok());
    }
}

/// A bridge that lets clients into APIs by its events would refuse a client that it heard nothing of.
#[tokio::test]
async fn a_bridge_hears_of_registrations_of_the_client_that_follows() {
    for (vendor, world) in Vendor::worlds(http).await {
        let application = world.application(world.dcr).await;
        let new = world.registration(world.dcr, &[]);
        let ctx = world.ctx();
        let registered = world.applications.register(&ctx, &application, new).await;
        assert!(registered.is_ok());
        world.reconcile().await;
        (vendor.fail)(
            "POST /dcr/client-",
            Fault::Answers(answer(400, Value::Null)),
        );
        let refused = world.applications.rotate(&ctx, &application, HOUR).await;
        assert!(refused.is_err(), "{}", world.name);
        assert_eq!((vendor.clients)().len(), 1, "and nothing is left of it");
        let rotated = world.applications.rotate(&ctx, &application, HOUR).await;
        assert!(rotated.is_ok(), "{}: {:?}", world.name, rotated.err());
    }
}

#[tokio::test]
async fn a_bridge_hears_of_registrations_until_it_answers() {
    for (vendor, world) in Vendor::worlds(http).await {
        let application = world.application(world.dcr).await;
        (vendor.fail)(
            "POST /dcr/client-",
            Fault::Answers(answer(503, Value::Null)),
        );
        let new = world.registration(world.dcr, &[]);
        let ctx = world.ctx();
        let registered = world.applications.register(&ctx, &application, new).await;
        let registration = registered.expect("a registration").value;
        world.reconcile().await;
        let ended = world
            .applications
            .unregister(&ctx, &application, registration.id);
        assert!(ended.await.is_ok());
        world.reconcile().await;
        let sql = "SELECT COUNT(*) AS waiting FROM storage_job \
                   WHERE queue = 'portal.registration.hook' AND state = 'pending'";
        let rows = world.db.query(sql, Vec::new()).await.unwrap();
        assert_eq!(rows[0].get::<i64>("waiting").unwrap(), 0, "{}", world.name);
    }
}
