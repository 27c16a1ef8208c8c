//! Whether a provider works: a result for each permission and setting.

use axum::extract::{Path, State};
use dcr::Finding;
use web::components::{FieldErrors, badge, button, form, notice, table};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::{Acting, Refused, address, heading, text};
use crate::Portal;
use crate::model::{DcrProvider, ProviderType};
use crate::service::applications::Verification;
use crate::service::dcr_providers;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    Ok(draw((&visitor, &reader), &provider, None))
}

/// Tries it. Nothing is kept: the page that answers shows what was found.
pub(super) async fn verify(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let verified = portal.applications().verify_provider(provider.id).await?;
    let reader = (&visitor, &acting.administrator);
    Ok(draw(reader, &provider, Some(&verified)))
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    provider: &DcrProvider,
    verified: Option<&Verification>,
) -> Page {
    let text = text(visitor);
    let again = if verified.is_some() {
        "verify-again"
    } else {
        "verify-now"
    };
    let main = html! {
        (heading(text, provider, "/verify"))
        @if let Some(verified) = verified {
            (summary(text, verified))
            (results(text, provider.provider_type, verified))
        } @else {
            p.lead.spaced { (text.get("verify-lead")) }
        }
        @if reader.role.may_change() {
            div.spaced {
                (form(visitor, &address(provider, "/verify"), &FieldErrors::new(), html! {
                    div.form-actions { (button(&text.get(again))) }
                }))
            }
        }
    };
    visitor.page(&provider.name).main(main)
}

fn summary(text: Text, verified: &Verification) -> Markup {
    let missing = verified.errors().count();
    let (tone, said) = match missing {
        0 => (Tone::Success, text.get("verify-holds")),
        _ => {
            let count = [("count", missing.into())];
            (Tone::Danger, text.with("verify-missing", count))
        }
    };
    html! { div.spaced { (notice(text, tone, html! { p { (said) } })) } }
}

fn results(text: Text, kind: ProviderType, verified: &Verification) -> Markup {
    let labels = ["verify-check", "verify-result", "verify-detail"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for finding in &verified.findings {
            tr {
                td data-label=(columns[0]) { (check(text, finding)) }
                td data-label=(columns[1]) {
                    @if finding.ok { (badge(Tone::Success, &text.get("verify-held"))) }
                    @else { (badge(Tone::Danger, &text.get("verify-lacks"))) }
                }
                td data-label=(columns[2]) { div {
                    span { (finding.message) }
                    @if !finding.ok { p.fine { (mend(text, kind, finding)) } }
                } }
            }
        }
    };
    table(&text.get("verify-results"), &columns, None, rows)
}

/// A permission by its own name, everything else in words.
fn check(text: Text, finding: &Finding) -> Markup {
    match text.lookup(&format!("check-{}", finding.check)) {
        Some(words) => html! { (words) },
        None => html! { code { (finding.check) } },
    }
}

/// Where to change what is missing.
fn mend(text: Text, kind: ProviderType, finding: &Finding) -> String {
    match finding.check.as_str() {
        check if kind == ProviderType::Auth0 && check.contains(':') => {
            text.with("mend-permission", [("permission", check.into())])
        }
        check => text
            .lookup(&format!("mend-{check}"))
            .unwrap_or_else(|| text.get("mend-other")),
    }
}
