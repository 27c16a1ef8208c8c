//! Counts of many rows, remembered for a while.
//!
//! A page of a long list is found by an index and costs the same however long the list is; how many
//! entries there are costs a walk over all of them. So a large count is kept for a hundred times as long
//! as it took, and counting takes no more than a hundredth of the time. Counts below [`LARGE`] are never
//! remembered: where people see one entry more or less, they are told the truth.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::Value;

/// From here on a count may be a little old.
const LARGE: i64 = 10_000;

/// For how long, in terms of what it took to count, and at most.
const TIMES: u32 = 100;
const LONGEST: Duration = Duration::from_secs(60);

/// Most counts that are remembered.
const MOST: usize = 1000;

type Question = (String, Vec<Value>);

/// What was counted lately.
#[derive(Debug, Default)]
pub(crate) struct Totals(Mutex<HashMap<Question, Total>>);

#[derive(Debug)]
struct Total {
    n: i64,
    until: Instant,
}

impl Totals {
    /// What was counted, if that may still be told.
    pub(crate) fn get(&self, sql: &str, params: &[Value], now: Instant) -> Option<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let total = known.get(&(sql.to_owned(), params.to_vec()))?;
        (now < total.until).then_some(total.n)
    }

    /// Keeps a count that took from `began` to `now`, if it is large.
    pub(crate) fn keep(
        &self,
        sql: &str,
        params: &[Value],
        n: i64,
        (began, now): (Instant, Instant),
    ) {
        if n < LARGE {
            return;
        }
        let until = now + LONGEST.min((now - began) * TIMES);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, total| now < total.until);
        }
        if known.len() < MOST {
            known.insert((sql.to_owned(), params.to_vec()), Total { n, until });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Totals;
    use crate::params;

    #[test]
    fn a_large_count_is_kept_for_a_hundred_times_as_long_as_it_took() {
        let totals = Totals::default();
        let began = Instant::now();
        let now = began + Duration::from_millis(20);
        totals.keep("few", &params![], 9_999, (began, now));
        totals.keep("many", &params!["a"], 10_000, (began, now));
        assert_eq!(totals.get("few", &params![], now), None);
        assert_eq!(totals.get("many", &params!["b"], now), None);
        let soon = now + Duration::from_millis(1_999);
        assert_eq!(totals.get("many", &params!["a"], soon), Some(10_000));
        let later = now + Duration::from_secs(2);
        assert_eq!(totals.get("many", &params!["a"], later), None);
    }

    #[test]
    fn no_count_is_older_than_a_minute() {
        let totals = Totals::default();
        let began = Instant::now();
        let now = began + Duration::from_secs(5);
        totals.keep("slow", &params![], 1_000_000, (began, now));
        let minute = now + Duration::from_secs(60);
        assert_eq!(totals.get("slow", &params![], minute), None);
    }

    #[test]
    fn what_is_asked_once_does_not_stay() {
        let totals = Totals::default();
        let began = Instant::now();
        let now = began + Duration::from_millis(1);
        for n in 0..3_000_i64 {
            totals.keep("many", &params![n], 10_000, (began, now));
        }
        let later = now + Duration::from_secs(1);
        totals.keep("many", &params![-1_i64], 10_000, (began, later));
        assert_eq!(totals.0.lock().unwrap().len(), 1);
    }
}
