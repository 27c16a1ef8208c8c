//! A trial of the provider: what holds, and what is wrong where.

use axum::extract::{Path, State};
use dcr::Finding;
use web::components::{badge, notice, table};
use web::{Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::page::{draw, scene};
use super::{Acting, Refused, Told};
use crate::console::finding::said;
use crate::service::sign_on;
use crate::{Error, Portal};

/// Nothing is kept: the page that answers shows what was found.
pub(super) async fn run(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Page, Refused> {
    let scene = scene(&portal, &id).await?;
    let provider = scene.provider.as_ref();
    let provider =
        provider.ok_or_else(|| Error::NotFound("this portal has no identity provider".into()))?;
    let found = sign_on::trial::run(&portal, &scene.site, provider).await?;
    let reader = (&visitor, &acting.administrator);
    Ok(draw(reader, &scene, (None, Some(&found)), &Told::default()))
}

/// What was found, step by step.
pub(super) fn results(text: Text, found: &[Finding]) -> Markup {
    let labels = ["test-step", "test-result", "test-detail"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let well = found.iter().all(|finding| finding.ok);
    let (tone, summary) = match well {
        true => (Tone::Success, "test-holds"),
        false => (Tone::Danger, "test-lacks"),
    };
    let rows = html! {
        @for finding in found {
            tr {
                td data-label=(columns[0]) { (text.get(&format!("step-{}", finding.check))) }
                td data-label=(columns[1]) {
                    @if finding.ok { (badge(Tone::Success, &text.get("test-ok"))) }
                    @else { (badge(Tone::Danger, &text.get("test-wrong"))) }
                }
                td data-label=(columns[2]) { div {
                    @if !finding.ok { p { (mend(text, finding)) } }
                    (said(text, finding))
                } }
            }
        }
    };
    html! {
        div.spaced { (notice(text, tone, html! { p { (text.get(summary)) } })) }
        (table(&text.get("test"), &columns, None, rows))
    }
}

/// What to change where.
fn mend(text: Text, finding: &Finding) -> String {
    let kind = match finding.message.as_str() {
        message if message.contains("describes the issuer") => "mend-issuer",
        message if message.contains("egress.allow") => "mend-private",
        "invalid_client" => "mend-client-secret",
        "unauthorized_client" => "mend-client-grant",
        _ => return text.get(&format!("mend-{}", finding.check)),
    };
    text.get(kind)
}
