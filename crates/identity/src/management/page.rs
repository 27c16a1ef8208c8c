//! Paging: by offset (`page`, `per_page`, `include_totals`) and by checkpoint (`from`, `take`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::Error;
use crate::management::query::Query;
use crate::model::Members;
use crate::store::page::{After, Window};

/// The largest page.
const MAX: i64 = 100;
/// The page size where none is asked for.
const DEFAULT: i64 = 50;

/// How a list was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// By offset.
    Offset {
        page: i64,
        per_page: i64,
        totals: bool,
    },
    /// By checkpoint.
    Checkpoint { after: Option<After>, take: i64 },
}

impl Paging {
    /// Reads the paging parameters. `take` or `from` choose the checkpoint form, also when a client
    /// library adds `include_totals=true` to every list.
    ///
    /// # Errors
    /// `invalid_query_string` if one is out of range.
    pub(crate) fn read(query: &Query) -> Result<Self, Error> {
        Self::read_up_to(query, MAX)
    }

    /// [`Paging::read`] for a list of which one request may take more.
    pub(crate) fn read_up_to(query: &Query, max: i64) -> Result<Self, Error> {
        let from = query.text("from");
        let take = query.integer("take", 1, max)?;
        if from.is_some() || take.is_some() {
            let after = match from {
                None => None,
                Some(text) => Some(decode(text).ok_or_else(|| {
                    query.fault(
                        "from",
                        "Object didn't pass validation for format checkpoint",
                    )
                })?),
            };
            return Ok(Self::Checkpoint {
                after,
                take: take.unwrap_or(DEFAULT),
            });
        }
        Ok(Self::Offset {
            page: query.integer("page", 0, 1_000_000)?.unwrap_or(0),
            per_page: query.integer("per_page", 0, max)?.unwrap_or(DEFAULT),
            totals: query.boolean("include_totals")?.unwrap_or(false),
        })
    }

    /// Which rows to read: one more than a checkpoint page shows, to know whether another follows.
    pub(crate) fn window(&self) -> Window {
        match self {
            Self::Offset { page, per_page, .. } => Window {
                after: None,
                offset: page * per_page,
                limit: *per_page,
            },
            Self::Checkpoint { after, take } => Window {
                after: after.clone(),
                offset: 0,
                limit: take + 1,
            },
        }
    }

    /// The number of all entries, if the answer names it; 0 where nobody asked.
    pub(crate) async fn total(
        &self,
        count: impl Future<Output = Result<i64, storage::Error>>,
    ) -> Result<i64, storage::Error> {
        match self {
            Self::Offset { totals: true, .. } => count.await,
            _ => Ok(0),
        }
    }

    /// The answer's body for entries that are written already, each with its place.
    pub(crate) fn placed(
        &self,
        collection: &str,
        entries: Vec<(After, Members)>,
        total: i64,
    ) -> Value {
        let place = |(at, _): &(After, Members)| at.clone();
        self.answer(collection, entries, total, place, |(_, shown)| shown)
    }

    /// The answer's body for a list that is in memory whole, in the order of its places' ids.
    pub(crate) fn part<T>(
        &self,
        collection: &str,
        all: Vec<T>,
        place: impl Fn(&T) -> After,
        wire: impl Fn(T) -> Members,
    ) -> Value {
        let window = self.window();
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let length = |count: i64| usize::try_from(count).unwrap_or(0);
        let later = |entry: &T| match &window.after {
            None => true,
            Some(after) => place(entry).id > after.id,
        };
        let part = all
            .into_iter()
            .filter(later)
            .skip(length(window.offset))
            .take(length(window.limit))
            .collect();
        self.answer(collection, part, total, place, wire)
    }

    /// The answer's body. `place` gives an entry's place in the order.
    pub(crate) fn answer<T>(
        &self,
        collection: &str,
        mut entries: Vec<T>,
        total: i64,
        place: impl Fn(&T) -> After,
        wire: impl Fn(T) -> Members,
    ) -> Value {
        let next = match self {
            Self::Checkpoint { take, .. } => {
                let take = usize::try_from(*take).unwrap_or(usize::MAX);
                let more = entries.len() > take;
                entries.truncate(take);
                more.then(|| entries.last().map(|last| encode(&place(last))))
                    .flatten()
            }
            Self::Offset { .. } => None,
        };
        let list: Vec<Value> = entries
            .into_iter()
            .map(|entry| Value::Object(wire(entry)))
            .collect();
        match self {
            Self::Offset { totals: false, .. } => Value::Array(list),
            Self::Offset { page, per_page, .. } => json!({
                "total": total,
                "start": page * per_page,
                "limit": per_page,
                collection: list,
            }),
            Self::Checkpoint { .. } => {
                let mut body = json!({ collection: list });
                if let Some(next) = next {
                    body["next"] = json!(next);
                }
                body
            }
        }
    }
}

/// Adds how many entries the page has, as lists of users do where they name the total.
pub(crate) fn with_length(mut body: Value, collection: &str) -> Value {
    let length = body.get(collection).and_then(Value::as_array).map(Vec::len);
    if let (Some(length), Some(true)) = (length, body.get("total").map(|_| true)) {
        body["length"] = json!(length);
    }
    body
}

fn encode(after: &After) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{}", after.created_at.as_millis(), after.id))
}

fn decode(text: &str) -> Option<After> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (created_at, id) = text.split_once(':')?;
    Some(After {
        created_at: oauth::Timestamp::from_millis(created_at.parse().ok()?),
        id: id.to_owned(),
    })
}
