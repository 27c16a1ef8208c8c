//! Approving, rejecting, revoking: first a page that shows what it touches, then the deed.
//!
//! A list's boxes lead here as well as the buttons of a single page, so that there is one way.

use axum::response::{IntoResponse, Response};
use web::components::{Field, FieldErrors, button, danger_button, form, link_button, page_heading};
use web::{Input, Markup, Page, Text, Tone, Visitor, Width, html, query_value};

use super::{Refused, text};
use crate::console::refusal;
use crate::model::ApprovalStatus;
use crate::service::decisions::Decision;
use crate::{Error, Violation};

/// What an administrator can decide, in the order of the buttons.
const DECISIONS: [ApprovalStatus; 3] = [
    ApprovalStatus::Approved,
    ApprovalStatus::Rejected,
    ApprovalStatus::Revoked,
];

/// One of those that are decided about.
pub(super) struct Chosen {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) detail: String,
}

/// What is decided about which.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) status: ApprovalStatus,
    pub(super) ids: Vec<String>,
}

impl Wanted {
    /// What the address or the form asks for; nothing if no box was ticked.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no decision.
    pub(super) fn of(input: &Input) -> Result<Self, Error> {
        let status = ApprovalStatus::parse(input.text("decision"));
        let status = status.filter(|status| DECISIONS.contains(status));
        let status = status.ok_or_else(|| Error::Malformed("there is no such decision".into()))?;
        let mut ids: Vec<String> = input.all("id").map(str::to_owned).collect();
        ids.sort();
        ids.dedup();
        Ok(Self { status, ids })
    }
}

/// The decision that a form holds.
///
/// # Errors
/// [`Error::Invalid`], where a reason is missing or too long.
fn decision(status: ApprovalStatus, input: &Input) -> Result<Decision, Error> {
    let reason = input.text("reason");
    if reason.is_empty() && status != ApprovalStatus::Approved {
        let sentence = "\"reason\" is required: the developer reads it";
        return Err(Error::invalid(Violation::body(
            "reason", "required", sentence,
        )));
    }
    Decision::new(status, reason)
}

/// A list's rows with the buttons for those that are ticked; the rows alone for whoever may not decide.
pub(super) fn choice_of(text: Text, action: &str, rows: Markup, choosing: bool) -> Markup {
    if !choosing {
        return rows;
    }
    html! {
        form method="get" action=(action) {
            (rows)
            div.form-actions.spaced {
                @for status in DECISIONS {
                    button.button.button-secondary type="submit" name="decision" value=(status) {
                        (text.get(&format!("decide-{status}")))
                    }
                }
            }
        }
    }
}

/// The same decisions as links for one that stands at `now`.
pub(super) fn links(text: Text, address: &str, id: &str, now: ApprovalStatus) -> Markup {
    html! {
        div.actions.spaced {
            @for status in DECISIONS.into_iter().filter(|status| sensible(now, *status)) {
                @let href = format!("{address}?decision={status}&id={}", query_value(id));
                (link_button(&href, &text.get(&format!("decide-{status}"))))
            }
        }
    }
}

/// Whether a decision says anything new: who was never let in is rejected, who was is revoked.
fn sensible(now: ApprovalStatus, wanted: ApprovalStatus) -> bool {
    match wanted {
        ApprovalStatus::Approved => now != ApprovalStatus::Approved,
        ApprovalStatus::Rejected => now == ApprovalStatus::Pending,
        ApprovalStatus::Revoked => now == ApprovalStatus::Approved,
        ApprovalStatus::Pending => false,
    }
}

/// Where one kind of thing is decided about.
pub(super) struct Place {
    /// What its texts begin with.
    pub(super) prefix: &'static str,
    /// Where decisions are sent.
    pub(super) action: String,
    /// Where one comes from, and goes back to.
    pub(super) back: String,
}

impl Place {
    /// The page that asks, or the way back if nothing was chosen.
    pub(super) fn ask(&self, visitor: &Visitor, wanted: &Wanted, chosen: &[Chosen]) -> Response {
        if chosen.is_empty() {
            let said = text(visitor).get("none-chosen");
            let back = visitor.redirect_saying(self.back.as_str(), Tone::Warning, said);
            return back.into_response();
        }
        let told = (&FieldErrors::new(), "");
        ask(visitor, self, wanted.status, chosen, told).into_response()
    }

    /// The decision that a form holds, or the page again with what is wrong.
    ///
    /// # Errors
    /// What filling in the form differently does not help.
    pub(super) fn decision(
        &self,
        visitor: &Visitor,
        (wanted, input): (&Wanted, &Input),
        chosen: &[Chosen],
    ) -> Result<Result<Decision, Page>, Refused> {
        let error = match decision(wanted.status, input) {
            Ok(decision) => return Ok(Ok(decision)),
            Err(error) => error,
        };
        let text = text(visitor);
        let labels = [("reason", text.get("reason"))];
        let errors = refusal::fields(text, &error, &labels).ok_or(error)?;
        let told = (&errors, input.text("reason"));
        Ok(Err(ask(visitor, self, wanted.status, chosen, told)))
    }

    /// The way back, with what was done.
    pub(super) fn done(&self, visitor: &Visitor, wanted: &Wanted) -> Response {
        let id = format!("{}-{}-done", self.prefix, wanted.status);
        let said = text(visitor).with(&id, [("count", wanted.ids.len().into())]);
        let back = visitor.redirect_saying(self.back.as_str(), Tone::Success, said);
        back.into_response()
    }
}

/// The page that shows what a decision touches and asks for a reason.
fn ask(
    visitor: &Visitor,
    place: &Place,
    status: ApprovalStatus,
    chosen: &[Chosen],
    (errors, reason): (&FieldErrors, &str),
) -> Page {
    let Place {
        prefix,
        action,
        back,
    } = place;
    let text = text(visitor);
    let count = chosen.len();
    let title = text.with(
        &format!("{prefix}-{status}-title"),
        [("count", count.into())],
    );
    let approves = status == ApprovalStatus::Approved;
    let label = text.get("reason");
    let hint = text.get("reason-hint");
    let mut field = Field::area(text, "reason", &label)
        .hint(&hint)
        .max_length(1000)
        .value(reason)
        .error(errors.of("reason"));
    if approves {
        field = field.optional();
    }
    let does = text.get(&format!("do-{status}"));
    let main = html! {
        (page_heading(&title, None, None))
        div.prose {
            p { (text.get(&format!("{prefix}-{status}-lead"))) }
            ul {
                @for one in chosen {
                    li { strong { (one.label) } " " span.fine { (one.detail) } }
                }
            }
        }
        (form(visitor, action, errors, html! {
            input type="hidden" name="decision" value=(status);
            @for one in chosen { input type="hidden" name="id" value=(one.id); }
            (field)
            div.form-actions {
                @if approves { (button(&does)) } @else { (danger_button(&does)) }
                (link_button(back, &text.get("cancel")))
            }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading).main(main);
    web::components::outcome(page, errors, None)
}
