//! An index in shards, each an immutable table behind an `ArcSwap`: a reader loads one pointer; a writer copies
//! the shards it touches and no others.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use arc_swap::ArcSwap;

const SHARDS: usize = 1024;

pub(super) enum Change<T> {
    Insert(T),
    Remove(T),
}

/// An index whose entries know their own key.
#[derive(Debug)]
pub(super) struct Shards<T> {
    pub(super) shards: Box<[ArcSwap<HashSet<T>>]>,
    hasher: RandomState,
}

impl<T: Borrow<str> + Hash + Eq + Clone + Owned> Shards<T> {
    pub(super) fn new() -> Self {
        let empty = Arc::new(HashSet::new());
        Self {
            shards: (0..SHARDS)
                .map(|_| ArcSwap::new(Arc::clone(&empty)))
                .collect(),
            hasher: RandomState::new(),
        }
    }

    fn shard(&self, key: &str) -> usize {
        let hash = self.hasher.hash_one(key);
        usize::try_from(hash % SHARDS as u64).unwrap_or(0)
    }

    pub(super) fn get(&self, key: &str) -> Option<T> {
        self.shards[self.shard(key)].load().get(key).cloned()
    }

    /// Applies changes in their order. A removal takes only the very entry it names: a key that
    /// moved to another application stays there.
    pub(super) fn apply(&self, changes: Vec<Change<T>>) {
        let mut touched: HashMap<usize, Vec<Change<T>>> = HashMap::new();
        for change in changes {
            let (Change::Insert(entry) | Change::Remove(entry)) = &change;
            let shard = self.shard(entry.borrow());
            touched.entry(shard).or_default().push(change);
        }
        for (shard, changes) in touched {
            let mut entries = HashSet::clone(&self.shards[shard].load_full());
            for change in changes {
                match change {
                    Change::Insert(entry) => {
                        entries.replace(entry);
                    }
                    Change::Remove(entry) => {
                        let key: &str = entry.borrow();
                        if entries
                            .get(key)
                            .is_some_and(|found| found.owner() == entry.owner())
                        {
                            entries.remove(key);
                        }
                    }
                }
            }
            self.shards[shard].store(Arc::new(entries));
        }
    }
}

/// Which application an entry belongs to.
pub(super) trait Owned {
    fn owner(&self) -> &str;
}
