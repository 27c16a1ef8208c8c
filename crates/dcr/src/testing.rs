//! A provider in memory that keeps the port's promises, and faults for any provider.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use oauth::{ClientSecret, ShownOnce};
use secrecy::ExposeSecret;

use crate::contract::TokenEndpoint;
use crate::kept::{Attempt, ClientStates, KeptClient};
use crate::port::{
    Abilities, AddedSecret, Client, ClientChanges, DcrProvider, Error, ErrorKind, Finding,
    NewClient, Probe, RegisteredClient, RegistrationEvent, Scope,
};
use crate::state::ClientState;
use crate::survey::{Changes, Mark, Pages, Survey};

/// A provider in memory. Copies share their clients.
#[derive(Clone)]
pub struct Memory {
    audience: String,
    scopes: Vec<String>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    made: u64,
    /// The ids of clients as they change.
    log: Vec<String>,
    clients: BTreeMap<String, Stored>,
}

struct Stored {
    client: Client,
    secret: String,
    redirect_uris: BTreeSet<String>,
    grant_types: BTreeSet<String>,
    /// Scopes by audience.
    grants: BTreeMap<String, Vec<String>>,
}

impl Stored {
    fn state(&self) -> ClientState {
        let scopes = self.grants.iter();
        ClientState {
            client_id: self.client.client_id.clone(),
            name: self.client.name.clone(),
            redirect_uris: self.redirect_uris.clone(),
            grant_types: self.grant_types.clone(),
            scopes: scopes
                .map(|(audience, scopes)| (audience.clone(), scopes.iter().cloned().collect()))
                .collect(),
            metadata: self.client.metadata.clone(),
        }
    }

    fn become_like(&mut self, state: &ClientState) {
        self.client.name.clone_from(&state.name);
        self.client.metadata = state.metadata.clone();
        self.redirect_uris.clone_from(&state.redirect_uris);
        self.grant_types.clone_from(&state.grant_types);
        let scopes = state.scopes.iter();
        self.grants = scopes
            .map(|(audience, scopes)| (audience.clone(), scopes.iter().cloned().collect()))
            .collect();
    }
}

fn expected(client: &NewClient) -> ClientState {
    let mut state = ClientState::registered(client);
    state.grant_types.insert("client_credentials".to_owned());
    state
}

