//! Mails that a team sends itself, to see how they arrive.
//!
//! Source: Konnect portal-management v3.9.8, `post-portal-custom-email-test-send`.

use serde_json::{Map, Value};
use web::Locale;

use crate::mail::kind::Kind;
use crate::mail::{DeliveryError, Mail, as_sent};
use crate::model::{Administrator, EmailTemplate, Holder, Site};
use crate::rest::check::{Mode, Rule, Shape, all, optional, required, text};
use crate::store::audit::Entry;
use crate::{Ctx, Error, Portal, store};

use super::{portal_mail, sites};

static CONTENT: Shape = Shape {
    fields: &[
        required("subject", text(1, 1024)),
        required("title", text(1, 1024)),
        required("body", text(1, 4096)),
        optional("button_label", text(0, 128)),
    ],
    open: false,
};

static SHAPE: Shape = Shape {
    fields: &[required("content", Rule::Object(&CONTENT))],
    open: false,
};

/// Sends a mail as a template has it, at once; the inner error is what the mail server says.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn send(
    portal: &Portal,
    ctx: &Ctx,
    (mail, template): (&Mail, &EmailTemplate),
) -> Result<Result<(), String>, Error> {
    let (letter, sender) = as_sent(portal.db(), mail, Some(template)).await?;
    let id = portal.entropy().uuid().to_string();
    let sent = portal.postbox().deliver_from(&id, &letter, &sender).await;
    if let Err(DeliveryError::Later(reason) | DeliveryError::Never(reason)) = sent {
        return Ok(Err(reason));
    }
    let entry = Entry::new("test", "portal_email_template", &template.name);
    let mut tx = portal.db().begin().await?;
    portal
        .audit(&mut tx, ctx, entry.in_portal(template.portal_id))
        .await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Sends what a body says to the user whose token asks for it, in their language. Nothing is kept.
///
/// # Errors
/// [`Error::Forbidden`] if the token is no user's, [`Error::Invalid`], and [`Error::Unavailable`] if the mail
/// server does not take it.
pub(crate) async fn send_to_caller(
    portal: &Portal,
    ctx: &Ctx,
    (site, kind): (&Site, &Kind),
    body: Map<String, Value>,
) -> Result<(), Error> {
    let body = Value::Object(body);
    all(&body, &SHAPE, Mode::Whole)?;
    let content = Map::from_iter([("content".to_owned(), body["content"].clone())]);
    let template = portal_mail::written(ctx, (site, kind), None, content)?;
    let user = caller(portal, ctx).await?;
    let locale = user.locale.as_deref().and_then(Locale::from_tag);
    let locale = locale.unwrap_or(Locale::En);
    let address = sites::address(portal, site);
    let mail = Mail {
        to: user.email,
        full_name: user.name,
        ..kind.sample(site, &address, locale, ctx.now)
    };
    let sent = send(portal, ctx, (&mail, &template)).await?;
    sent.map_err(|reason| Error::Unavailable(format!("the mail server did not take it: {reason}")))
}

async fn caller(portal: &Portal, ctx: &Ctx) -> Result<Administrator, Error> {
    let holder = ctx.rights.as_ref().and_then(|rights| rights.holder);
    let user = match holder {
        Some(Holder::User(id)) => store::administrators::find(portal.db(), id).await?,
        _ => None,
    };
    user.ok_or_else(|| {
        let reason = "a test mail goes to the user who asks for it, and this token is no user's: use a personal \
                      token (`gatehouse token create --administrator`), or the console's page of the mail";
        Error::Forbidden(reason.into())
    })
}
