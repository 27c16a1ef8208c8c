//! Personal tokens of administrators.
//!
//! Source: Konnect identity v3, `/users/{userId}/access-tokens`.

use std::time::Duration;

use oauth::{ShownOnce, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::platform_tokens::{NewToken, Owner};
use crate::error::{Error, Violation};
use crate::model::{Administrator, Holder, PlatformToken, PlatformTokenId, PlatformTokenKind};
use crate::rest::check::{Rule, Shape, optional, required, text};
use crate::rest::{input, path_id};
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

/// How many of a user's tokens may work at once, as at the vendor.
const MOST: usize = 10;
const DAY: i64 = 86_400;
/// For how many days a token works at most, as at the vendor.
pub(crate) const MOST_DAYS: i64 = 365;

static SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 256)),
        optional("expires_at", text(1, 64)),
        optional(
            "ttl_seconds",
            Rule::Integer {
                min: DAY,
                max: MOST_DAYS * DAY,
            },
        ),
    ],
    open: false,
};

#[derive(Debug, Deserialize)]
struct Asked {
    name: String,
    expires_at: Option<String>,
    ttl_seconds: Option<u64>,
}

/// The user's token with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find_token(
    portal: &Portal,
    user: &Administrator,
    id: &str,
) -> Result<PlatformToken, Error> {
    let id: PlatformTokenId = path_id("access token", id)?;
    let found = store::platform_tokens::find(portal.db(), id).await?;
    found
        .filter(|token| token.administrator_id == Some(user.id))
        .ok_or_else(|| Error::not_found("access token", id))
}

/// Those of a user, oldest first, revoked and expired ones too.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn every(
    portal: &Portal,
    user: &Administrator,
) -> Result<Vec<PlatformToken>, Error> {
    Ok(store::platform_tokens::of_administrator(portal.db(), user.id).await?)
}

/// Makes a token of a user, who asks for it themselves. Its text is shown once.
///
/// # Errors
/// [`Error::Forbidden`] for anybody else, [`Error::Invalid`], and [`Error::Conflict`] if ten of the user's work already.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    user: &Administrator,
    body: Map<String, Value>,
) -> Result<(PlatformToken, ShownOnce<SecretString>), Error> {
    let caller = ctx.rights.as_ref().and_then(|rights| rights.holder);
    if ctx.rights.is_some() && caller != Some(Holder::User(user.id)) {
        // Whoever acts in another's name is somebody else in the audit.
        let reason = "personal tokens are made by their user: with one of their tokens, or by \
                      `gatehouse token create --administrator`; tokens of a system account can be made \
                      for it";
        return Err(Error::Forbidden(reason.into()));
    }
    let asked: Asked = input(body, &SHAPE)?;
    let wrong = |rule, reason: String| Error::invalid(Violation::body("expires_at", rule, reason));
    let expires_at = match (asked.ttl_seconds, &asked.expires_at) {
        (Some(seconds), None) => ctx.now + Duration::from_secs(seconds),
        (None, Some(text)) => Timestamp::parse_rfc3339(text)
            .map_err(|error| wrong("is_date_time", format!("\"expires_at\" {error}")))?,
        (Some(_), Some(_)) => {
            let reason = "give one of \"ttl_seconds\" and \"expires_at\"";
            return Err(wrong("invalid", reason.into()));
        }
        (None, None) => {
            let violation =
                Violation::body("ttl_seconds", "required", "\"ttl_seconds\" is required");
            return Err(Error::invalid(violation));
        }
    };
    let present = every(portal, user).await?;
    let working = present.iter().filter(|token| {
        token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > ctx.now)
    });
    if working.count() >= MOST {
        let reason = format!("a user has at most {MOST} tokens that work: revoke one first");
        return Err(Error::Conflict(reason));
    }
    let new = NewToken {
        kind: PlatformTokenKind::Personal,
        name: asked.name,
        expires_at: Some(expires_at),
    };
    let owner = Owner::Administrator(user.id);
    portal.make_platform_token(ctx, new, owner).await
}

/// Revokes a token, if it was not: it stops working at once.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn revoke(
    portal: &Portal,
    ctx: &Ctx,
    token: PlatformToken,
) -> Result<PlatformToken, Error> {
    if token.revoked_at.is_none() {
        portal.revoke_platform_token(ctx, token.id).await?;
    }
    let revoked_at = token.revoked_at.or(Some(ctx.now));
    Ok(PlatformToken {
        revoked_at,
        ..token
    })
}

/// Removes a token: it stops working at once.
///
/// # Errors
/// [`Error::NotFound`] if it is gone.
pub(crate) async fn delete(portal: &Portal, ctx: &Ctx, token: &PlatformToken) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    if !store::platform_tokens::delete(&mut tx, token.id).await? {
        return Err(Error::not_found("access token", token.id));
    }
    let entry = Entry::new("delete", "platform_token", token.id).removing(token);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}
