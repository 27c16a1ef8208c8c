//! `/v2/audit-log-destinations`, in pages by cursor.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::super::{Admin, Route};
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::AuditDestination;
use crate::rest::{OptionalBody, Problem};
use crate::service::audit_log::{self, Shown};
use crate::store::audit_webhooks;

const ALL: &str = "/v2/audit-log-destinations";
const USUAL: usize = 10;
const MOST: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/audit-log-destinations/{destination}";
    vec![
        (Method::GET, ALL, get(list)),
        (Method::POST, ALL, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

/// Which page of which destinations. There are few of them: they are read at once.
struct Asked {
    size: usize,
    after: Option<String>,
    before: Option<String>,
    name: Option<(bool, String)>,
}

impl Asked {
    fn of(pairs: Vec<(String, String)>) -> Result<Self, Error> {
        let mut asked = Self {
            size: USUAL,
            after: None,
            before: None,
            name: None,
        };
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "page[size]" => {
                    let size = value.parse().ok().filter(|size| (1..=MOST).contains(size));
                    let reason = format!("\"page[size]\" must be a whole number from 1 to {MOST}");
                    let violation = Violation::query("page[size]", "invalid", reason);
                    asked.size = size.ok_or_else(|| Error::invalid(violation))?;
                }
                "page[after]" => asked.after = Some(value),
                "page[before]" => asked.before = Some(value),
                "filter[name]" | "filter[name][eq]" => asked.name = Some((true, value)),
                "filter[name][contains]" => asked.name = Some((false, value.to_lowercase())),
                _ => {}
            }
        }
        Ok(asked)
    }

    fn wants(&self, destination: &AuditDestination) -> bool {
        let own = destination.name.as_deref().unwrap_or_default();
        match &self.name {
            None => true,
            Some((true, name)) => own == name,
            Some((false, part)) => own.to_lowercase().contains(part.as_str()),
        }
    }

    /// Where the page begins and ends.
    fn range(&self, all: &[AuditDestination]) -> (usize, usize) {
        let at = |id: &String| all.iter().position(|one| one.id.to_string() == *id);
        if let Some(end) = self.before.as_ref().and_then(at) {
            return (end.saturating_sub(self.size), end);
        }
        let begin = self.after.as_ref().and_then(at).map_or(0, |last| last + 1);
        (begin, all.len().min(begin + self.size))
    }

    fn address(&self, cursor: &str, at: &AuditDestination) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(cursor, &at.id.to_string());
        query.append_pair("page[size]", &self.size.to_string());
        if let Some((exact, name)) = &self.name {
            let test = if *exact { "eq" } else { "contains" };
            query.append_pair(&format!("filter[name][{test}]"), name);
        }
        format!("{ALL}?{}", query.finish())
    }
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Problem> {
    let asked = Asked::of(pairs)?;
    let all = audit_webhooks::destinations(portal.db()).await;
    let mut all = all.map_err(Error::from)?;
    all.retain(|destination| asked.wants(destination));
    let (begin, end) = asked.range(&all);
    let shown = all.get(begin..end).unwrap_or_default();
    let next = shown.last().filter(|_| end < all.len());
    let previous = shown.first().filter(|_| begin > 0);
    Ok(Json(json!({
        "data": shown.iter().map(Shown::from).collect::<Vec<_>>(),
        "meta": {
            "next": next.map(|last| asked.address("page[after]", last)),
            "previous": previous.map(|first| asked.address("page[before]", first)),
            "size": asked.size,
        },
    })))
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let destination = audit_log::create(&portal, &admin.ctx, body).await?;
    Ok((StatusCode::CREATED, Json(json!(Shown::from(&destination)))))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let destination = audit_log::find(&portal, &id).await?;
    Ok(Json(json!(Shown::from(&destination))))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let destination = audit_log::find(&portal, &id).await?;
    let destination = audit_log::update(&portal, &admin.ctx, destination, body).await?;
    Ok(Json(json!(Shown::from(&destination))))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let destination = audit_log::find(&portal, &id).await?;
    audit_log::delete(&portal, &admin.ctx, &destination).await?;
    Ok(StatusCode::NO_CONTENT)
}
