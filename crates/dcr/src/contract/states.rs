//! What a provider's clients are like: as they were asked for, or changed by hand.

use super::{Subject, delete, new_client, register, token};
use crate::port::{ClientChanges, ErrorKind};
use crate::state::{ClientState, Field};
use crate::survey::{Pages, Sight, Survey};

async fn surveyed(subject: &Subject) -> (Survey, Vec<ClientState>) {
    let (pages, mut shown) = Pages::new();
    let clients = async {
        let mut clients = Vec::new();
        while let Some(page) = shown.recv().await {
            clients.extend(page);
        }
        clients
    };
    let (survey, clients) = tokio::join!(subject.provider.survey(pages), clients);
    (survey.expect("survey"), clients)
}

pub(super) async fn seen(subject: &Subject, client_id: &str) -> Option<ClientState> {
    let (survey, clients) = surveyed(subject).await;
    let limits = survey.limits.unwrap_or_default();
    assert!(
        survey.sight == Sight::All || limits.len() > 40,
        "what cannot be seen is said: {limits}"
    );
    let mut clients = clients.into_iter();
    let listed = clients.find(|client| client.client_id == client_id);
    let inspected = subject.provider.inspect(client_id).await.expect("inspect");
    assert_eq!(listed, inspected, "a list shows what a look shows");
    listed
}

pub(super) async fn a_client_is_as_it_was_asked_for(subject: &Subject) {
    let provider = &subject.provider;
    let new = new_client(subject, "contract-compared");
    let (client_id, _) = register(subject, "contract-compared").await;
    let expected = provider.expected(&new);
    let state = seen(subject, &client_id).await.expect("a client");
    assert_eq!(state.differences(&expected), [], "{state:?}, {expected:?}");
    assert_eq!(state.metadata, new.metadata);

    let changes = ClientChanges {
        name: Some("renamed".to_owned()),
        ..ClientChanges::default()
    };
    provider.update(&client_id, &changes).await.expect("update");
    let state = seen(subject, &client_id).await.expect("a client");
    assert_eq!(state.differences(&expected), [Field::Name], "{state:?}");
    provider.restore(&client_id, &new).await.expect("restore");
    let state = seen(subject, &client_id).await.expect("a client");
    assert_eq!(state.differences(&expected), [], "{state:?} is restored");
    if subject.rotates && provider.abilities().rotates {
        let _unseen = provider.rotate_secret(&client_id).await.expect("rotate");
        let state = seen(subject, &client_id).await.expect("a client");
        assert_eq!(state.differences(&expected), [], "{state:?} is rotated");
    }

    delete(subject, &client_id).await;
    assert_eq!(seen(subject, &client_id).await, None, "it is gone");
    let restored = provider.restore(&client_id, &new).await;
    let kind = restored.err().map(|error| error.kind);
    assert_eq!(kind, Some(ErrorKind::NotFound), "restore");
}

pub(super) async fn changes_by_hand_are_seen_and_mended(subject: &Subject) {
    let Some(by_hand) = &subject.by_hand else {
        return;
    };
    let provider = &subject.provider;
    let (survey, _) = surveyed(subject).await;
    if survey.sight == Sight::Told {
        return;
    }
    let new = new_client(subject, "contract-by-hand");
    let client = register(subject, "contract-by-hand").await;
    let expected = provider.expected(&new);
    (by_hand.rename)(&client.0);
    let state = seen(subject, &client.0).await.expect("a client");
    assert_eq!(state.differences(&expected), [Field::Name], "{state:?}");
    provider.restore(&client.0, &new).await.expect("restore");
    let state = seen(subject, &client.0).await.expect("a client");
    assert_eq!(state.differences(&expected), [], "{state:?} is restored");
    assert!(
        token(subject, &client, None).await.is_ok(),
        "the credentials still work"
    );
    (by_hand.remove)(&client.0);
    assert_eq!(seen(subject, &client.0).await, None, "it is gone");
    delete(subject, &client.0).await;
}

pub(super) async fn changes_are_told(subject: &Subject) {
    let provider = &subject.provider;
    let (before, _) = register(subject, "contract-before").await;
    let mut mark = match provider.mark().await {
        Ok(mark) => mark,
        Err(error) => {
            let explained = matches!(
                error.kind,
                ErrorKind::Unsupported | ErrorKind::Denied { .. }
            );
            assert!(explained && error.message.len() > 40, "mark: {error}");
            return delete(subject, &before).await;
        }
    };
    let mut told = async |client_id: &str, what: &str| {
        let changes = provider.changes(&mark).await.expect("changes");
        let changes = changes.unwrap_or_else(|| panic!("{what} is told"));
        assert!(changes.clients.contains(client_id), "{what}: {changes:?}");
        mark = changes.next;
        let nothing = provider.changes(&mark).await.expect("changes");
        let nothing = nothing.unwrap_or_else(|| panic!("nothing is told after {what}"));
        assert!(nothing.clients.is_empty(), "after {what}: {nothing:?}");
        mark = nothing.next;
    };
    let (client_id, _) = register(subject, "contract-told").await;
    told(&client_id, "a registration").await;
    let changes = ClientChanges {
        name: Some("renamed".to_owned()),
        ..ClientChanges::default()
    };
    provider.update(&client_id, &changes).await.expect("update");
    told(&client_id, "a change").await;
    if let Some(by_hand) = &subject.by_hand {
        (by_hand.rename)(&before);
        told(&before, "a change by hand").await;
    }
    delete(subject, &client_id).await;
    told(&client_id, "a removal").await;
    delete(subject, &before).await;
}
