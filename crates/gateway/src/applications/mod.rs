//! Who may call, in a form that changes cheaply and is read without locks.
//!
//! Every index is cut into shards, so a delta costs what it changes, with 100 applications as with 100,000.

mod application;
mod entries;
mod shards;

pub(crate) use application::Application;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use application::{ClientId, Key, Registration, Secret};
use arc_swap::ArcSwap;
use entries::{ByClientId, ById, ByKey};
use shards::{Change, Shards};

use crate::config;
use crate::uses::UntoldUses;

/// The applications of one strategy, by what their callers present.
#[derive(Debug)]
pub(crate) struct Callers {
    by_client_id: Shards<ByClientId>,
    by_key: Shards<ByKey>,
}

impl Callers {
    fn new() -> Self {
        Self {
            by_client_id: Shards::new(),
            by_key: Shards::new(),
        }
    }

    /// The application whose credential claim holds this value.
    pub(crate) fn by_client_id(&self, client_id: &str) -> Option<Arc<Application>> {
        self.by_client_id.get(client_id).map(|entry| entry.0)
    }

    /// The application with a key of this lower-case hexadecimal SHA-256.
    pub(crate) fn by_key(&self, sha256: &str) -> Option<Arc<Application>> {
        self.by_key.get(sha256).map(|entry| entry.0)
    }
}

/// Every application the gateway knows.
pub(crate) struct Applications {
    by_id: Shards<ById>,
    callers: ArcSwap<HashMap<Arc<str>, Arc<Callers>>>,
    epoch: AtomicU64,
    /// Held by the one writer; also keeps one copy of each API's id.
    writer: Mutex<HashSet<Arc<str>>>,
}

impl Applications {
    pub(crate) fn new() -> Self {
        Self {
            by_id: Shards::new(),
            callers: ArcSwap::default(),
            epoch: AtomicU64::new(1),
            writer: Mutex::new(HashSet::new()),
        }
    }

    /// Counts the changes of applications. Taken before credentials are exchanged, it tells
    /// afterwards whether the exchange may have used a secret that was replaced meanwhile.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// The applications of a strategy; the same index for as long as the gateway runs.
    pub(crate) fn callers(&self, strategy_id: &str) -> Arc<Callers> {
        if let Some(callers) = self.callers.load().get(strategy_id) {
            return Arc::clone(callers);
        }
        self.callers.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.entry(Arc::from(strategy_id))
                .or_insert_with(|| Arc::new(Callers::new()));
            all
        });
        Arc::clone(&self.callers.load()[strategy_id])
    }

    /// How many applications there are.
    pub(crate) fn len(&self) -> usize {
        self.by_id
            .shards
            .iter()
            .map(|shard| shard.load().len())
            .sum()
    }

    /// Uses of credentials that are not told yet.
    pub(crate) fn untold_uses(&self) -> UntoldUses {
        let mut untold = UntoldUses::default();
        for shard in &self.by_id.shards {
            for ById(application) in shard.load().iter() {
                for known in &application.client_ids {
                    untold.add(&application.id, &known.id, &known.last_use);
                }
                for key in &application.keys {
                    untold.add(&application.id, &key.id, &key.last_use);
                }
                for known in &application.secrets {
                    untold.add(&application.id, &known.known_by.id, &known.last_use);
                }
            }
        }
        untold
    }

    /// Makes `applications` all that there are; what stays the same is not touched.
    pub(crate) fn replace(&self, applications: &[config::Application]) {
        let named: HashSet<&str> = applications.iter().map(|a| a.id.as_str()).collect();
        let gone: Vec<String> = self
            .by_id
            .shards
            .iter()
            .flat_map(|shard| shard.load_full().iter().cloned().collect::<Vec<_>>())
            .filter(|entry| !named.contains(&*entry.0.id))
            .map(|entry| entry.0.id.to_string())
            .collect();
        self.change(applications, &gone);
    }

    /// Adds or replaces `changed`, forgets `removed`. Effective for every lookup that starts after
    /// it returns.
    pub(crate) fn change(&self, changed: &[config::Application], removed: &[String]) {
        let mut names = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        let mut batch = Batch::default();
        let gone: HashSet<&str> = removed.iter().map(String::as_str).collect();
        for id in &gone {
            if let Some(old) = self.by_id.get(id) {
                batch.remove(&old.0);
            }
        }
        for application in changed {
            let old = self.by_id.get(application.id.as_str()).map(|entry| entry.0);
            let new = compile(application, old.as_deref(), epoch, &mut names, self);
            match old {
                Some(old) if old.reflects(&new) && !gone.contains(&*old.id) => {}
                Some(old) => {
                    batch.remove(&old);
                    batch.insert(&Arc::new(new));
                }
                None => batch.insert(&Arc::new(new)),
            }
        }
        batch.apply(self);
    }
}

