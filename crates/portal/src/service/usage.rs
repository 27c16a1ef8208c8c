//! How often applications called, and how it ended.

use std::collections::HashMap;
use std::time::Duration;

use oauth::Timestamp;

use crate::error::Error;
use crate::model::{ApplicationId, DeveloperId, ProductVersionId, Span};
use crate::store::listing::{Filter, Test};
use crate::store::usage::{Dimension, Line, Total, busiest, totals};
use crate::{Portal, store};

/// Forgets what nobody looks at any more.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn prune(portal: &Portal) -> Result<u64, Error> {
    let now = portal.clock().now();
    let counts = store::usage::prune(portal.db(), now).await?;
    Ok(counts + store::refusals::prune(portal.db(), now).await?)
}

/// How far back one looks, in how many pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// The last hour, two minutes a piece.
    Hour,
    /// The last day, an hour a piece.
    Day,
    /// The last week, six hours a piece.
    Week,
    /// The last thirty days, a day a piece.
    Month,
}

impl Range {
    /// Every one, the shortest first.
    pub(crate) const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// Its name in addresses.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The one of this name.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|range| range.word() == word)
    }

    /// How long a piece is, in milliseconds, and how many there are.
    pub(crate) const fn pieces(self) -> (i64, i64) {
        const HOUR: i64 = 3_600_000;
        match self {
            Self::Hour => (120_000, 30),
            Self::Day => (HOUR, 24),
            Self::Week => (6 * HOUR, 28),
            Self::Month => (24 * HOUR, 30),
        }
    }

    /// The beginning of the first piece and the end of the last, which is the present one.
    pub(crate) fn bounds(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let (piece, count) = self.pieces();
        let end = now.as_millis() - now.as_millis().rem_euclid(piece) + piece;
        (
            Timestamp::from_millis(end - piece * count),
            Timestamp::from_millis(end),
        )
    }
}

/// Whose calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// Those of a developer's applications.
    Developer(DeveloperId),
    /// Everybody's, those of nobody as well.
    Everybody,
}

/// Whose calls of what.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// Whose.
    pub(crate) whose: Whose,
    /// Narrowed to these.
    pub(crate) filters: Vec<Filter>,
}

impl Scope {
    /// Somebody's calls, narrowed to one application and to one API where they are named. A developer's are
    /// those of the applications that they own, alone or with a team.
    pub(crate) fn of(
        whose: Whose,
        application: Option<ApplicationId>,
        api: Option<ProductVersionId>,
    ) -> Self {
        let application = application.map(|id| only("t.application_id", id));
        let api = api.map(|id| only("t.api_id", id));
        Self {
            whose,
            filters: application.into_iter().chain(api).collect(),
        }
    }

    fn all_filters(&self) -> Vec<Filter> {
        let mut filters = self.filters.clone();
        if let Whose::Developer(id) = self.whose {
            filters.push(Filter {
                column: "t.application_id",
                test: Test::Among(store::applications::OWNED, id.into()),
            });
        }
        filters
    }
}

fn only(column: &'static str, value: impl Into<storage::Value>) -> Filter {
    Filter {
        column,
        test: Test::OneOf(vec![value.into()]),
    }
}

/// Totals of a scope between two moments, told apart by these dimensions.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn sum(
    portal: &Portal,
    scope: &Scope,
    (from, to): (Timestamp, Timestamp),
    by: &[Dimension],
) -> Result<Vec<Total>, Error> {
    let piece = by.iter().find_map(|dimension| match dimension {
        Dimension::Time(millis) => Some(Duration::from_millis(millis.unsigned_abs())),
        _ => None,
    });
    let (span, bounds) = spans(portal, (from, to), piece);
    Ok(totals(portal.db(), span, bounds, by, &scope.all_filters()).await?)
}

