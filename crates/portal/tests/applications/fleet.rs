//! The secrets of a whole fleet are rotated: what developers are told, what administrators see.

use std::time::Duration;

use dcr::testing::Fault;
use gateway::config::Use;
use oauth::Entropy;
use portal::mail::{self, Delivery, Postbox};
use portal::model::{Application, FleetRotationId};
use portal::publish::{Publisher, Settings};
use portal::service::applications::{FleetReport, SILENCE, ToRetire};
use storage::outbox::Outbox;
use storage::params;

use crate::vendors::{self, Vendor};
use crate::world::{World, worlds};

const HOUR: Duration = Duration::from_secs(3600);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// The mails that were written since the last look, as text.
async fn mails(world: &World) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory");
    let settings = mail::Settings {
        delivery: Delivery::Files(directory.path().to_owned()),
        from: "Portal <portal@example.com>".into(),
    };
    let postbox = Postbox::new(&settings, Entropy::system()).expect("a postbox");
    let outbox = Outbox::new(world.db.clone(), world.clock.clone(), Entropy::system());
    let deliver = async |job| mail::deliver(&world.db, &postbox, world.sealer(), job).await;
    outbox.run_due(mail::QUEUE, &deliver).await;
    let files = std::fs::read_dir(directory.path()).expect("files");
    let read = files.map(|file| {
        let letter = std::fs::read(file.expect("a file").path()).expect("a letter");
        // Quoted-printable breaks lines where they are long.
        let letter = String::from_utf8_lossy(&letter).replace("=\r\n", "");
        letter.replace("=20", " ")
    });
    read.collect()
}

async fn begin(world: &World, overlap: Duration) -> FleetRotationId {
    let ctx = world.ctx();
    let begun = world
        .applications
        .rotate_fleet(&ctx, world.provider_id, overlap);
    let id = begun.await.expect("a rotation").rotation.id;
    world.applications.reconcile_due().await;
    id
}

async fn report(world: &World, id: FleetRotationId) -> FleetReport {
    let report = world
        .applications
        .fleet_rotation(world.provider_id, id, true);
    report.await.expect("a report")
}

async fn again(world: &World, application: &Application) -> Application {
    let found = world.applications.get(application.id, None).await;
    found.expect("the application")
}

#[tokio::test]
async fn developers_are_told_by_mail_to_take_the_new_secret_and_reminded_before_the_old_one_ends() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        mails(&world).await;
        let id = begin(&world, WEEK).await;
        let told = mails(&world).await;
        assert_eq!(told.len(), 1, "{}: {told:?}", world.name);
        let link = format!("/my-apps/{}", application.id);
        for part in ["a new secret waits for cli", &link, "21 Nov 2023"] {
            assert!(told[0].contains(part), "{part}: {}", told[0]);
        }
        world.applications.reconcile_due().await;
        assert!(mails(&world).await.is_empty(), "once");

        world.clock.advance(WEEK - Duration::from_secs(86_400));
        world.applications.reconcile_due().await;
        let reminded = mails(&world).await;
        assert_eq!(reminded.len(), 1, "{}", world.name);
        assert!(reminded[0].contains("end soon"), "{}", reminded[0]);
        assert_eq!(report(&world, id).await.progress.uncollected, 1);

        let now = again(&world, &application).await;
        let held = world.applications.credentials(&now, true).await.unwrap();
        assert!(!held[0].collected, "{}", world.name);
        let taken = world.applications.rotate(&world.ctx(), &now, HOUR).await;
        assert!(taken.unwrap().value.previous.is_some());
        assert_eq!(report(&world, id).await.progress.uncollected, 0);
    }
}

