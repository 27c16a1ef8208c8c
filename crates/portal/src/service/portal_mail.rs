//! From whom the mails of a portal come, and what they say.
//!
//! Source: Konnect portal-management v3.9.8, `email-config`, `email-delivery`, `email-templates`.

use std::collections::BTreeMap;

use egress::mail::is_address;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{Error, Violation};
use crate::mail::kind::{Kind, of_name};
use crate::model::{EmailConfig, EmailConfigId, EmailContent, EmailTemplate, Site};
use crate::rest::check::{Rule, Shape, nullable, optional, text};
use crate::rest::{apply, input};
use crate::store::audit::Entry;
use crate::store::portal_mail as store;
use crate::{Ctx, Portal};

const ADDRESS: Rule = Rule::Form {
    max: 254,
    rule: "invalid",
    holds: is_address,
    expects: "a mail address such as apis@example.com",
};

static CONFIG: Shape = Shape {
    fields: &[
        nullable("domain_name", text(0, 253)),
        nullable("from_name", text(1, 255)),
        nullable("from_email", ADDRESS),
        nullable("reply_to_email", ADDRESS),
    ],
    open: false,
};

static DELIVERY: Shape = Shape {
    fields: &[
        optional("enabled", Rule::Boolean),
        nullable("from_email", ADDRESS),
        nullable("reply_to_email", ADDRESS),
    ],
    open: false,
};

static CONTENT: Shape = Shape {
    fields: &[
        nullable("subject", text(1, 1024)),
        nullable("title", text(1, 1024)),
        nullable("body", text(1, 4096)),
        nullable("button_label", text(0, 128)),
    ],
    open: false,
};

static TEMPLATE: Shape = Shape {
    fields: &[
        nullable("content", Rule::Object(&CONTENT)),
        // Beyond the vendor's: the same by language.
        nullable("translations", Rule::Object(&TRANSLATIONS)),
        optional("enabled", Rule::Boolean),
    ],
    open: false,
};

