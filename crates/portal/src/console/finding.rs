//! What was found at a provider, in its words.

use dcr::Finding;
use web::{Locale, Markup, Text, html};

/// What was found, in words that are English whatever the reader's language: to readers of other languages only what does not
/// hold.
pub(super) fn said(text: Text, finding: &Finding) -> Markup {
    let shown = !finding.ok || text.locale() == Locale::En;
    html! { @if shown { p.fine lang="en" { (finding.message) } } }
}
