//! Who has an application: its developer alone, or a team.

use web::components::{
    Choice, Field, FieldErrors, button, form, link_button, notice, page_heading,
};
use web::{Page, Tone, Visitor, Width, html};

use super::application::{Details, above_in};
use crate::pages::source::Sharing;
use crate::pages::text::{choice, text};

/// Asks whom to share it with; `chosen` is the id of a team, or empty.
pub(crate) fn share(
    visitor: &Visitor,
    app: &Details,
    sharing: &Sharing,
    chosen: &str,
    failure: Option<&str>,
) -> Page {
    let text = text(visitor);
    let title = text.with("share-title", [("name", (&app.name).into())]);
    let label = text.get("share-with");
    let nobody = Choice {
        hint: Some(text.get("share-nobody-hint")),
        ..choice("", &text.get("share-nobody"), chosen.is_empty())
    };
    let teams = sharing.teams.iter().map(|team| {
        let id = team.id.to_string();
        let described = Some(&team.description).filter(|described| !described.is_empty());
        Choice {
            hint: described.cloned(),
            ..choice(&id, &team.name, id == chosen)
        }
    });
    let choices: Vec<Choice> = std::iter::once(nobody).chain(teams).collect();
    let main = html! {
        (above_in(text, &app.id, &app.name))
        (page_heading(&title, Some(&text.get("share-lead")), None))
        @if let Some(failure) = failure { (notice(text, Tone::Danger, html! { p { (failure) } })) }
        (form(visitor, &format!("{}/share", app.path()), &FieldErrors::new(), html! {
            (Field::radios(text, "team_id", &label, &choices))
            div.form-actions {
                (button(&text.get("share-button")))
                (link_button(&app.path(), &text.get("app-cancel")))
            }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    match failure {
        Some(_) => page.failed().main(main),
        None => page.main(main),
    }
}
