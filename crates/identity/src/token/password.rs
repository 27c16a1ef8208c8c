//! The password grants: `password` (RFC 6749 §4.3) and the vendor's `password-realm`.

use std::net::IpAddr;

use oauth::Scopes;
use secrecy::SecretString;

use super::actions::{self, UserTokens};
use super::endpoint::Issued;
use super::issue::Channel;
use super::parcel::{Contents, Parcel};
use super::refusal::Refusal;
use super::request::Request;
use super::{KnownApi, KnownClient, api, client_authentication, dpop, user_scope};
use crate::model::authorization::Authorization;
use crate::model::connection::Connection;
use crate::model::user::User;
use crate::service::actions::flow::Protocol;
use crate::service::connections;
use crate::service::users::{self, SignInRefused};
use crate::visit::Visit;

/// The grant type that signs in at the tenant's default directory.
pub(super) const GRANT_TYPE: &str = "password";
/// The grant type that names the connection.
pub(super) const REALM_GRANT_TYPE: &str = "http://auth0.com/oauth/grant-type/password-realm";

/// Where the user is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// In the tenant's `default_directory`, unless the request names a connection.
    Default,
    /// In the connection that the request names as `realm`.
    Realm,
}

/// The scopes of a request that names none and no API.
const DEFAULT_SCOPE: &str = "openid profile email address phone";

/// Exchanges a user's name and password for tokens.
///
/// Compat: RFC 9700 §2.4 forbids this grant; it is there for the vendor's older clients, for clients of
/// the tenant's own that were given it, and never for third parties.
///
/// # Errors
/// 403 `invalid_grant` for a wrong name or password, 429 `too_many_attempts`, 401 `unauthorized` for a
/// blocked user.
pub(super) async fn exchange(request: &Request<'_>, place: Where) -> Result<Issued, Refusal> {
    let client = client_authentication::authenticate(request).await?;
    let grant_type = match place {
        Where::Default => GRANT_TYPE,
        Where::Realm => REALM_GRANT_TYPE,
    };
    client.require_grant_type(grant_type)?;
    if !client.client.is_first_party {
        return Err(Refusal::unauthorized_client(format!(
            "Grant type '{grant_type}' not allowed for the client."
        )));
    }
    let username = request.required("username")?;
    let password = SecretString::from(request.required("password")?.to_owned());
    let connection = connection(request, &client, place).await?;
    let api = api::of_request(request).await?;
    let scope = scope(request, &client, api.as_deref()).await?;
    let key = dpop::key(request).await?;
    dpop::require_where_asked(&client, api.as_deref(), key.as_deref())?;
    let visit = visit(request, &client);
    let user = users::sign_in(request.tenant, &connection, username, password, &visit)
        .await
        .map_err(refused)?;
    let mut authorization = Authorization {
        client_id: client.client_id().to_owned(),
        user_id: user.user_id.clone(),
        session_id: None,
        auth_time: request.tenant.clock().now(),
        audience: api.map(|api| api.identifier.clone()),
        scope,
        nonce: None,
        acr: None,
        amr: vec!["pwd".to_owned()],
        claims: None,
        dpop_jkt: key,
        custom: None,
    };
    let tokens = UserTokens {
        client: &client,
        user: &user,
        authorization: &authorization,
        protocol: Protocol::Password,
        refresh_token: None,
    };
    let said = actions::for_user(request, &tokens).await?;
    authorization.custom = said.wish;
    let issued = issue(request, &client, &authorization, &user).await?;
    Ok(Issued {
        execution_id: said.execution_id,
        ..issued
    })
}

async fn issue(
    request: &Request<'_>,
    client: &KnownClient,
    authorization: &Authorization,
    user: &User,
) -> Result<Issued, Refusal> {
    let contents = Contents {
        client,
        authorization,
        user,
        channel: Channel::Password,
        refreshable: true,
    };
    let parcel = Parcel::pack(request, &contents).await?;
    let mut tx = request.tenant.db().begin().await?;
    parcel.keep(&mut tx).await?;
    tx.commit().await?;
    Ok(parcel.hand_out())
}

/// The connection that the client may use.
async fn connection(
    request: &Request<'_>,
    client: &KnownClient,
    place: Where,
) -> Result<Connection, Refusal> {
    let tenant = request.tenant;
    let settings = tenant.tenant_settings();
    let name = match place {
        Where::Realm => request.required("realm")?,
        // Compat: the vendor's newer SDK names the realm with this grant too.
        Where::Default if request.parameters.get("realm").is_some() => request.required("realm")?,
        Where::Default => settings.text("default_directory").ok_or_else(|| {
            Refusal::invalid_request(
                "Authorization server not configured with default connection. Set the tenant's \
                 default_directory, or name a realm",
            )
        })?,
    };
    let unknown = || Refusal::invalid_request("Unknown realm: it is no connection of this client");
    let found = connections::by_name(tenant, name).await?;
    let connection = found.ok_or_else(unknown)?;
    let open = connections::is_open_to(tenant, &connection, client.client_id(), true).await?;
    match open {
        true => Ok(connection),
        false => Err(unknown()),
    }
}

/// What the tokens are for. A request that names no scope gets all of the API's.
async fn scope(
    request: &Request<'_>,
    client: &KnownClient,
    api: Option<&KnownApi>,
) -> Result<Scopes, Refusal> {
    let refuse = |error: user_scope::NoScope| match error {
        user_scope::NoScope::NotAuthorized => Refusal::access_denied(format!(
            "Client '{}' is not authorized to access resource server '{}'.",
            client.client_id(),
            api.map(|api| api.identifier.as_str()).unwrap_or_default()
        )),
        user_scope::NoScope::Failed(error) => error.into(),
    };
    let asked = match (request.parameters.get("scope"), api) {
        (Some(text), _) => text.parse().map_err(|error: oauth::scope::ScopeError| {
            Refusal::invalid_request(error.to_string())
        })?,
        (None, Some(api)) => user_scope::at_api(request.tenant, client, api)
            .await
            .map_err(refuse)?,
        (None, None) => DEFAULT_SCOPE.parse().unwrap_or_default(),
    };
    user_scope::decide(request.tenant, client, api, &asked)
        .await
        .map_err(refuse)
}

/// From where the user signs in. A client that was trusted with it, and proved itself, says so: the
/// request comes from its own server.
///
/// Source: the vendor's "Avoid Common Issues with Resource Owner Password Flow and Attack Protection".
fn visit(request: &Request<'_>, client: &KnownClient) -> Visit {
    let mut visit = request.visit.clone().for_client(client.client_id());
    let trusted = client
        .client
        .settings
        .get("is_token_endpoint_ip_header_trusted")
        == Some(&serde_json::Value::Bool(true));
    if trusted && !client.is_public() {
        let sent = request.headers.get("auth0-forwarded-for");
        let sent = sent.and_then(|value| value.to_str().ok());
        if let Some(address) = sent.and_then(|text| text.trim().parse::<IpAddr>().ok()) {
            visit.ip = address.to_string();
        }
    }
    visit
}

fn refused(error: SignInRefused) -> Refusal {
    match error {
        SignInRefused::WrongCredentials => Refusal::invalid_grant("Wrong email or password."),
        SignInRefused::Blocked => Refusal::blocked_user(),
        SignInRefused::TooManyAttempts => Refusal::too_many_attempts(error.to_string()),
        SignInRefused::Unavailable(error) => error.into(),
    }
}
