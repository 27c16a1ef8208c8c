//! Step: make what the client gets for a user's authorization.

use std::sync::Arc;

use storage::Tx;

use super::directory::KnownApi;
use super::endpoint::Issued;
use super::issue::{self, AccessToken, Channel, Draft, IdTokenDraft, IdTokenExtras, NewFamily};
use super::request::Request;
use super::{KnownClient, api, user_scope};
use crate::model::authorization::Authorization;
use crate::model::user::User;
use crate::store::access_tokens::{self, OpaqueToken};
use crate::store::refresh_tokens;
use crate::token::refusal::Refusal;
use crate::{Error, Tenant};

/// Tokens that belong together. They are good once they are kept.
pub(super) struct Parcel {
    pub(super) access: AccessToken,
    id_token: Option<String>,
    refresh: Option<NewFamily>,
    client_id: String,
    user_id: String,
}

/// What goes into a parcel.
pub(super) struct Contents<'a> {
    pub(super) client: &'a KnownClient,
    pub(super) authorization: &'a Authorization,
    pub(super) user: &'a User,
    pub(super) channel: Channel,
    /// Whether a refresh token is made where one was allowed; an exchange of one makes no family.
    pub(super) refreshable: bool,
}

impl Parcel {
    /// Makes the tokens. Signing takes its time, so nothing is kept yet and no transaction is open.
    pub(super) async fn pack(
        request: &Request<'_>,
        contents: &Contents<'_>,
    ) -> Result<Self, Error> {
        let Contents {
            client,
            authorization,
            user,
            ..
        } = *contents;
        let (tenant, issuer) = (request.tenant, request.issuer);
        let refresh = match contents.refreshable {
            true => issue::refresh_token(tenant, client, authorization),
            false => None,
        };
        let access = issue::draft(tenant, issuer, authorization, contents.channel).await?;
        let id_token = match authorization.has("openid") {
            true => {
                let extras = IdTokenExtras::default();
                let draft = IdTokenDraft::new(tenant, issuer, client, authorization, user, extras);
                Some(draft?)
            }
            false => None,
        };
        let (mut access, id_token) = sign(tenant, access, id_token).await?;
        if let (Some(opaque), Some(refresh)) = (&mut access.opaque, &refresh) {
            opaque.refresh_token_id = Some(refresh.family.id.clone());
        }
        Ok(Self {
            access,
            id_token,
            refresh,
            client_id: client.client_id().to_owned(),
            user_id: user.user_id.clone(),
        })
    }

    /// The id of the refresh token in it.
    pub(super) fn refresh_token_id(&self) -> Option<&str> {
        self.refresh
            .as_ref()
            .map(|refresh| refresh.family.id.as_str())
    }

    /// Keeps what must be kept for the tokens to be good.
    pub(super) async fn keep(&self, tx: &mut Tx) -> Result<(), storage::Error> {
        if let Some(refresh) = &self.refresh {
            refresh_tokens::insert(tx, &refresh.selector, &refresh.family).await?;
        }
        if let Some(opaque) = &self.access.opaque {
            access_tokens::insert(tx, opaque).await?;
        }
        Ok(())
    }

    /// The same for an exchange of a refresh token, whose family is there already.
    pub(super) async fn keep_of(
        &self,
        tenant: &Tenant,
        family: &str,
    ) -> Result<(), storage::Error> {
        let Some(opaque) = &self.access.opaque else {
            return Ok(());
        };
        let opaque = OpaqueToken {
            refresh_token_id: Some(family.to_owned()),
            ..opaque.clone()
        };
        access_tokens::keep(tenant.db(), &opaque).await
    }

    /// The answer.
    pub(super) fn hand_out(self) -> Issued {
        Issued {
            access_token: self.access.token,
            refresh_token: self.refresh.map(|refresh| refresh.token),
            id_token: self.id_token,
            scope: self.access.scope.to_string(),
            expires_in: self.access.expires_in,
            token_type: self.access.token_type,
            client_id: self.client_id,
            user_id: Some(self.user_id),
            execution_id: None,
        }
    }
}

