//! `/api/v2/tenants/settings`.

use axum::Json as Reply;
use axum::extract::State;
use axum::routing::MethodFilter;

use crate::management::access::Caller;
use crate::management::body::Json;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::{
    ABSOLUTE_URI_OR_EMPTY, Body, CALLBACK_URL, Object, Rule, any_object, array, boolean, integer,
    map, one_of, optional, text,
};
use crate::model::Members;
use crate::{Tenant, service};

static FLAG: Rule = boolean();
static URL: Rule = text(2048).format(&CALLBACK_URL);
static LOCALE: Rule = text(35).min(2);
static SHORT: Rule = text(255);

/// What a change may hold.
pub(crate) static CHANGE: Object = Object {
    members: &[
        optional("change_password", any_object()),
        optional("guardian_mfa_page", any_object()),
        optional("error_page", any_object()),
        optional("device_flow", any_object()),
        optional("default_audience", text(600)),
        optional("default_directory", text(255)),
        optional(
            "default_redirection_uri",
            text(2048).format(&ABSOLUTE_URI_OR_EMPTY),
        ),
        optional("friendly_name", text(255)),
        optional("picture_url", text(2048).format(&ABSOLUTE_URI_OR_EMPTY)),
        optional("support_email", text(255)),
        optional("support_url", text(2048).format(&ABSOLUTE_URI_OR_EMPTY)),
        optional("allowed_logout_urls", array(&URL, 100)),
        optional("session_lifetime", integer(1, 8760)),
        optional("idle_session_lifetime", integer(1, 8760)),
        optional("ephemeral_session_lifetime", integer(1, 8760)),
        optional("idle_ephemeral_session_lifetime", integer(1, 8760)),
        optional("session_lifetime_in_minutes", integer(1, 525_600)),
        optional("idle_session_lifetime_in_minutes", integer(1, 525_600)),
        optional("ephemeral_session_lifetime_in_minutes", integer(1, 525_600)),
        optional(
            "idle_ephemeral_session_lifetime_in_minutes",
            integer(1, 525_600),
        ),
        optional("sandbox_version", text(8)),
        optional("legacy_sandbox_version", text(8)),
        optional("enabled_locales", array(&LOCALE, 100).unique()),
        optional("flags", map(&FLAG, 100, 100)),
        optional("session_cookie", any_object()),
        optional("sessions", any_object()),
        optional("oidc_logout", any_object()),
        optional("customize_mfa_in_postlogin_action", boolean()),
        optional("allow_organization_name_in_authentication_api", boolean()),
        optional("acr_values_supported", array(&SHORT, 100).unique()),
        optional("mtls", any_object()),
        optional("pushed_authorization_requests_supported", boolean()),
        optional("authorization_response_iss_parameter_supported", boolean()),
        optional(
            "skip_non_verifiable_callback_uri_confirmation_prompt",
            boolean(),
        ),
        optional(
            "resource_parameter_profile",
            one_of(&["audience", "compatibility"]),
        ),
        optional("client_id_metadata_document_supported", boolean()),
        optional(
            "dynamic_client_registration_security_mode",
            one_of(&["strict", "permissive"]),
        ),
        optional("enable_ai_guide", boolean()),
        optional("phone_consolidated_experience", boolean()),
        optional("default_token_quota", any_object()),
    ],
};

pub(super) fn add(operations: &mut Operations) {
    let path = "/tenants/settings";
    operations.serve(MethodFilter::GET, path, &["read:tenant_settings"], read);
    operations.serve(
        MethodFilter::PATCH,
        path,
        &["update:tenant_settings"],
        change,
    );
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Members>, Problem> {
    Ok(Reply(
        query.fields()?.choose(tenant.tenant_settings().0.clone()),
    ))
}

async fn change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let changes = CHANGE.read(body, Body::Change)?;
    service::tenant_settings::change(&tenant, changes).await?;
    Ok(Reply(tenant.tenant_settings().0.clone()))
}
