//! What passes, counted: by application, API, status and, where it was refused, the reason.
//!
//! A worker counts in memory of its own, so that a call costs one look into a small table: nothing is
//! locked, shared or sent on the way. Now and then whoever tells asks each worker for what it has, off the
//! way. A report keeps its number until it is heard, so that what arrived twice counts once.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use crate::applications::Application;
use crate::rescue::{Context, Reason, Refusal};

const MINUTE: i64 = 60_000;

/// Most refusals that a worker keeps between two looks; those beyond are counted and not described.
const REFUSALS: usize = 100;

/// Most refusals that wait to be told.
const WAITING_REFUSALS: usize = 1_000;

/// Most counts that wait to be told, while nobody hears; the oldest go first.
const WAITING_CALLS: usize = 50_000;

/// Most counts in one report.
const CALLS: usize = 5_000;

/// Longest path that is told.
const PATH: usize = 200;

/// What a gateway tells of its calls. It is told again, as it is, until it is heard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Later reports have greater numbers, after a restart as well.
    pub number: i64,
    /// Counts.
    pub calls: Vec<Calls>,
    /// The refusals themselves, some of them if there were many.
    pub refusals: Vec<Refused>,
}

/// Calls of one kind within one minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// The minute, to a few seconds.
    pub minute: Timestamp,
    /// The application that called; empty where nobody knows.
    pub application_id: String,
    /// The [`Api::id`](crate::config::Api::id) that was called; empty where none stands there.
    pub api_id: String,
    /// The answer's status.
    pub status: u16,
    /// Why the gateway refused; empty where the upstream answered.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// One refusal, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// When.
    pub at: Timestamp,
    /// The request's id, which its answer carried.
    pub request_id: String,
    /// The method.
    pub method: String,
    /// The path without the query, cut where it is long.
    pub path: String,
    /// The route's name or id, where one matched.
    pub route: Option<String>,
    /// The status.
    pub status: u16,
    /// The reason's code.
    pub reason: String,
    /// A sentence: never a credential, never a person's data.
    pub detail: String,
    /// The application, where it is known.
    pub application_id: Option<String>,
}

/// Who called what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) application: Option<Arc<Application>>,
    pub(crate) api: Option<Arc<str>>,
}

/// The addresses of application and API, which the entry keeps alive.
type Key = (usize, usize, u16, Option<Reason>);

#[derive(Debug)]
struct Count {
    seen: Seen,
    calls: u64,
}

/// What one worker counted since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: HashMap<Key, Count>,
    refusals: Vec<Refused>,
}

impl Tally {
    /// Counts an answer.
    pub(crate) fn count(&mut self, seen: Seen, status: u16, reason: Option<Reason>) {
        let application = seen.application.as_ref();
        let key = (
            application.map_or(0, |application| Arc::as_ptr(application).addr()),
            seen.api.as_ref().map_or(0, |api| api.as_ptr().addr()),
            status,
            reason,
        );
        match self.counts.entry(key) {
            Entry::Occupied(mut known) => known.get_mut().calls += 1,
            Entry::Vacant(free) => {
                free.insert(Count { seen, calls: 1 });
            }
        }
    }

    /// Keeps a refusal, unless there are many.
    pub(crate) fn describe(&mut self, refusal: &Refusal, context: &Context<'_>, now: Timestamp) {
        if self.refusals.len() >= REFUSALS {
            return;
        }
        let application = refusal.seen.application.as_ref();
        self.refusals.push(Refused {
            at: now,
            request_id: context.request_id.to_owned(),
            method: context.method.to_owned(),
            path: context.path.chars().take(PATH).collect(),
            route: context.route.map(str::to_owned),
            status: refusal.reason.status().as_u16(),
            reason: refusal.reason.code().to_owned(),
            detail: refusal.detail.to_string(),
            application_id: application.map(|application| application.id.to_string()),
        });
    }
}