fn compile(
    application: &config::Application,
    old: Option<&Application>,
    epoch: u64,
    names: &mut HashSet<Arc<str>>,
    applications: &Applications,
) -> Application {
    applications.callers(&application.strategy_id);
    let secret_since = match old {
        Some(old) if old.secret_version == application.secret_version => old.secret_since,
        _ => epoch,
    };
    let known = |credential: &str| {
        let known = old.and_then(|old| old.last_use(credential));
        known.map(Arc::clone).unwrap_or_default()
    };
    Application {
        id: application.id.as_str().into(),
        name: application.name.as_str().into(),
        strategy_id: intern(names, &application.strategy_id),
        secret_version: application.secret_version,
        secret_since,
        client_ids: application
            .client_ids
            .iter()
            .map(|id| ClientId {
                id: id.as_str().into(),
                last_use: known(id),
            })
            .collect(),
        keys: application
            .keys
            .iter()
            .map(|key| Key {
                id: key.id.as_str().into(),
                sha256: key.sha256.to_ascii_lowercase().into(),
                expires_at: key.expires_at,
                last_use: known(&key.id),
            })
            .collect(),
        secrets: application
            .secrets
            .iter()
            .map(|secret| Secret {
                known_by: secret.clone(),
                last_use: old
                    .and_then(|old| old.last_use_of_secret(&secret.id))
                    .map(Arc::clone)
                    .unwrap_or_default(),
            })
            .collect(),
        registrations: application
            .registrations
            .iter()
            .map(|registration| Registration {
                api_id: intern(names, &registration.api_id),
                scopes: registration
                    .scopes
                    .iter()
                    .map(|scope| scope.as_str().into())
                    .collect(),
            })
            .collect(),
    }
}

fn intern(names: &mut HashSet<Arc<str>>, name: &str) -> Arc<str> {
    if let Some(known) = names.get(name) {
        return Arc::clone(known);
    }
    let name: Arc<str> = name.into();
    names.insert(Arc::clone(&name));
    name
}

/// Changes gathered by index, so that each touched shard is copied once.
#[derive(Default)]
struct Batch {
    ids: Vec<Change<ById>>,
    callers: HashMap<Arc<str>, CallerChanges>,
}

#[derive(Default)]
struct CallerChanges {
    clients: Vec<Change<ByClientId>>,
    keys: Vec<Change<ByKey>>,
}

impl Batch {
    fn insert(&mut self, application: &Arc<Application>) {
        self.add(application, Change::Insert, Change::Insert, Change::Insert);
    }

    fn remove(&mut self, application: &Arc<Application>) {
        self.add(application, Change::Remove, Change::Remove, Change::Remove);
    }

    fn add(
        &mut self,
        application: &Arc<Application>,
        id: fn(ById) -> Change<ById>,
        client: fn(ByClientId) -> Change<ByClientId>,
        key: fn(ByKey) -> Change<ByKey>,
    ) {
        self.ids.push(id(ById(Arc::clone(application))));
        let callers = self
            .callers
            .entry(Arc::clone(&application.strategy_id))
            .or_default();
        for at in 0..application.client_ids.len() {
            let entry = ByClientId(Arc::clone(application), at);
            callers.clients.push(client(entry));
        }
        for at in 0..application.keys.len() {
            callers.keys.push(key(ByKey(Arc::clone(application), at)));
        }
    }

