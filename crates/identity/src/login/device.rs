//! `/activate`: connecting a device that cannot show a sign-in page (RFC 8628 §3.3).

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde::Deserialize;
use web::components::FieldErrors;
use web::{Form, Visitor};

use super::consent::{ABOUT_USER, Decision};
use super::going::{Proof, by_password};
use super::trouble::Trouble;
use super::view::Way;
use super::view::consent::{Access, Permission};
use super::view::device::{self as view, Confirm};
use super::view::sign_in::{self, SignIn};
use super::{applicant, directories};
use crate::authentication::session;
use crate::model::client::Client;
use crate::model::post_login::{Acts, Custom};
use crate::model::session::Session;
use crate::model::user::User;
use crate::service::actions::flow::{self, Login, LoginRefused, LoginWish, Protocol};
use crate::service::device::{self, Approval, Waiting};
use crate::service::{connections, users};
use crate::settings::Issuer;
use crate::visit::Visit;
use crate::{Error, Tenant, bounds};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    user_code: String,
}

/// Asks for the code; one that came in the address is filled in, and still has to be sent.
pub(super) async fn page(visitor: Visitor, Query(code): Query<Code>) -> Response {
    view::code(&visitor, &code.user_code, &FieldErrors::new()).into_response()
}

/// Looks the code up. Who is not signed in does that first.
pub(super) async fn enter(
    State(tenant): State<Tenant>,
    visit: Visit,
    visitor: Visitor,
    headers: HeaderMap,
    Form(code): Form<Code>,
) -> Result<Response, Trouble> {
    let Some(found) = find(&tenant, &visit, &code.user_code).await? else {
        return Ok(wrong(&visitor, &code.user_code));
    };
    match present(&tenant, &headers, &found.client).await? {
        Some((_, user)) => Ok(found.confirm(&tenant, &visitor, &user).await?),
        None => {
            found
                .sign_in(&tenant, &visitor, "", None, &FieldErrors::new())
                .await
        }
    }
}

#[derive(Deserialize)]
pub(super) struct SigningIn {
    #[serde(default)]
    user_code: String,
    #[serde(flatten)]
    entered: super::sign_in::Entered,
}

