//! Usage of a developer's own applications: `/api/v2/stats`.
//!
//! Calls are counted; how long they took and how large they were is not.
//!
//! Source: Konnect Portal API 2.1.0, `query-application-analytics`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;
use oauth::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::session::SignedIn;
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::Span;
use crate::rest::check::{Rule, Shape, optional, required};
use crate::rest::{OptionalBody, Problem, input};
use crate::service::usage::{self, Scope, Whose};
use crate::store::listing::{Filter, Test};
use crate::store::usage::{Dimension, Total};

/// Most values of a dimension in one answer.
const MOST: usize = 50;

/// The metrics that there are.
const COUNT: &str = "REQUEST_COUNT";
const PER_MINUTE: &str = "REQUEST_PER_MINUTE";

static METRIC: Rule = Rule::Word(&[
    COUNT,
    PER_MINUTE,
    "RESPONSE_LATENCY_P99",
    "RESPONSE_LATENCY_P95",
    "RESPONSE_LATENCY_P50",
    "RESPONSE_SIZE_P99",
    "RESPONSE_SIZE_P95",
    "RESPONSE_SIZE_P50",
    "REQUEST_SIZE_P99",
    "REQUEST_SIZE_P95",
    "REQUEST_SIZE_P50",
]);
const DIMENSIONS: &[&str] = &[
    "API_PRODUCT_VERSION",
    "APPLICATION",
    "STATUS_CODE",
    "STATUS_CODE_GROUPED",
    "TIME",
];
static DIMENSION: Rule = Rule::Word(DIMENSIONS);
static VALUE: Rule = Rule::Any;
static FILTER_SHAPE: Shape = Shape {
    fields: &[
        required("dimension", Rule::Word(FILTERED)),
        required("type", Rule::Word(&["IN", "NOT_IN"])),
        required(
            "values",
            Rule::List {
                of: &VALUE,
                min: 0,
                max: 1000,
            },
        ),
    ],
    open: false,
};
const FILTERED: &[&str] = &[
    "API_PRODUCT_VERSION",
    "APPLICATION",
    "STATUS_CODE",
    "STATUS_CODE_GROUPED",
];
static FILTER: Rule = Rule::Object(&FILTER_SHAPE);
/// About the year 5138: far beyond what is kept.
const LATEST: i64 = 99_999_999_999_999;
static SHAPE: Shape = Shape {
    fields: &[
        required(
            "start_ms",
            Rule::Integer {
                min: 0,
                max: LATEST,
            },
        ),
        required(
            "end_ms",
            Rule::Integer {
                min: 0,
                max: LATEST,
            },
        ),
        required(
            "metrics",
            Rule::List {
                of: &METRIC,
                min: 1,
                max: 1,
            },
        ),
        optional(
            "dimensions",
            Rule::List {
                of: &DIMENSION,
                min: 0,
                max: 2,
            },
        ),
        optional(
            "granularity_ms",
            Rule::Integer {
                min: 60_000,
                max: LATEST,
            },
        ),
        optional(
            "filter",
            Rule::List {
                of: &FILTER,
                min: 0,
                max: 20,
            },
        ),
    ],
    open: false,
};

#[derive(Deserialize)]
struct Question {
    start_ms: i64,
    end_ms: i64,
    metrics: Vec<String>,
    #[serde(default)]
    dimensions: Vec<String>,
    #[serde(default = "a_day")]
    granularity_ms: i64,
    #[serde(default)]
    filter: Vec<Narrowed>,
}

const fn a_day() -> i64 {
    86_400_000
}

#[derive(Deserialize)]
struct Narrowed {
    dimension: String,
    #[serde(rename = "type")]
    kind: String,
    values: Vec<Value>,
}

/// For how long usage is kept.
pub(super) async fn config(_: SignedIn) -> Json<Value> {
    let kept = u64::try_from(Span::Day.kept().as_millis()).unwrap_or(u64::MAX);
    Json(json!({ "analytics": { "percentiles": false, "retention_ms": kept } }))
}

/// The third generation asks otherwise, which is not served yet: its client hides usage then.
pub(super) async fn config_later(_: SignedIn) -> Json<Value> {
    Json(json!({ "analytics": null }))
}

/// See [`config_later`].
pub(super) async fn query_later(_: SignedIn) -> Problem {
    Error::Forbidden("ask for usage at /api/v2/stats".into()).into()
}

pub(super) async fn query(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let question: Question = input(body, &SHAPE)?;
    check(&question)?;
    let mut scope = Scope::of(Whose::Developer(signed_in.id), None, None);
    scope.filters = filters(&question)?;
    let by: Vec<Dimension> = question
        .dimensions
        .iter()
        .map(|name| dimension(name, question.granularity_ms))
        .collect();
    let bounds = (
        Timestamp::from_millis(question.start_ms),
        Timestamp::from_millis(question.end_ms.saturating_add(1)),
    );
    let totals = usage::sum(&portal, &scope, bounds, &by).await?;
    let names = names(&portal, &question, &totals).await?;
    Ok(Json(answer(&portal, &question, &totals, &names)))
}

/// What the shape cannot say.
fn check(question: &Question) -> Result<(), Error> {
    let metric = &question.metrics[0];
    if metric != COUNT && metric != PER_MINUTE {
        let reason = format!("\"{metric}\" is not measured here; ask for {COUNT} or {PER_MINUTE}");
        return Err(Error::invalid(Violation::body(
            "metrics[0]",
            "invalid",
            reason,
        )));
    }
    if question.end_ms <= question.start_ms {
        let reason = "\"end_ms\" must be after \"start_ms\"";
        return Err(Error::invalid(Violation::body("end_ms", "invalid", reason)));
    }
    if let [first, second] = &*question.dimensions
        && first == second
    {
        let reason = "\"dimensions\" must not name one twice";
        return Err(Error::invalid(Violation::body(
            "dimensions",
            "invalid",
            reason,
        )));
    }
    Ok(())
}