    fn apply(self, applications: &Applications) {
        for (strategy_id, changes) in self.callers {
            let callers = applications.callers(&strategy_id);
            callers.by_client_id.apply(changes.clients);
            callers.by_key.apply(changes.keys);
        }
        applications.by_id.apply(self.ids);
    }
}

#[cfg(test)]
mod tests {
    use super::{Applications, config};
    use proptest::collection;
    use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
    use std::collections::HashMap;

    fn application(id: u8, client: u8, secret_version: i64) -> config::Application {
        config::Application {
            id: format!("application-{id}"),
            name: format!("Application {id}"),
            strategy_id: format!("strategy-{}", id % 2),
            client_ids: vec![format!("client-{client}")],
            keys: vec![config::Key {
                id: format!("key-{client}"),
                sha256: format!("{client:064x}"),
                expires_at: None,
            }],
            secrets: Vec::new(),
            secret_version,
            registrations: Vec::new(),
        }
    }

    #[test]
    fn a_rotation_moves_secret_since_and_a_rename_does_not() {
        let applications = Applications::new();
        let find = || applications.callers("strategy-1").by_client_id("client-1");
        applications.change(&[application(1, 1, 1)], &[]);
        let first = find().unwrap().secret_since;
        let mut renamed = application(1, 1, 1);
        renamed.name = "Another".into();
        applications.change(&[renamed], &[]);
        assert_eq!(find().unwrap().secret_since, first);
        let before = applications.epoch();
        applications.change(&[application(1, 1, 2)], &[]);
        assert!(find().unwrap().secret_since > before);
    }

    #[test]
    fn a_client_id_that_moved_stays_with_its_new_application() {
        let applications = Applications::new();
        applications.change(&[application(1, 7, 1)], &[]);
        applications.change(&[application(3, 7, 1)], &["application-1".into()]);
        let found = applications.callers("strategy-1").by_client_id("client-7");
        assert_eq!(&*found.unwrap().id, "application-3");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_index_says_what_a_plain_map_says(
            steps in collection::vec((any::<bool>(), collection::vec((0_u8..20, 0_i64..3, any::<bool>()), 0..8)), 0..12),
        ) {
            let applications = Applications::new();
            let mut oracle: HashMap<String, config::Application> = HashMap::new();
            for (full, changes) in steps {
                let changed: HashMap<u8, i64> = changes.iter().filter(|c| c.2).map(|c| (c.0, c.1)).collect();
                let changed: Vec<_> = changed.into_iter().map(|(id, v)| application(id, id, v)).collect();
                if full {
                    applications.replace(&changed);
                    oracle.clear();
                } else {
                    let removed: Vec<String> = changes.iter().filter(|c| !c.2).map(|c| format!("application-{}", c.0)).collect();
                    applications.change(&changed, &removed);
                    oracle.retain(|id, _| !removed.contains(id));
                }
                oracle.extend(changed.into_iter().map(|a| (a.id.clone(), a)));
                prop_assert_eq!(applications.len(), oracle.len());
                for id in 0..20 {
                    let wanted = oracle.get(&format!("application-{id}"));
                    let callers = applications.callers(&format!("strategy-{}", id % 2));
                    let by_client = callers.by_client_id(&format!("client-{id}"));
                    let by_key = callers.by_key(&format!("{id:064x}"));
                    prop_assert_eq!(by_client.is_some(), wanted.is_some());
                    prop_assert_eq!(by_key.is_some(), wanted.is_some());
                    if let (Some(found), Some(wanted)) = (by_client, wanted) {
                        prop_assert_eq!(found.secret_version, wanted.secret_version);
                        prop_assert!(callers.by_client_id("client-none").is_none());
                    }
                }
            }
        }
    }
}
