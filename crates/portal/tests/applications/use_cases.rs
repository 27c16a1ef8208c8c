//! What developers and administrators do, where nothing fails.

use dcr::contract::TokenEndpoint;
use dcr::testing::Fault;
use dcr::{DcrProvider as _, ErrorKind};
use portal::model::{
    ApplicationStatus, ApprovalStatus, DcrConfig, DcrProvider, Labels, ProviderType,
};
use portal::service::applications::{ApplicationChanges, NewApplication};
use portal::{Error, Violation};
use storage::params;

use crate::world::{AUDIENCE, World, worlds};

fn violation(error: Error) -> Violation {
    match error {
        Error::Invalid(mut violations) if violations.len() == 1 => violations.remove(0),
        other => panic!("not one violation: {other:?}"),
    }
}

#[tokio::test]
async fn an_application_gets_a_client_with_its_four_ids_and_a_secret_that_works() {
    for world in worlds().await {
        let before = world.revision().await;
        let new = NewApplication {
            auth_strategy_id: None,
            ..world.new_application(world.dcr)
        };
        let created = world.applications.create(&world.ctx(), new).await.unwrap();
        let application = created.value.application;
        assert_eq!(created.revision, Some(before + 1), "{}", world.name);
        assert_eq!(application.status, ApplicationStatus::Active);
        assert_eq!(
            application.auth_strategy_id, world.dcr.strategy_id,
            "the default"
        );

        let client = world.memory.clients().remove(0);
        assert_eq!(
            application.client_id.as_deref(),
            Some(client.client_id.as_str())
        );
        assert_eq!(application.reference_id, client.client_id);
        let metadata = client.metadata;
        assert_eq!(metadata.konnect_application_id, application.id.to_string());
        assert_eq!(
            metadata.konnect_developer_id,
            world.developer_id.to_string()
        );
        assert_eq!(metadata.konnect_portal_id, world.portal_id.to_string());
        assert!(!metadata.konnect_org_id.is_empty());

        let secret = created.value.client_secret.unwrap().reveal();
        let scopes = world
            .memory
            .client_credentials(&client.client_id, &secret, AUDIENCE, None);
        assert_eq!(
            scopes.await.unwrap(),
            ["openid", "read:weather", "write:weather"]
        );
        let stored = world
            .applications
            .get(application.id, Some(world.developer_id))
            .await
            .unwrap();
        assert_eq!(stored.client_id, application.client_id);
        world.reconcile().await;
        world
            .assert_settled("the job of an application that was made")
            .await;
        assert_eq!(world.states().await.len(), 1);
    }
}

#[tokio::test]
async fn no_secret_is_in_the_database() {
    for world in worlds().await {
        let created = world.create(world.dcr).await.unwrap();
        assert!(created.value.client_secret.is_some());
        let application = created.value.application;
        let rotated = world
            .applications
            .rotate_secret(&world.ctx(), &application)
            .await;
        assert!(rotated.is_ok());
        let sql = "SELECT payload AS kept FROM storage_job UNION ALL SELECT detail FROM portal_audit \
                   UNION ALL SELECT name || reference_id || COALESCE(client_id, '') || scopes || labels \
                   FROM portal_application UNION ALL SELECT key FROM storage_change";
        let rows = world.db.query(sql, params![]).await.unwrap();
        let kept: Vec<String> = rows.iter().map(|row| row.get("kept").unwrap()).collect();
        let kept = kept.join("\n");
        assert!(
            kept.contains("client1"),
            "it looks where the client is: {kept}"
        );
        assert!(
            !kept.contains("secret1") && !kept.contains("secret2"),
            "{kept}"
        );
    }
}

#[tokio::test]
async fn a_strategy_of_another_portal_and_wrong_members_are_named() {
    for world in worlds().await {
        let create = async |new| {
            world
                .applications
                .create(&world.ctx(), new)
                .await
                .err()
                .unwrap()
        };
        let mut new = world.new_application(world.dcr);
        new.auth_strategy_id = Some(portal::model::AuthStrategyId::new(&oauth::Entropy::system()));
        let violated = violation(create(new).await);
        assert_eq!(
            (violated.field.as_str(), violated.rule),
            ("auth_strategy_id", "missing_reference")
        );

        let mut new = world.new_application(world.dcr);
        new.reference_id = Some("mine".to_owned());
        assert_eq!(violation(create(new).await).field, "reference_id");

        let mut new = world.new_application(world.dcr);
        new.scopes = vec!["read:weather".to_owned()];
        assert_eq!(violation(create(new).await).field, "scopes");

        let mut new = world.new_application(world.managed);
        new.scopes = vec!["delete:weather".to_owned()];
        assert!(
            violation(create(new).await)
                .reason
                .contains("delete:weather")
        );

        let new = world.new_application(world.self_managed);
        let violated = violation(create(new).await);
        assert_eq!(
            (violated.field.as_str(), violated.rule),
            ("reference_id", "required")
        );
        world.assert_settled("refusals").await;
    }
}

