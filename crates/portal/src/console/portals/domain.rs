//! Whether a portal's own domain leads to it, asked from the page of its settings.

use axum::extract::{Path, State};
use web::components::{FieldErrors, badge, copyable, form, table};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::settings::{Shown, draw};
use super::{Acting, Refused, Told, address, text};
use crate::model::Site;
use crate::service::domains::{self, Standing};
use crate::service::sites;
use crate::{Portal, store};

/// Nothing is kept: the page that answers shows what was found.
pub(super) async fn verify(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let standing = domains::verify(&portal, &site).await?;
    let shown = Shown {
        site: &site,
        strategies: &store::strategies::every(portal.db()).await?,
        target: sites::default_domain(&portal, &site),
        standing: Some(standing),
    };
    let reader = (&visitor, &acting.administrator);
    Ok(draw(reader, &shown, &Told::default()))
}

/// What to enter where the domain is kept, and what was found there.
pub(super) fn section(
    (visitor, reader): (&Visitor, &Administrator),
    site: &Site,
    target: &str,
    standing: Option<Standing>,
) -> Markup {
    let text = text(visitor);
    let Some(domain) = &site.custom_domain else {
        return html! {};
    };
    let action = address(site, "/settings/domain");
    let said = [("domain", domain.into())];
    html! {
        section.section aria-labelledby="domain" {
            h2 id="domain" { (text.get("domain-title")) }
            p.fine.spaced { (text.with("domain-lead", said)) }
            (copyable(text, "domain-target", &text.get("domain-target"), target))
            @if let Some(standing) = standing { div.spaced { (results(text, standing)) } }
            @if reader.role.may_change() {
                (form(visitor, &action, &FieldErrors::new(), html! {
                    div.form-actions {
                        button.button.button-secondary type="submit" { (text.get("domain-verify")) }
                    }
                }))
            }
        }
    }
}

fn results(text: Text, standing: Standing) -> Markup {
    let labels = ["domain-check", "domain-result", "domain-detail"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let checks = [
        ("domain-leads", standing.leads_here),
        ("domain-certificate", standing.has_certificate),
    ];
    let rows = html! {
        @for (id, holds) in checks {
            @let word = if holds { "holds" } else { "lacks" };
            tr {
                td data-label=(columns[0]) { (text.get(id)) }
                td data-label=(columns[1]) {
                    (badge(if holds { Tone::Success } else { Tone::Danger }, &text.get(&format!("domain-{word}"))))
                }
                td data-label=(columns[2]) { (text.get(&format!("{id}-{word}"))) }
            }
        }
    };
    table(&text.get("domain-title"), &columns, None, rows)
}
