//! Clients are changed by hand at every kind of provider that shows them; plans find it and mend it,
//! and looking costs as much as there is to find.

use std::time::Duration;

use oauth::Entropy;
use portal::model::{DriftAction, DriftKind};
use portal::service::applications::{Difference, Outcome};

use crate::drift::{Dice, chosen, decide, plan};
use crate::hands::{Hands, PARTS, Part, at_auth0, at_entra, at_okta, at_rfc7591};
use crate::world::World;

/// An edit of the many that an administrator of the provider can make.
fn edit(hands: &Hands, dice: &Dice) {
    let clients = (hands.clients)();
    if clients.is_empty() {
        return;
    }
    let id = dice.of(&clients);
    let word = format!("w{}", dice.below(5));
    match (dice.below(10), &hands.copy) {
        (0 | 1, _) => (hands.remove)(id),
        (2, Some(copy)) => {
            copy(id, &Entropy::system().uuid().to_string());
        }
        _ => (hands.edit)(id, *dice.of(&PARTS), &word),
    }
}

/// Clients that were changed until they say nothing of this portal are nobody's to mend here.
async fn forget_strangers(hands: &Hands, world: &World) {
    let sql = "SELECT client_id FROM portal_application";
    let rows = world.db.query(sql, Vec::new()).await.expect("rows");
    let known: Vec<String> = rows
        .iter()
        .map(|row| row.get("client_id").expect("an id"))
        .collect();
    for client in (hands.clients)() {
        if !known.contains(&client) {
            (hands.remove)(&client);
        }
    }
    let clients = (hands.clients)();
    assert_eq!(clients.len(), known.len(), "{}", hands.row.kind);
}

async fn a_thousand_edits(hands: &Hands) {
    let world = hands.world().await;
    let dice = Dice::new(11);
    let mut kinds = Vec::new();
    for round in 0..50 {
        while world.states().await.len() < 10 {
            world.application(world.dcr).await;
        }
        let name = format!("{} round {round}", hands.row.kind);
        assert!(plan(&world).await.is_empty(), "{name}, before");
        for _ in 0..20 {
            edit(hands, &dice);
        }
        let mut found = plan(&world).await;
        kinds.extend(found.iter().map(|difference| difference.kind));
        for pass in 0..2 {
            let decisions: Vec<_> = found.iter().map(|found| chosen(found, &dice)).collect();
            let outcomes = decide(&world, &decisions).await;
            for (decision, outcome) in decisions.iter().zip(outcomes) {
                let fits = outcome == Outcome::Done
                    || outcome == Outcome::Outdated && decision.1 == DriftAction::Adopt;
                assert!(fits, "{name}: {decision:?}: {outcome:?}");
            }
            found = plan(&world).await;
            if found.is_empty() {
                break;
            }
            assert!(pass == 0, "{name}: {found:?}");
        }
        forget_strangers(hands, &world).await;
    }
    let mut seen = vec![DriftKind::Missing, DriftKind::Changed];
    seen.extend(hands.copy.as_ref().map(|_| DriftKind::Orphaned));
    for kind in seen {
        let found = kinds.iter().filter(|found| **found == kind).count();
        assert!(found > 15, "{} {kind}: {found}", hands.row.kind);
    }
}

#[tokio::test]
async fn after_a_thousand_edits_at_auth0_a_plan_mends_it_and_the_next_one_is_empty() {
    a_thousand_edits(&at_auth0()).await;
}

#[tokio::test]
async fn after_a_thousand_edits_at_okta_a_plan_mends_it_and_the_next_one_is_empty() {
    a_thousand_edits(&at_okta()).await;
}

#[tokio::test]
async fn after_a_thousand_edits_at_entra_a_plan_mends_it_and_the_next_one_is_empty() {
    a_thousand_edits(&at_entra()).await;
}

#[tokio::test]
async fn after_a_thousand_edits_of_known_clients_a_plan_mends_them_and_the_next_one_is_empty() {
    a_thousand_edits(&at_rfc7591()).await;
}

