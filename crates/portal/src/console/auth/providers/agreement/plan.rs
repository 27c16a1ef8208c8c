//! What differs, line by line, with what can be done about it; and, before anything happens, what was
//! chosen.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use dcr::{ANY_AUDIENCE, ClientState, Field as Part};
use web::components::{
    Choice, Field, FieldErrors, ListQuery, badge, button, danger_button, empty_state, form,
    link_button, notice, page_heading, table,
};
use web::{Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{APPLY, BELOW, PLAN, Refused, above, address, application, leftovers, text, trouble};
use crate::model::{DcrProvider, DriftAction, DriftKind};
use crate::service::applications::Difference;
use crate::service::dcr_providers;
use crate::{Error, Portal, store};

/// Most lines on the page: each is a request to the provider.
const MOST: usize = 100;

/// What was chosen about a difference.
pub(super) struct Decision {
    pub(super) difference: String,
    pub(super) action: DriftAction,
}

impl Decision {
    /// The decisions that a form holds, without those that leave things as they are.
    pub(super) fn all(input: &Input) -> Vec<Self> {
        let mut all = Vec::new();
        for at in 0..MOST {
            let difference = input.text(&format!("difference.{at}"));
            let action = DriftAction::parse(input.text(&format!("action.{at}")));
            match action {
                Some(action) if action != DriftAction::Leave && !difference.is_empty() => {
                    all.push(Self {
                        difference: difference.to_owned(),
                        action,
                    });
                }
                _ => {}
            }
        }
        all
    }

    /// The difference's kind, and the application or the client that it is about, as its id says.
    fn parts(&self) -> Option<(DriftKind, &str)> {
        let (kind, rest) = self.difference.split_once(':')?;
        let (_, subject) = rest.split_once(':')?;
        Some((DriftKind::parse(kind)?, subject))
    }
}

/// Which choice the page begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proposal {
    Nothing,
    /// The provider gets what the portal has.
    Portal,
    /// The portal gets what the provider has.
    Provider,
}

impl Proposal {
    fn of(list: &ListQuery) -> Self {
        match list.get("propose") {
            Some("portal") => Self::Portal,
            Some("provider") => Self::Provider,
            _ => Self::Nothing,
        }
    }

    fn about(self, difference: &Difference) -> DriftAction {
        let wanted = match (self, difference.kind) {
            (Self::Nothing, _) => DriftAction::Leave,
            (Self::Portal, DriftKind::Orphaned) | (Self::Provider, DriftKind::Missing) => {
                DriftAction::Delete
            }
            (Self::Portal, _) => DriftAction::Recreate,
            (Self::Provider, _) => DriftAction::Adopt,
        };
        let can = difference.actions().contains(&wanted);
        if can { wanted } else { DriftAction::Leave }
    }
}

/// Looks again at what is open. Only these clients are asked for.
pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    list: ListQuery,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let text = text(&visitor);
    let applications = portal.applications();
    let found = applications.open_differences(provider.id, MOST).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            let away = html! {
                (notice(text, Tone::Danger, html! {
                    p { strong { (text.get("agreement-away")) } }
                    p { (trouble(error)?) }
                }))
            };
            return Ok(around(&visitor, &provider, away));
        }
    };
    let open = applications.reconciliation(provider.id).await?.open.len();
    let proposal = Proposal::of(&list);
    let main = if found.is_empty() {
        let back = link_button(&address(&provider, BELOW), &text.get("back"));
        empty_state(
            &text.get("plan-empty"),
            &text.get("plan-empty-next"),
            Some(back),
        )
    } else {
        lines((&visitor, &reader), &provider, &found, (proposal, open))
    };
    Ok(around(&visitor, &provider, main))
}

fn around(visitor: &Visitor, provider: &DcrProvider, main: Markup) -> Page {
    let text = text(visitor);
    let title = text.get("plan-title");
    let main = html! {
        (above(text, provider))
        (page_heading(&title, Some(&text.get("plan-lead")), None))
        (main)
    };
    visitor.page(&title).main(main)
}