#[tokio::test]
async fn applications_without_dcr_need_no_provider() {
    for world in worlds().await {
        let keys = world.application(world.keys).await;
        assert_eq!(keys.client_id, None);
        let mut new = world.new_application(world.self_managed);
        new.reference_id = Some("my-client".to_owned());
        let created = world
            .applications
            .create(&world.ctx(), new.clone())
            .await
            .unwrap();
        assert_eq!(
            created.value.application.client_id.as_deref(),
            Some("my-client")
        );
        assert!(created.value.client_secret.is_none());
        let twice = world
            .applications
            .create(&world.ctx(), new)
            .await
            .err()
            .unwrap();
        assert!(matches!(twice, Error::Conflict(_)), "{twice:?}");
        let rotated = world
            .applications
            .rotate_secret(&world.ctx(), &keys)
            .await
            .err()
            .unwrap();
        assert!(matches!(rotated, Error::Conflict(_)));
        for application in [keys, created.value.application] {
            let gone = world
                .applications
                .delete(&world.ctx(), &application)
                .await
                .unwrap();
            assert!(gone.revision.is_some());
        }
        assert!(world.states().await.is_empty());
        assert!(world.memory.clients().is_empty());
    }
}

#[tokio::test]
async fn an_idempotency_key_makes_one_application() {
    for world in worlds().await {
        let mut new = world.new_application(world.dcr);
        new.idempotency_key = Some("once".to_owned());
        let ctx = world.ctx();
        let create = |new: &NewApplication| world.applications.create(&ctx, new.clone());
        let (first, second) = tokio::join!(create(&new), create(&new));
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.value.application.id, second.value.application.id);
        let repeated = [first.value.repeated, second.value.repeated];
        assert_eq!(repeated.iter().filter(|repeated| **repeated).count(), 1);
        assert!(second.value.client_secret.is_some() && first.value.client_secret.is_some());
        let third = create(&new).await.unwrap();
        assert!(
            third.value.client_secret.is_none(),
            "the second may be in use"
        );

        let mut another = new.clone();
        another.name = "another".to_owned();
        let refused = create(&another).await.err().unwrap();
        assert!(matches!(refused, Error::Conflict(_)), "{refused:?}");
        assert_eq!(world.memory.clients().len(), 1);
        let deleted = world
            .applications
            .delete(&world.ctx(), &first.value.application)
            .await;
        assert!(deleted.is_ok());
        assert!(world.applications.create(&world.ctx(), new).await.is_ok());
    }
}

#[tokio::test]
async fn a_repeated_request_gives_the_application_also_where_a_secret_stays_for_good() {
    for world in worlds().await {
        let mut new = world.new_application(world.dcr);
        new.idempotency_key = Some("again".to_owned());
        let first = world.applications.create(&world.ctx(), new.clone()).await;
        let first = first.unwrap().value.application;
        let keeps = Fault::Refused(ErrorKind::Unsupported);
        world.provider.fail("rotate_secret", keeps);
        let again = world.applications.create(&world.ctx(), new).await;
        let again = again.unwrap_or_else(|error| panic!("{}: {error}", world.name));
        assert_eq!(again.value.application.id, first.id);
        assert!(again.value.repeated && again.value.client_secret.is_none());
    }
}

#[tokio::test]
async fn a_rotation_is_counted_for_gateways() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let rotated = world
            .applications
            .rotate_secret(&world.ctx(), &application)
            .await
            .unwrap();
        assert_eq!(rotated.revision, Some(world.revision().await));
        let after = world.applications.get(application.id, None).await.unwrap();
        assert_eq!(after.secret_version, 1);
        let secret = rotated.value.client_secret.reveal();
        let token =
            world
                .memory
                .client_credentials(&rotated.value.client_id, &secret, AUDIENCE, None);
        assert!(token.await.is_ok());
        world.reconcile().await;
        let after = world.applications.get(application.id, None).await.unwrap();
        assert_eq!(
            after.secret_version, 1,
            "{}: a rotation is counted once",
            world.name
        );
    }
}

#[tokio::test]
async fn a_change_reaches_the_provider_and_the_reference_id_stays() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let changes = ApplicationChanges {
            name: Some("renamed".to_owned()),
            reference_id: Some(application.reference_id.clone()),
            ..ApplicationChanges::default()
        };
        let changed = world
            .applications
            .update(&world.ctx(), &application, changes)
            .await
            .unwrap();
        assert_eq!(changed.value.name, "renamed");
        assert_eq!(world.memory.clients()[0].name, "renamed");
        let changes = ApplicationChanges {
            reference_id: Some("another".to_owned()),
            ..ApplicationChanges::default()
        };
        let refused = world
            .applications
            .update(&world.ctx(), &application, changes)
            .await;
        assert_eq!(violation(refused.err().unwrap()).field, "reference_id");
    }
}