static TRANSLATIONS: Shape = Shape {
    fields: &[
        nullable("en", Rule::Object(&CONTENT)),
        nullable("ja", Rule::Object(&CONTENT)),
    ],
    open: false,
};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Writable {
    from_name: Option<String>,
    from_email: Option<String>,
    reply_to_email: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Template {
    #[serde(default)]
    content: EmailContent,
    #[serde(default)]
    translations: BTreeMap<String, EmailContent>,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

/// From whom the mails of a portal come.
///
/// # Errors
/// [`Error::NotFound`] where nothing is set.
pub(crate) async fn config(portal: &Portal, site: &Site) -> Result<EmailConfig, Error> {
    let found = store::config_of(portal.db(), site.id).await?;
    let none = || {
        Error::NotFound(
            "this portal has no email config: mails come from the instance's sender".into(),
        )
    };
    found.ok_or_else(none)
}

/// Sets from whom the mails of a portal come, where nothing is set.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if something is set.
pub(crate) async fn create_config(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<EmailConfig, Error> {
    if store::config_of(portal.db(), site.id).await?.is_some() {
        return Err(Error::Conflict(
            "this portal has an email config already; change that one".into(),
        ));
    }
    write_config(portal, ctx, site, (None, own_domain(body)?)).await
}

/// Changes what `body` names of it.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::NotFound`] where nothing is set.
pub(crate) async fn change_config(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<EmailConfig, Error> {
    let before = config(portal, site).await?;
    write_config(portal, ctx, site, (Some(before), own_domain(body)?)).await
}

/// The same under the vendor's earlier name: what is not set yet is made.
///
/// # Errors
/// [`Error::Invalid`], for mails that are to be switched off too.
pub(crate) async fn change_delivery(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    mut body: Map<String, Value>,
) -> Result<EmailConfig, Error> {
    crate::rest::check::all(
        &Value::Object(body.clone()),
        &DELIVERY,
        crate::rest::check::Mode::Partial,
    )?;
    if body.remove("enabled") == Some(Value::Bool(false)) {
        let reason = "the mails of a portal cannot be switched off: nobody could confirm an address or set a password";
        return Err(Error::invalid(Violation::body(
            "enabled", "invalid", reason,
        )));
    }
    let before = store::config_of(portal.db(), site.id).await?;
    write_config(portal, ctx, site, (before, body)).await
}

/// Sets from whom the mails of a portal come, and whether the team is told of what waits there. Without any
/// sender mails come from the instance's.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn set_up(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    (sender, tells_team): (Map<String, Value>, bool),
) -> Result<(), Error> {
    let before = store::config_of(portal.db(), site.id).await?;
    if sender.values().any(|value| !value.is_null()) {
        write_config(portal, ctx, site, (before, own_domain(sender)?)).await?;
    } else if before.is_some() {
        delete_config(portal, ctx, site).await?;
    }
    let told = store::tells_team(portal.db(), site.id).await?;
    if told == tells_team {
        return Ok(());
    }
    let mut tx = portal.db().begin().await?;
    store::set_tells_team(&mut tx, site.id, tells_team).await?;
    let entry = Entry::new("update", "portal", site.id).in_portal(site.id);
    let (before, after) = (
        json!({ "tells_team": told }),
        json!({ "tells_team": tells_team }),
    );
    let entry = entry.changing(&before, &after);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Mails come from the instance's sender again.
///
/// # Errors
/// [`Error::NotFound`] where nothing is set.
pub(crate) async fn delete_config(portal: &Portal, ctx: &Ctx, site: &Site) -> Result<(), Error> {
    let before = config(portal, site).await?;
    let mut tx = portal.db().begin().await?;
    store::delete_config(&mut tx, site.id).await?;
    let entry = Entry::new("delete", "portal_email_config", site.id).in_portal(site.id);
    portal.audit(&mut tx, ctx, entry.removing(&before)).await?;
    tx.commit().await?;
    Ok(())
}

/// The body without the domain, which only the operator's own mail server can prove.
fn own_domain(mut body: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    match body.remove("domain_name") {
        None | Some(Value::Null) => Ok(body),
        Some(_) => {
            let reason = "\"domain_name\": domains are not verified here; the mail server of this instance \
                          (mail.smtp_url) sends for the addresses that it is set up for";
            let violation = Violation::body("domain_name", "missing_reference", reason);
            Err(Error::invalid(violation))
        }
    }
}

async fn write_config(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    (before, body): (Option<EmailConfig>, Map<String, Value>),
) -> Result<EmailConfig, Error> {
    let present = before
        .as_ref()
        .map_or_else(Writable::default, |config| Writable {
            from_name: config.from_name.clone(),
            from_email: config.from_email.clone(),
            reply_to_email: config.reply_to_email.clone(),
        });
    let Writable {
        from_name,
        from_email,
        reply_to_email,
    } = apply(&present, body, &CONFIG)?;
    let earlier = before.as_ref();
    let after = EmailConfig {
        id: earlier.map_or_else(|| EmailConfigId::new(portal.entropy()), |config| config.id),
        portal_id: site.id,
        from_name,
        from_email,
        reply_to_email,
        created_at: earlier.map_or(ctx.now, |config| config.created_at),
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    store::put_config(&mut tx, &after).await?;
    let action = if before.is_some() { "update" } else { "create" };
    let entry = Entry::new(action, "portal_email_config", site.id).in_portal(site.id);
    let entry = entry.changing(&before, &after);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(after)
}

/// The kind of mail of this name, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn kind(name: &str) -> Result<Kind, Error> {
    of_name(name).ok_or_else(|| Error::not_found("email template", name))
}

/// Changes what a kind of mail says in a portal.
///
/// # Errors
/// [`Error::Invalid`], for variables too that this kind does not know.
pub(crate) async fn change_template(
    portal: &Portal,
    ctx: &Ctx,
    (site, kind): (&Site, &Kind),
    body: Map<String, Value>,
) -> Result<EmailTemplate, Error> {
    let before = store::template_of(portal.db(), site.id, kind.name).await?;
    let after = written(ctx, (site, kind), before.as_ref(), body)?;
    let mut tx = portal.db().begin().await?;
    store::put_template(&mut tx, &after).await?;
    let action = if before.is_some() { "update" } else { "create" };
    let entry = Entry::new(action, "portal_email_template", kind.name).in_portal(site.id);
    let entry = entry.changing(&before, &after);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(after)
}

/// The template that a body makes of what is there, without keeping it.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn written(
    ctx: &Ctx,
    (site, kind): (&Site, &Kind),
    before: Option<&EmailTemplate>,
    body: Map<String, Value>,
) -> Result<EmailTemplate, Error> {
    let present = match before {
        Some(template) => Template {
            content: template.content.clone(),
            translations: template.translations.clone(),
            enabled: template.enabled,
        },
        None => input(Map::new(), &TEMPLATE)?,
    };
    let Template {
        content,
        mut translations,
        enabled,
    } = apply(&present, body, &TEMPLATE)?;
    translations.retain(|_, content| *content != EmailContent::default());
    let mut wrong = unknown(kind, "content", &content);
    for (locale, content) in &translations {
        wrong.extend(unknown(kind, &format!("translations.{locale}"), content));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    Ok(EmailTemplate {
        portal_id: site.id,
        name: kind.name.to_owned(),
        content,
        translations,
        enabled,
        created_at: before.map_or(ctx.now, |template| template.created_at),
        updated_at: ctx.now,
    })
}

/// A kind of mail says the usual again.
///
/// # Errors
/// [`Error::NotFound`] if it does.
pub(crate) async fn delete_template(
    portal: &Portal,
    ctx: &Ctx,
    (site, kind): (&Site, &Kind),
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    let before = store::template_of(&mut tx, site.id, kind.name).await?;
    if !store::delete_template(&mut tx, site.id, kind.name).await? {
        return Err(Error::NotFound(
            "this portal has the usual text of this mail".into(),
        ));
    }
    let entry = Entry::new("delete", "portal_email_template", kind.name).in_portal(site.id);
    portal.audit(&mut tx, ctx, entry.removing(&before)).await?;
    tx.commit().await?;
    Ok(())
}

/// The variables that a kind does not know.
fn unknown(kind: &Kind, place: &str, content: &EmailContent) -> Vec<Violation> {
    let parts = [
        ("subject", &content.subject),
        ("title", &content.title),
        ("body", &content.body),
        ("button_label", &content.button_label),
    ];
    let wrong = parts.into_iter().filter_map(|(part, text)| {
        let name = kind.unknown(text.as_deref()?)?;
        let field = format!("{place}.{part}");
        let known = kind.variables().join(", ");
        let reason = format!("\"{field}\": there is no variable {name} in this mail, only {known}");
        Some(Violation::body(field, "invalid", reason))
    });
    wrong.collect()
}
