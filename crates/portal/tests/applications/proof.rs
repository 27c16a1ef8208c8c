//! A verification that meets trouble says which check failed, in that check's own words, and leaves no
//! client behind; neither does one that dies.

use std::collections::BTreeMap;

use dcr::Finding;

use crate::faults::dies;
use crate::vendors::{self, Vendor};
use crate::way::Trouble;
use crate::world::World;

/// What each adapter tries, in this order, where all is well.
const CHECKS: [(&str, &[&str]); 6] = [
    (
        "auth0",
        &[
            "discovery",
            "management_token",
            "delete:clients",
            "read:clients",
            "create:clients",
            "update:clients",
            "update:client_keys",
            "read:client_grants",
            "create:client_grants",
            "audience",
            "token",
            "credential_claim",
            "update:client_grants",
            "delete:client_grants",
        ],
    ),
    (
        "okta",
        &[
            "discovery",
            "authorization_server",
            "find",
            "create",
            "read_back",
            "update",
            "rotate",
            "token",
            "delete",
        ],
    ),
    (
        "azureAd",
        &[
            "discovery",
            "management_token",
            "find",
            "create",
            "read_back",
            "update",
            "rotate",
            "token",
            "delete",
        ],
    ),
    (
        "curity",
        &[
            "discovery",
            "registration_endpoint",
            "initial_token",
            "management_token",
            "find",
            "create",
            "read_back",
            "update",
            "rotate",
            "token",
            "delete",
            "lookup",
        ],
    ),
    (
        "rfc7591",
        &[
            "discovery",
            "registration_endpoint",
            "initial_token",
            "find",
            "create",
            "read_back",
            "update",
            "rotate",
            "token",
            "delete",
            "lookup",
        ],
    ),
    (
        "http",
        &[
            "discovery",
            "find",
            "create",
            "read_back",
            "update",
            "rotate",
            "token",
            "delete",
            "lookup",
        ],
    ),
];

async fn verified(world: &World) -> Vec<Finding> {
    let (ctx, id) = (world.ctx(), world.provider_id);
    let verified = world.applications.verify_provider(&ctx, id).await;
    verified.expect("findings").findings
}

/// Removes what a verification left where the provider cannot be asked, if it is on the list.
async fn cleaned(vendor: &Vendor, world: &World, after: &str) {
    world.reconcile().await;
    let name = vendor.name(world);
    let applications = &world.applications;
    let orphans = applications.possible_orphans(world.provider_id).await;
    let orphans = orphans.expect("a list");
    for (id, client) in (vendor.clients)() {
        let named = |text: &str| text.contains(&client) || text.contains(&id);
        let listed = orphans.iter().any(|orphan| named(&orphan.look_for));
        assert!(listed && !vendor.tells, "{name}: {client} after {after}");
        (vendor.remove)(&id);
    }
    for orphan in orphans {
        let ctx = world.ctx();
        let gone = applications.dismiss_orphan(&ctx, world.provider_id, &orphan.id);
        assert!(gone.await.is_ok(), "{name}");
    }
}

async fn every_check_is_tried(make: fn() -> Vendor) {
    let (vendor, world) = Vendor::worlds(make).await.remove(0);
    let findings = verified(&world).await;
    let tried: Vec<&str> = findings.iter().map(|found| found.check.as_str()).collect();
    let expected = CHECKS.iter().find(|(kind, _)| *kind == vendor.row.kind);
    let (_, expected) = expected.expect("a known kind");
    for check in *expected {
        assert!(
            tried.contains(check),
            "{}: {check} in {tried:?}",
            vendor.row.kind
        );
    }
    assert!((vendor.clients)().is_empty(), "{}", vendor.row.kind);
}

async fn trouble_is_told(make: fn() -> Vendor) {
    let (vendor, world) = Vendor::worlds(make).await.remove(0);
    let name = vendor.name(&world);
    let sound = verified(&world).await;
    let sound: Vec<&str> = sound
        .iter()
        .filter(|f| f.ok)
        .map(|f| f.check.as_str())
        .collect();
    let mut sentences: BTreeMap<String, String> = BTreeMap::new();
    for trouble in [Trouble::Refused, Trouble::AnswerLost, Trouble::HalfWritten] {
        for skip in 0.. {
            vendor.way.spoil(skip, trouble);
            let findings = verified(&world).await;
            let met = !vendor.way.mend();
            let after = format!("{trouble:?} at call {skip}");
            for finding in findings.iter().filter(|finding| !finding.ok) {
                assert!(finding.message.len() > 20, "{name}: {finding:?}");
                if sound.contains(&finding.check.as_str()) && trouble == Trouble::Refused {
                    sentences.insert(finding.check.clone(), finding.message.clone());
                }
            }
            cleaned(&vendor, &world, &after).await;
            if !met {
                break;
            }
        }
    }
    assert!(sentences.len() >= 3, "{name}: {sentences:?}");
    for (check, message) in &sentences {
        let twice = sentences
            .iter()
            .any(|(other, same)| other != check && same == message);
        assert!(
            !twice || vendor.row.kind != "auth0",
            "{name}: {check}: {message}"
        );
    }
}

async fn death_leaves_nothing(make: fn() -> Vendor) {
    let (vendor, world) = Vendor::worlds(make).await.remove(0);
    for steps in 0.. {
        let (ctx, id) = (world.ctx(), world.provider_id);
        let verifies = world.applications.verify_provider(&ctx, id);
        let lived = dies(steps, verifies).await.is_some();
        cleaned(&vendor, &world, &format!("dying at step {steps}")).await;
        if lived {
            break;
        }
    }
}

#[tokio::test]
async fn every_adapter_tries_everything_that_it_needs() {
    for make in vendors::ALL {
        every_check_is_tried(make).await;
    }
}

#[tokio::test]
async fn a_verification_that_meets_trouble_says_what_failed_and_leaves_no_client() {
    futures_util::future::join_all(vendors::ALL.map(trouble_is_told)).await;
}

#[tokio::test]
async fn a_verification_that_dies_leaves_no_client() {
    futures_util::future::join_all(vendors::ALL.map(death_leaves_nothing)).await;
}