pub(super) async fn submit_sign_in(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    visit: Visit,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<SigningIn>,
) -> Result<Response, Trouble> {
    let Some(found) = find(&tenant, &visit, &form.user_code).await? else {
        return Ok(wrong(&visitor, &form.user_code));
    };
    let (text, entered) = (visitor.text(), form.entered);
    let open = directories::open(&tenant, &found.client, None).await?;
    let chosen = directories::chosen(&open, entered.connection.as_deref());
    let missing = super::sign_in::missing(text, &entered);
    let name = entered.username.clone();
    let Some(connection) = chosen.filter(|_| missing.is_empty()) else {
        return found
            .sign_in(&tenant, &visitor, &name, None, &missing)
            .await;
    };
    let visit = visit.for_client(&found.client.client_id);
    match users::sign_in(&tenant, connection, &name, entered.password, &visit).await {
        Ok(user) => {
            let proof = Proof::of(&user, connection, visit);
            let begun = session::begin(&tenant, &issuer, &headers, by_password(proof)).await?;
            let mut response = found.confirm(&tenant, &visitor, &user).await?;
            for cookie in begun.cookies {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(refused) => {
            let why = super::sign_in::refusal(text, refused, connection)?;
            let none = FieldErrors::new();
            found
                .sign_in(&tenant, &visitor, &name, Some(&why), &none)
                .await
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Deciding {
    #[serde(default)]
    user_code: String,
    #[serde(flatten)]
    decision: Decision,
}

pub(super) async fn decide(
    State(tenant): State<Tenant>,
    visit: Visit,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<Deciding>,
) -> Result<Response, Trouble> {
    let Some(found) = find(&tenant, &visit, &form.user_code).await? else {
        return Ok(wrong(&visitor, &form.user_code));
    };
    let Some((session, user)) = present(&tenant, &headers, &found.client).await? else {
        return Err(Trouble::expired());
    };
    let yes = form.decision.is_yes();
    let done = if yes {
        let custom = match ask_actions(&tenant, &visit, (&session, &user), &form.user_code).await? {
            Ok(custom) => custom,
            Err(why) => {
                device::deny(&tenant, &form.user_code).await?;
                return Err(Trouble::denied(why));
            }
        };
        let approval = Approval {
            custom,
            user: &user,
            session_id: Some(session.id),
            auth_time: session.auth_time,
            acr: session.acr,
            amr: session.amr,
        };
        device::approve(&tenant, &form.user_code, approval).await?
    } else {
        device::deny(&tenant, &form.user_code).await?
    };
    match done {
        true => Ok(view::done(&visitor, yes).into_response()),
        false => Ok(wrong(&visitor, &form.user_code)),
    }
}

/// What the tenant's Actions put into the device's tokens, or why it gets none.
async fn ask_actions(
    tenant: &Tenant,
    visit: &Visit,
    (session, user): (&Session, &User),
    user_code: &str,
) -> Result<Result<Option<Box<Custom>>, String>, Error> {
    let Some(waiting) = device::lookup(tenant, user_code).await? else {
        return Ok(Ok(None));
    };
    let Some(client) = tenant
        .directory()
        .client(tenant, &waiting.client_id)
        .await?
    else {
        return Ok(Ok(None));
    };
    let login = || Login {
        client: &client.client,
        user,
        connection: &session.connection,
        session: Some(session),
        refresh_token: None,
        protocol: Protocol::Device,
        audience: waiting.audience.as_deref(),
        scope: &waiting.scope,
        request: None,
        visit,
        method: "POST",
        query: None,
        body: None,
        amr: &session.amr,
        auth_time: session.auth_time,
        acts: Acts::default(),
        may_redirect: false,
    };
    match flow::post_login(tenant, login).await {
        Ok(LoginWish {
            denied: Some(reason),
            ..
        }) => Ok(Err(reason)),
        Ok(wish) if wish.needs_interaction => Ok(Err(
            "an action sends the user to a page, which cannot be while a device is connected"
                .to_owned(),
        )),
        Ok(wish) => Ok(Ok(wish.acts.custom.noted())),
        Err(LoginRefused::Failed(failed)) => Ok(Err(failed.sentence())),
        Err(LoginRefused::Unavailable(error)) => Err(error),
    }
}

fn wrong(visitor: &Visitor, entered: &str) -> Response {
    let mut errors = FieldErrors::new();
    errors.add("user_code", visitor.text().get("device-wrong"));
    view::code(visitor, entered, &errors).into_response()
}

/// Who is signed in here, if they may be at this client: to third parties only connections of domain level
/// are open.
async fn present(
    tenant: &Tenant,
    headers: &HeaderMap,
    client: &Client,
) -> Result<Option<(Session, User)>, Error> {
    let Some(session) = session::current(tenant, headers).await? else {
        return Ok(None);
    };
    if !connections::named_is_open(tenant, &session.connection, client).await? {
        return Ok(None);
    }
    let user = users::find(tenant, &session.user_id).await?;
    let user = user.filter(|user| !user.blocked);
    Ok(user.map(|user| (session, user)))
}

/// A device that waits, and its client.
struct Found {
    user_code: String,
    waiting: Waiting,
    client: Client,
}

/// A wrong code counts like a wrong password: codes are short (RFC 8628 §5.1).
async fn find(tenant: &Tenant, visit: &Visit, typed: &str) -> Result<Option<Found>, Trouble> {
    let guard = &tenant.guard().sign_ins;
    let block = bounds::block(&visit.ip);
    guard.take(&block).map_err(Error::Limited)?;
    let Some(waiting) = device::lookup(tenant, typed).await? else {
        return Ok(None);
    };
    guard.give_back(&block);
    let known = tenant
        .directory()
        .client(tenant, &waiting.client_id)
        .await?;
    Ok(known.map(|known| Found {
        user_code: typed.trim().to_uppercase(),
        waiting,
        client: known.client.clone(),
    }))
}

impl Found {
    async fn sign_in(
        &self,
        tenant: &Tenant,
        visitor: &Visitor,
        entered: &str,
        failure: Option<&str>,
        errors: &FieldErrors,
    ) -> Result<Response, Trouble> {
        let open = directories::open(tenant, &self.client, None).await?;
        if open.is_empty() {
            return Ok(sign_in::nowhere(visitor, &self.client.name).into_response());
        }
        let connections = directories::choices(&open, open.first());
        let shown = SignIn {
            way: Way::default(),
            action: "/activate/sign-in",
            kept: &[("user_code", &self.user_code)],
            lead: &visitor.text().get("sign-in-lead-device"),
            identifier: super::sign_in::identifier(&open),
            entered,
            connections: &connections,
            may_sign_up: false,
            may_reset: true,
        };
        Ok(sign_in::sign_in(visitor, &shown, failure, errors).into_response())
    }

    async fn confirm(
        &self,
        tenant: &Tenant,
        visitor: &Visitor,
        user: &User,
    ) -> Result<Response, Trouble> {
        let api = match &self.waiting.audience {
            Some(audience) => tenant.directory().api(tenant, audience).await?,
            None => None,
        };
        let scopes = self.waiting.scope.iter();
        let permissions: Vec<Permission> = scopes
            .filter(|scope| !ABOUT_USER.contains(scope))
            .map(|scope| Permission {
                label: scope.to_owned(),
                scope: None,
            })
            .collect();
        let access = api.map(|api| Access {
            api: api.name().to_owned(),
            permissions,
        });
        let access: Vec<Access> = access.into_iter().collect();
        let about: Vec<&str> = ABOUT_USER
            .into_iter()
            .filter(|scope| self.waiting.scope.contains(scope))
            .collect();
        let shown = Confirm {
            user_code: &self.user_code,
            applicant: applicant(&self.client, None, visitor.text().locale()),
            tenant: &tenant.display_name(),
            user: user.email.as_deref().unwrap_or_else(|| user.called()),
            about_user: &about,
            access: &access,
        };
        Ok(view::confirm(visitor, &shown).into_response())
    }
}
