//! What the provider is still to do: clients of deleted applications and ended credentials that it has
//! not removed yet, and clients that a registration without an answer may have left.

use storage::outbox::Trouble;
use web::components::{link_button, table};
use web::{Markup, Text, html, moment, query_value};

use super::{address, application};
use crate::model::{Application, DcrProvider, DcrProviderId, PossibleOrphan, RetiringCredential};
use crate::{Error, Portal};

/// What is left at a provider.
pub(super) struct Leftovers {
    leaving: Vec<(Application, Option<Trouble>)>,
    retired: Vec<(RetiringCredential, Option<Trouble>)>,
    orphans: Vec<PossibleOrphan>,
}

impl Leftovers {
    pub(super) async fn of(portal: &Portal, id: DcrProviderId) -> Result<Self, Error> {
        let applications = portal.applications();
        Ok(Self {
            leaving: applications.leaving(id).await?,
            retired: applications.retired(id).await?,
            orphans: applications.possible_orphans(id).await?,
        })
    }
}

pub(super) fn section(
    text: Text,
    provider: &DcrProvider,
    left: &Leftovers,
    changes: bool,
) -> Markup {
    html! {
        section.section aria-labelledby="pending" {
            h2 id="pending" { (text.get("pending-title")) }
            @if left.leaving.is_empty() && left.retired.is_empty() {
                p.fine.spaced { (text.get("pending-none")) }
            }
            @if !left.leaving.is_empty() { (leaving(text, &left.leaving)) }
            @if !left.retired.is_empty() { (retired(text, &left.retired)) }
        }
        section.section aria-labelledby="orphans" {
            h2 id="orphans" { (text.get("orphans-title")) }
            @if left.orphans.is_empty() { p.fine.spaced { (text.get("orphans-none")) } }
            @else {
                p.fine.spaced { (text.get("orphans-lead")) }
                (orphans(text, provider, &left.orphans, changes))
            }
        }
    }
}

/// Something that the provider is still to remove.
struct Pending<'a> {
    what: Markup,
    client: Option<&'a str>,
    since: oauth::Timestamp,
    trouble: Option<&'a Trouble>,
}

fn leaving(text: Text, all: &[(Application, Option<Trouble>)]) -> Markup {
    let rows = all.iter().map(|(gone, trouble)| Pending {
        what: html! { strong { (gone.name) } },
        client: gone.client_id.as_deref(),
        since: gone.updated_at,
        trouble: trouble.as_ref(),
    });
    pending(text, ("pending-deletions", "pending-application"), rows)
}

fn retired(text: Text, all: &[(RetiringCredential, Option<Trouble>)]) -> Markup {
    let rows = all.iter().map(|(going, trouble)| Pending {
        what: html! { code { (going.id()) } },
        client: Some(&going.client_id),
        since: going.retires_at,
        trouble: trouble.as_ref(),
    });
    pending(text, ("pending-retirements", "pending-credential"), rows)
}

fn pending<'a>(
    text: Text,
    (title, what): (&str, &str),
    all: impl Iterator<Item = Pending<'a>>,
) -> Markup {
    let labels = [what, "pending-client", "pending-since", "pending-why"];
    let labels = labels.map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for one in all {
            tr {
                td data-label=(columns[0]) { (one.what) }
                td data-label=(columns[1]) { @if let Some(client) = one.client { code { (client) } } }
                td data-label=(columns[2]) { (moment(text, one.since.as_millis())) }
                td data-label=(columns[3]) { (why(text, one.trouble)) }
            }
        }
    };
    html! { h3.spaced { (text.get(title)) } (table(&text.get(title), &columns, None, rows)) }
}

/// Why something is not done at the provider yet, as far as it was tried.
fn why(text: Text, trouble: Option<&Trouble>) -> Markup {
    let Some(trouble) = trouble else {
        return html! { (text.get("pending-soon")) };
    };
    let tried = text.with(
        "pending-tried",
        [("count", i64::from(trouble.attempts).into())],
    );
    html! {
        div {
            (trouble.reason)
            p.fine {
                (tried) " "
                @if let Some(next) = trouble.next {
                    (text.get("pending-next")) " " (moment(text, next.as_millis()))
                } @else { (text.get("pending-hourly")) }
            }
        }
    }
}

fn orphans(text: Text, provider: &DcrProvider, all: &[PossibleOrphan], changes: bool) -> Markup {
    let labels = ["orphans-look-for", "orphans-application", "pending-since"];
    let labels = labels.map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let dismiss = text.get("orphans-dismiss");
    let rows = html! {
        @for orphan in all {
            tr {
                td data-label=(columns[0]) { (orphan.look_for) }
                td data-label=(columns[1]) { code { (orphan.application_id) } }
                td data-label=(columns[2]) { (moment(text, orphan.since.as_millis())) }
                @if changes {
                    td.row-actions {
                        @let path = format!("/agreement/orphans/{}/dismiss", query_value(&orphan.id));
                        (link_button(&address(provider, &path), &dismiss))
                    }
                }
            }
        }
    };
    let actions = changes.then_some(dismiss.as_str());
    table(&text.get("orphans-title"), &columns, actions, rows)
}

/// An application by name, as a link to its page.
pub(super) fn link(of: &Application) -> Markup {
    application(of.portal_id, of.id, &of.name)
}
