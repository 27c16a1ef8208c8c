//! Clients are changed at the provider by hand; plans find it and mend it.

use dcr::testing::{Fault, Memory};
use dcr::{DcrProvider as _, Metadata, NewClient};
use oauth::Entropy;
use portal::model::{DriftAction, DriftKind, DriftPolicy};
use portal::service::applications::{Difference, Outcome};

use crate::world::{World, worlds};

/// Numbers that the seed alone decides.
pub(crate) struct Dice(Entropy);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Entropy::seeded(seed))
    }

    pub(crate) fn below(&self, end: usize) -> usize {
        let roll: [u8; 8] = self.0.bytes();
        let end = u64::try_from(end).expect("a length");
        usize::try_from(u64::from_be_bytes(roll) % end).expect("less than a length")
    }

    pub(crate) fn of<'a, T>(&self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }
}

fn stray(metadata: Metadata) -> NewClient {
    NewClient {
        name: "stray".to_owned(),
        description: None,
        redirect_uris: vec!["https://stray.example/callback".parse().expect("a URL")],
        auth_methods: Vec::new(),
        audience: None,
        scopes: Vec::new(),
        metadata,
        auth_strategy_id: String::new(),
        dcr_provider_id: String::new(),
        distinction: None,
    }
}

/// One edit of the many that an administrator of the provider can make.
async fn edit(memory: &Memory, metadata: &Metadata, dice: &Dice) {
    let states = memory.states();
    let Some(client) = (!states.is_empty()).then(|| dice.of(&states).clone()) else {
        return;
    };
    let id = client.client_id.as_str();
    let word = format!("w{}", dice.below(5));
    let mut metadata = metadata.clone();
    match dice.below(13) {
        0 => memory.edit(id, |client| client.name = word),
        1 => memory.edit(id, |client| {
            client
                .redirect_uris
                .insert(format!("https://{word}.example/"));
        }),
        2 => memory.edit(id, |client| {
            client.grant_types.insert("password".to_owned());
        }),
        3 => memory.edit(id, |client| client.grant_types.clear()),
        4 => memory.edit(id, |client| client.scopes.clear()),
        5 => memory.edit(id, |client| {
            client
                .scopes
                .entry(word)
                .or_default()
                .insert("admin".to_owned());
        }),
        6 => memory.edit(id, |client| client.metadata = Metadata::default()),
        7 => memory.edit(id, |client| client.metadata.konnect_application_id = word),
        8 => memory.edit(id, |client| client.metadata.konnect_org_id = word),
        9 | 10 => memory.delete(id).await.expect("deleted"),
        11 => {
            metadata.konnect_application_id = Entropy::system().uuid().to_string();
            let made = memory.register(&stray(metadata)).await;
            made.expect("a client");
        }
        _ => {
            let made = memory.register(&stray(client.metadata)).await;
            made.expect("a client");
        }
    }
}

/// Anything that helps.
pub(crate) fn chosen(difference: &Difference, dice: &Dice) -> (String, DriftAction) {
    let mut actions = difference.actions();
    actions.retain(|action| *action != DriftAction::Leave);
    (difference.id(), *dice.of(&actions))
}

pub(crate) async fn plan(world: &World) -> Vec<Difference> {
    let plan = world.applications.plan(world.provider_id).await;
    plan.unwrap_or_else(|error| panic!("{}: {error}", world.name))
        .differences
}

pub(crate) async fn decide(world: &World, decisions: &[(String, DriftAction)]) -> Vec<Outcome> {
    let ctx = world.ctx();
    let decided = world
        .applications
        .decide(&ctx, world.provider_id, decisions);
    decided.await.expect("decided")
}

