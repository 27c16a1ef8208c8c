//! What credentials do: tokens, scopes, and secrets that are replaced.

use oauth::ClientSecret;

use super::{Subject, delete, register, register_as, scopes, token};
use crate::port::ClientChanges;

pub(super) async fn a_registered_client_works(subject: &Subject) {
    let client = register(subject, "contract-works").await;
    let [granted, other] = &subject.scopes;
    let scopes = token(subject, &client, Some(granted)).await;
    assert_eq!(
        scopes.as_ref(),
        Ok(&vec![granted.clone()]),
        "the scope that was asked for"
    );
    if subject.openid {
        let openid = token(subject, &client, Some("openid")).await;
        assert!(openid.is_ok(), "openid is granted");
    }
    if subject.provider.abilities().scopes {
        assert!(
            token(subject, &client, Some(other)).await.is_err(),
            "a scope that was not asked for"
        );
    }
    let wrong = (client.0.clone(), ClientSecret::from("wrong"));
    assert_eq!(
        token(subject, &wrong, None).await,
        Err(401),
        "a wrong secret"
    );
    delete(subject, &client.0).await;
    // Entra ID answers 400 here.
    assert!(
        token(subject, &client, None).await.is_err(),
        "a client that is gone"
    );
}

pub(super) async fn scopes_are_exactly_those_set(subject: &Subject) {
    let client = register(subject, "contract-scopes").await;
    let [first, second] = &subject.scopes;
    let set = async |scopes: Vec<String>| {
        let set = subject
            .provider
            .set_scopes(&client.0, &subject.audience, &scopes)
            .await;
        set.unwrap_or_else(|error| panic!("set_scopes {scopes:?}: {error}"));
    };
    set(scopes(subject, &[second])).await;
    assert!(
        token(subject, &client, Some(second)).await.is_ok(),
        "the new scope"
    );
    assert!(
        token(subject, &client, Some(first)).await.is_err(),
        "the old scope"
    );
    set(scopes(subject, &[second])).await;
    if subject.provider.abilities().audiences {
        set(Vec::new()).await;
        assert!(
            token(subject, &client, None).await.is_err(),
            "the audience is withdrawn"
        );
    }
    set(scopes(subject, &[first])).await;
    assert!(
        token(subject, &client, Some(first)).await.is_ok(),
        "and given again"
    );
    delete(subject, &client.0).await;
}

pub(super) async fn a_rotated_secret_replaces_the_old_one(subject: &Subject) {
    let client = register(subject, "contract-rotated").await;
    let secret = subject
        .provider
        .rotate_secret(&client.0)
        .await
        .expect("rotate");
    let rotated = (client.0.clone(), secret.reveal());
    assert!(
        token(subject, &rotated, None).await.is_ok(),
        "the new secret"
    );
    assert_eq!(
        token(subject, &client, None).await,
        Err(401),
        "the old secret"
    );
    delete(subject, &client.0).await;
}

pub(super) async fn two_clients_stand_side_by_side(subject: &Subject) {
    let application = "contract-overlap";
    let old = register(subject, application).await;
    let new = register_as(subject, application, Some("a1b2c3")).await;
    assert_ne!(old.0, new.0, "two clients");
    assert!(token(subject, &old, None).await.is_ok(), "the old client");
    assert!(token(subject, &new, None).await.is_ok(), "the new client");
    let found = subject.provider.find(application).await.expect("find");
    let mut found: Vec<String> = found.into_iter().map(|client| client.client_id).collect();
    found.sort();
    let mut both = vec![old.0.clone(), new.0.clone()];
    both.sort();
    assert_eq!(found, both, "both are the application's");
    delete(subject, &old.0).await;
    assert!(token(subject, &old, None).await.is_err(), "the old client");
    assert!(token(subject, &new, None).await.is_ok(), "the new client");
    delete(subject, &new.0).await;
}

pub(super) async fn two_secrets_stand_side_by_side(subject: &Subject) {
    let provider = &subject.provider;
    let old = register(subject, "contract-overlap").await;
    let before = provider.secrets(&old.0).await.expect("secrets");
    assert_eq!(before.len(), 1, "the secret of the registration");
    let added = provider.add_secret(&old.0).await.expect("add_secret");
    let after = provider.secrets(&old.0).await.expect("secrets");
    assert!(after.contains(&added.secret_id) && after.contains(&before[0]));
    let new = (old.0.clone(), added.client_secret.reveal());
    assert!(token(subject, &old, None).await.is_ok(), "the old secret");
    assert!(token(subject, &new, None).await.is_ok(), "the new secret");
    for _ in 0..2 {
        let removed = provider.remove_secret(&old.0, &before[0]).await;
        removed.expect("remove_secret, also for the second time");
    }
    assert_eq!(token(subject, &old, None).await, Err(401), "the old secret");
    assert!(token(subject, &new, None).await.is_ok(), "the new secret");
    delete(subject, &old.0).await;
    let removed = provider.remove_secret(&old.0, &added.secret_id).await;
    removed.expect("a client that is gone has no secrets");
}

pub(super) async fn a_change_keeps_the_credentials(subject: &Subject) {
    let client = register(subject, "contract-changed").await;
    let changes = ClientChanges {
        name: Some("renamed".to_owned()),
        description: Some(None),
        redirect_uris: subject
            .provider
            .abilities()
            .updates
            .then(|| vec!["https://contract.example/callback".parse().expect("a URL")]),
    };
    subject
        .provider
        .update(&client.0, &changes)
        .await
        .expect("update");
    let found = subject
        .provider
        .find("contract-changed")
        .await
        .expect("find");
    assert_eq!(found[0].name, "renamed");
    assert!(
        token(subject, &client, None).await.is_ok(),
        "the credentials still work"
    );
    delete(subject, &client.0).await;
}
