//! `/api/v2/clients/{client_id}/credentials`.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use oauth::Timestamp;
use serde_json::Value;

use crate::management::access::Caller;
use crate::management::body::{Id, Ids, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{
    Body, DATE_TIME, NO_ANGLE_BRACKETS, Object, boolean, one_of, optional, required, text,
};
use crate::service::credentials::{self, NewCredential};
use crate::{Error, Tenant, store};

static CREATE: Object = Object {
    members: &[
        required("credential_type", one_of(&["public_key", "x509_cert"])),
        required("pem", text(4096).min(1)),
        optional("name", text(128).format(&NO_ANGLE_BRACKETS)),
        optional("alg", one_of(&["RS256", "RS384", "PS256"])),
        optional("kid", text(64).min(10)),
        optional("expires_at", text(64).format(&DATE_TIME)),
        optional("parse_expiry_from_cert", boolean()),
    ],
};

static CHANGE: Object = Object {
    members: &[optional("expires_at", text(64).format(&DATE_TIME))],
};

const PATH: &str = "/clients/{id}/credentials";
const ONE: &str = "/clients/{id}/credentials/{credential_id}";

pub(super) fn add(operations: &mut Operations) {
    operations.serve(MethodFilter::GET, PATH, &["read:client_credentials"], list);
    operations.serve(
        MethodFilter::POST,
        PATH,
        &["create:client_credentials"],
        create,
    );
    operations.serve(MethodFilter::GET, ONE, &["read:client_credentials"], read);
    operations.serve(
        MethodFilter::PATCH,
        ONE,
        &["update:client_credentials"],
        change,
    );
    operations.serve(
        MethodFilter::DELETE,
        ONE,
        &["delete:client_credentials"],
        delete,
    );
}

/// Reads a credential from a body of its own, or from inside a new client.
pub(super) fn parse(body: Value) -> Result<NewCredential, Error> {
    let members = CREATE.read(body, Body::Create)?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    if members.get("parse_expiry_from_cert") == Some(&Value::Bool(true)) {
        return Err(Error::invalid_body(
            "Payload validation error: 'The expiry is not read from certificates here: send \
             expires_at instead' on property parse_expiry_from_cert.",
        ));
    }
    Ok(NewCredential {
        name: text("name"),
        credential_type: text("credential_type").unwrap_or_default(),
        pem: text("pem").unwrap_or_default(),
        alg: text("alg"),
        kid: text("kid"),
        expires_at: expiry(text("expires_at")),
    })
}

/// The format was checked.
fn expiry(text: Option<String>) -> Option<Timestamp> {
    text.and_then(|text| Timestamp::parse_rfc3339(&text).ok())
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(client_id): Id,
) -> Result<Reply<Vec<Value>>, Problem> {
    let client = store::clients::find(tenant.db(), &client_id).await?;
    client.ok_or_else(Error::no_client)?;
    let credentials = store::credentials::list(tenant.db(), &client_id).await?;
    Ok(Reply(credentials.iter().map(|key| key.wire()).collect()))
}

async fn create(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(client_id): Id,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Value>), Problem> {
    let credential = credentials::add(&tenant, &client_id, parse(body)?).await?;
    Ok((StatusCode::CREATED, Reply(credential.wire())))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Ids(client_id, id): Ids,
) -> Result<Reply<Value>, Problem> {
    let found = store::credentials::find(tenant.db(), &client_id, &id).await?;
    Ok(Reply(found.ok_or_else(credentials::missing)?.wire()))
}

async fn change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Ids(client_id, id): Ids,
    Json(body): Json,
) -> Result<Reply<Value>, Problem> {
    let changes = CHANGE.read(body, Body::Change)?;
    let text = changes.get("expires_at").and_then(Value::as_str);
    let expires_at = expiry(text.map(str::to_owned));
    let changed = credentials::set_expiry(&tenant, (&client_id, &id), expires_at).await?;
    Ok(Reply(changed.wire()))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Ids(client_id, id): Ids,
) -> Result<StatusCode, Problem> {
    credentials::remove(&tenant, &client_id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