impl Memory {
    /// A provider with one audience and the scopes that it defines.
    #[must_use]
    pub fn new(audience: &str, scopes: &[&str]) -> Self {
        Self {
            audience: audience.to_owned(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            state: Arc::default(),
        }
    }

    /// Every client there is.
    #[must_use]
    pub fn clients(&self) -> Vec<Client> {
        let state = self.state();
        state
            .clients
            .values()
            .map(|stored| stored.client.clone())
            .collect()
    }

    /// How many secrets there were, first ones and rotated ones.
    #[must_use]
    pub fn secrets_made(&self) -> u64 {
        self.state().made
    }

    /// What a client is granted for an audience.
    #[must_use]
    pub fn granted(&self, client_id: &str, audience: &str) -> Vec<String> {
        let state = self.state();
        let client = state.clients.get(client_id);
        let granted = client.and_then(|client| client.grants.get(audience));
        granted.cloned().unwrap_or_default()
    }

    /// Changes a client by hand, past the port.
    pub fn edit(&self, client_id: &str, edit: impl FnOnce(&mut ClientState)) {
        // A client that is gone cannot be edited.
        let _ = self.change(client_id, |stored| {
            let mut state = stored.state();
            edit(&mut state);
            stored.become_like(&state);
        });
    }

    /// Changes a client, and writes down that it did.
    fn change<T>(
        &self,
        client_id: &str,
        change: impl FnOnce(&mut Stored) -> T,
    ) -> Result<T, Error> {
        let mut state = self.state();
        state.log.push(client_id.to_owned());
        let stored = state.clients.get_mut(client_id);
        let stored = stored.ok_or_else(|| Error::absent(client_id))?;
        Ok(change(stored))
    }

    /// Removes a client by hand.
    pub fn remove(&self, client_id: &str) {
        let mut state = self.state();
        state.clients.remove(client_id);
        state.log.push(client_id.to_owned());
    }

    /// Every client as it is.
    #[must_use]
    pub fn states(&self) -> Vec<ClientState> {
        self.state().clients.values().map(Stored::state).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_grant(&self, audience: &str, scopes: &[String]) -> Result<(), Error> {
        let defined = |scope: &String| scope == "openid" || self.scopes.contains(scope);
        if audience != self.audience || !scopes.iter().all(defined) {
            return Err(Error::new(
                ErrorKind::Misconfigured,
                format!("the provider cannot grant {scopes:?} for {audience}"),
            ));
        }
        Ok(())
    }
}

#[async_trait]
impl DcrProvider for Memory {
    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error> {
        let mut grants = BTreeMap::new();
        if let Some(audience) = &client.audience {
            self.check_grant(audience, &client.scopes)?;
            grants.insert(audience.clone(), client.scopes.clone());
        }
        let mut state = self.state();
        state.made += 1;
        let client_id = format!("client{}", state.made);
        let secret = format!("secret{}", state.made);
        let mut stored = Stored {
            client: Client {
                client_id: client_id.clone(),
                name: client.name.clone(),
                metadata: client.metadata.clone(),
            },
            secret: secret.clone(),
            redirect_uris: BTreeSet::new(),
            grant_types: BTreeSet::new(),
            grants,
        };
        stored.become_like(&expected(client));
        state.clients.insert(client_id.clone(), stored);
        state.log.push(client_id.clone());
        Ok(RegisteredClient {
            client_id,
            client_secret: ShownOnce::new(secret.into()),
        })
    }

    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error> {
        let mut clients = self.clients();
        clients.retain(|client| client.metadata.konnect_application_id == application_id);
        Ok(clients)
    }

    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error> {
        self.change(client_id, |stored| {
            if let Some(name) = &changes.name {
                stored.client.name.clone_from(name);
            }
            if let Some(uris) = &changes.redirect_uris {
                stored.redirect_uris = uris.iter().map(ToString::to_string).collect();
            }
        })
    }

    async fn set_scopes(
        &self,
        client_id: &str,
        audience: &str,
        scopes: &[String],
    ) -> Result<(), Error> {
        self.check_grant(audience, scopes)?;
        self.change(client_id, |stored| {
            if scopes.is_empty() {
                stored.grants.remove(audience);
            } else {
                stored.grants.insert(audience.to_owned(), scopes.to_vec());
            }
        })
    }

    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error> {
        let mut state = self.state();
        state.made += 1;
        let secret = format!("secret{}", state.made);
        let stored = state
            .clients
            .get_mut(client_id)
            .ok_or_else(|| Error::absent(client_id))?;
        stored.secret.clone_from(&secret);
        Ok(ShownOnce::new(secret.into()))
    }

    async fn delete(&self, client_id: &str) -> Result<(), Error> {
        self.remove(client_id);
        Ok(())
    }

    async fn scopes(&self, audience: &str) -> Result<Option<Vec<Scope>>, Error> {
        self.check_grant(audience, &[])?;
        let scope = |value: &String| Scope {
            value: value.clone(),
            description: None,
        };
        Ok(Some(self.scopes.iter().map(scope).collect()))
    }

    async fn survey(&self, pages: Pages) -> Result<Survey, Error> {
        for some in self.states().chunks(5) {
            pages.show(some.to_vec()).await;
        }
        Ok(Survey::ALL)
    }

    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        Ok(self.state().clients.get(client_id).map(Stored::state))
    }

    fn expected(&self, client: &NewClient) -> ClientState {
        expected(client)
    }

    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        self.change(client_id, |stored| stored.become_like(&expected(client)))
    }

    async fn mark(&self) -> Result<Mark, Error> {
        Ok(Mark(self.state().log.len().to_string()))
    }

    async fn changes(&self, since: &Mark) -> Result<Option<Changes>, Error> {
        let state = self.state();
        let log = since
            .0
            .parse()
            .ok()
            .and_then(|from: usize| state.log.get(from..));
        Ok(log.map(|log| Changes {
            clients: log.iter().cloned().collect(),
            next: Mark(state.log.len().to_string()),
        }))
    }