/// Gives an application to a team with these developers: name, language, status.
async fn share(world: &World, application: &Application, members: &[(&str, &str, &str)]) {
    let entropy = Entropy::system();
    let team = entropy.uuid();
    let (portal, now) = (application.portal_id, world.clock.now());
    let run = async |sql: &str, params| world.db.execute(sql, params).await.expect("a row");
    let sql = "INSERT INTO portal_team (id, portal_id, name, description, created_at, updated_at, \
               can_own_applications) VALUES ($1, $2, 'Partners', '', $3, $3, $4)";
    run(sql, params![team, portal, now, true]).await;
    for (name, locale, status) in members {
        let developer = entropy.uuid();
        let sql = "INSERT INTO portal_developer (id, portal_id, email, full_name, status, locale, \
                   email_verified, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
        let email = format!("{name}@example.com");
        let params = params![developer, portal, email, *name, *status, *locale, true, now];
        run(sql, params).await;
        let sql = "INSERT INTO portal_team_developer (team_id, developer_id, created_at) \
                   VALUES ($1, $2, $3)";
        run(sql, params![team, developer, now]).await;
    }
    let sql = "UPDATE portal_application SET team_id = $1 WHERE id = $2";
    run(sql, params![team, application.id]).await;
}

#[tokio::test]
async fn everybody_in_a_team_is_told_in_their_language_that_a_secret_waits_for_its_application() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let members = [
            ("ann", "ja", "approved"),
            ("ben", "en", "approved"),
            ("eve", "en", "revoked"),
        ];
        share(&world, &application, &members).await;
        mails(&world).await;
        begin(&world, WEEK).await;
        let told = mails(&world).await;
        assert_eq!(told.len(), 2, "{}: {told:?}", world.name);
        let to = |name: &str| {
            let address = format!("{name}@example.com");
            let mail = told.iter().find(|mail| mail.contains(&address));
            mail.unwrap_or_else(|| panic!("{}: {name}", world.name))
        };
        assert!(to("ben").contains("a new secret waits for cli"));
        assert!(!to("ann").contains("a new secret waits"), "{}", to("ann"));

        world.clock.advance(WEEK - Duration::from_secs(86_400));
        world.applications.reconcile_due().await;
        assert_eq!(mails(&world).await.len(), 2, "{}", world.name);
    }
}

#[tokio::test]
async fn a_developer_who_took_the_secret_is_reminded_only_if_the_old_one_is_used() {
    for world in worlds().await {
        let mut old = Vec::new();
        for _ in 0..2 {
            old.push(world.application(world.dcr).await);
        }
        begin(&world, WEEK).await;
        for application in &old {
            let now = again(&world, application).await;
            let taken = world.applications.rotate(&world.ctx(), &now, HOUR).await;
            assert!(taken.is_ok());
        }
        mails(&world).await;
        world.clock.advance(HOUR);
        let publisher = Publisher::new(world.db.clone(), world.clock.clone(), Settings::default());
        let used = Use {
            application_id: old[0].id.to_string(),
            credential: old[0].client_id.clone().unwrap(),
            used_at: world.clock.now(),
        };
        publisher.note_uses(&[used]).await.expect("a use");
        world.clock.advance(WEEK - Duration::from_secs(86_400));
        world.applications.reconcile_due().await;
        let reminded = mails(&world).await;
        assert_eq!(reminded.len(), 1, "{}: {reminded:?}", world.name);
        assert!(reminded[0].contains("still used"), "{}", reminded[0]);
    }
}

#[tokio::test]
async fn whoever_never_took_the_secret_is_seen_when_the_old_one_is_gone_and_can_take_it_then() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let id = begin(&world, HOUR).await;
        world.clock.advance(HOUR);
        world.reconcile().await;
        let progress = report(&world, id).await.progress;
        assert_eq!(
            (progress.uncollected, progress.cut_off),
            (1, 1),
            "{}",
            world.name
        );
        assert_eq!((progress.old_working, progress.safe_to_retire), (0, 0));
        let now = again(&world, &application).await;
        let held = world.applications.credentials(&now, true).await.unwrap();
        assert!(!held[0].collected, "{}: My Apps says so", world.name);
        let ctx = world.ctx();
        let taken = world.applications.rotate(&ctx, &now, Duration::ZERO);
        assert!(taken.await.is_ok());
        let progress = report(&world, id).await.progress;
        assert_eq!((progress.uncollected, progress.cut_off), (0, 0));
    }
}

