//! System accounts: automations that call the platform API, and their tokens.
//!
//! Source: Konnect identity v3; <https://developer.konghq.com/konnect-platform/system-accounts/>.

use oauth::{ShownOnce, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::platform_tokens::{NewToken, Owner};
use crate::error::{Error, Violation};
use crate::model::{
    Holder, PlatformToken, PlatformTokenId, PlatformTokenKind, SystemAccount, SystemAccountId,
};
use crate::rest::check::{Rule, Shape, optional, required, text};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

static SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        required("description", text(0, 1024)),
        optional("konnect_managed", Rule::Boolean),
    ],
    open: true,
};

static NEW_TOKEN: Shape = Shape {
    fields: &[
        required("name", text(1, 256)),
        required("expires_at", text(1, 64)),
    ],
    open: true,
};

static TOKEN: Shape = Shape {
    fields: &[required("name", text(1, 256))],
    open: true,
};

#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    name: String,
    description: String,
}

#[derive(Debug, Deserialize)]
struct AskedToken {
    name: String,
    expires_at: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct TokenName {
    name: String,
}

/// The account with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, id: &str) -> Result<SystemAccount, Error> {
    let id: SystemAccountId = path_id("system account", id)?;
    let found = store::system_accounts::find(portal.db(), id).await?;
    found.ok_or_else(|| Error::not_found("system account", id))
}

/// Makes an account.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if its name is taken.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<SystemAccount, Error> {
    let Writable { name, description } = input(body, &SHAPE)?;
    let account = SystemAccount {
        id: SystemAccountId::new(portal.entropy()),
        name,
        description,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    store::system_accounts::insert(&mut tx, &account)
        .await
        .map_err(taken)?;
    let entry = Entry::new("create", "system_account", account.id).making(&account);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(account)
}

/// Changes what `body` names.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    mut account: SystemAccount,
    body: Map<String, Value>,
) -> Result<SystemAccount, Error> {
    let present = Writable {
        name: account.name.clone(),
        description: account.description.clone(),
    };
    let before = account.clone();
    let Writable { name, description } = apply(&present, body, &SHAPE)?;
    (account.name, account.description) = (name, description);
    account.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    store::system_accounts::update(&mut tx, &account)
        .await
        .map_err(taken)?;
    let entry = Entry::new("update", "system_account", account.id);
    let entry = entry.changing(&before, &account);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(account)
}

/// Removes an account. Its tokens stop working at once.
///
/// # Errors
/// [`Error::NotFound`] if it is gone.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    account: &SystemAccount,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    store::platform_tokens::revoke_of_account(&mut tx, account.id, ctx.now).await?;
    store::assigned_roles::delete_of(&mut tx, Holder::SystemAccount(account.id)).await?;
    if !store::system_accounts::delete(&mut tx, account.id).await? {
        return Err(Error::not_found("system account", account.id));
    }
    let entry = Entry::new("delete", "system_account", account.id).removing(account);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// The account's token with this id, as it stands in an address. Revoked ones are gone.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find_token(
    portal: &Portal,
    account: &SystemAccount,
    id: &str,
) -> Result<PlatformToken, Error> {
    let id: PlatformTokenId = path_id("access token", id)?;
    let found = store::platform_tokens::find(portal.db(), id).await?;
    found
        .filter(|token| token.system_account_id == Some(account.id) && token.revoked_at.is_none())
        .ok_or_else(|| Error::not_found("access token", id))
}

/// Makes a token of an account. Its text is shown once.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn create_token(
    portal: &Portal,
    ctx: &Ctx,
    account: &SystemAccount,
    body: Map<String, Value>,
) -> Result<(PlatformToken, ShownOnce<SecretString>), Error> {
    let AskedToken { name, expires_at } = input(body, &NEW_TOKEN)?;
    let expires_at = Timestamp::parse_rfc3339(&expires_at).map_err(|error| {
        let reason = format!("\"expires_at\" {error}");
        Error::invalid(Violation::body("expires_at", "is_date_time", reason))
    })?;
    let new = NewToken {
        kind: PlatformTokenKind::SystemAccount,
        name,
        expires_at: Some(expires_at),
    };
    portal
        .make_platform_token(ctx, new, Owner::SystemAccount(account.id))
        .await
}

/// Gives a token another name.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn rename_token(
    portal: &Portal,
    ctx: &Ctx,
    mut token: PlatformToken,
    body: Map<String, Value>,
) -> Result<PlatformToken, Error> {
    let TokenName { name } = input(body, &TOKEN)?;
    let before = token.clone();
    token.name = name;
    token.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    store::platform_tokens::rename(&mut tx, &token).await?;
    let entry = Entry::new("update", "platform_token", token.id).changing(&before, &token);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(token)
}

fn taken(error: storage::Error) -> Error {
    Error::from(error).or_conflict("another system account has this name")
}