    async fn verify(&self, probe: &Probe) -> Vec<Finding> {
        let audience = probe.audience.as_deref().unwrap_or(&self.audience);
        let tried = self.check_grant(audience, &probe.scopes);
        vec![Finding {
            check: "audience".to_owned(),
            ok: tried.is_ok(),
            message: tried.map_or_else(|error| error.message, |()| "granted".to_owned()),
        }]
    }
}

#[async_trait]
impl TokenEndpoint for Memory {
    async fn client_credentials(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        audience: &str,
        scope: Option<&str>,
    ) -> Result<Vec<String>, u16> {
        let state = self.state();
        let stored = state.clients.get(client_id).ok_or(401_u16)?;
        if stored.secret != secret.expose_secret() {
            return Err(401);
        }
        let granted = stored.grants.get(audience).ok_or(403_u16)?;
        match scope {
            None => Ok(granted.clone()),
            Some(scope) if granted.iter().any(|g| g == scope) => Ok(vec![scope.to_owned()]),
            Some(_) => Err(403),
        }
    }
}

/// What adapters keep of clients, in memory. Copies share it.
#[derive(Clone, Default)]
pub struct KeptInMemory(Arc<Mutex<KeptState>>);

#[derive(Default)]
struct KeptState {
    clients: BTreeMap<String, KeptClient>,
    attempts: Vec<Attempt>,
    attempted: u64,
}

impl KeptInMemory {
    /// The clients that something is kept of.
    #[must_use]
    pub fn clients(&self) -> Vec<String> {
        self.all().clients.keys().cloned().collect()
    }

    /// Attempts that have not ended.
    #[must_use]
    pub fn open_attempts(&self) -> Vec<Attempt> {
        self.all().attempts.clone()
    }

    fn all(&self) -> MutexGuard<'_, KeptState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ClientStates for KeptInMemory {
    async fn keep(&self, client: &KeptClient) -> Result<(), Error> {
        let mut all = self.all();
        all.clients.insert(client.client_id.clone(), client.clone());
        Ok(())
    }

    async fn load(&self, client_id: &str) -> Result<Option<KeptClient>, Error> {
        Ok(self.all().clients.get(client_id).cloned())
    }

    async fn of_application(&self, application_id: &str) -> Result<Vec<KeptClient>, Error> {
        let mut kept: Vec<KeptClient> = self.all().clients.values().cloned().collect();
        kept.retain(|client| client.application_id == application_id);
        Ok(kept)
    }

    async fn page(&self, after: &str) -> Result<Vec<KeptClient>, Error> {
        let all = self.all();
        let rest = all.clients.iter().filter(|(id, _)| id.as_str() > after);
        Ok(rest.take(2).map(|(_, kept)| kept.clone()).collect())
    }

    async fn forget(&self, client_id: &str) -> Result<(), Error> {
        self.all().clients.remove(client_id);
        Ok(())
    }

    async fn attempt(&self, application_id: &str, look_for: &str) -> Result<Attempt, Error> {
        let mut all = self.all();
        all.attempted += 1;
        let attempt = Attempt {
            id: format!("attempt{}", all.attempted),
            application_id: application_id.to_owned(),
            look_for: look_for.to_owned(),
        };
        all.attempts.push(attempt.clone());
        Ok(attempt)
    }

    async fn made(&self, attempt: &Attempt, client: &KeptClient) -> Result<(), Error> {
        self.keep(client).await?;
        self.end(attempt).await
    }

    async fn attempts(&self, application_id: &str) -> Result<Vec<Attempt>, Error> {
        let mut attempts = self.open_attempts();
        attempts.retain(|attempt| attempt.application_id == application_id);
        Ok(attempts)
    }

    async fn end(&self, attempt: &Attempt) -> Result<(), Error> {
        self.all().attempts.retain(|open| open != attempt);
        Ok(())
    }
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The provider refuses, and nothing was done.
    Refused(ErrorKind),
    /// The request never arrives: no effect, and the caller cannot know.
    RequestLost,
    /// The call has its effect, but the answer never arrives.
    AnswerLost,
    /// The call has its effect, and then nothing more happens: the caller is as good as dead.
    HangsAfter,
    /// The caller's process dies before the request leaves.
    Panics,
}