#[tokio::test]
async fn old_secrets_that_nobody_uses_are_retired_together_and_the_others_by_name() {
    for world in worlds().await {
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(world.application(world.dcr).await);
        }
        let id = begin(&world, WEEK).await;
        world.clock.advance(HOUR);
        let publisher = Publisher::new(world.db.clone(), world.clock.clone(), Settings::default());
        let used = Use {
            application_id: all[0].id.to_string(),
            credential: all[0].client_id.clone().unwrap(),
            used_at: world.clock.now(),
        };
        publisher.note_uses(&[used]).await.expect("a use");
        let progress = report(&world, id).await.progress;
        assert_eq!((progress.old_working, progress.old_in_use), (3, 1));
        assert_eq!(progress.safe_to_retire, 2, "{}", world.name);

        let ctx = world.ctx();
        let of = (world.provider_id, id);
        let retire = async |wanted: &ToRetire, heard: bool| {
            let ended = world.applications.retire_in_fleet(&ctx, of, wanted, heard);
            ended.await.expect("outcomes")
        };
        let unheard = retire(&ToRetire::Safe, false).await;
        assert!(unheard.value.is_empty(), "a gateway is away");
        let safe = retire(&ToRetire::Safe, true).await;
        let mut ended: Vec<_> = safe.value.iter().map(|one| one.application_id).collect();
        ended.sort();
        let mut expected = vec![all[1].id, all[2].id];
        expected.sort();
        assert_eq!(ended, expected, "{}", world.name);
        assert!(safe.revision.is_some());
        world.reconcile().await;
        assert_eq!(world.memory.clients().len(), 4, "{}", world.name);

        world.provider.fail("delete", Fault::RequestLost);
        let chosen = ToRetire::Of(vec![all[0].id]);
        let named = retire(&chosen, true).await;
        assert_eq!(named.value.len(), 1);
        assert_eq!(named.value[0].error, None, "a job removes the client");
        world.reconcile().await;
        world.assert_settled("every old secret was retired").await;
        let progress = report(&world, id).await.progress;
        assert_eq!((progress.old_working, progress.uncollected), (0, 3));
    }
}

/// Okta and Entra ID keep several secrets of one client.
#[tokio::test]
async fn of_two_secrets_of_one_client_each_has_its_own_last_use() {
    for make in [vendors::okta, vendors::entra] {
        for (vendor, world) in Vendor::worlds(make).await {
            let name = vendor.name(&world);
            let made = world.application(world.dcr).await;
            let client = made.client_id.clone().expect("a client");
            let rotated = world.applications.rotate(&world.ctx(), &made, WEEK).await;
            let rotated = rotated.expect(&name);
            assert!(rotated.revision.is_some(), "{name}: gateways hear of it");
            let sql = "SELECT successor_id FROM portal_retiring_credential";
            let rows = world.db.query(sql, Vec::new()).await.expect("rows");
            let second: String = rows[0].get("successor_id").expect("an id");

            world.clock.advance(HOUR);
            let publisher =
                Publisher::new(world.db.clone(), world.clock.clone(), Settings::default());
            let uses = async |credential: &str| {
                let used = Use {
                    application_id: made.id.to_string(),
                    credential: credential.to_owned(),
                    used_at: world.clock.now(),
                };
                publisher.note_uses(&[used]).await.expect("a use");
            };
            uses(&second).await;
            let now = again(&world, &made).await;
            let held = world.applications.credentials(&now, true).await.unwrap();
            assert!(held[0].last_used_at.is_some(), "{name}: the new one");
            assert_eq!(held[1].last_used_at, None, "{name}: the old one");
            assert_eq!(held[1].safe_to_retire, Some(true), "{name}");
            uses(&client).await;
            let held = world.applications.credentials(&now, true).await.unwrap();
            assert_eq!(held[1].safe_to_retire, Some(false), "{name}: it is used");
            world.clock.advance(SILENCE);
            uses(&second).await;
            let held = world.applications.credentials(&now, true).await.unwrap();
            assert_eq!(held[1].safe_to_retire, Some(true), "{name}: not any more");
        }
    }
}