fn lines(
    (visitor, reader): (&Visitor, &Administrator),
    provider: &DcrProvider,
    found: &[Difference],
    (proposal, open): (Proposal, usize),
) -> Markup {
    let text = text(visitor);
    let changes = reader.role.may_change();
    let all = html! {
        div {
            @for (at, difference) in found.iter().enumerate() {
                (line(text, at, difference, changes.then_some(proposal)))
            }
        }
        @if open > found.len() {
            p.fine.spaced { (text.with("plan-more", [("count", (open - found.len()).into())])) }
        }
    };
    if !changes {
        return all;
    }
    let propose = |words: &str| format!("{}?propose={words}", address(provider, PLAN));
    html! {
        div.actions.spaced {
            (link_button(&propose("portal"), &text.get("plan-propose-portal")))
            (link_button(&propose("provider"), &text.get("plan-propose-provider")))
        }
        div.spaced {
            (form(visitor, &address(provider, PLAN), &FieldErrors::new(), html! {
                (all)
                div.form-actions {
                    (button(&text.get("plan-to-review")))
                    (link_button(&address(provider, BELOW), &text.get("cancel")))
                }
            }))
        }
    }
}

/// One difference. Whoever may not decide about it sees no choice.
fn line(text: Text, at: usize, difference: &Difference, proposal: Option<Proposal>) -> Markup {
    let kind = difference.kind;
    let tone = match kind {
        DriftKind::Missing => Tone::Danger,
        DriftKind::Changed => Tone::Warning,
        DriftKind::Orphaned => Tone::Info,
    };
    let client = difference.client.as_ref();
    let client_id = client.map(|client| client.client_id.as_str());
    let own = difference.application.as_ref();
    let client_id = client_id.or_else(|| own?.client_id.as_deref());
    html! {
        section.panel aria-label=(text.with("plan-line", [("number", (at + 1).into())])) {
            p {
                (badge(tone, &text.get(&format!("drift-kind-{kind}")))) " "
                @if let Some(own) = own { strong { (leftovers::link(own)) } }
                @else if let Some(client) = client { strong { (client.name) } }
            }
            p.fine.spaced { (text.get(&format!("drift-kind-{kind}-hint"))) }
            @if let Some(client_id) = client_id {
                p.spaced { (text.get("pending-client")) ": " code { (client_id) } }
            }
            @if !difference.fields.is_empty() { (parts(text, difference)) }
            @if let Some(proposal) = proposal { (choice(text, at, difference, proposal)) }
        }
    }
}

fn choice(text: Text, at: usize, difference: &Difference, proposal: Proposal) -> Markup {
    let kind = difference.kind;
    let chosen = proposal.about(difference);
    let words = |action: DriftAction| text.get(&format!("drift-{kind}-{action}"));
    let choices: Vec<Choice> = difference
        .actions()
        .into_iter()
        .map(|action| Choice {
            value: action.to_string(),
            label: words(action),
            hint: None,
            chosen: action == chosen,
        })
        .collect();
    let name = format!("action.{at}");
    let label = text.get("plan-action");
    html! {
        div.spaced {
            input type="hidden" name=(format!("difference.{at}")) value=(difference.id());
            (Field::select(text, &name, &label, &choices))
        }
    }
}

/// What of the client is not as it should be.
fn parts(text: Text, difference: &Difference) -> Markup {
    let labels = ["plan-part", "plan-portal", "plan-provider"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for part in &difference.fields {
            tr {
                td data-label=(columns[0]) { (text.get(&format!("part-{}", part.as_str()))) }
                td data-label=(columns[1]) { (shown(text, difference.expected.as_ref(), *part)) }
                td data-label=(columns[2]) { (shown(text, difference.client.as_ref(), *part)) }
            }
        }
    };
    html! { div.spaced { (table(&text.get("plan-parts"), &columns, None, rows)) } }
}