/// Wraps a provider and lets the faults that a test sets happen.
pub struct Faulty {
    inner: Arc<dyn DcrProvider>,
    next: Mutex<BTreeMap<&'static str, Vec<Fault>>>,
}

impl Faulty {
    /// No fault until [`Faulty::fail`].
    #[must_use]
    pub fn new(inner: Arc<dyn DcrProvider>) -> Self {
        Self {
            inner,
            next: Mutex::default(),
        }
    }

    /// Lets the next call of this method (`register`, `delete`, …) meet the fault; several wait in
    /// line.
    pub fn fail(&self, method: &'static str, fault: Fault) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.entry(method).or_default().push(fault);
    }

    /// Forgets the faults that have not happened.
    pub fn mend(&self) {
        self.next
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn next(&self, method: &'static str) -> Option<Fault> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = next.get_mut(method)?;
        (!waiting.is_empty()).then(|| waiting.remove(0))
    }

    async fn with_fault<T>(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let lost = || Error::new(ErrorKind::Unavailable, "the provider did not answer");
        match self.next(method) {
            None => call.await,
            Some(Fault::Refused(kind)) => Err(Error::new(kind, "the provider refused")),
            Some(Fault::RequestLost) => Err(lost()),
            Some(Fault::AnswerLost) => {
                call.await?;
                Err(lost())
            }
            Some(Fault::HangsAfter) => {
                call.await?;
                pending().await
            }
            Some(Fault::Panics) => panic!("a fault that the test asked for in {method}"),
        }
    }
}

#[async_trait]
impl DcrProvider for Faulty {
    fn abilities(&self) -> Abilities {
        self.inner.abilities()
    }

    async fn notify(&self, client_id: &str, event: &RegistrationEvent) -> Result<(), Error> {
        self.with_fault("notify", self.inner.notify(client_id, event))
            .await
    }

    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error> {
        self.with_fault("register", self.inner.register(client))
            .await
    }

    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error> {
        self.with_fault("find", self.inner.find(application_id))
            .await
    }

    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error> {
        self.with_fault("update", self.inner.update(client_id, changes))
            .await
    }

    async fn set_scopes(
        &self,
        client_id: &str,
        audience: &str,
        scopes: &[String],
    ) -> Result<(), Error> {
        let call = self.inner.set_scopes(client_id, audience, scopes);
        self.with_fault("set_scopes", call).await
    }

    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error> {
        self.with_fault("rotate_secret", self.inner.rotate_secret(client_id))
            .await
    }

    async fn secrets(&self, client_id: &str) -> Result<Vec<String>, Error> {
        self.with_fault("secrets", self.inner.secrets(client_id))
            .await
    }

    async fn add_secret(&self, client_id: &str) -> Result<AddedSecret, Error> {
        self.with_fault("add_secret", self.inner.add_secret(client_id))
            .await
    }

    async fn remove_secret(&self, client_id: &str, secret_id: &str) -> Result<(), Error> {
        let call = self.inner.remove_secret(client_id, secret_id);
        self.with_fault("remove_secret", call).await
    }

    async fn delete(&self, client_id: &str) -> Result<(), Error> {
        self.with_fault("delete", self.inner.delete(client_id))
            .await
    }

    async fn scopes(&self, audience: &str) -> Result<Option<Vec<Scope>>, Error> {
        self.with_fault("scopes", self.inner.scopes(audience)).await
    }

    async fn survey(&self, pages: Pages) -> Result<Survey, Error> {
        self.with_fault("survey", self.inner.survey(pages)).await
    }

    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error> {
        self.with_fault("inspect", self.inner.inspect(client_id))
            .await
    }

    fn expected(&self, client: &NewClient) -> ClientState {
        self.inner.expected(client)
    }

    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error> {
        self.with_fault("restore", self.inner.restore(client_id, client))
            .await
    }

    async fn mark(&self) -> Result<Mark, Error> {
        self.with_fault("mark", self.inner.mark()).await
    }

    async fn changes(&self, since: &Mark) -> Result<Option<Changes>, Error> {
        self.with_fault("changes", self.inner.changes(since)).await
    }

    async fn verify(&self, probe: &Probe) -> Vec<Finding> {
        self.inner.verify(probe).await
    }
}