/// The spans to add up between two moments, in pieces of at least this length.
fn spans(
    portal: &Portal,
    (from, to): (Timestamp, Timestamp),
    piece: Option<Duration>,
) -> (Span, (Timestamp, Timestamp)) {
    // Without pieces of time, a span as long as the bounds allow would cut them off.
    let piece = piece.unwrap_or(to.saturating_since(from) / 24);
    let span = Span::fitting(from, piece, portal.clock().now());
    (span, (span.start(from), to))
}

/// What a chart and the lists beside it show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overview {
    /// The beginning of each piece, the oldest first.
    pub(crate) pieces: Vec<Timestamp>,
    /// Of each piece: answered well, refused by gateway or API (4xx), failed (5xx).
    pub(crate) series: Vec<[i64; 3]>,
    /// The applications with the most calls.
    pub(crate) applications: Vec<Line>,
    /// The APIs with the most calls.
    pub(crate) apis: Vec<Line>,
    /// Refusals of the gateway by reason, the most first.
    pub(crate) reasons: Vec<(String, i64)>,
}

impl Overview {
    /// Over all the time: answered well, refused, failed.
    pub(crate) fn sums(&self) -> [i64; 3] {
        let add = |sums: [i64; 3], piece: &[i64; 3]| {
            [sums[0] + piece[0], sums[1] + piece[1], sums[2] + piece[2]]
        };
        self.series.iter().fold([0; 3], add)
    }
}

/// Most applications, and most APIs, that an overview lists.
const LISTED: u32 = 50;

/// The usage of a scope over a range.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn overview(
    portal: &Portal,
    scope: &Scope,
    range: Range,
) -> Result<Overview, Error> {
    let bounds = range.bounds(portal.clock().now());
    let (piece, count) = range.pieces();
    let pieces: Vec<Timestamp> = (0..count)
        .map(|at| Timestamp::from_millis(bounds.0.as_millis() + at * piece))
        .collect();
    let mut series = vec![[0; 3]; pieces.len()];
    let by_time = [Dimension::Time(piece), Dimension::Class];
    for total in sum(portal, scope, bounds, &by_time).await? {
        let at: i64 = total.of[0].parse().unwrap_or_default();
        let at = (at - bounds.0.as_millis()).div_euclid(piece);
        if let Some(slot) = usize::try_from(at).ok().and_then(|at| series.get_mut(at)) {
            slot[class(&total.of[1])] += total.calls;
        }
    }
    let (span, whole) = spans(portal, bounds, None);
    let filters = scope.all_filters();
    let lines = async |by| busiest(portal.db(), span, whole, by, &filters, LISTED).await;
    let mut reasons: Vec<(String, i64)> = sum(portal, scope, bounds, &[Dimension::Reason])
        .await?
        .into_iter()
        .map(|mut total| (total.of.swap_remove(0), total.calls))
        .filter(|(reason, _)| !reason.is_empty())
        .collect();
    reasons.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    Ok(Overview {
        pieces,
        series,
        applications: lines(Dimension::Application).await?,
        apis: lines(Dimension::Api).await?,
        reasons,
    })
}

/// Well, refused, failed.
pub(super) fn class(digit: &str) -> usize {
    match digit {
        "4" => 1,
        "5" => 2,
        _ => 0,
    }
}

/// Names of applications.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn application_names(
    portal: &Portal,
    ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, String>, Error> {
    let ids = ids.filter_map(|id| id.parse::<ApplicationId>().ok());
    let found = store::applications::among(portal.db(), ids).await?;
    Ok(found
        .into_values()
        .map(|application| (application.id.to_string(), application.name))
        .collect())
}

/// Names of APIs: product and version.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn api_names(
    portal: &Portal,
    ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, String>, Error> {
    let ids = ids.filter_map(|id| id.parse::<ProductVersionId>().ok());
    let found = store::product_versions::names(portal.db(), ids).await?;
    Ok(found
        .into_iter()
        .map(|(id, (product, version))| (id.to_string(), format!("{product} {version}")))
        .collect())
}
