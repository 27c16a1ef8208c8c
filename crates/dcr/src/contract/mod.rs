//! What every adapter must keep, as a suite that panics at the first promise broken.
//!
//! It runs against a provider that answers: the memory provider, a stand-in, the tenant of this
//! house, or a vendor's own.

mod clients;
mod credentials;
mod states;

use std::sync::Arc;

use async_trait::async_trait;
use oauth::ClientSecret;

use crate::port::{DcrProvider, Metadata, NewClient, Overlap, RegisteredClient};

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
    credentials::a_registered_client_works(subject).await;
    clients::a_client_is_found_by_its_application(subject).await;
    clients::names_may_repeat(subject).await;
    clients::odd_names_are_taken(subject).await;
    states::a_client_is_as_it_was_asked_for(subject).await;
    states::changes_by_hand_are_seen_and_mended(subject).await;
    states::changes_are_told(subject).await;
    let abilities = subject.provider.abilities();
    if abilities.audiences {
        clients::a_failed_registration_leaves_nothing(subject).await;
    }
    if abilities.scopes {
        credentials::scopes_are_exactly_those_set(subject).await;
    }
    if abilities.rotates && subject.rotates {
        credentials::a_rotated_secret_replaces_the_old_one(subject).await;
    }
    match abilities.overlap {
        Overlap::Clients => credentials::two_clients_stand_side_by_side(subject).await,
        Overlap::Secrets => credentials::two_secrets_stand_side_by_side(subject).await,
        Overlap::Refused => {}
    }
    credentials::a_change_keeps_the_credentials(subject).await;
    clients::what_cannot_be_done_is_said(subject).await;
    clients::deleting_twice_is_success(subject).await;
    clients::a_missing_client_is_not_found(subject).await;
    clients::the_audience_lists_its_scopes(subject).await;
    clients::a_sound_provider_verifies_and_stays_clean(subject).await;
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
