//! `/api/v2/keys/signing`.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::keys::{self, Published};
use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::model::signing_key::Role;
use crate::{Error, Tenant};

pub(super) fn add(operations: &mut Operations) {
    let read_scope = &["read:signing_keys"];
    operations.serve(MethodFilter::GET, "/keys/signing", read_scope, list);
    operations.serve(MethodFilter::GET, "/keys/signing/{id}", read_scope, read);
    operations.serve(
        MethodFilter::POST,
        "/keys/signing/rotate",
        &["create:signing_keys"],
        rotate,
    );
    operations.serve(
        MethodFilter::PUT,
        "/keys/signing/{id}/revoke",
        &["create:signing_keys", "update:signing_keys"],
        revoke,
    );
}

fn wire(key: &Published) -> Value {
    let is = |role: Role| key.role == role;
    let mut body = json!({
        "kid": key.kid,
        "cert": key.certificate.pem(),
        "pkcs7": key.certificate.pkcs7_pem(),
        "current": is(Role::Current),
        "next": is(Role::Next),
        "previous": is(Role::Previous),
        "fingerprint": key.certificate.fingerprint(),
        "thumbprint": key.certificate.thumbprint(),
        "revoked": is(Role::Revoked),
    });
    for (name, moment) in [
        ("current_since", key.current_since),
        ("current_until", key.current_until),
        ("revoked_at", key.revoked_at),
    ] {
        if let Some(moment) = moment {
            body[name] = json!(moment.to_rfc3339());
        }
    }
    body
}

async fn list(State(tenant): State<Tenant>, _caller: Caller) -> Reply<Vec<Value>> {
    Reply(tenant.ring().keys.iter().map(wire).collect())
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(kid): Id,
) -> Result<Reply<Value>, Problem> {
    let ring = tenant.ring();
    let key = ring.keys.iter().find(|key| key.kid == kid);
    let key = key.ok_or(Error::NotFound {
        code: Some("inexistent_signing_key"),
        message: "The signing key does not exist".into(),
    })?;
    Ok(Reply(wire(key)))
}

async fn rotate(
    State(tenant): State<Tenant>,
    caller: Caller,
) -> Result<(StatusCode, Reply<Value>), Problem> {
    // The vendor asks for both scopes.
    caller.require(&["update:signing_keys"])?;
    let current = keys::rotate(&tenant).await?;
    let body = json!({ "cert": current.certificate.pem(), "kid": current.kid });
    Ok((StatusCode::CREATED, Reply(body)))
}

async fn revoke(
    State(tenant): State<Tenant>,
    caller: Caller,
    Id(kid): Id,
) -> Result<Reply<Value>, Problem> {
    caller.require(&["update:signing_keys"])?;
    let revoked = keys::revoke(&tenant, &kid).await?;
    let body = json!({ "cert": revoked.certificate.pem(), "kid": revoked.kid });
    Ok(Reply(body))
}
