//! `/api/v2/jobs`.

mod download;

use axum::Json as Reply;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{
    Body, Object, Rule, array, integer, object, one_of, optional, required, text,
};
use crate::model::Members;
use crate::model::job::{Job, Kind, Status};
use crate::service::jobs::import::{MAX_FILE, NewImport};
use crate::service::jobs::{export, file, import};
use crate::store::jobs;
use crate::visit::Visit;
use crate::{Error, Tenant};

pub(crate) use download::routes;

pub(super) fn add(operations: &mut Operations) {
    operations.serve(
        MethodFilter::POST,
        "/jobs/users-imports",
        &["create:users"],
        import_users,
    );
    operations.serve(
        MethodFilter::POST,
        "/jobs/users-exports",
        &["read:users"],
        export_users,
    );
    let read = &["create:users", "read:users"];
    operations.serve(MethodFilter::GET, "/jobs/{id}", read, read_job);
    operations.serve(MethodFilter::GET, "/jobs/{id}/errors", read, errors);
}

async fn import_users(
    State(tenant): State<Tenant>,
    _caller: Caller,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let form = form.map_err(|_| {
        Problem(Error::invalid_body(
            "Payload validation error: 'Send multipart/form-data with users and connection_id'.",
        ))
    })?;
    let job = import::start(&tenant, read_form(form).await?).await?;
    Ok((StatusCode::ACCEPTED, Reply(asked(&job))))
}

async fn read_form(mut form: Multipart) -> Result<NewImport, Problem> {
    let (mut file, mut connection_id, mut external_id, mut upsert) = (None, None, None, false);
    while let Some(part) = form
        .next_field()
        .await
        .map_err(|error| unreadable(&error))?
    {
        let name = part.name().unwrap_or_default().to_owned();
        let text = part.text().await.map_err(|error| unreadable(&error))?;
        match name.as_str() {
            "users" if text.len() > MAX_FILE => return Err(Problem(too_large())),
            "users" => file = Some(SecretString::from(text)),
            "connection_id" => connection_id = Some(text),
            "external_id" if text.chars().count() <= 1000 && !text.contains('\0') => {
                external_id = Some(text);
            }
            "upsert" => upsert = text == "true",
            // Compat: the vendor mails the tenant's owners when a job is over. Whoever asked looks here.
            "send_completion_email" => {}
            other => {
                let other: String = other.chars().take(100).collect();
                return Err(Problem(Error::invalid_body(format!(
                    "Payload validation error: 'Additional properties not allowed: {other}'."
                ))));
            }
        }
    }
    let missing = |name: &str| {
        Problem(Error::invalid_body(format!(
            "Payload validation error: 'Missing required property: {name}'."
        )))
    };
    Ok(NewImport {
        connection_id: connection_id.ok_or_else(|| missing("connection_id"))?,
        file: file.ok_or_else(|| missing("users"))?,
        external_id,
        upsert,
    })
}

fn unreadable(error: &MultipartError) -> Problem {
    Problem(match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Error::invalid_body(format!(
            "Payload validation error: 'The form cannot be read: {}'.",
            error.body_text()
        )),
    })
}

fn too_large() -> Error {
    Error::TooLarge(format!(
        "Payload content length greater than maximum allowed: {MAX_FILE}. Import the users in several files."
    ))
}

static FIELD: Object = Object {
    members: &[
        required("name", text(200).min(1)),
        optional("export_as", text(200).min(1)),
    ],
};

static FIELD_RULE: Rule = object(&FIELD);

static EXPORT: Object = Object {
    members: &[
        optional("connection_id", text(100).min(1)),
        optional("format", one_of(&["csv", "json"])),
        optional("limit", integer(1, 1_000_000_000)),
        optional("fields", array(&FIELD_RULE, 50)),
    ],
};

async fn export_users(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let mut settings = EXPORT.read(body, Body::Create)?;
    let connection_id = match settings.shift_remove("connection_id") {
        Some(Value::String(id)) => Some(id),
        _ => None,
    };
    settings.entry("format").or_insert_with(|| json!("csv"));
    let job = export::start(&tenant, connection_id, settings).await?;
    Ok(Reply(asked(&job)))
}

async fn find(tenant: &Tenant, id: &str) -> Result<Job, Error> {
    let job = jobs::find(tenant.db(), id).await?;
    job.ok_or_else(|| Error::NotFound {
        code: Some("inexistent_job"),
        message: "The job does not exist. Jobs are kept for 24 hours.".into(),
    })
}

async fn read_job(
    State(tenant): State<Tenant>,
    _caller: Caller,
    visit: Visit,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    let job = find(&tenant, &id).await?;
    let mut shown = asked(&job);
    if let Some(details) = &job.details {
        shown.insert("status_details".to_owned(), json!(details));
    }
    if job.kind == Kind::VerificationEmail {
        return Ok(Reply(shown));
    }
    shown.insert("percentage_done".to_owned(), json!(job.percentage()));
    if job.kind == Kind::UsersImport {
        shown.insert("summary".to_owned(), json!(job.summary));
    }
    if job.kind == Kind::UsersExport && job.status == Status::Completed {
        let location = visit.issuer.endpoint(&file::link(&tenant, &job));
        shown.insert("location".to_owned(), json!(location));
    }
    Ok(Reply(shown))
}

/// A job in the vendor's spelling, with what was asked for.
pub(super) fn asked(job: &Job) -> Members {
    let members = [
        ("status", json!(job.status.as_str())),
        ("type", json!(job.kind.as_str())),
        ("created_at", json!(job.created_at.to_rfc3339())),
        ("id", json!(job.id)),
        ("connection_id", json!(job.connection_id)),
    ];
    let settings = job
        .settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()));
    members
        .into_iter()
        .chain(settings)
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// How many errors of an import one answer has: all, as a file has no more users.
const MOST_ERRORS: i64 = 500_000;

/// Why users were not imported; why a job failed; nothing if all went well.
async fn errors(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Response, Problem> {
    let job = find(&tenant, &id).await?;
    if job.details.is_some() {
        let mut shown = asked(&job);
        shown.insert("status_details".to_owned(), json!(job.details));
        return Ok(Reply(shown).into_response());
    }
    let parts = match job.kind {
        Kind::UsersImport => jobs::parts(tenant.db(), &id, -1, MOST_ERRORS).await?,
        Kind::UsersExport | Kind::VerificationEmail => Vec::new(),
    };
    if parts.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let list = parts
        .iter()
        .map(|(_, content)| serde_json::from_str(content));
    let list: Result<Vec<Value>, _> = list.collect();
    let list = list.map_err(|_| Error::Internal("an import's error is damaged".to_owned()))?;
    Ok(Reply(list).into_response())
}
