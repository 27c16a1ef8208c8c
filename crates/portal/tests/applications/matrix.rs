//! Every trouble at every call, at every provider, and a process that dies at every step. Afterwards the
//! process starts again and reconciles once. Then no application is half made; no client is without one,
//! or, where the provider cannot be asked, exactly that client is on the list of possible orphans; and
//! the developer's request can be repeated.

use crate::faults::dies;
use crate::vendors::{self, Vendor};
use crate::way::Trouble;
use crate::world::World;

/// A vendor, a portal, and what happens between them.
struct Case<'a> {
    vendor: &'a Vendor,
    world: &'a mut World,
    what: String,
}

impl Case<'_> {
    fn says(&self, what: &str) -> String {
        let name = self.vendor.name(self.world);
        format!("{name}: {what} after {}", self.what)
    }

    async fn restarts_and_reconciles(&mut self) {
        self.world.restart();
        self.world.reconcile().await;
    }

    /// The clients that no application has.
    async fn strays(&self) -> Vec<(String, String)> {
        let known = self.world.client_ids().await;
        let mut clients = (self.vendor.clients)();
        clients.retain(|(id, _)| !known.contains(id));
        clients
    }

    /// Every application stands, with its client. `hidden`: nobody can know what the provider did.
    async fn is_settled(&self, applications: usize, hidden: bool) {
        let states = self.world.states().await;
        for (id, status) in &states {
            assert_eq!(status, "active", "{}", self.says(&id.to_string()));
        }
        assert_eq!(states.len(), applications, "{}", self.says("applications"));
        let clients = (self.vendor.clients)();
        for id in self.world.client_ids().await {
            let there = clients.iter().any(|(known, _)| *known == id);
            assert!(there, "{}", self.says("the client is there"));
        }
        let (strays, listed) = (self.strays().await, self.listed().await);
        if self.vendor.tells || !hidden {
            assert!(strays.is_empty(), "{}", self.says(&format!("{strays:?}")));
            assert!(listed.is_empty(), "{}", self.says(&format!("{listed:?}")));
            return;
        }
        assert!(listed.len() <= 1, "{}", self.says(&format!("{listed:?}")));
        for (_, name) in &strays {
            let found = listed.iter().any(|look_for| look_for.contains(name));
            assert!(found, "{}", self.says(&format!("{name} in {listed:?}")));
        }
    }

    async fn listed(&self) -> Vec<String> {
        let applications = &self.world.applications;
        let orphans = applications.possible_orphans(self.world.provider_id).await;
        let orphans = orphans.expect("a list").into_iter();
        orphans.map(|orphan| orphan.look_for).collect()
    }

    /// An administrator reads the list, removes what is there, and takes it off.
    async fn is_cleaned_by_hand(&self) {
        for (id, _) in self.strays().await {
            (self.vendor.remove)(&id);
        }
        let applications = &self.world.applications;
        let provider = self.world.provider_id;
        let orphans = applications.possible_orphans(provider).await;
        for orphan in orphans.expect("a list") {
            let ctx = self.world.ctx();
            let dismissed = applications.dismiss_orphan(&ctx, provider, &orphan.id);
            assert!(dismissed.await.is_ok());
        }
    }

    /// The developer repeats the request, gets an application with a client, and deletes it.
    async fn is_repeated(&mut self, key: &str) {
        let mut new = self.world.new_application(self.world.dcr);
        new.idempotency_key = Some(key.to_owned());
        let again = self.world.applications.create(&self.world.ctx(), new).await;
        let again = again.unwrap_or_else(|error| panic!("{}", self.says(&error.to_string())));
        let application = again.value.application;
        self.is_settled(1, false).await;
        let ctx = self.world.ctx();
        let deleted = self.world.applications.delete(&ctx, &application).await;
        assert!(deleted.is_ok(), "{}", self.says("it can be deleted"));
        self.is_settled(0, false).await;
    }
}

/// Creates an application while the call after `skip` others meets trouble. False if none did.
async fn creates(vendor: &Vendor, world: &mut World, trouble: Trouble, skip: usize) -> bool {
    let key = format!("{trouble:?} {skip}");
    let mut new = world.new_application(world.dcr);
    new.idempotency_key = Some(key.clone());
    vendor.way.spoil(skip, trouble);
    let created = world.applications.create(&world.ctx(), new).await.is_ok();
    let met = !vendor.way.mend();
    let mut case = Case {
        vendor,
        world,
        what: format!("{trouble:?} at call {skip} of a creation"),
    };
    case.restarts_and_reconciles().await;
    let hidden = met && trouble.hides_the_effect();
    case.is_settled(usize::from(created), hidden).await;
    case.is_cleaned_by_hand().await;
    case.is_repeated(&key).await;
    met
}

/// The same for a deletion, which is always finished.
async fn deletes(vendor: &Vendor, world: &mut World, trouble: Trouble, skip: usize) -> bool {
    let application = world.application(world.dcr).await;
    vendor.way.spoil(skip, trouble);
    let deleted = world.applications.delete(&world.ctx(), &application).await;
    let met = !vendor.way.mend();
    let mut case = Case {
        vendor,
        world,
        what: format!("{trouble:?} at call {skip} of a deletion"),
    };
    assert!(deleted.is_ok(), "{}", case.says("it is hidden at once"));
    case.restarts_and_reconciles().await;
    case.is_settled(0, false).await;
    met
}

/// The process dies after so many steps of a creation, and then of a deletion. False if it lived.
async fn dies_at(vendor: &Vendor, world: &mut World, steps: usize) -> bool {
    let key = format!("step {steps}");
    let mut new = world.new_application(world.dcr);
    new.idempotency_key = Some(key.clone());
    let created = dies(steps, world.applications.create(&world.ctx(), new)).await;
    let lived = created.is_some();
    let mut case = Case {
        vendor,
        world,
        what: format!("dying at step {steps}"),
    };
    case.restarts_and_reconciles().await;
    let left = case.world.states().await.len();
    case.is_settled(left, !lived).await;
    case.is_cleaned_by_hand().await;
    case.is_repeated(&key).await;

    let application = case.world.application(case.world.dcr).await;
    let ctx = case.world.ctx();
    dies(steps, case.world.applications.delete(&ctx, &application)).await;
    case.restarts_and_reconciles().await;
    if let Ok(still) = case.world.applications.get(application.id, None).await {
        let deleted = case.world.applications.delete(&ctx, &still).await;
        assert!(deleted.is_ok(), "{}", case.says("it can be deleted"));
    }
    case.is_settled(0, false).await;
    !lived
}

/// The whole matrix of one vendor.
async fn holds(make: fn() -> Vendor) {
    for (vendor, mut world) in Vendor::worlds(make).await {
        for trouble in Trouble::ALL {
            let mut skip = 0;
            while creates(&vendor, &mut world, trouble, skip).await {
                skip += 1;
            }
            assert!(skip > 0, "{}: no call met {trouble:?}", vendor.name(&world));
            let mut skip = 0;
            while deletes(&vendor, &mut world, trouble, skip).await {
                skip += 1;
            }
            assert!(skip > 0, "{}: no call met {trouble:?}", vendor.name(&world));
        }
        let mut steps = 0;
        while dies_at(&vendor, &mut world, steps).await {
            steps += 1;
        }
        assert!(
            steps > 1,
            "{}: it waited {steps} times",
            vendor.name(&world)
        );
    }
}

#[tokio::test]
async fn nothing_is_left_half_made_at_any_provider_whatever_happens_and_wherever_we_die() {
    let all = vendors::ALL.map(holds);
    futures_util::future::join_all(all).await;
}
