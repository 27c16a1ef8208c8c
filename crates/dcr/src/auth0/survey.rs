//! Clients as they are at the tenant, and one put back as it was made.
//!
//! A survey reads every grant and then every client, a hundred with each call.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::management::{Call, Management};
use super::wire::{self, ClientBody, ListedClient};
use super::{Auth0, found};
use crate::client;
use crate::port::{Client, DcrProvider as _, Error, ErrorKind, NewClient};
use crate::state::ClientState;
use crate::survey::Pages;

const FIELDS: &str = "client_id,name,callbacks,grant_types,client_metadata";

/// What a client is granted where nobody granted it anything else.
const USER_GRANT: &str = "user";

#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    client: ListedClient,
    #[serde(default)]
    callbacks: Vec<String>,
    #[serde(default)]
    grant_types: Vec<String>,
}

impl Listed {
    fn state(self, scopes: Scopes) -> ClientState {
        let client = Client::from(self.client);
        ClientState {
            client_id: client.client_id,
            name: client.name,
            redirect_uris: self.callbacks.into_iter().collect(),
            grant_types: self.grant_types.into_iter().collect(),
            scopes,
            metadata: client.metadata,
        }
    }
}

type Scopes = BTreeMap<String, BTreeSet<String>>;

#[derive(Deserialize)]
struct Grant {
    client_id: Option<String>,
    audience: String,
    #[serde(default)]
    scope: Vec<String>,
    #[serde(default)]
    subject_type: Option<String>,
}

/// A page: checkpoint pagination's object, or the bare array of a tenant that ignores `take`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Page<T> {
    Checkpoint {
        #[serde(alias = "clients", alias = "client_grants")]
        items: Vec<T>,
        #[serde(default)]
        next: Option<String>,
    },
    Array(Vec<T>),
}

/// A list that is read page by page.
struct Pager<'a, C> {
    management: &'a Management,
    /// The call that lists.
    call: C,
    /// Where the next page begins; `None` behind the last.
    from: Option<String>,
}

impl<'a, C: Fn() -> Call> Pager<'a, C> {
    fn new(management: &'a Management, call: C) -> Self {
        Self {
            management,
            call,
            from: Some(String::new()),
        }
    }

    /// The next page; `None` at the end.
    async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>, Error> {
        let Some(from) = self.from.take() else {
            return Ok(None);
        };
        let mut call = (self.call)().query("take", "100");
        if !from.is_empty() {
            call = call.query("from", &from);
        }
        let answer = self.management.call(&call).await?;
        let (items, next) = match answer.ok_or(ErrorKind::Misconfigured)?.read()? {
            Page::Checkpoint { items, next } => (items, next),
            Page::Array(items) => (items, None),
        };
        self.from = next.filter(|next| *next != from && !next.is_empty());
        Ok(Some(items))
    }
}

/// What clients are granted. Nearly all are granted the same, which is kept once.
#[derive(Default)]
struct Granted {
    of: HashMap<Box<str>, Arc<Scopes>>,
    kept: HashSet<Arc<Scopes>>,
}

impl Granted {
    fn add(&mut self, grant: Grant) {
        let Some(client_id) = grant.client_id.clone() else {
            return;
        };
        let mut scopes = self.of(&client_id);
        add(&mut scopes, grant);
        let same = match self.kept.get(&scopes) {
            Some(same) => Arc::clone(same),
            None => {
                let new = Arc::new(scopes);
                self.kept.insert(Arc::clone(&new));
                new
            }
        };
        self.of.insert(client_id.into(), same);
    }

    fn of(&self, client_id: &str) -> Scopes {
        let scopes = self.of.get(client_id);
        scopes
            .map(|scopes| scopes.as_ref().clone())
            .unwrap_or_default()
    }
}

pub(super) async fn survey(management: &Management, pages: &Pages) -> Result<(), Error> {
    let mut grants = Pager::new(management, || {
        Call::new(Method::GET, "/api/v2/client-grants", "read:client_grants")
    });
    let mut granted = Granted::default();
    while let Some(page) = grants.next::<Grant>().await? {
        page.into_iter().for_each(|grant| granted.add(grant));
    }
    let mut clients = Pager::new(management, || {
        Call::new(Method::GET, "/api/v2/clients", "read:clients")
            .query("fields", FIELDS)
            .query("include_fields", "true")
    });
    while let Some(page) = clients.next::<Listed>().await? {
        let states = page.into_iter().map(|listed| {
            let scopes = granted.of(listed.client.id());
            listed.state(scopes)
        });
        pages.show(states.collect()).await;
    }
    Ok(())
}

fn add(scopes: &mut Scopes, grant: Grant) {
    if grant.subject_type.as_deref() != Some(USER_GRANT) {
        scopes
            .entry(grant.audience)
            .or_default()
            .extend(grant.scope);
    }
}

pub(super) async fn inspect(auth0: &Auth0, client_id: &str) -> Result<Option<ClientState>, Error> {
    let management = &auth0.management;
    let call = Auth0::client_call(Method::GET, client_id, "read:clients")
        .query("fields", FIELDS)
        .query("include_fields", "true");
    let answer = management.call(&call).await?;
    if answer.status == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    let listed: Listed = answer.ok_or(ErrorKind::Misconfigured)?.read()?;
    Ok(Some(listed.state(granted(management, client_id).await?)))
}

async fn granted(management: &Management, client_id: &str) -> Result<Scopes, Error> {
    let mut grants = Pager::new(management, || {
        Call::new(Method::GET, "/api/v2/client-grants", "read:client_grants")
            .query("client_id", client_id)
    });
    let mut scopes = Scopes::new();
    while let Some(page) = grants.next::<Grant>().await? {
        let own = |grant: &Grant| grant.client_id.as_deref() == Some(client_id);
        let own = page.into_iter().filter(own);
        own.for_each(|grant| add(&mut scopes, grant));
    }
    Ok(scopes)
}

/// What the tenant keeps of a client that [`Auth0`] makes.
pub(super) fn expected(client: &NewClient) -> ClientState {
    let mut state = ClientState::registered(client);
    let grants = client::grant_types(client).into_iter();
    state.grant_types = grants.map(str::to_owned).collect();
    for scopes in state.scopes.values_mut() {
        scopes.extend(wire::with_openid(&[]));
    }
    state
}

pub(super) async fn restore(
    auth0: &Auth0,
    client_id: &str,
    client: &NewClient,
) -> Result<(), Error> {
    let mut body = serde_json::to_value(ClientBody::new(client)?).unwrap_or_default();
    if client.description.is_none() {
        body["description"] = json!("");
    }
    let call = Auth0::client_call(Method::PATCH, client_id, "update:clients").body(&body);
    found(auth0.management.call(&call).await?, client_id)?;
    if let Some(audience) = &client.audience {
        auth0
            .set_scopes(client_id, audience, &client.scopes)
            .await?;
    }
    for audience in granted(&auth0.management, client_id).await?.into_keys() {
        if client.audience.as_ref() != Some(&audience) {
            auth0.set_scopes(client_id, &audience, &[]).await?;
        }
    }
    Ok(())
}
