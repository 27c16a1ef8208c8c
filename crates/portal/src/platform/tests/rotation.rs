//! A new key-encryption key takes over what the portal keeps sealed.

use secrecy::ExposeSecret;
use serde_json::json;
use storage::outbox::Outbox;
use storage::seal::KeyRing;

use super::{Platform, providers, strategies};
use crate::mail::{self, Delivery, Mail, Postbox, Subject};
use crate::model::DcrProvider;
use crate::store;

const OLD: &str = "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";
const NEW: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

fn ring(keys: &[&str]) -> KeyRing {
    KeyRing::from_base64(keys).unwrap()
}

#[tokio::test]
async fn after_a_rotation_and_one_start_the_old_key_can_go() {
    for platform in Platform::everywhere().await {
        let platform = platform.restart(ring(&[OLD])).await;
        let provider = platform.provider().await;
        let mut body = strategies::seed();
        body["configs"]["openid-connect"]["session_secret"] = json!("still here");
        let strategy = platform.post(strategies::ALL, body).await.id();
        write_mail(&platform).await;

        let platform = platform.restart(ring(&[NEW, OLD])).await;
        let rewrapped = platform.portal.rewrap_secrets().await.unwrap();
        assert_eq!(rewrapped, 3, "{}", platform.name());
        assert_eq!(platform.portal.rewrap_secrets().await.unwrap(), 0);

        // Digests, such as those of platform tokens, stay under the key that made them.
        let digests = format!("digest:{OLD}");
        let platform = platform.restart(ring(&[NEW, &digests])).await;
        assert_eq!(
            initial_client_secret(&platform, &provider).await,
            providers::SECRET
        );
        let one = format!("{}/{strategy}", strategies::ALL);
        let changed = platform.call("PATCH", &one, json!({ "name": "new" })).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let kept = strategies::secrets(&platform, &strategy).await;
        assert_eq!(kept, json!({ "session_secret": "still here" }));
        assert_eq!(mails_delivered(&platform).await, 1);
    }
}

async fn initial_client_secret(platform: &Platform, id: &str) -> String {
    let id = id.parse().unwrap();
    let found = store::dcr_providers::find(platform.portal.db(), id).await;
    let sealed = found.unwrap().unwrap().secret.unwrap();
    let context = DcrProvider::secret_context(id);
    let opened = platform.portal.sealer().open(&context, &sealed);
    opened.unwrap().expose_secret().to_owned()
}

async fn write_mail(platform: &Platform) {
    let mail = Mail {
        subject: Subject::Verify,
        to: "developer@example.com".into(),
        full_name: "A Developer".into(),
        portal: "Weather".into(),
        link: "http://localhost:8003/verify?token=t".into(),
        hours: 24,
        locale: "en".into(),
        written_at: platform.clock.now(),
        ..Mail::blank()
    };
    let portal = &platform.portal;
    let mut tx = portal.db().begin().await.unwrap();
    mail::post(&mut tx, portal.sealer(), portal.entropy(), &mail)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn mails_delivered(platform: &Platform) -> usize {
    let portal = &platform.portal;
    let directory = tempfile::tempdir().unwrap();
    let settings = mail::Settings {
        delivery: Delivery::Files(directory.path().to_owned()),
        from: "Portal <portal@example.com>".into(),
    };
    let postbox = Postbox::new(&settings, portal.entropy().clone()).unwrap();
    let outbox = Outbox::new(
        portal.db().clone(),
        platform.clock.clone(),
        portal.entropy().clone(),
    );
    let deliver = async |job| mail::deliver(portal.db(), &postbox, portal.sealer(), job).await;
    outbox.run_due(mail::QUEUE, &deliver).await;
    std::fs::read_dir(directory.path()).unwrap().count()
}
