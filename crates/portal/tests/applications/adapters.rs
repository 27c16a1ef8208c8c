//! Every adapter under the portal, against the server that behaves as its vendor documents.

use std::time::Duration;

use portal::service::applications::ApplicationChanges;
use serde_json::json;

use crate::faults::dies;
use crate::vendors::{self, Vendor};
use crate::way::Trouble;

#[tokio::test]
async fn an_application_lives_its_life_at_every_provider() {
    for make in vendors::ALL {
        for (vendor, world) in Vendor::worlds(make).await {
            let name = vendor.name(&world);
            let created = world.create(world.dcr).await;
            let created = created
                .unwrap_or_else(|error| panic!("{name}: {error}"))
                .value;
            assert!(created.client_secret.is_some(), "{name}");
            let application = created.application;
            let clients = (vendor.clients)();
            let ids: Vec<&String> = clients.iter().map(|(id, _)| id).collect();
            assert_eq!(ids, [&application.reference_id], "{name}");
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
    for make in vendors::ALL {
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
    for make in [vendors::okta, vendors::entra] {
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
        let mut vendor = vendors::http();
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
    for (vendor, world) in Vendor::worlds(vendors::http).await {
        let application = world.application(world.dcr).await;
        let new = world.registration(world.dcr, &[]);
        let ctx = world.ctx();
        let registered = world.applications.register(&ctx, &application, new).await;
        assert!(registered.is_ok());
        world.reconcile().await;
        // After the registration of the new client.
        vendor.way.spoil(1, Trouble::Refused);
        let refused = world.applications.rotate(&ctx, &application, HOUR).await;
        assert!(refused.is_err(), "{}", world.name);
        assert_eq!((vendor.clients)().len(), 1, "and nothing is left of it");
        let rotated = world.applications.rotate(&ctx, &application, HOUR).await;
        assert!(rotated.is_ok(), "{}: {:?}", world.name, rotated.err());
    }
}

#[tokio::test]
async fn a_bridge_hears_of_registrations_until_it_answers() {
    for (vendor, world) in Vendor::worlds(vendors::http).await {
        let application = world.application(world.dcr).await;
        vendor.way.spoil(0, Trouble::RequestLost);
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