#[tokio::test]
async fn a_deleted_application_is_gone_here_at_the_provider_and_for_others() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let stranger = portal::model::DeveloperId::new(&oauth::Entropy::system());
        assert!(
            world
                .applications
                .get(application.id, Some(stranger))
                .await
                .is_err()
        );
        let deleted = world
            .applications
            .delete(&world.ctx(), &application)
            .await
            .unwrap();
        assert_eq!(deleted.revision, Some(world.revision().await));
        assert!(world.applications.get(application.id, None).await.is_err());
        assert!(world.memory.clients().is_empty());
        let again = world.applications.delete(&world.ctx(), &application).await;
        assert!(matches!(again, Err(Error::NotFound(_))));
        world.assert_settled("a deletion").await;
    }
}

#[tokio::test]
async fn a_registration_is_approved_by_the_version_or_waits() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let new = world.registration(world.dcr, &[]);
        let registered = world
            .applications
            .register(&world.ctx(), &application, new.clone())
            .await;
        let registered = registered.unwrap();
        assert_eq!(registered.value.status, ApprovalStatus::Approved);
        assert!(registered.revision.is_some());
        let twice = world
            .applications
            .register(&world.ctx(), &application, new)
            .await;
        assert!(matches!(twice, Err(Error::Conflict(_))));
        let other = world.registration(world.keys, &[]);
        let other = world
            .applications
            .register(&world.ctx(), &application, other)
            .await;
        assert!(matches!(other, Err(Error::Conflict(_))), "another strategy");
        let ctx = world.ctx();
        let ended = world
            .applications
            .unregister(&ctx, &application, registered.value.id);
        assert!(ended.await.unwrap().revision.is_some());
    }
}

#[tokio::test]
async fn scopes_that_developers_choose_follow_their_registrations() {
    for world in worlds().await {
        let created = world.create(world.managed).await.unwrap();
        let application = created.value.application;
        let secret = created.value.client_secret.unwrap().reveal();
        let scopes = async || {
            let client_id = application.client_id.clone().unwrap();
            world
                .memory
                .client_credentials(&client_id, &secret, AUDIENCE, None)
                .await
                .unwrap()
        };
        assert_eq!(scopes().await, ["openid"]);
        let new = world.registration(world.managed, &["read:weather"]);
        let registered = world
            .applications
            .register(&world.ctx(), &application, new)
            .await
            .unwrap();
        assert_eq!(registered.value.status, ApprovalStatus::Pending);
        assert_eq!(registered.revision, None, "gateways need not know of it");
        assert_eq!(scopes().await, ["openid"]);

        let set = async |status| {
            let id = registered.value.id;
            let ctx = world.ctx();
            let set = world
                .applications
                .set_registration_status(&ctx, world.portal_id, id, status);
            set.await.unwrap()
        };
        assert!(set(ApprovalStatus::Approved).await.revision.is_some());
        assert_eq!(scopes().await, ["openid", "read:weather"]);
        assert!(set(ApprovalStatus::Approved).await.revision.is_none());
        assert!(set(ApprovalStatus::Revoked).await.revision.is_some());
        assert_eq!(scopes().await, ["openid"]);
    }
}

#[tokio::test]
async fn a_provider_that_has_none_of_its_applications_clients_is_another() {
    for world in worlds().await {
        let moved = DcrProvider {
            id: world.provider_id,
            name: "moved".to_owned(),
            display_name: None,
            provider_type: ProviderType::Auth0,
            issuer: "https://other.example".to_owned(),
            config: DcrConfig::default(),
            connection: None,
            secret: None,
            active: true,
            labels: Labels::new(),
            created_at: world.clock.now(),
            updated_at: world.clock.now(),
        };
        let elsewhere = async || {
            let asked = world.applications.is_elsewhere(moved.clone()).await;
            asked.unwrap_or_else(|error| panic!("{}: {error}", world.name))
        };
        assert!(!elsewhere().await, "nothing is there to be lost");
        let application = world.application(world.dcr).await;
        assert!(!elsewhere().await, "{}: its client is there", world.name);
        let client_id = application.client_id.expect("a client");
        world.memory.delete(&client_id).await.expect("removed");
        world.provider.fail("inspect", Fault::RequestLost);
        assert!(!elsewhere().await, "nobody can say");
        assert!(elsewhere().await, "{}", world.name);
    }
}

#[tokio::test]
async fn a_provider_is_verified_with_what_its_strategies_need() {
    for world in worlds().await {
        let (ctx, id) = (world.ctx(), world.provider_id);
        let verified = world.applications.verify_provider(&ctx, id).await.unwrap();
        assert!(verified.succeeded(), "{:?}", verified.findings);
        assert_nothing_kept(&world);

        let past = world.applications.verifications(id).await.unwrap();
        assert_eq!(past.len(), 1, "{}", world.name);
        assert_eq!(past[0].findings, verified.findings);
        assert_eq!((past[0].at, past[0].missing()), (world.clock.now(), 0));
        assert_eq!(past[0].actor_kind, "developer", "as the test's own context");
    }
}

fn assert_nothing_kept(world: &World) {
    assert!(world.memory.clients().is_empty());
}