#[tokio::test]
async fn after_a_thousand_edits_at_the_provider_a_plan_mends_it_and_the_next_one_is_empty() {
    for world in worlds().await {
        let dice = Dice::new(7);
        world.application(world.dcr).await;
        let metadata = world.memory.clients()[0].metadata.clone();
        let mut kinds = Vec::new();
        for round in 0..40 {
            while world.states().await.len() < 12 {
                world.application(world.dcr).await;
            }
            assert!(
                plan(&world).await.is_empty(),
                "{} before {round}",
                world.name
            );
            for _ in 0..25 {
                edit(&world.memory, &metadata, &dice).await;
            }
            let mut found = plan(&world).await;
            kinds.extend(found.iter().map(|difference| difference.kind));
            // Of two clients that name one lost application, one is taken in; the other is left over.
            for pass in 0..2 {
                let decisions: Vec<_> = found.iter().map(|found| chosen(found, &dice)).collect();
                let outcomes = decide(&world, &decisions).await;
                for (decision, outcome) in decisions.iter().zip(outcomes) {
                    let fits = outcome == Outcome::Done
                        || outcome == Outcome::Outdated && decision.1 == DriftAction::Adopt;
                    assert!(fits, "{decision:?} in round {round}: {outcome:?}");
                }
                found = plan(&world).await;
                if found.is_empty() {
                    break;
                }
                assert!(pass == 0, "{} round {round}: {found:?}", world.name);
            }
            forget_strangers(&world).await;
            world.assert_settled(&format!("round {round}")).await;
        }
        for kind in [DriftKind::Missing, DriftKind::Changed, DriftKind::Orphaned] {
            let found = kinds.iter().filter(|found| **found == kind).count();
            assert!(found > 40, "{kind}: {found}");
        }
    }
}

/// Clients that were changed until they say nothing of this portal are nobody's to mend here.
async fn forget_strangers(world: &World) {
    let org = world.organization_id().await;
    for client in world.memory.states() {
        let metadata = &client.metadata;
        if metadata.konnect_org_id != org || metadata.konnect_application_id.is_empty() {
            world
                .memory
                .delete(&client.client_id)
                .await
                .expect("deleted");
        }
    }
}

#[tokio::test]
async fn a_plan_that_is_old_does_nothing() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let client_id = application.client_id.clone().unwrap();
        world
            .memory
            .edit(&client_id, |client| client.name = "by hand".into());
        let old: Vec<_> = plan(&world).await.iter().map(Difference::id).collect();
        world
            .memory
            .edit(&client_id, |client| client.name = "again".into());
        let decisions: Vec<_> = old.into_iter().map(|id| (id, DriftAction::Adopt)).collect();
        assert_eq!(decide(&world, &decisions).await, [Outcome::Outdated]);
        let kept = world.applications.get(application.id, None).await.unwrap();
        assert_eq!(kept.name, application.name);
    }
}

#[tokio::test]
async fn what_is_changed_at_the_provider_can_be_taken_over_where_the_portal_can_say_it() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let client_id = application.client_id.clone().unwrap();
        world.memory.edit(&client_id, |client| {
            client.name = "by hand".into();
            client
                .redirect_uris
                .insert("https://app.example/callback".into());
        });
        let found = plan(&world).await;
        let decisions = [(found[0].id(), DriftAction::Adopt)];
        assert_eq!(decide(&world, &decisions).await, [Outcome::Done]);
        let now = world.applications.get(application.id, None).await.unwrap();
        assert_eq!(now.name, "by hand");
        assert_eq!(now.redirect_uri.unwrap(), "https://app.example/callback");

        world
            .memory
            .edit(&client_id, |client| client.scopes.clear());
        let found = plan(&world).await;
        assert!(
            !found[0].actions().contains(&DriftAction::Adopt),
            "scopes are the strategy's"
        );
    }
}

const MENDED: DriftPolicy = DriftPolicy {
    missing: DriftAction::Recreate,
    changed: DriftAction::Recreate,
    orphaned: DriftAction::Delete,
};

