//! Clients that come and go: found, removed, refused, and named as one likes.

use super::states::seen;
use super::{Subject, delete, new_client, register, token};
use crate::port::{ClientChanges, ErrorKind, Probe};

pub(super) async fn a_client_is_found_by_its_application(subject: &Subject) {
    let (client_id, _) = register(subject, "contract-found").await;
    let found = subject.provider.find("contract-found").await.expect("find");
    assert_eq!(found.len(), 1, "one client for the application");
    assert_eq!(found[0].client_id, client_id);
    assert_eq!(found[0].name, "contract");
    assert_eq!(
        found[0].metadata,
        new_client(subject, "contract-found").metadata
    );
    assert!(
        subject
            .provider
            .find("contract-nobody")
            .await
            .expect("find")
            .is_empty()
    );
    delete(subject, &client_id).await;
    assert!(
        subject
            .provider
            .find("contract-found")
            .await
            .expect("find")
            .is_empty()
    );
}

/// A provider must not hand one developer another's client because the names are the same.
/// Names that people may choose: as long as the portal takes them, with signs that break lines, hide text
/// or are markup elsewhere.
pub(super) async fn odd_names_are_taken(subject: &Subject) {
    let provider = &subject.provider;
    for name in ["🎉".repeat(200), "tab\tand\u{202e}line\n".to_owned()] {
        let mut new = new_client(subject, "contract-odd");
        new.name = name;
        let made = provider.register(&new).await.expect("an odd name");
        let expected = provider.expected(&new);
        let state = seen(subject, &made.client_id).await.expect("a client");
        assert_eq!(state.differences(&expected), [], "{state:?}");
        delete(subject, &made.client_id).await;
    }
}

pub(super) async fn names_may_repeat(subject: &Subject) {
    let first = register(subject, "contract-twin-1").await;
    let second = register(subject, "contract-twin-2").await;
    assert_ne!(first.0, second.0, "two clients");
    delete(subject, &first.0).await;
    assert!(
        token(subject, &second, None).await.is_ok(),
        "the other still works"
    );
    delete(subject, &second.0).await;
}

pub(super) async fn a_failed_registration_leaves_nothing(subject: &Subject) {
    let mut client = new_client(subject, "contract-failed");
    client.audience = Some("https://contract.invalid/no-such-audience".to_owned());
    let error = subject
        .provider
        .register(&client)
        .await
        .err()
        .expect("an unknown audience");
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(
        error.message.contains("no-such-audience"),
        "it names the audience: {error}"
    );
    assert!(
        subject
            .provider
            .find("contract-failed")
            .await
            .expect("find")
            .is_empty()
    );
}

/// What a provider cannot do is refused with a sentence, and nothing happens.
pub(super) async fn what_cannot_be_done_is_said(subject: &Subject) {
    let abilities = subject.provider.abilities();
    let client = register(subject, "contract-unable").await;
    let says = |error: Option<crate::port::Error>, what: &str| {
        let error = error.unwrap_or_else(|| panic!("{what} is not done"));
        assert_eq!(error.kind, ErrorKind::Unsupported, "{what}: {error}");
        assert!(error.message.len() > 40, "{what} is explained: {error}");
    };
    if !abilities.scopes {
        let scopes = [subject.scopes[1].clone()];
        let set = subject
            .provider
            .set_scopes(&client.0, &subject.audience, &scopes);
        says(set.await.err(), "set_scopes");
    }
    if !abilities.updates {
        let changes = ClientChanges {
            redirect_uris: Some(Vec::new()),
            ..ClientChanges::default()
        };
        let updated = subject.provider.update(&client.0, &changes).await;
        says(updated.err(), "update");
    }
    if !(abilities.rotates && subject.rotates) {
        let rotated = subject.provider.rotate_secret(&client.0).await;
        says(rotated.err(), "rotate_secret");
    }
    assert!(token(subject, &client, None).await.is_ok(), "it works");
    delete(subject, &client.0).await;
}

pub(super) async fn deleting_twice_is_success(subject: &Subject) {
    let (client_id, _) = register(subject, "contract-deleted").await;
    delete(subject, &client_id).await;
    delete(subject, &client_id).await;
}

pub(super) async fn a_missing_client_is_not_found(subject: &Subject) {
    let (client_id, _) = register(subject, "contract-missing").await;
    delete(subject, &client_id).await;
    if subject.provider.abilities().rotates {
        let rotated = subject.provider.rotate_secret(&client_id).await;
        assert_eq!(
            rotated.err().map(|error| error.kind),
            Some(ErrorKind::NotFound)
        );
    }
    let changes = ClientChanges {
        name: Some("renamed".to_owned()),
        ..ClientChanges::default()
    };
    let updated = subject.provider.update(&client_id, &changes).await;
    assert_eq!(
        updated.err().map(|error| error.kind),
        Some(ErrorKind::NotFound)
    );
}

pub(super) async fn the_audience_lists_its_scopes(subject: &Subject) {
    if let Some(listed) = subject
        .provider
        .scopes(&subject.audience)
        .await
        .expect("scopes")
    {
        for scope in &subject.scopes {
            assert!(
                listed.iter().any(|listed| &listed.value == scope),
                "{scope} is listed"
            );
        }
    }
    let unknown = subject
        .provider
        .scopes("https://contract.invalid/no-such-audience")
        .await;
    assert!(
        !matches!(unknown, Ok(Some(_))),
        "an unknown audience has no scopes"
    );
}

pub(super) async fn a_sound_provider_verifies_and_stays_clean(subject: &Subject) {
    let probe = Probe {
        audience: Some(subject.audience.clone()),
        scopes: subject.scopes.to_vec(),
        developer_managed_scopes: true,
        credential_claim: Vec::new(),
    };
    for finding in subject.provider.verify(&probe).await {
        assert!(finding.ok, "{}: {}", finding.check, finding.message);
        assert!(
            !finding.message.is_empty(),
            "{} says something",
            finding.check
        );
    }
}
