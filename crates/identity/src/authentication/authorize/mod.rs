//! `GET|POST /authorize`: a list of named steps, each in its own file, in the RFCs' order.

mod act;
mod audience;
mod claims;
mod client;
mod connection;
mod endpoint;
mod hints;
mod issue;
mod login_ticket;
mod nonce;
mod parameters;
mod pkce;
mod proceed;
mod prompt;
mod redirect_uri;
pub(super) mod refusal;
mod request_object;
mod response_mode;
mod response_type;
mod subject;
mod third_party;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

pub(super) use parameters::{Parameters, each_once};
use refusal::{Refusal, Refused};
pub(crate) use request_object::{BY_REFERENCE, UNSIGNED};

use crate::Tenant;
use crate::authentication::answer::WayBack;
use crate::model::authorization_request::AuthorizationRequest;
use crate::model::third_party::redirects_errors;
use crate::settings::Issuer;
use crate::token::KnownClient;
use redirect_uri::RedirectUri;

/// The largest request: a claims parameter and a request object fit.
const MAX_BODY: usize = 128 * 1024;

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(
            "/authorize",
            get(endpoint::by_link)
                .post(endpoint::by_form)
                .layer(DefaultBodyLimit::max(MAX_BODY)),
        )
        .route("/authorize/resume", get(endpoint::resume))
        .route(
            "/continue",
            get(endpoint::return_by_link)
                .post(endpoint::return_by_form)
                .layer(DefaultBodyLimit::max(MAX_BODY)),
        )
}

/// Reads a request.
///
/// # Errors
/// [`Refused::Page`] until client and redirect URI are settled, and for clients whose errors are not
/// redirected; [`Refused::Client`] after that.
async fn read(
    tenant: &Tenant,
    issuer: &Issuer,
    sent: Parameters,
) -> Result<AuthorizationRequest, Refused> {
    let client = client::identify(tenant, &sent).await?;
    third_party::check(&client.client, &sent)?;
    let parameters = request_object::unfold(tenant, issuer, &client, sent).await?;
    let redirect_uri = redirect_uri::settle(&client.client, &parameters)?;
    let mode = response_mode::for_errors(&client.client, &parameters, &redirect_uri)?;
    let back = WayBack {
        redirect_uri: redirect_uri.uri.clone(),
        mode,
        state: nonce::state(&parameters).unwrap_or_default(),
        issuer: issuer.as_str().to_owned(),
    };
    let asked = Asked {
        tenant,
        issuer,
        client: &client,
        parameters: &parameters,
        redirect_uri,
    };
    asked
        .check()
        .await
        .map_err(|refusal| match redirects_errors(&client.client) {
            true => Refused::Client(back, refusal),
            false => Refused::Page(refusal),
        })
}

/// A request of a known client, with a way back to it.
struct Asked<'a> {
    tenant: &'a Tenant,
    issuer: &'a Issuer,
    client: &'a KnownClient,
    parameters: &'a Parameters,
    redirect_uri: RedirectUri,
}

impl Asked<'_> {
    /// The steps, in the order of RFC 6749 §4.1.1 and OpenID Connect Core §3.1.2.1.
    async fn check(self) -> Result<AuthorizationRequest, Refusal> {
        let (tenant, client, parameters) = (self.tenant, self.client, self.parameters);
        each_once(parameters)?;
        third_party::no_organization(parameters)?;
        let response_type = response_type::decide(client, parameters)?;
        let response_mode = response_mode::decide(parameters, response_type)?;
        let state = nonce::state(parameters)?;
        let code_challenge = pkce::decide(client, parameters, response_type)?;
        let api = audience::decide(tenant, self.issuer, parameters).await?;
        let scope =
            audience::scope(tenant, client, api.as_deref(), parameters, response_type).await?;
        nonce::needs_openid(response_type, &scope)?;
        let nonce = nonce::decide(parameters, response_type)?;
        let prompt = prompt::decide(parameters)?;
        let max_age = prompt::max_age(&client.client, parameters)?;
        let claims = claims::decide(parameters)?;
        let subject = subject::decide(tenant, client, parameters, claims.as_ref()).await?;
        Ok(AuthorizationRequest {
            issuer: self.issuer.as_str().to_owned(),
            client_id: client.client_id().to_owned(),
            redirect_uri: self.redirect_uri.uri,
            redirect_uri_sent: self.redirect_uri.sent,
            response_type,
            response_mode,
            state,
            nonce,
            scope,
            audience: api.map(|api| api.identifier.clone()),
            code_challenge,
            prompt,
            max_age,
            login_hint: hints::text(parameters, "login_hint")?,
            screen_hint: hints::text(parameters, "screen_hint")?,
            ui_locales: hints::words(parameters, "ui_locales"),
            acr_values: hints::words(parameters, "acr_values"),
            connection: connection::decide(tenant, client, parameters).await?,
            subject,
            claims,
            dpop_jkt: hints::dpop_jkt(parameters)?,
            login_ticket: hints::text(parameters, "login_ticket")?,
            extensions: hints::extensions(parameters)?,
        })
    }
}
