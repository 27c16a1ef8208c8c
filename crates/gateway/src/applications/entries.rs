//! What the indexes hold: an application, under its id, a client id or a key.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::application::Application;
use super::shards::Owned;

#[derive(Clone, Debug)]
pub(super) struct ById(pub(super) Arc<Application>);

#[derive(Clone, Debug)]
pub(super) struct ByClientId(pub(super) Arc<Application>, pub(super) usize);

#[derive(Clone, Debug)]
pub(super) struct ByKey(pub(super) Arc<Application>, pub(super) usize);

impl Borrow<str> for ById {
    fn borrow(&self) -> &str {
        &self.0.id
    }
}

impl Borrow<str> for ByClientId {
    fn borrow(&self) -> &str {
        &self.0.client_ids[self.1].id
    }
}

impl Borrow<str> for ByKey {
    fn borrow(&self) -> &str {
        &self.0.keys[self.1].sha256
    }
}

macro_rules! entry_by_its_key {
    ($($entry:ty),*) => {$(
        impl Owned for $entry {
            fn owner(&self) -> &str {
                &self.0.id
            }
        }
        impl PartialEq for $entry {
            fn eq(&self, other: &Self) -> bool {
                Borrow::<str>::borrow(self) == Borrow::<str>::borrow(other)
            }
        }
        impl Eq for $entry {}
        impl Hash for $entry {
            fn hash<H: Hasher>(&self, state: &mut H) {
                Borrow::<str>::borrow(self).hash(state);
            }
        }
    )*};
}

entry_by_its_key!(ById, ByClientId, ByKey);
