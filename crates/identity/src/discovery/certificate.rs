//! The current signing key's certificate as a file, for gateways and libraries that are given one key by
//! hand.
//!
//! Source: the vendor's page on signing certificates; guides fetch `https://{domain}/pem`.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::Tenant;
use crate::keys::Certificate;
use crate::model::signing_key::Role;

/// `/pem`.
pub(super) async fn pem(State(tenant): State<Tenant>) -> Response {
    file(&tenant, "application/x-pem-file", |certificate| {
        certificate.pem().into_bytes()
    })
}

/// `/cer`: DER.
pub(super) async fn cer(State(tenant): State<Tenant>) -> Response {
    file(&tenant, "application/pkix-cert", |certificate| {
        certificate.der().to_vec()
    })
}

/// `/pb7`: a PKCS #7 container in PEM.
pub(super) async fn pb7(State(tenant): State<Tenant>) -> Response {
    file(&tenant, "application/x-pkcs7-certificates", |certificate| {
        certificate.pkcs7_pem().into_bytes()
    })
}

fn file(tenant: &Tenant, kind: &'static str, encode: fn(&Certificate) -> Vec<u8>) -> Response {
    let ring = tenant.ring();
    let current = ring.keys.iter().find(|key| key.role == Role::Current);
    match current {
        Some(key) => ([(header::CONTENT_TYPE, kind)], encode(&key.certificate)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