fn shown(text: Text, state: Option<&ClientState>, part: Part) -> Markup {
    let lines = state
        .map(|state| words(text, state, part))
        .unwrap_or_default();
    html! {
        div {
            @if lines.is_empty() { span.fine { (text.get("plan-nothing")) } }
            @for line in &lines { div { code { (line) } } }
        }
    }
}

fn words(text: Text, state: &ClientState, part: Part) -> Vec<String> {
    match part {
        Part::Name => vec![state.name.clone()],
        Part::RedirectUris => state.redirect_uris.iter().cloned().collect(),
        Part::GrantTypes => state.grant_types.iter().cloned().collect(),
        Part::Scopes => {
            let one = |(audience, scopes): (&String, &std::collections::BTreeSet<String>)| {
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                let scopes = match scopes.as_slice() {
                    [] => text.get("plan-no-scope"),
                    scopes => scopes.join(" "),
                };
                match audience.as_str() {
                    ANY_AUDIENCE => scopes,
                    audience => format!("{audience}: {scopes}"),
                }
            };
            state.scopes.iter().map(one).collect()
        }
        Part::Metadata => {
            let ids = &state.metadata;
            [
                ("konnect_portal_id", &ids.konnect_portal_id),
                ("konnect_developer_id", &ids.konnect_developer_id),
                ("konnect_org_id", &ids.konnect_org_id),
                ("konnect_application_id", &ids.konnect_application_id),
            ]
            .into_iter()
            .filter(|(_, id)| !id.is_empty())
            .map(|(name, id)| format!("{name}: {id}"))
            .collect()
        }
    }
}

/// Shows what was chosen, and what it does, before it is done.
pub(super) async fn review(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let text = text(&visitor);
    let decisions = Decision::all(&input);
    if decisions.is_empty() {
        let back = address(&provider, PLAN);
        let back = visitor.redirect_saying(back, Tone::Warning, text.get("plan-none-chosen"));
        return Ok(back.into_response());
    }
    let mut lines = Vec::with_capacity(decisions.len());
    for decision in &decisions {
        lines.push((subject(&portal, decision).await?, decision));
    }
    let deletes = decisions
        .iter()
        .any(|one| one.action == DriftAction::Delete);
    let title = text.with("review-title", [("count", decisions.len().into())]);
    let does = text.get("review-apply");
    let main = html! {
        (page_heading(&title, None, None))
        div.prose {
            ul {
                @for (subject, decision) in &lines {
                    li { strong { (subject) } ": " (effect(text, decision)) }
                }
            }
            @if deletes { p { (text.get("for-good")) } }
        }
        (form(&visitor, &address(&provider, APPLY), &FieldErrors::new(), html! {
            @for (at, decision) in decisions.iter().enumerate() {
                input type="hidden" name=(format!("difference.{at}")) value=(decision.difference);
                input type="hidden" name=(format!("action.{at}")) value=(decision.action);
            }
            div.form-actions {
                @if deletes { (danger_button(&does)) } @else { (button(&does)) }
                (link_button(&address(&provider, PLAN), &text.get("cancel")))
            }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading).main(main);
    Ok(page.into_response())
}

fn effect(text: Text, decision: &Decision) -> String {
    let Some((kind, _)) = decision.parts() else {
        return String::new();
    };
    text.lookup(&format!("effect-{kind}-{}", decision.action))
        .unwrap_or_default()
}

/// What a decision is about, as a link where there is a page about it.
pub(super) async fn subject(portal: &Portal, decision: &Decision) -> Result<Markup, Error> {
    let subject = decision.parts().map(|(_, subject)| subject);
    let subject = subject.unwrap_or(&decision.difference);
    let found = match subject.parse() {
        Ok(id) => store::applications::find(portal.db(), id).await?,
        Err(_) => None,
    };
    Ok(match found {
        Some(found) => application(found.portal_id, found.id, &found.name),
        None => html! { code { (subject) } },
    })
}
