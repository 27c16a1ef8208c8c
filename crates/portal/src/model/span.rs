//! Pieces of time that calls are rolled up to.

use std::time::Duration;

use oauth::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A piece of time, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Span {
    /// Every kind, the shortest first.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// Its name in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// How long it is.
    #[must_use]
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => MINUTE,
            Self::Hour => HOUR,
            Self::Day => DAY,
        })
    }

    /// For how long spans of its kind are kept.
    #[must_use]
    pub const fn kept(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => 3 * HOUR,
            Self::Hour => 9 * DAY,
            Self::Day => 400 * DAY,
        })
    }

    /// The beginning of the one that `at` falls into.
    #[must_use]
    pub fn start(self, at: Timestamp) -> Timestamp {
        let length = i64::try_from(self.length().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(at.as_millis() - at.as_millis().rem_euclid(length))
    }

    /// The shortest kind of which those at `from` are still kept, and no longer than `piece`.
    #[must_use]
    pub fn fitting(from: Timestamp, piece: Duration, now: Timestamp) -> Self {
        let fits = |span: &Self| now.saturating_since(from) <= span.kept();
        let mut known = Self::ALL.into_iter().filter(fits);
        let shortest = known.next().unwrap_or(Self::Day);
        // Longer ones say the same in fewer rows.
        let mut longer = known.filter(|span| span.length() <= piece);
        longer.next_back().unwrap_or(shortest)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use oauth::Timestamp;

    use super::Span;

    #[test]
    fn the_span_is_one_that_is_kept_and_no_longer_than_a_piece() {
        let now = Timestamp::from_unix_seconds(1_700_000_000);
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let fitting = |back, piece| Span::fitting(now - hours(back), piece, now);
        assert_eq!(fitting(1, Duration::from_secs(60)), Span::Minute);
        assert_eq!(fitting(2, hours(1)), Span::Hour);
        assert_eq!(
            fitting(24, Duration::from_secs(60)),
            Span::Hour,
            "minutes are gone"
        );
        assert_eq!(fitting(24 * 7, hours(6)), Span::Hour);
        assert_eq!(fitting(24 * 30, hours(24)), Span::Day);
        assert_eq!(fitting(24 * 500, hours(24)), Span::Day);
        let start = Span::Hour.start(Timestamp::from_unix_seconds(7_201));
        assert_eq!(start.unix_seconds(), 7_200);
    }
}