#[tokio::test]
async fn the_automatic_mode_mends_until_it_is_told_to_stop() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let client_id = application.client_id.clone().unwrap();
        let metadata = world.memory.clients()[0].metadata.clone();
        let ctx = world.ctx();
        let set = |policy| {
            world
                .applications
                .set_drift_policy(&ctx, world.provider_id, policy)
        };
        set(MENDED).await.unwrap();
        world.memory.delete(&client_id).await.unwrap();
        let strange = Metadata {
            konnect_application_id: Entropy::system().uuid().to_string(),
            ..metadata
        };
        world.memory.register(&stray(strange)).await.unwrap();
        world.provider.fail("survey", Fault::RequestLost);
        world.reconcile().await;
        world.reconcile().await;
        assert!(plan(&world).await.is_empty(), "{}", world.name);
        world.assert_settled("an automatic pass").await;
        let renewed = world.applications.get(application.id, None).await.unwrap();
        assert_ne!(renewed.client_id, application.client_id);
        assert!(renewed.secret_version > application.secret_version);
        let state = world
            .applications
            .reconciliation(world.provider_id)
            .await
            .unwrap();
        assert!(state.last.is_some_and(|last| last.error.is_none()));

        set(DriftPolicy::REVIEW).await.unwrap();
        world.reconcile().await;
        let client_id = renewed.client_id.unwrap();
        world.memory.delete(&client_id).await.unwrap();
        world.reconcile().await;
        assert_eq!(plan(&world).await.len(), 1, "{}", world.name);
    }
}

#[tokio::test]
async fn a_provider_that_lost_most_clients_is_left_to_people() {
    for world in worlds().await {
        for _ in 0..12 {
            world.application(world.dcr).await;
        }
        for client in world.memory.clients() {
            world.memory.delete(&client.client_id).await.unwrap();
        }
        let ctx = world.ctx();
        let set = world
            .applications
            .set_drift_policy(&ctx, world.provider_id, MENDED);
        set.await.unwrap();
        world.reconcile().await;
        assert!(world.memory.clients().is_empty(), "{}", world.name);
        let state = world
            .applications
            .reconciliation(world.provider_id)
            .await
            .unwrap();
        let last = state.last.unwrap();
        assert_eq!((last.found, last.settled), (12, 0));
        assert!(last.error.unwrap().contains("more than half"));
    }
}

#[tokio::test]
async fn a_client_whose_application_was_lost_here_is_taken_in_again() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        // As after the restore of an older backup.
        let sql = "DELETE FROM portal_application";
        world.db.execute(sql, vec![]).await.unwrap();
        let found = plan(&world).await;
        assert_eq!(found[0].kind, DriftKind::Orphaned);
        let decisions = [(found[0].id(), DriftAction::Adopt)];
        assert_eq!(decide(&world, &decisions).await, [Outcome::Done]);
        let again = world.applications.get(application.id, None).await.unwrap();
        assert_eq!(again.client_id, application.client_id);
        assert_eq!(again.developer_id, application.developer_id);
        assert!(plan(&world).await.is_empty(), "{}", world.name);
    }
}

#[tokio::test]
async fn what_waits_for_a_provider_that_is_away_for_days_is_taken_up_again() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        for _ in 0..200 {
            world.provider.fail("delete", Fault::RequestLost);
        }
        let deleted = world.applications.delete(&world.ctx(), &application).await;
        assert!(deleted.is_ok());
        for _ in 0..150 {
            world.clock.advance(std::time::Duration::from_secs(1000));
            world.applications.reconcile_due().await;
        }
        world.provider.mend();
        world.reconcile().await;
        let leaving = world.applications.leaving(world.provider_id).await.unwrap();
        assert_eq!(leaving.len(), 1, "its job gave up");
        let trouble = leaving[0].1.as_ref().expect("a reason");
        assert_eq!(trouble.reason, "the provider did not answer");
        assert_eq!(trouble.next, None, "nobody tries it again");
        world.applications.take_up_stragglers().await.unwrap();
        world.reconcile().await;
        world.assert_settled("days of absence").await;
    }
}