/// What is counted and not yet told: minute, application, API, status, reason.
type Row = (i64, String, String, u16, &'static str);

/// What all workers counted and nobody was told yet.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    calls: BTreeMap<Row, u64>,
    refusals: VecDeque<Refused>,
    /// Told, and not yet heard.
    sent: Option<Report>,
    last: i64,
}

impl Ledger {
    /// Takes over what a worker counted until now.
    pub(crate) fn add(&mut self, tally: Tally, now: Timestamp) {
        let minute = now.as_millis() / MINUTE;
        for ((_, _, status, reason), Count { seen, calls }) in tally.counts {
            let application = seen
                .application
                .map_or_else(String::new, |a| a.id.to_string());
            let api = seen.api.map_or_else(String::new, |api| api.to_string());
            let reason = reason.map_or("", Reason::code);
            let row = (minute, application, api, status, reason);
            *self.calls.entry(row).or_default() += calls;
        }
        while self.calls.len() > WAITING_CALLS {
            self.calls.pop_first();
        }
        self.refusals.extend(tally.refusals);
        let many = self.refusals.len().saturating_sub(WAITING_REFUSALS);
        self.refusals.drain(..many);
    }

    /// What to tell; the report that was not heard comes first. Refusals go at once, counts where `all` is
    /// asked for.
    pub(crate) fn report(&mut self, all: bool, now: Timestamp) -> Option<Report> {
        if self.sent.is_none() {
            let mut calls = Vec::new();
            while all && calls.len() < CALLS {
                let Some(((minute, application_id, api_id, status, reason), count)) =
                    self.calls.pop_first()
                else {
                    break;
                };
                calls.push(Calls {
                    minute: Timestamp::from_millis(minute * MINUTE),
                    application_id,
                    api_id,
                    status,
                    reason: reason.to_owned(),
                    count,
                });
            }
            let refusals: Vec<Refused> = self.refusals.drain(..).collect();
            if !calls.is_empty() || !refusals.is_empty() {
                self.last = now.as_millis().max(self.last + 1);
                self.sent = Some(Report {
                    number: self.last,
                    calls,
                    refusals,
                });
            }
        }
        self.sent.clone()
    }

    /// The report with this number was heard.
    pub(crate) fn heard(&mut self, number: i64) {
        if self.sent.as_ref().is_some_and(|sent| sent.number == number) {
            self.sent = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use oauth::Timestamp;

    use super::{CALLS, Ledger, Seen, Tally};
    use crate::rescue::Reason;

    fn tally(status: u16, calls: usize) -> Tally {
        let mut tally = Tally::default();
        for _ in 0..calls {
            let reason = (status == 401).then_some(Reason::NoCredential);
            tally.count(Seen::default(), status, reason);
        }
        tally
    }

    #[test]
    fn a_report_that_was_not_heard_comes_again_as_it_was() {
        let mut ledger = Ledger::default();
        let now = Timestamp::from_unix_seconds(121);
        assert_eq!(ledger.report(true, now), None);
        ledger.add(tally(200, 2), now);
        let first = ledger.report(true, now).unwrap();
        assert_eq!(first.calls[0].count, 2);
        assert_eq!(first.calls[0].minute.unix_seconds(), 120);
        ledger.add(tally(200, 3), now);
        assert_eq!(ledger.report(true, now).as_ref(), Some(&first));
        ledger.heard(first.number);
        let second = ledger.report(true, now).unwrap();
        assert!(second.number > first.number, "in the same millisecond");
        assert_eq!(second.calls[0].count, 3);
        ledger.heard(first.number);
        assert_eq!(ledger.report(true, now), Some(second), "another was heard");
    }

    #[test]
    fn counts_wait_until_they_are_asked_for_and_reports_are_bounded() {
        let mut ledger = Ledger::default();
        let now = Timestamp::from_unix_seconds(60);
        for status in 0..6_000 {
            ledger.add(tally(status, 1), now);
        }
        assert_eq!(ledger.report(false, now), None);
        assert_eq!(ledger.report(true, now).unwrap().calls.len(), CALLS);
    }
}