/// Signs both in one go: the ID token vouches for the access token, and each way to a thread that signs and
/// back costs as much as the rest of a small request.
async fn sign(
    tenant: &Tenant,
    access: Draft,
    id_token: Option<IdTokenDraft>,
) -> Result<(AccessToken, Option<String>), Error> {
    let slow = access.is_slow() || id_token.as_ref().is_some_and(IdTokenDraft::is_slow);
    let both = move || {
        let access = access.finish()?;
        let id_token = id_token.map(|draft| draft.finish(Some(&access.token)));
        Ok((access, id_token.transpose()?))
    };
    match slow {
        true => tenant.signers().run(both).await,
        false => both(),
    }
}

/// The user of an authorization, who may have been removed or blocked since.
///
/// # Errors
/// 403 `invalid_grant`; `gone` words it where the user is no more.
pub(super) async fn user_of(
    tenant: &Tenant,
    authorization: &Authorization,
    gone: &str,
) -> Result<User, Refusal> {
    let found = crate::service::users::find(tenant, &authorization.user_id).await?;
    match found {
        None => Err(Refusal::invalid_grant(gone)),
        Some(user) if user.blocked => Err(Refusal::invalid_grant("user is blocked")),
        Some(user) => Ok(user),
    }
}

/// Checks that a token request names no other API than the one that was authorised (RFC 8707 §2.2).
///
/// # Errors
/// 400 `invalid_target`.
pub(super) async fn check_target(
    request: &Request<'_>,
    authorization: &Authorization,
) -> Result<(), Refusal> {
    match other_target(request, authorization).await? {
        None => Ok(()),
        Some(_) => Err(another_api()),
    }
}

/// The API that a token request names, where it is not the one that was authorised.
///
/// # Errors
/// 400 `invalid_target` if it names none of this tenant's.
pub(super) async fn other_target(
    request: &Request<'_>,
    authorization: &Authorization,
) -> Result<Option<Arc<KnownApi>>, Refusal> {
    let parameters = request.parameters;
    let (audience, resource) = (parameters.get("audience"), parameters.get("resource"));
    if audience.or(resource).is_none() {
        return Ok(None);
    }
    match api::find(request.tenant, audience, resource).await {
        // Without one, the tenant does not know `resource`.
        Ok(named) => {
            Ok(named.filter(|api| authorization.audience.as_ref() != Some(&api.identifier)))
        }
        Err(api::NoApi::Unknown(_)) => Err(another_api()),
        Err(api::NoApi::Failed(error)) => Err(error.into()),
    }
}

/// The refusal of an API that the user did not authorise.
pub(super) fn another_api() -> Refusal {
    Refusal::invalid_target(
        "The user authorized another API: send the user to the authorization endpoint for this one",
    )
}

/// What of an authorization still stands: the API may have been removed, the client's grant there
/// changed or taken back.
///
/// # Errors
/// 403 `invalid_grant` if the API is gone, 403 `access_denied` if nobody may act there any more.
pub(super) async fn still_allowed(
    request: &Request<'_>,
    client: &KnownClient,
    authorization: &Authorization,
) -> Result<oauth::Scopes, Refusal> {
    let tenant = request.tenant;
    let api = match &authorization.audience {
        None => None,
        Some(audience) => {
            let known = tenant.directory().api(tenant, audience).await?;
            Some(known.ok_or_else(|| {
                Refusal::invalid_grant("The API of this authorization does not exist any more")
            })?)
        }
    };
    user_scope::decide(tenant, client, api.as_deref(), &authorization.scope)
        .await
        .map_err(|error| match error {
            user_scope::NoScope::NotAuthorized => Refusal::access_denied(format!(
                "Client '{}' is not authorized to access resource server '{}'.",
                client.client_id(),
                authorization.audience.as_deref().unwrap_or_default()
            )),
            user_scope::NoScope::Failed(error) => error.into(),
        })
}