async fn pass(hands: &Hands, world: &World) -> usize {
    let before = (hands.requests)();
    let passed = world
        .applications
        .pass(&world.ctx(), world.provider_id)
        .await;
    passed.unwrap_or_else(|error| panic!("{}: {error}", hands.row.kind));
    (hands.requests)() - before
}

async fn open(world: &World) -> Vec<DriftKind> {
    let now = world.applications.reconciliation(world.provider_id).await;
    let mut kinds: Vec<_> = now.expect("it").open.iter().map(|open| open.kind).collect();
    kinds.sort_by_key(ToString::to_string);
    kinds
}

/// Whoever changes five clients of ten thousand costs a few requests.
async fn a_look_costs_what_changed(hands: &Hands, whole: usize) {
    let world = hands.world().await;
    let kind = hands.row.kind;
    let clients = hands.many(&world, 10_000).await;
    let all = pass(hands, &world).await;
    assert!(
        (whole..whole + 10).contains(&all),
        "{kind}: a look at all took {all}"
    );
    assert_eq!(open(&world).await, [], "{kind}");
    world.clock.advance(Duration::from_secs(900));
    // A mark is set a little back, so that this looks at some again.
    pass(hands, &world).await;
    world.clock.advance(Duration::from_secs(900));
    let nothing = pass(hands, &world).await;
    assert!(nothing <= 3, "{kind}: a look at nothing took {nothing}");

    world.clock.advance(Duration::from_secs(900));
    (hands.edit)(&clients[10], Part::Name, "by hand");
    (hands.edit)(&clients[2_000], Part::RedirectUris, "elsewhere");
    (hands.edit)(&clients[3_000], Part::Metadata, "nobody");
    (hands.remove)(&clients[9_999]);
    let copy = hands.copy.as_ref().expect("clients are seen");
    copy(&clients[7], &Entropy::system().uuid().to_string());
    let five = pass(hands, &world).await;
    assert!(five <= 15, "{kind}: five changes took {five}");
    let expected = [
        DriftKind::Changed,
        DriftKind::Changed,
        DriftKind::Changed,
        DriftKind::Missing,
        DriftKind::Orphaned,
    ];
    assert_eq!(open(&world).await, expected, "{kind}");
    world.clock.advance(Duration::from_secs(900));
    let again = pass(hands, &world).await;
    assert!(again <= 15, "{kind}: what is open took {again}");
    assert_eq!(open(&world).await, expected, "{kind}: it stays open");

    let before = (hands.requests)();
    let applications = &world.applications;
    let found = applications.open_differences(world.provider_id, 100);
    let found = found.await.expect("differences");
    let decisions: Vec<_> = found
        .iter()
        .map(|difference: &Difference| {
            let action = match difference.kind {
                DriftKind::Orphaned => DriftAction::Delete,
                _ => DriftAction::Recreate,
            };
            (difference.id(), action)
        })
        .collect();
    for outcome in decide(&world, &decisions).await {
        assert_eq!(outcome, Outcome::Done, "{kind}");
    }
    let mending = (hands.requests)() - before;
    assert!(mending <= 80, "{kind}: mending took {mending}");
    world.clock.advance(Duration::from_secs(900));
    pass(hands, &world).await;
    assert_eq!(open(&world).await, [], "{kind}: all is mended");

    (hands.forget_marks)();
    world.clock.advance(Duration::from_secs(900));
    let lost = pass(hands, &world).await;
    assert!(lost >= whole, "{kind}: a mark that is lost is no agreement");
    world.clock.advance(Duration::from_secs(25 * 3600));
    let daily = pass(hands, &world).await;
    assert!(daily >= whole, "{kind}: once a day all are looked at");
}

#[tokio::test]
async fn a_look_at_auth0_costs_what_changed() {
    // A hundred clients and a hundred grants with each request.
    a_look_costs_what_changed(&at_auth0(), 200).await;
}

#[tokio::test]
async fn a_look_at_okta_costs_what_changed() {
    a_look_costs_what_changed(&at_okta(), 50).await;
}

#[tokio::test]
async fn a_look_at_entra_costs_what_changed() {
    a_look_costs_what_changed(&at_entra(), 11).await;
}
