//! From whom the mails of a portal come, and what they say.

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use crate::model::{EmailConfig, EmailContent, EmailTemplate, PortalId};

fn config(row: &Row) -> Result<EmailConfig, Error> {
    Ok(EmailConfig {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        from_name: row.get("from_name")?,
        from_email: row.get("from_email")?,
        reply_to_email: row.get("reply_to_email")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn template(row: &Row) -> Result<EmailTemplate, Error> {
    Ok(EmailTemplate {
        portal_id: row.get("portal_id")?,
        name: row.get("name")?,
        content: EmailContent {
            subject: row.get("subject")?,
            title: row.get("title")?,
            body: row.get("body")?,
            button_label: row.get("button_label")?,
        },
        translations: row.get::<Json<_>>("translations")?.0,
        enabled: row.get("enabled")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// From whom the mails of a portal come, if that is set.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn config_of(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<Option<EmailConfig>, Error> {
    let sql = "SELECT id, portal_id, from_name, from_email, reply_to_email, created_at, updated_at \
               FROM portal_email_config WHERE portal_id = $1";
    read.one(sql, params![portal_id], config).await
}

/// Writes from whom the mails of a portal come.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn put_config(tx: &mut Tx, config: &EmailConfig) -> Result<(), Error> {
    let sql = "INSERT INTO portal_email_config (portal_id, id, from_name, from_email, reply_to_email, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (portal_id) DO UPDATE SET from_name = excluded.from_name, \
               from_email = excluded.from_email, reply_to_email = excluded.reply_to_email, \
               updated_at = excluded.updated_at";
    let params = params![
        config.portal_id,
        config.id.to_string(),
        &config.from_name,
        &config.from_email,
        &config.reply_to_email,
        config.created_at,
        config.updated_at
    ];
    tx.execute(sql, params).await.map(drop)
}

/// Forgets from whom the mails of a portal come.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete_config(tx: &mut Tx, portal_id: PortalId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_email_config WHERE portal_id = $1";
    tx.execute(sql, params![portal_id]).await.map(drop)
}

const COLUMNS: &str = "portal_id, name, subject, title, body, button_label, translations, enabled, created_at, updated_at";

/// The texts that a portal has of its own.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn templates_of(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<Vec<EmailTemplate>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM portal_email_template WHERE portal_id = $1 ORDER BY name");
    read.all(&sql, params![portal_id], template).await
}

/// One of them.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn template_of(
    mut read: impl Read,
    portal_id: PortalId,
    name: &str,
) -> Result<Option<EmailTemplate>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM portal_email_template WHERE portal_id = $1 AND name = $2");
    read.one(&sql, params![portal_id, name], template).await
}

/// Writes one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn put_template(tx: &mut Tx, template: &EmailTemplate) -> Result<(), Error> {
    let sql = "INSERT INTO portal_email_template (portal_id, name, subject, title, body, button_label, \
               translations, enabled, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
               ON CONFLICT (portal_id, name) DO UPDATE SET subject = excluded.subject, \
               title = excluded.title, body = excluded.body, button_label = excluded.button_label, \
               translations = excluded.translations, enabled = excluded.enabled, updated_at = excluded.updated_at";
    let params = params![
        template.portal_id,
        &template.name,
        &template.content.subject,
        &template.content.title,
        &template.content.body,
        &template.content.button_label,
        Json(&template.translations),
        template.enabled,
        template.created_at,
        template.updated_at
    ];
    tx.execute(sql, params).await.map(drop)
}

/// Removes one, and says whether it was there.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete_template(
    tx: &mut Tx,
    portal_id: PortalId,
    name: &str,
) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_email_template WHERE portal_id = $1 AND name = $2";
    Ok(tx.execute(sql, params![portal_id, name]).await? > 0)
}

/// Whether the portal's team is told of what waits there for a decision.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn tells_team(mut read: impl Read, portal_id: PortalId) -> Result<bool, Error> {
    let sql = "SELECT tells_team FROM portal_portal WHERE id = $1";
    let told = read.one(sql, params![portal_id], |row| row.get("tells_team"));
    Ok(told.await?.unwrap_or_default())
}

/// Lets the portal's team be told of it, or not.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn set_tells_team(
    tx: &mut Tx,
    portal_id: PortalId,
    told: bool,
) -> Result<(), Error> {
    let sql = "UPDATE portal_portal SET tells_team = $2 WHERE id = $1";
    tx.execute(sql, params![portal_id, told]).await.map(drop)
}
