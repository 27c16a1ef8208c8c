//! Clients that the provider had before, and applications that get another owner.

use dcr::{DcrProvider as _, Metadata, NewClient};
use oauth::Entropy;
use portal::model::DeveloperId;
use portal::service::applications::{Owner, Removal};
use portal::{Actor, Ctx, Error};
use storage::params;

use crate::world::{World, worlds};

/// A client that somebody made at the provider by hand.
async fn foreign(world: &World) -> String {
    let client = NewClient {
        name: "legacy".into(),
        description: None,
        redirect_uris: Vec::new(),
        auth_methods: vec!["client_credentials".into()],
        audience: None,
        scopes: Vec::new(),
        metadata: Metadata::default(),
        auth_strategy_id: String::new(),
        dcr_provider_id: String::new(),
        distinction: None,
    };
    let made = world.memory.register(&client).await;
    made.expect("a client").client_id
}

fn administrator(world: &World) -> Ctx {
    Ctx {
        actor: Actor::System,
        ..world.ctx()
    }
}

#[tokio::test]
async fn an_existing_client_becomes_an_applications_and_keeps_its_secret() {
    for world in worlds().await {
        let ctx = administrator(&world);
        let client_id = foreign(&world).await;
        let made = world.memory.secrets_made();
        let new = world.new_application(world.dcr);
        let adopted = world.applications.adopt(&ctx, new, client_id.clone()).await;
        let adopted = adopted.unwrap().value;
        assert_eq!(adopted.client_id.as_deref(), Some(client_id.as_str()));
        assert_eq!(world.memory.secrets_made(), made, "{}", world.name);
        let client = world.memory.clients().remove(0);
        let marked = client.metadata.konnect_application_id;
        assert_eq!(marked, adopted.id.to_string());

        let new = world.new_application(world.dcr);
        let again = world.applications.adopt(&ctx, new, client_id.clone()).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{}", world.name);
        let gone = world.applications.delete(&ctx, &adopted).await;
        assert_eq!(gone.unwrap().value, Removal::Complete);
        assert_eq!(world.memory.clients().len(), 0);
    }
}

#[tokio::test]
async fn what_is_no_client_of_the_provider_is_not_adopted() {
    for world in worlds().await {
        let ctx = administrator(&world);
        for (offer, client_id) in [
            (world.dcr, "unknown"),
            // The client by which the provider is managed.
            (world.dcr, "admin"),
            (world.keys, "unknown"),
        ] {
            let new = world.new_application(offer);
            let adopted = world.applications.adopt(&ctx, new, client_id.to_owned());
            let refused = adopted.await.unwrap_err();
            assert!(matches!(refused, Error::Invalid(_)), "{refused}");
        }
        assert!(world.states().await.is_empty());
    }
}

#[tokio::test]
async fn an_application_gets_another_owner_and_its_client_says_so() {
    for world in worlds().await {
        let ctx = administrator(&world);
        let application = world.application(world.dcr).await;
        let other = DeveloperId::new(&Entropy::system());
        let sql = "INSERT INTO portal_developer (id, portal_id, email, full_name, status, \
                   email_verified, created_at, updated_at) \
                   VALUES ($1, $2, 'eve@example.com', 'Eve', 'approved', $3, 0, 0)";
        let row = params![other, world.portal_id, true];
        world.db.execute(sql, row).await.unwrap();
        let moved = world
            .applications
            .transfer(&ctx, &application, Owner::Developer(other));
        let moved = moved.await;
        assert_eq!(moved.unwrap().value.developer_id, other);
        let client = world.memory.clients().remove(0);
        assert_eq!(client.metadata.konnect_developer_id, other.to_string());
        let nobody = DeveloperId::new(&Entropy::system());
        let refused = world
            .applications
            .transfer(&ctx, &application, Owner::Developer(nobody))
            .await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{}", world.name);
    }
}
