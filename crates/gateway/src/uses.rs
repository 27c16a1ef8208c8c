//! When credentials were last used, as the control plane is told now and then.
//!
//! A call writes its minute next to its credential, once a minute: nothing is allocated, locked or sent
//! on the way. Whoever tells walks over all credentials, off the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use oauth::Timestamp;

use crate::config::Use;

const MINUTE: i64 = 60_000;

/// When one credential was last used here.
#[derive(Debug, Default)]
pub(crate) struct LastUse {
    /// Minutes since 1970.
    seen: AtomicI64,
    /// The minute that the control plane knows.
    told: AtomicI64,
}

impl LastUse {
    pub(crate) fn note(&self, now: Timestamp) {
        let minute = now.as_millis() / MINUTE;
        // Read first: most calls find their minute there, and disturb no other core.
        if self.seen.load(Ordering::Relaxed) < minute {
            self.seen.store(minute, Ordering::Relaxed);
        }
    }

    /// The minute, unless it is told.
    pub(crate) fn untold(&self) -> Option<i64> {
        let seen = self.seen.load(Ordering::Relaxed);
        (seen > self.told.load(Ordering::Relaxed)).then_some(seen)
    }
}

/// Uses that the control plane does not know of.
#[derive(Debug, Default)]
pub struct UntoldUses {
    uses: Vec<Use>,
    marks: Vec<(Arc<LastUse>, i64)>,
}

impl UntoldUses {
    pub(crate) fn add(&mut self, application_id: &str, credential: &str, last: &Arc<LastUse>) {
        let Some(minute) = last.untold() else { return };
        self.uses.push(Use {
            application_id: application_id.to_owned(),
            credential: credential.to_owned(),
            used_at: Timestamp::from_millis(minute * MINUTE),
        });
        self.marks.push((Arc::clone(last), minute));
    }

    /// What to tell.
    #[must_use]
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }

    /// They are told.
    pub fn told(self) {
        for (last, minute) in self.marks {
            last.told.fetch_max(minute, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use oauth::Timestamp;

    use super::{LastUse, UntoldUses};

    #[test]
    fn a_use_is_told_once_a_minute_and_again_if_it_was_not_heard() {
        let last = Arc::new(LastUse::default());
        let untold = || {
            let mut untold = UntoldUses::default();
            untold.add("application", "client", &last);
            untold
        };
        assert!(untold().uses().is_empty());
        last.note(Timestamp::from_unix_seconds(121));
        assert_eq!(untold().uses()[0].used_at.unix_seconds(), 120);
        assert_eq!(untold().uses().len(), 1, "nobody heard it");
        untold().told();
        last.note(Timestamp::from_unix_seconds(179));
        assert!(untold().uses().is_empty());
        last.note(Timestamp::from_unix_seconds(180));
        assert_eq!(untold().uses()[0].used_at.unix_seconds(), 180);
    }
}
