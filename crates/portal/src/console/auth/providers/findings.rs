//! What a verification found, line by line.

use dcr::Finding;
use web::components::{badge, notice, table};
use web::{Markup, Text, Tone, html};

use crate::console::finding::said;
use crate::model::ProviderType;

/// Whether all of it held, in a sentence; `prefix` names what was tried for.
pub(super) fn summary(text: Text, prefix: &str, findings: &[Finding]) -> Markup {
    let missing = findings.iter().filter(|finding| !finding.ok).count();
    let (tone, said) = match missing {
        0 => (Tone::Success, text.get(&format!("{prefix}-holds"))),
        _ => {
            let count = [("count", missing.into())];
            (Tone::Danger, text.with(&format!("{prefix}-missing"), count))
        }
    };
    html! { div.spaced { (notice(text, tone, html! { p { (said) } })) } }
}

/// A row for each thing that was tried.
pub(super) fn results(text: Text, kind: ProviderType, findings: &[Finding]) -> Markup {
    let labels = ["verify-check", "verify-result", "verify-detail"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for finding in findings {
            tr {
                td data-label=(columns[0]) { (check(text, finding)) }
                td data-label=(columns[1]) {
                    @if finding.ok { (badge(Tone::Success, &text.get("verify-held"))) }
                    @else { (badge(Tone::Danger, &text.get("verify-lacks"))) }
                }
                td data-label=(columns[2]) { div {
                    @if !finding.ok { p { (mend(text, kind, finding)) } }
                    (said(text, finding))
                } }
            }
        }
    };
    table(&text.get("verify-results"), &columns, None, rows)
}

/// A permission by its own name, everything else in words.
pub(super) fn check(text: Text, finding: &Finding) -> Markup {
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
