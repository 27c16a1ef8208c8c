//! Scopes that developers choose: offered by the strategy, granted at the provider, narrowed and taken
//! back; refused where the provider cannot.

use dcr::ErrorKind;
use portal::Error;
use portal::model::ApprovalStatus;

use crate::vendors::{self, Vendor};

fn sorted(mut scopes: Vec<String>) -> Vec<String> {
    scopes.sort();
    scopes
}

#[tokio::test]
async fn scopes_follow_what_developers_choose_at_each_provider_that_knows_them() {
    for make in [vendors::auth0, vendors::rfc7591] {
        for (vendor, world) in Vendor::worlds(make).await {
            let name = vendor.name(&world);
            let applications = &world.applications;
            let application = world.application(world.managed).await;
            let id = application.client_id.clone().expect("a client");
            let granted = || sorted((vendor.granted)(&id));
            assert_eq!(granted(), ["openid"], "{name}: nothing was chosen yet");

            let unknown = world.registration(world.managed, &["erase:weather"]);
            let ctx = world.ctx();
            let refused = applications.register(&ctx, &application, unknown).await;
            assert!(
                matches!(refused, Err(Error::Invalid(_))),
                "{name}: not offered"
            );

            let both = ["read:weather", "write:weather"];
            let new = world.registration(world.managed, &both);
            let registered = applications.register(&ctx, &application, new).await;
            let registration = registered.expect(&name).value;
            assert_eq!(granted(), ["openid"], "{name}: it waits for approval");
            let approved = ApprovalStatus::Approved;
            let (portal, of) = (world.portal_id, registration.id);
            let set = applications.set_registration_status(&ctx, portal, of, approved);
            let shown = set.await.expect(&name).value.granted_scopes;
            assert_eq!(shown.expect("scopes"), both, "{name}");
            assert_eq!(
                granted(),
                ["openid", "read:weather", "write:weather"],
                "{name}"
            );

            let ended = applications.unregister(&ctx, &application, of).await;
            assert!(ended.is_ok(), "{name}");
            assert_eq!(granted(), ["openid"], "{name}: taken back");
            let narrow = world.registration(world.managed, &["read:weather"]);
            let registered = applications.register(&ctx, &application, narrow).await;
            let of = registered.expect(&name).value.id;
            let set = applications.set_registration_status(&ctx, portal, of, approved);
            assert!(set.await.is_ok(), "{name}");
            assert_eq!(granted(), ["openid", "read:weather"], "{name}: narrowed");
        }
    }
}

#[tokio::test]
async fn scopes_that_a_provider_cannot_grant_later_are_refused_and_leave_no_registration() {
    for (vendor, world) in Vendor::worlds(vendors::unmanaged).await {
        let name = vendor.name(&world);
        let application = world.application(world.managed).await;
        let sql = "UPDATE portal_publication SET auto_approve_registration = $1";
        let approves = world.db.execute(sql, storage::params![true]).await;
        assert!(approves.is_ok());
        let new = world.registration(world.managed, &["read:weather"]);
        let ctx = world.ctx();
        let refused = world.applications.register(&ctx, &application, new).await;
        let Err(Error::Provider(error)) = refused else {
            panic!("{name}: it was not refused");
        };
        assert_eq!(error.kind, ErrorKind::Unsupported, "{name}: {error}");
        let sql = "SELECT id FROM portal_registration";
        let left = world.db.query(sql, Vec::new()).await.expect("rows");
        assert!(left.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn where_developers_do_not_choose_nothing_can_be_asked_for() {
    for make in vendors::ALL {
        for (vendor, world) in Vendor::worlds(make).await {
            let application = world.application(world.dcr).await;
            let new = world.registration(world.dcr, &["read:weather"]);
            let ctx = world.ctx();
            let refused = world.applications.register(&ctx, &application, new).await;
            let name = vendor.name(&world);
            assert!(matches!(refused, Err(Error::Invalid(_))), "{name}");
        }
    }
}
