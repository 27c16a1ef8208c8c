//! What system accounts and teams have in common: a name, what they are for, and a removal that shows what goes.

use web::components::{
    Field, FieldErrors, button, confirm, danger_button, form, link_button, notice, outcome,
    page_heading, way,
};
use web::{Administrator, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{Told, Whose, accounts, sheet, teams, text};

/// Which of both: where they are listed, where a new one is made, and what their texts begin with.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// System accounts.
    Accounts,
    /// Teams.
    Teams,
}

impl Kind {
    fn text(self, text: Text, part: &str) -> String {
        let prefix = match self {
            Self::Accounts => "accounts",
            Self::Teams => "teams",
        };
        text.get(&format!("{prefix}-{part}"))
    }

    const fn addresses(self) -> (&'static str, &'static str) {
        match self {
            Self::Accounts => (accounts::LIST, accounts::NEW),
            Self::Teams => (teams::LIST, teams::NEW),
        }
    }
}

/// The fields' names as the reader sees them.
pub(super) fn labels(text: Text) -> [(&'static str, String); 2] {
    [
        ("name", text.get("name")),
        ("description", text.get("description")),
    ]
}

/// The fields with what was entered: name and description.
fn fields(
    text: Text,
    kind: Kind,
    (name, description): (&str, &str),
    errors: &FieldErrors,
) -> Markup {
    let labels = labels(text).map(|(_, label)| label);
    let hint = kind.text(text, "description-hint");
    html! {
        (Field::line(text, "name", &labels[0]).value(name).error(errors.of("name")).max_length(250).autocomplete("off"))
        (Field::line(text, "description", &labels[1]).value(description).hint(&hint).error(errors.of("description")).optional())
    }
}

/// The page for a new one.
pub(super) fn new_page(visitor: &Visitor, kind: Kind, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let (title, (list, new)) = (kind.text(text, "new"), kind.addresses());
    let entered = (input.text("name"), input.text("description"));
    let main = html! {
        (way(text, &[(&kind.text(text, "title"), list)]))
        (page_heading(&title, Some(&kind.text(text, "new-lead")), None))
        (told.above(text))
        (form(visitor, new, &told.fields, html! {
            (fields(text, kind, entered, &told.fields))
            div.form-actions { (button(&text.get("create"))) (link_button(list, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

/// The page for another name, with the way to the removal. A team that is always there has neither.
pub(super) fn settings_page(
    reader: (&Visitor, &Administrator),
    (whose, kind): (&Whose, Kind),
    entered: (&str, &str),
    told: &Told,
) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let main = html! {
        (whose.heading(text, "/settings"))
        (told.above(text))
        @if whose.takes_roles() {
            (sheet(
                reader,
                (&whose.address("/settings"), false),
                &told.fields,
                fields(text, kind, entered, &told.fields),
                button(&text.get("save")),
            ))
        } @else {
            (notice(text, Tone::Info, html! { p { (text.get("teams-lasting")) } }))
        }
        @if administrator.role.may_change() && whose.takes_roles() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (kind.text(text, "delete-hint")) }
                p.spaced { (link_button(&whose.address("/delete"), &kind.text(text, "delete"))) }
            }
        }
    };
    let page = visitor.page(whose.name()).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

/// The page that asks before a removal; `counts` are the texts of what goes, and how much of it.
pub(super) fn removal_page(
    visitor: &Visitor,
    (whose, kind): (&Whose, Kind),
    counts: &[(&str, i64)],
) -> Page {
    let text = text(visitor);
    let title = text.with("delete-title", [("name", whose.name().into())]);
    let consequences = html! {
        p { (text.get("delete-lead")) }
        ul {
            @for (id, count) in counts.iter().filter(|(_, count)| *count > 0) {
                li { (text.with(id, [("count", (*count).into())])) }
            }
            @if counts.iter().all(|(_, count)| *count == 0) { li { (text.get("delete-nothing")) } }
        }
        p { (text.get("for-good")) }
    };
    confirm(
        visitor,
        &title,
        consequences,
        &whose.address("/delete"),
        danger_button(&kind.text(text, "delete")),
        (&whose.address("/settings"), &text.get("cancel")),
    )
}
