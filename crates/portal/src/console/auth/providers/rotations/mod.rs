//! New secrets for every application of a provider, while the old ones work on.

mod list;
mod new;
mod one;
mod retire;

use axum::Router;
use axum::routing::get;
use web::components::{Choice, badge};
use web::{Markup, Text, Tone};

use super::{Acting, Refused, address, heading, text};
use crate::Portal;
use crate::model::{DcrProvider, FleetRotation, FleetRotationId};

/// The page's path below its provider's.
pub(super) const BELOW: &str = "/rotations";

/// How long old credentials can be let work on, in seconds.
const OVERLAPS: [(u64, &str); 5] = [
    (3_600, "overlap-hour"),
    (86_400, "overlap-day"),
    (604_800, "overlap-week"),
    (1_209_600, "overlap-fortnight"),
    (2_592_000, "overlap-month"),
];

pub(super) fn routes() -> Router<Portal> {
    let below = |path: &str| format!("{}/{{id}}{path}", super::LIST);
    Router::new()
        .route(&below(BELOW), get(list::page))
        .route(&below("/rotations/new"), get(new::ask).post(new::begin))
        .route(&below("/rotations/{rotation}"), get(one::page))
        .route(
            &below("/rotations/{rotation}/retire"),
            get(retire::ask).post(retire::retire),
        )
}

/// The address of a rotation's page, or of one `below` it.
fn place(provider: &DcrProvider, rotation: FleetRotationId, below: &str) -> String {
    address(provider, &format!("{BELOW}/{rotation}{below}"))
}

/// The overlaps that can be chosen.
fn overlaps(text: Text, chosen: u64) -> Vec<Choice> {
    let choice = |(seconds, label): (u64, &str)| Choice {
        value: seconds.to_string(),
        label: text.get(label),
        hint: None,
        chosen: seconds == chosen,
    };
    OVERLAPS.into_iter().map(choice).collect()
}

/// How long the old credentials work on, in words where there are any.
fn overlap(text: Text, seconds: i64) -> String {
    let known = OVERLAPS
        .iter()
        .find(|(known, _)| i64::try_from(*known) == Ok(seconds));
    match known {
        Some((_, label)) => text.get(label),
        None => text.with("overlap-minutes", [("count", (seconds / 60).into())]),
    }
}

fn status(text: Text, rotation: &FleetRotation) -> Markup {
    match rotation.finished_at {
        Some(_) => badge(Tone::Success, &text.get("rotation-finished")),
        None => badge(Tone::Info, &text.get("rotation-running")),
    }
}
