//! `/api/v2/guardian`: second factors. This tenant offers none, and says so when one is switched on:
//! a tenant that only seems to ask for a second factor would be worse than one that does not.

mod settings;

use axum::Json as Reply;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::Error;
use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{Body, Object, Rule, array, boolean, required, text};

const FACTORS: [&str; 8] = [
    "sms",
    "push-notification",
    "otp",
    "email",
    "duo",
    "webauthn-roaming",
    "webauthn-platform",
    "recovery-code",
];

static FACTOR: Object = Object {
    members: &[required("enabled", boolean())],
};
static POLICY: Rule = text(64);
static POLICIES: Rule = array(&POLICY, 10);

pub(super) fn add(operations: &mut Operations) {
    let (factors, policies) = ("/guardian/factors", "/guardian/policies");
    operations.serve(
        MethodFilter::GET,
        factors,
        &["read:guardian_factors"],
        list_factors,
    );
    operations.serve(
        MethodFilter::PUT,
        "/guardian/factors/{id}",
        &["update:guardian_factors"],
        set_factor,
    );
    operations.serve(
        MethodFilter::GET,
        policies,
        &["read:mfa_policies"],
        list_policies,
    );
    operations.serve(
        MethodFilter::PUT,
        policies,
        &["update:mfa_policies"],
        set_policies,
    );
    settings::add(operations);
}

async fn list_factors(_caller: Caller) -> Reply<Value> {
    let factor = |name: &&str| json!({ "name": name, "enabled": false, "trial_expired": false });
    Reply(FACTORS.iter().map(factor).collect())
}

async fn set_factor(
    _caller: Caller,
    Id(name): Id,
    Json(body): Json,
) -> Result<Reply<Value>, Problem> {
    let members = FACTOR.read(body, Body::Create)?;
    if !FACTORS.contains(&name.as_str()) {
        return Err(Problem(Error::NotFound {
            code: Some("inexistent_factor"),
            message: "The factor does not exist.".into(),
        }));
    }
    if members.get("enabled") == Some(&json!(true)) {
        return Err(none_served());
    }
    Ok(Reply(json!({ "enabled": false })))
}

async fn list_policies(_caller: Caller) -> Reply<Value> {
    Reply(json!([]))
}

async fn set_policies(
    _caller: Caller,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Value>), Problem> {
    match POLICIES.read_array(body)?.is_empty() {
        true => Ok((StatusCode::OK, Reply(json!([])))),
        false => Err(none_served()),
    }
}

fn none_served() -> Problem {
    Problem(Error::Invalid {
        code: "invalid_operation",
        message: "This tenant does not serve multi-factor authentication".into(),
    })
}
