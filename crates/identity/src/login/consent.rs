//! `/u/consent`: what the reader lets an application do.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use oauth::ErrorCode;
use serde::Deserialize;
use web::Form;

use super::going::Going;
use super::trouble::Trouble;
use super::view::consent::{self as view, Access, Consent, Permission};
use super::{applicant, destination};
use crate::Tenant;
use crate::authentication::consent::{self, AskedScope};
use crate::authentication::transaction;
use crate::service::users;

/// OpenID Connect's own scopes: about the user, whatever the API.
pub(super) const ABOUT_USER: [&str; 6] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "offline_access",
];

pub(super) async fn page(
    State(tenant): State<Tenant>,
    going: Going,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let question = consent::question(&tenant, &headers, &going.transaction).await?;
    let user = users::find(&tenant, &question.user_id).await?;
    let user = user.ok_or_else(Trouble::expired)?;
    let (about, at_api): (Vec<&AskedScope>, Vec<&AskedScope>) = question
        .scopes
        .iter()
        .partition(|scope| ABOUT_USER.contains(&scope.value.as_str()));
    let about: Vec<&str> = about.iter().map(|scope| scope.value.as_str()).collect();
    let access = question.api_name.as_ref().map(|api| Access {
        api: api.clone(),
        permissions: at_api.into_iter().map(permission).collect(),
    });
    let access: Vec<Access> = access.into_iter().collect();
    let redirect_uri = &going.transaction.request.redirect_uri;
    let tenant_name = tenant.display_name();
    let shown = Consent {
        way: going.way(),
        applicant: applicant(
            going.client(),
            Some(redirect_uri),
            going.visitor.text().locale(),
        ),
        tenant: &tenant_name,
        user: user.email.as_deref().unwrap_or_else(|| user.called()),
        about_user: &about,
        access: &access,
        destination: destination(redirect_uri),
    };
    Ok(view::consent(&going.visitor, &shown)
        .policy(going.policy())
        .into_response())
}

fn permission(scope: &AskedScope) -> Permission {
    match &scope.description {
        Some(description) => Permission {
            label: description.clone(),
            scope: Some(scope.value.clone()),
        },
        None => Permission {
            label: scope.value.clone(),
            scope: None,
        },
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    #[serde(default)]
    pub(super) action: String,
}

impl Decision {
    pub(super) fn is_yes(&self) -> bool {
        self.action == "accept"
    }
}

pub(super) async fn submit(
    State(tenant): State<Tenant>,
    going: Going,
    headers: HeaderMap,
    Form(decision): Form<Decision>,
) -> Result<Response, Trouble> {
    if decision.is_yes() {
        return Ok(consent::approve(&tenant, &headers, &going.transaction).await?);
    }
    let said = "User did not authorize the request";
    let denied = transaction::deny(&tenant, &going.transaction, ErrorCode::AccessDenied, said);
    Ok(denied.await?)
}
