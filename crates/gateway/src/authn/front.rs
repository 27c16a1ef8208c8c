//! A worker's own look-aside of the shared caches: no lock, no hashing beyond the key's own bytes.

use std::cell::RefCell;
use std::sync::Arc;

use super::client_credentials::Exchanged;
use super::session::Opened;
use super::token::Token;

/// The SHA-256 or HMAC that a cache entry is found by.
pub(crate) type CacheKey = [u8; 32];

/// A power of two, so that the slot is the key's first bits. At 48 bytes each, a full table of an
/// active worker takes 384 KiB; with a thousand active callers one in sixteen meets another.
const SLOTS: usize = 8192;

/// Recently used entries of the shared caches. An entry here is checked as strictly as there.
#[derive(Default)]
pub(crate) struct Front {
    pub(crate) tokens: Slots<Token>,
    pub(crate) exchanged: Slots<Exchanged>,
    pub(crate) sessions: Slots<Opened>,
}

/// A direct-mapped table: a new entry takes the place of whatever has the same slot.
pub(crate) struct Slots<T>(RefCell<Vec<Slot<T>>>);

type Slot<T> = Option<(CacheKey, Arc<T>)>;

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self(RefCell::new(Vec::new()))
    }
}

impl<T> Slots<T> {
    pub(crate) fn get(&self, key: &CacheKey) -> Option<Arc<T>> {
        let slots = self.0.borrow();
        let (found, entry) = slots.get(slot(key))?.as_ref()?;
        (found == key).then(|| Arc::clone(entry))
    }

    pub(crate) fn put(&self, key: CacheKey, entry: &Arc<T>) {
        let mut slots = self.0.borrow_mut();
        // Made by the first entry: a worker without guarded routes needs none.
        if slots.is_empty() {
            slots.resize_with(SLOTS, || None);
        }
        slots[slot(&key)] = Some((key, Arc::clone(entry)));
    }

    pub(crate) fn forget(&self, key: &CacheKey) {
        if let Some(slot) = self.0.borrow_mut().get_mut(slot(key)) {
            *slot = None;
        }
    }
}

fn slot(key: &CacheKey) -> usize {
    usize::from(u16::from_le_bytes([key[0], key[1]])) % SLOTS
}
