//! `/api/v2/log-streams`.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::routing::MethodFilter;
use oauth::Timestamp;
use serde_json::Value;

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{
    Body, DATE_TIME, Object, Rule, any_object, array, boolean, object, one_of, optional, required,
    text,
};
use crate::model::Members;
use crate::model::log_stream::{CATEGORIES, Format, Header, LogStream, Sink, Status};
use crate::service::log_streams::{self as service, NewStream};
use crate::store::log_streams as store;
use crate::{Error, Tenant};

pub(super) fn add(operations: &mut Operations) {
    let (all, one) = ("/log-streams", "/log-streams/{id}");
    operations.serve(MethodFilter::GET, all, &["read:log_streams"], list);
    operations.serve(MethodFilter::POST, all, &["create:log_streams"], create);
    operations.serve(MethodFilter::GET, one, &["read:log_streams"], read);
    operations.serve(MethodFilter::PATCH, one, &["update:log_streams"], change);
    operations.serve(MethodFilter::DELETE, one, &["delete:log_streams"], delete);
}

static FILTER: Object = Object {
    members: &[
        required("type", one_of(&["category"])),
        required("name", one_of(CATEGORIES)),
    ],
};
static FILTER_RULE: Rule = object(&FILTER);

static HEADER: Object = Object {
    members: &[
        required("header", text(200).min(1)),
        optional("value", text(4096)),
    ],
};
static HEADER_RULE: Rule = object(&HEADER);

static SINK: Object = Object {
    members: &[
        required("httpEndpoint", text(2048).min(1)),
        optional("httpAuthorization", text(4096).nullable()),
        optional(
            "httpContentFormat",
            one_of(&["JSONLINES", "JSONARRAY", "JSONOBJECT"]),
        ),
        optional("httpContentType", text(200).min(1)),
        optional("httpCustomHeaders", array(&HEADER_RULE, 20)),
    ],
};

static CREATE: Object = Object {
    members: &[
        optional("name", text(200).min(1)),
        required("type", text(100).min(1)),
        optional("isPriority", boolean()),
        optional("filters", array(&FILTER_RULE, 20)),
        optional("pii_config", any_object()),
        required("sink", object(&SINK)),
        optional("startFrom", text(40).format(&DATE_TIME)),
    ],
};

static CHANGE: Object = Object {
    members: &[
        optional("name", text(200).min(1)),
        optional("status", one_of(&["active", "paused", "suspended"])),
        optional("isPriority", boolean()),
        optional("filters", array(&FILTER_RULE, 20)),
        optional("pii_config", any_object()),
        optional("sink", object(&SINK)),
    ],
};

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
) -> Result<Reply<Vec<Members>>, Problem> {
    let all = service::list(&tenant).await?;
    Ok(Reply(all.iter().map(LogStream::wire).collect()))
}

async fn create(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    known_type(&body)?;
    let members = CREATE.read(body, Body::Create)?;
    unmasked(&members)?;
    let sink = members.get("sink").and_then(Value::as_object);
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let start_from = text("startFrom").map(Timestamp::parse_rfc3339).transpose();
    let stream = service::create(
        &tenant,
        NewStream {
            name: text("name").unwrap_or("HTTP stream").to_owned(),
            is_priority: members.get("isPriority") == Some(&Value::Bool(true)),
            filters: filters(&members),
            sink: read_sink(sink.unwrap_or(&Members::new()), None)?,
            start_from: start_from.map_err(|_| {
                fault(
                    "Object didn't pass validation for format date-time",
                    "startFrom",
                )
            })?,
        },
    );
    Ok(Reply(stream.await?.wire()))
}

/// Says of the vendor's other types that they are not served, before anything else is looked at.
fn known_type(body: &Value) -> Result<(), Error> {
    match body.get("type").and_then(Value::as_str) {
        None | Some("http") => Ok(()),
        Some(other) => {
            let other: String = other.chars().take(40).collect();
            Err(fault(
                &format!(
                    "Log streams of type {other} are not served: make one of type http to a collector"
                ),
                "type",
            ))
        }
    }
}

/// Whoever asks for personal data to be masked must not get a stream that sends it.
fn unmasked(members: &Members) -> Result<(), Error> {
    match members.contains_key("pii_config") {
        false => Ok(()),
        true => Err(fault(
            "Masking is not served: filter categories, or mask at the collector",
            "pii_config",
        )),
    }
}

fn fault(sentence: &str, member: &str) -> Error {
    Error::invalid_body(format!(
        "Payload validation error: '{sentence}' on property {member}."
    ))
}

