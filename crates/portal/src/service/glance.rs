//! How the whole stands, in a few figures.

use crate::model::Span;
use crate::store::usage::{Dimension, totals};
use crate::{Error, Portal, store};

use super::usage::class;

/// The figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// Calls of today (UTC) that were answered well, refused (4xx) and failed (5xx).
    pub calls: [i64; 3],
    /// Gateways elsewhere that follow or did within the last hour.
    pub nodes: usize,
    /// Those of them that are not connected, or do not obey the newest revision.
    pub behind: usize,
    /// Differences between the portal and its identity providers that nobody settled.
    pub differences: i64,
}

/// The figures of now.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn glance(portal: &Portal) -> Result<Glance, Error> {
    let db = portal.db();
    let now = portal.clock().now();
    // Days alone: one row for each application that called, however many calls there were.
    let today = (Span::Day.start(now), now + Span::Day.length());
    let mut calls = [0; 3];
    for total in totals(db, Span::Day, today, &[Dimension::Class], &[]).await? {
        calls[class(&total.of[0])] += total.calls;
    }
    let nodes = portal.publisher().nodes();
    let behind = nodes.iter().filter(|node| !node.connected || !node.current);
    Ok(Glance {
        calls,
        behind: behind.count(),
        nodes: nodes.len(),
        differences: store::reconciliations::count_all_open(db).await?,
    })
}
