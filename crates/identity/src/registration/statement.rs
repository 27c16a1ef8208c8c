//! Software statements (RFC 7591 §2.3): metadata that somebody whom the operator trusts has signed.

use std::time::Duration;

use oauth::client_metadata::ClientMetadata;
use oauth::jose::jwt::{self, Accept, Expectations};
use oauth::jose::{Algorithm, KeySet};
use serde_json::Value;

use super::refusal::Refusal;
use super::register::parse;
use crate::{Error, SoftwareIssuer, Tenant};

/// Clock difference that is forgiven.
const LEEWAY: Duration = Duration::from_secs(60);

/// Claims of the JWT itself, and members that no statement may set.
const NOT_METADATA: [&str; 10] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "client_secret",
    "software_statement",
];

/// The metadata that were sent, with the values of the software statement in the place of the client's own.
/// Gives who issued it as well.
///
/// Where the operator trusts no issuer, statements are ignored, as the RFC has it.
///
/// # Errors
/// `invalid_software_statement`, `unapproved_software_statement`.
pub(super) async fn apply(
    tenant: &Tenant,
    sent: &Value,
    required: bool,
) -> Result<(ClientMetadata, Option<String>), Refusal> {
    let policy = &tenant.settings().registration;
    let statement = sent.get("software_statement").and_then(Value::as_str);
    let Some(statement) = statement.filter(|_| !policy.software_issuers.is_empty()) else {
        if policy.require_software_statement || required {
            return Err(Refusal::statement(
                "software_statement is needed here: a JWT of an issuer that this server trusts",
            ));
        }
        return Ok((parse(sent)?, None));
    };
    let refuse = |error: jwt::Error| Refusal::statement(format!("the software statement {error}"));
    let claimed = jwt::peek(statement).map_err(refuse)?.claims;
    let claimed = claimed.get("iss").and_then(Value::as_str);
    let mut issuers = policy.software_issuers.iter();
    let issuer = issuers.find(|known| Some(known.issuer.as_str()) == claimed);
    let issuer = issuer.ok_or_else(|| {
        Refusal::unapproved("the software statement's issuer is not trusted by this server")
    })?;
    let claims = verify(tenant, issuer, statement).await?;
    let mut merged = sent.clone();
    if let Value::Object(members) = &mut merged {
        for (name, value) in claims {
            if !NOT_METADATA.contains(&name.as_str()) {
                members.insert(name, value);
            }
        }
    }
    Ok((parse(&merged)?, Some(issuer.issuer.clone())))
}

async fn verify(
    tenant: &Tenant,
    issuer: &SoftwareIssuer,
    statement: &str,
) -> Result<serde_json::Map<String, Value>, Refusal> {
    let away = |error: egress::Error| {
        Refusal::from(Error::Unavailable(format!(
            "the keys of {}: {error}",
            issuer.issuer
        )))
    };
    let check = |keys: &KeySet| {
        let expect = Expectations {
            issuers: Accept::Only(&issuer.issuer),
            audiences: Accept::Anything,
            now: tenant.clock().now(),
            leeway: LEEWAY,
            algorithms: Algorithm::ASYMMETRIC,
            require_exp: false,
            max_age: None,
            typ: None,
        };
        jwt::verify(statement, keys, &expect)
    };
    let sets = tenant.key_sets();
    let mut outcome = check(&*sets.keys(&issuer.jwks_uri).await.map_err(away)?);
    if matches!(outcome, Err(jwt::Error::UnknownKey { .. })) {
        outcome = check(&*sets.refresh(&issuer.jwks_uri).await.map_err(away)?);
    }
    match outcome {
        Ok(verified) => Ok(verified.claims),
        Err(error) => Err(Refusal::statement(format!(
            "the software statement {error}"
        ))),
    }
}
