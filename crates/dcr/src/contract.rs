//! What every adapter must keep, as a suite that panics at the first promise broken.
//!
//! It runs against a provider that answers: the memory provider, a stand-in, the tenant of this
//! house, or a vendor's own.

use std::sync::Arc;

use async_trait::async_trait;
use oauth::ClientSecret;

use crate::port::{
    ClientChanges, DcrProvider, ErrorKind, Metadata, NewClient, Overlap, Probe, RegisteredClient,
};
use crate::state::{ClientState, Field};
use crate::survey::{Pages, Sight, Survey};

/// How the suite tries a client's credentials: the provider's token endpoint.
#[async_trait]
pub trait TokenEndpoint: Send + Sync {
    /// Asks for a token and gives the granted scopes, or the status of the refusal.
    async fn client_credentials(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        audience: &str,
        scope: Option<&str>,
    ) -> Result<Vec<String>, u16>;
}

/// A provider under test, and what it is set up with.
pub struct Subject {
    /// The adapter.
    pub provider: Arc<dyn DcrProvider>,
    /// The provider's token endpoint.
    pub tokens: Arc<dyn TokenEndpoint>,
    /// An audience that exists.
    pub audience: String,
    /// Two scopes that it defines.
    pub scopes: [String; 2],
    /// Whether clients get tokens with the scope `openid` by their own credentials.
    pub openid: bool,
    /// Whether the provider replaces secrets, where the adapter can only ask (RFC 7592).
    pub rotates: bool,
    /// How somebody changes clients there by hand, where the test can.
    pub by_hand: Option<ByHand>,
}

/// Somebody at the provider, past the port. Each is given a client's id.
pub struct ByHand {
    /// Gives the client another name.
    pub rename: Box<dyn Fn(&str) + Send + Sync>,
    /// Removes it.
    pub remove: Box<dyn Fn(&str) + Send + Sync>,
}

/// Runs the whole suite.
pub async fn holds(subject: &Subject) {
    a_registered_client_works(subject).await;
    a_client_is_found_by_its_application(subject).await;
    names_may_repeat(subject).await;
    odd_names_are_taken(subject).await;
    a_client_is_as_it_was_asked_for(subject).await;
    changes_by_hand_are_seen_and_mended(subject).await;
    changes_are_told(subject).await;
    let abilities = subject.provider.abilities();
    if abilities.audiences {
        a_failed_registration_leaves_nothing(subject).await;
    }
    if abilities.scopes {
        scopes_are_exactly_those_set(subject).await;
    }
    if abilities.rotates && subject.rotates {
        a_rotated_secret_replaces_the_old_one(subject).await;
    }
    match abilities.overlap {
        Overlap::Clients => two_clients_stand_side_by_side(subject).await,
        Overlap::Secrets => two_secrets_stand_side_by_side(subject).await,
        Overlap::Refused => {}
    }
    a_change_keeps_the_credentials(subject).await;
    what_cannot_be_done_is_said(subject).await;
    deleting_twice_is_success(subject).await;
    a_missing_client_is_not_found(subject).await;
    the_audience_lists_its_scopes(subject).await;
    a_sound_provider_verifies_and_stays_clean(subject).await;
}

fn new_client(subject: &Subject, application: &str) -> NewClient {
    NewClient {
        name: "contract".to_owned(),
        description: Some("made by the contract suite".to_owned()),
        redirect_uris: Vec::new(),
        auth_methods: vec!["client_credentials".to_owned(), "bearer".to_owned()],
        audience: Some(subject.audience.clone()),
        scopes: scopes(subject, &[&subject.scopes[0]]),
        metadata: Metadata {
            konnect_portal_id: "contract-portal".to_owned(),
            konnect_developer_id: "contract-developer".to_owned(),
            konnect_org_id: "contract-org".to_owned(),
            konnect_application_id: application.to_owned(),
        },
        auth_strategy_id: "contract-strategy".to_owned(),
        dcr_provider_id: "contract-provider".to_owned(),
        distinction: None,
    }
}

/// These scopes, and `openid` where clients get it.
fn scopes(subject: &Subject, scopes: &[&str]) -> Vec<String> {
    let openid = subject.openid.then_some("openid");
    let all = openid.into_iter().chain(scopes.iter().copied());
    all.map(str::to_owned).collect()
}

/// Registers a client and gives its id and secret.
async fn register(subject: &Subject, application: &str) -> (String, ClientSecret) {
    register_as(subject, application, None).await
}

async fn register_as(
    subject: &Subject,
    application: &str,
    distinction: Option<&str>,
) -> (String, ClientSecret) {
    let client = NewClient {
        distinction: distinction.map(str::to_owned),
        ..new_client(subject, application)
    };
    let registered = subject.provider.register(&client).await;
    let RegisteredClient {
        client_id,
        client_secret,
    } = registered.unwrap_or_else(|error| panic!("register {application}: {error}"));
    (client_id, client_secret.reveal())
}

async fn delete(subject: &Subject, client_id: &str) {
    let deleted = subject.provider.delete(client_id).await;
    deleted.unwrap_or_else(|error| panic!("delete {client_id}: {error}"));
}

async fn token(
    subject: &Subject,
    client: &(String, ClientSecret),
    scope: Option<&str>,
) -> Result<Vec<String>, u16> {
    let (id, secret) = client;
    let tokens = &subject.tokens;
    tokens
        .client_credentials(id, secret, &subject.audience, scope)
        .await
}

async fn a_registered_client_works(subject: &Subject) {
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

async fn a_client_is_found_by_its_application(subject: &Subject) {
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

async fn seen(subject: &Subject, client_id: &str) -> Option<ClientState> {
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

async fn a_client_is_as_it_was_asked_for(subject: &Subject) {
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

async fn changes_by_hand_are_seen_and_mended(subject: &Subject) {
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

async fn changes_are_told(subject: &Subject) {
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

/// A provider must not hand one developer another's client because the names are the same.
/// Names that people may choose: as long as the portal takes them, with signs that break lines, hide text
/// or are markup elsewhere.
async fn odd_names_are_taken(subject: &Subject) {
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

async fn names_may_repeat(subject: &Subject) {
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

async fn a_failed_registration_leaves_nothing(subject: &Subject) {
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

async fn scopes_are_exactly_those_set(subject: &Subject) {
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

async fn a_rotated_secret_replaces_the_old_one(subject: &Subject) {
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

async fn two_clients_stand_side_by_side(subject: &Subject) {
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

async fn two_secrets_stand_side_by_side(subject: &Subject) {
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

async fn a_change_keeps_the_credentials(subject: &Subject) {
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

/// What a provider cannot do is refused with a sentence, and nothing happens.
async fn what_cannot_be_done_is_said(subject: &Subject) {
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

async fn deleting_twice_is_success(subject: &Subject) {
    let (client_id, _) = register(subject, "contract-deleted").await;
    delete(subject, &client_id).await;
    delete(subject, &client_id).await;
}

async fn a_missing_client_is_not_found(subject: &Subject) {
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

async fn the_audience_lists_its_scopes(subject: &Subject) {
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

async fn a_sound_provider_verifies_and_stays_clean(subject: &Subject) {
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
