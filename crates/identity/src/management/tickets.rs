//! `/api/v2/tickets`, and the job that mails a link again.

use std::time::Duration;

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::Json;
use crate::management::jobs::asked;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{
    Body, CALLBACK_URL, Object, any_object, boolean, integer, optional, required, text,
};
use crate::model::Members;
use crate::model::user::User;
use crate::service::tickets::{self as service, LIFETIME, NewTicket, Purpose};
use crate::service::{connections, jobs, users};
use crate::store::users::Identifier;
use crate::visit::Visit;
use crate::{Error, Tenant, store};

static PASSWORD_CHANGE: Object = Object {
    members: &[
        optional("result_url", text(2048).format(&CALLBACK_URL)),
        optional("user_id", text(255).min(1)),
        optional("connection_id", text(255).min(1)),
        optional("email", text(320).min(1)),
        optional("client_id", text(255).min(1)),
        optional("organization_id", text(255)),
        optional("ttl_sec", integer(0, 31_536_000)),
        optional("mark_email_as_verified", boolean()),
        optional("includeEmailInRedirect", boolean()),
        optional("identity", any_object()),
    ],
};
static EMAIL_VERIFICATION: Object = Object {
    members: &[
        optional("result_url", text(2048).format(&CALLBACK_URL)),
        required("user_id", text(255).min(1)),
        optional("client_id", text(255).min(1)),
        optional("organization_id", text(255)),
        optional("ttl_sec", integer(0, 31_536_000)),
        optional("includeEmailInRedirect", boolean()),
        optional("identity", any_object()),
    ],
};
static MAIL: Object = Object {
    members: &[
        required("user_id", text(255).min(1)),
        optional("client_id", text(255).min(1)),
        optional("identity", any_object()),
        optional("organization_id", text(255)),
    ],
};

pub(super) fn add(operations: &mut Operations) {
    let scopes: &[&str] = &["create:user_tickets"];
    operations.serve(
        MethodFilter::POST,
        "/tickets/password-change",
        scopes,
        password_change,
    );
    operations.serve(
        MethodFilter::POST,
        "/tickets/email-verification",
        scopes,
        email_verification,
    );
    operations.serve(
        MethodFilter::POST,
        "/jobs/verification-email",
        &["update:users"],
        mail_again,
    );
}

async fn password_change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    visit: Visit,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Value>), Problem> {
    let mut members = PASSWORD_CHANGE.read(body, Body::Create)?;
    let user = named(&tenant, &members).await?;
    let of_database = connections::by_name(&tenant, &user.connection).await?;
    if !of_database.is_some_and(|connection| connection.is_database()) {
        return Err(Error::invalid_body(
            "The user has no password here: only users of a database connection do",
        )
        .into());
    }
    // Whoever gets the link from an administrator did not show that the mailbox is theirs.
    members
        .entry("mark_email_as_verified")
        .or_insert(json!(false));
    give(&tenant, &visit, &user, (Purpose::ResetPassword, members)).await
}

async fn email_verification(
    State(tenant): State<Tenant>,
    _caller: Caller,
    visit: Visit,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Value>), Problem> {
    let members = EMAIL_VERIFICATION.read(body, Body::Create)?;
    let user = named(&tenant, &members).await?;
    if user.email.is_none() {
        return Err(Error::invalid_body("The user has no email address to verify").into());
    }
    give(&tenant, &visit, &user, (Purpose::VerifyEmail, members)).await
}

/// The user that `user_id`, or `connection_id` and `email`, names.
async fn named(tenant: &Tenant, members: &Members) -> Result<User, Error> {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if let Some(user_id) = text("user_id") {
        return users::find(tenant, user_id)
            .await?
            .ok_or_else(Error::no_user);
    }
    let (Some(connection_id), Some(email)) = (text("connection_id"), text("email")) else {
        return Err(Error::invalid_body(
            "Payload validation error: 'Missing required property: user_id'. Name the user by \
             user_id, or by connection_id and email.",
        ));
    };
    let connection = connections::find(tenant, connection_id).await?;
    let connection = connection.ok_or_else(Error::no_connection)?;
    let email = email.to_lowercase();
    let known = store::users::identify(tenant.db(), &connection.name, Identifier::Email(&email));
    Ok(known.await?.ok_or_else(Error::no_user)?.named().clone())
}

async fn give(
    tenant: &Tenant,
    visit: &Visit,
    user: &User,
    (purpose, mut settings): (Purpose, Members),
) -> Result<(StatusCode, Reply<Value>), Problem> {
    let seconds = settings.shift_remove("ttl_sec");
    let seconds = seconds
        .and_then(|seconds| seconds.as_u64())
        .filter(|seconds| *seconds > 0);
    let new = NewTicket {
        purpose,
        lifetime: seconds.map_or(LIFETIME, Duration::from_secs),
        settings,
    };
    let mut tx = tenant.db().begin().await?;
    let link = service::make(&mut tx, tenant, &visit.issuer, user, new).await?;
    tx.commit().await?;
    let ticket = json!({ "ticket": link });
    Ok((StatusCode::CREATED, Reply(ticket)))
}

/// Mails the link that confirms a user's address again. The mail is in the outbox when this answers.
async fn mail_again(
    State(tenant): State<Tenant>,
    _caller: Caller,
    visit: Visit,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Value>), Problem> {
    let members = MAIL.read(body, Body::Create)?;
    let user = named(&tenant, &members).await?;
    let visit = match members.get("client_id").and_then(Value::as_str) {
        Some(client_id) => visit.for_client(client_id),
        None => visit,
    };
    service::request_verification(&tenant, &user, &visit).await?;
    let job = jobs::sent_verification(&tenant).await?;
    let mut shown = asked(&job);
    // Compat: the vendor's answer is from before the mail leaves.
    shown.insert("status".to_owned(), json!("pending"));
    Ok((StatusCode::CREATED, Reply(shown.into())))
}