fn filters(members: &Members) -> Vec<String> {
    let list = members.get("filters").and_then(Value::as_array);
    let name = |filter: &Value| Some(filter.get("name")?.as_str()?.to_owned());
    list.into_iter().flatten().filter_map(name).collect()
}

/// Reads where a stream goes. What is secret and not sent is as it was: nobody can read it to send it again.
fn read_sink(members: &Members, before: Option<&Sink>) -> Result<Sink, Error> {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let endpoint = text("httpEndpoint").or(before.map(|sink| sink.http_endpoint.as_str()));
    let endpoint = endpoint.unwrap_or_default();
    let is_web =
        url::Url::parse(endpoint).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if !is_web {
        return Err(fault("Expected an https URL", "sink.httpEndpoint"));
    }
    let moved = before.is_some_and(|sink| sink.http_endpoint != endpoint);
    // To another address nothing goes along that was meant for the first one.
    let before = before.filter(|_| !moved);
    let format = match members.get("httpContentFormat") {
        Some(format) => serde_json::from_value::<Format>(format.clone()).ok(),
        None => before.map(|sink| sink.http_content_format),
    };
    let authorization = match members.get("httpAuthorization") {
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => None,
        None => before.and_then(|sink| sink.http_authorization.clone()),
    };
    let headers = match members.get("httpCustomHeaders").and_then(Value::as_array) {
        Some(list) => headers(list, before)?,
        None => before.map_or_else(Vec::new, |sink| sink.http_custom_headers.clone()),
    };
    let sink = Sink {
        http_endpoint: endpoint.to_owned(),
        http_content_format: format.unwrap_or_default(),
        http_content_type: text("httpContentType")
            .or(before.map(|sink| sink.http_content_type.as_str()))
            .unwrap_or("application/json")
            .to_owned(),
        http_authorization: authorization,
        http_custom_headers: headers,
    };
    sendable(&sink)?;
    Ok(sink)
}

fn headers(list: &[Value], before: Option<&Sink>) -> Result<Vec<Header>, Error> {
    let read = |given: &Value| {
        let text = |name: &str| given.get(name).and_then(Value::as_str);
        let header = text("header").unwrap_or_default().to_owned();
        let kept = || {
            let kept = before?.http_custom_headers.iter();
            kept.into_iter()
                .find(|one| one.header == header)
                .map(|one| one.value.clone())
        };
        let value = text("value").map(str::to_owned).or_else(kept);
        let value = value
            .ok_or_else(|| fault("Missing required property: value", "sink.httpCustomHeaders"))?;
        Ok(Header { header, value })
    };
    list.iter().map(read).collect()
}

/// Headers that HTTP has no room for, or that the call itself sets, are refused now and not when they are
/// sent.
fn sendable(sink: &Sink) -> Result<(), Error> {
    let values = [
        Some(&sink.http_content_type),
        sink.http_authorization.as_ref(),
    ];
    let own = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "authorization",
        "content-type",
    ];
    let named = sink.http_custom_headers.iter();
    let names_hold = named.clone().all(|one| {
        let name = HeaderName::try_from(one.header.as_str());
        name.is_ok_and(|name| !own.contains(&name.as_str()))
    });
    let mut values = values
        .into_iter()
        .flatten()
        .chain(named.map(|one| &one.value));
    match names_hold && values.all(|value| HeaderValue::from_str(value).is_ok()) {
        true => Ok(()),
        false => Err(fault("A header's name or value cannot be sent", "sink")),
    }
}

async fn find(tenant: &Tenant, id: &str) -> Result<LogStream, Error> {
    let found = service::find(tenant, id).await?;
    found.ok_or_else(|| Error::NotFound {
        code: Some("inexistent_log_stream"),
        message: "The log stream does not exist".into(),
    })
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    Ok(Reply(find(&tenant, &id).await?.wire()))
}

async fn change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let members = CHANGE.read(body, Body::Change)?;
    unmasked(&members)?;
    let mut stream = find(&tenant, &id).await?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if let Some(name) = text("name") {
        name.clone_into(&mut stream.name);
    }
    if let Some(status) = text("status").and_then(Status::parse) {
        stream.status = status;
    }
    if let Some(Value::Bool(priority)) = members.get("isPriority") {
        stream.is_priority = *priority;
    }
    if members.contains_key("filters") {
        stream.filters = filters(&members);
    }
    if let Some(Value::Object(sink)) = members.get("sink") {
        stream.sink = read_sink(sink, Some(&stream.sink))?;
    }
    service::change(&tenant, &stream).await?;
    Ok(Reply(stream.wire()))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    store::delete(tenant.db(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