fn dimension(name: &str, granularity: i64) -> Dimension {
    match name {
        "TIME" => Dimension::Time(granularity),
        "API_PRODUCT_VERSION" => Dimension::Api,
        "APPLICATION" => Dimension::Application,
        "STATUS_CODE" => Dimension::Status,
        _ => Dimension::Class,
    }
}

/// The filters in the store's terms. Whatever they name, only the developer's own is looked at.
fn filters(question: &Question) -> Result<Vec<Filter>, Error> {
    let mut all = Vec::new();
    for (at, narrowed) in question.filter.iter().enumerate() {
        let column = match narrowed.dimension.as_str() {
            "API_PRODUCT_VERSION" => "t.api_id",
            "APPLICATION" => "t.application_id",
            "STATUS_CODE" => "t.status",
            _ => "t.status / 100",
        };
        let values = narrowed.values.iter().enumerate().map(|(n, value)| {
            filter_value(&narrowed.dimension, value).ok_or_else(|| {
                let field = format!("filter[{at}].values[{n}]");
                let reason = format!("\"{field}\" is no value of {}", narrowed.dimension);
                Error::invalid(Violation::body(field, "invalid", reason))
            })
        });
        let values = values.collect::<Result<Vec<storage::Value>, Error>>()?;
        match narrowed.kind.as_str() {
            "IN" => all.push(Filter {
                column,
                test: Test::OneOf(values),
            }),
            _ => all.extend(values.into_iter().map(|value| Filter {
                column,
                test: Test::Not(value),
            })),
        }
    }
    Ok(all)
}

fn filter_value(dimension: &str, value: &Value) -> Option<storage::Value> {
    match dimension {
        "STATUS_CODE" => {
            let status = value
                .as_i64()
                .filter(|status| (100..1000).contains(status))?;
            Some(storage::Value::Int(status))
        }
        "STATUS_CODE_GROUPED" => {
            let digit = value.as_str()?.strip_suffix("XX")?;
            Some(storage::Value::Int(
                digit.parse::<u8>().ok().filter(|d| *d < 10)?.into(),
            ))
        }
        _ => {
            let id: uuid::Uuid = value.as_str()?.parse().ok()?;
            Some(id.to_string().into())
        }
    }
}

/// Names by dimension and value.
async fn names(
    portal: &Portal,
    question: &Question,
    totals: &[Total],
) -> Result<HashMap<String, String>, Error> {
    let mut names = HashMap::new();
    for (at, name) in question.dimensions.iter().enumerate() {
        let ids: BTreeSet<&str> = totals.iter().map(|total| total.of[at].as_str()).collect();
        match name.as_str() {
            "APPLICATION" => {
                names.extend(usage::application_names(portal, ids.into_iter()).await?);
            }
            "API_PRODUCT_VERSION" => {
                names.extend(usage::api_names(portal, ids.into_iter()).await?);
            }
            _ => {}
        }
    }
    Ok(names)
}

fn answer(
    portal: &Portal,
    question: &Question,
    totals: &[Total],
    names: &HashMap<String, String>,
) -> Value {
    let metric = question.metrics[0].as_str();
    let timed = question.dimensions.iter().any(|name| name == "TIME");
    let duration = question.end_ms - question.start_ms;
    let granularity = if timed {
        question.granularity_ms
    } else {
        duration
    };
    let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut truncated = false;
    let mut records = Vec::new();
    for total in totals {
        let mut event = Map::new();
        let mut at = question.start_ms;
        let mut within = true;
        for (name, value) in question.dimensions.iter().zip(&total.of) {
            if name == "TIME" {
                at = value.parse().unwrap_or(at);
                continue;
            }
            let shown = shown(name, value, names);
            let known = seen.entry(name).or_default();
            if known.len() < MOST || known.contains(&shown) {
                known.insert(shown.clone());
            } else {
                (within, truncated) = (false, true);
            }
            event.insert(name.clone(), json!(shown));
        }
        if within {
            event.insert(
                metric.to_owned(),
                measured(metric, total.calls, granularity),
            );
            let moment = Timestamp::from_millis(at).to_rfc3339();
            records.push(json!({ "event": event, "timestamp": moment }));
        }
    }
    let unit = if metric == COUNT {
        "count"
    } else {
        "count/minute"
    };
    json!({
        "meta": {
            "dimensions": seen,
            "metric_names": [metric],
            "metric_units": { metric: unit },
            "start_ms": question.start_ms,
            "end_ms": question.end_ms,
            "granularity": granularity,
            "truncated": truncated,
            "query_id": format!("portal-api-{}", portal.entropy().uuid()),
        },
        "records": records,
    })
}

/// A value as people read it. What is gone has its id left.
fn shown(dimension: &str, value: &str, names: &HashMap<String, String>) -> String {
    match dimension {
        "STATUS_CODE_GROUPED" => format!("{value}XX"),
        _ => names
            .get(value)
            .cloned()
            .unwrap_or_else(|| value.to_owned()),
    }
}

fn measured(metric: &str, calls: i64, granularity: i64) -> Value {
    if metric == COUNT {
        return json!(calls);
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate is a float")]
    let rate = calls as f64 * 60_000.0 / granularity.max(1) as f64;
    json!(rate)
}
