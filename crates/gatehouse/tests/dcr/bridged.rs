//! Both ends of the bridge: a portal whose DCR provider is of the type `http`, and this house's own
//! tenant behind it.

use dcr::ErrorKind;
use oauth::ClientSecret;
use portal::Error;
use portal::model::Application;
use portal::service::applications::ApplicationChanges;
use serde_json::{Value, json};

use crate::administrator::{AUDIENCE, BRIDGE_KEYS, token};
use crate::world::{By, World};

async fn made(world: &World, key: &str) -> (Application, ClientSecret) {
    let created = world.create(key).await.expect("an application").value;
    let secret = created.client_secret.expect("a secret").reveal();
    (created.application, secret)
}

async fn status(world: &World, application: &Application, secret: &ClientSecret) -> u16 {
    let id = application.client_id.as_deref().expect("a client");
    let egress = &world.administrator.egress;
    let answer = token(egress, id, secret, AUDIENCE, Some("read:weather")).await;
    answer.status.as_u16()
}

async fn configure(world: &World, config: Value) {
    world.later();
    let path = format!("/v2/dcr-providers/{}", world.provider_id);
    world
        .platform("PATCH", &path, &json!({ "dcr_config": config }))
        .await;
}

async fn at_tenant(world: &World, application: &Application) -> Value {
    let id = application.client_id.as_deref().expect("a client");
    let path = format!("/api/v2/clients/{id}");
    world.administrator.get(&path).await
}

fn renamed(name: &str) -> ApplicationChanges {
    ApplicationChanges {
        name: Some(name.to_owned()),
        redirect_uri: Some(Some("https://app.example/callback".parse().expect("a URL"))),
        ..ApplicationChanges::default()
    }
}

#[tokio::test]
async fn an_application_lives_its_whole_life_over_the_bridge() {
    for world in World::everywhere_by(By::Bridge).await {
        let applications = world.portal.applications();
        let (application, first) = made(&world, "a").await;
        assert_eq!(status(&world, &application, &first).await, 200);
        let client = at_tenant(&world, &application).await;
        let suffix = &application.id.to_string()[24..];
        assert_eq!(client["name"], format!("cli ({suffix})"), "{}", world.name);

        let ctx = world.ctx();
        let updated = applications.update(&ctx, &application, renamed("renamed"));
        let application = updated.await.expect("a change").value;
        let client = at_tenant(&world, &application).await;
        assert_eq!(client["name"], "renamed");
        assert_eq!(client["callbacks"], json!(["https://app.example/callback"]));
        let own = &client["client_metadata"]["konnect_application_id"];
        assert_eq!(own, &json!(application.id), "events name the application");
        assert_eq!(status(&world, &application, &first).await, 200);

        // One secret after another; and the key of the bridge is replaced in between.
        let mut before = first;
        for key in [BRIDGE_KEYS[1], BRIDGE_KEYS[0], BRIDGE_KEYS[1]] {
            configure(&world, json!({ "api_key": key })).await;
            let rotated = applications.rotate_secret(&world.ctx(), &application).await;
            let secret = rotated.expect("a rotation").value.client_secret.reveal();
            assert_eq!(status(&world, &application, &secret).await, 200);
            assert_eq!(status(&world, &application, &before).await, 401);
            before = secret;
        }

        let deleted = applications.delete(&world.ctx(), &application).await;
        assert!(deleted.is_ok(), "{}", world.name);
        world.assert_settled(0, "the end of its life").await;
    }
}

#[tokio::test]
async fn a_bridge_that_wants_no_events_and_gives_no_secrets_is_left_alone() {
    for world in World::everywhere_by(By::Bridge).await {
        let quiet = json!({ "disable_event_hooks": true, "disable_refresh_secret": true });
        configure(&world, quiet).await;
        let applications = world.portal.applications();
        let (application, secret) = made(&world, "a").await;
        let refused = applications.rotate_secret(&world.ctx(), &application).await;
        let unable = |error: Option<Error>| match error {
            Some(Error::Provider(error)) => error.kind == ErrorKind::Unsupported,
            _ => false,
        };
        assert!(unable(refused.err()), "{}", world.name);
        let ctx = world.ctx();
        let moved = applications.update(&ctx, &application, renamed("renamed"));
        assert!(unable(moved.await.err()), "a redirect URI would be lost");
        let name = ApplicationChanges {
            redirect_uri: None,
            ..renamed("renamed")
        };
        let updated = applications.update(&world.ctx(), &application, name).await;
        assert_eq!(updated.expect("a name").value.name, "renamed");
        let client = at_tenant(&world, &application).await;
        assert_ne!(client["name"], "renamed", "nobody told the bridge");
        assert_eq!(status(&world, &application, &secret).await, 200);
    }
}

#[tokio::test]
async fn a_provider_of_the_type_http_verifies_against_our_own_tenant() {
    let mut worlds = World::everywhere_by(By::Bridge).await;
    let world = worlds.remove(0);
    let path = format!("/v2/dcr-providers/{}/verify", world.provider_id);
    let before = world.clients().await.len();
    let verified = world.platform("POST", &path, &Value::Null).await;
    assert_eq!(verified["status"], "success", "{verified}");
    assert_eq!(world.clients().await.len(), before, "no client is left");
    configure(&world, json!({ "api_key": "another_key_of_nobody" })).await;
    let verified = world.platform("POST", &path, &Value::Null).await;
    assert_eq!(verified["status"], "failed", "{verified}");
    let errors = verified["errors"].to_string();
    assert!(errors.contains("refuses the API key"), "{errors}");
}
