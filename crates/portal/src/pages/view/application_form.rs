//! Making and changing an application.

use web::components::{
    Choice, Field, FieldErrors, button, empty_state, form, link_button, notice, page_heading,
};
use web::{Markup, Page, Text, Tone, Visitor, Width, html};

use super::application::{above, above_in};
use crate::pages::text::text;

/// What was entered; kept when the form comes back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entered {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) redirect_uri: String,
    pub(crate) reference_id: String,
    pub(crate) auth_strategy_id: String,
    pub(crate) scopes: Vec<String>,
    /// Names this form as it was drawn: sent twice, it makes one application.
    pub(crate) request: String,
    /// The application for which this is a further way to sign in; empty for one of its own.
    pub(crate) beside: String,
}

/// A strategy one may choose.
#[derive(Clone, Debug)]
pub(crate) struct Strategy {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) credential_type: String,
    /// Empty unless developers choose scopes themselves.
    pub(crate) scopes: Vec<String>,
    pub(crate) is_default: bool,
}

impl Strategy {
    fn asks_reference(&self) -> bool {
        self.credential_type == "self_managed_client_credentials"
    }

    fn is_oauth(&self) -> bool {
        self.credential_type != "key_auth"
    }
}

/// `then`: the version that the application is meant for, to go on to afterwards.
pub(crate) fn new(
    visitor: &Visitor,
    strategies: &[Strategy],
    entered: &Entered,
    then: Option<&str>,
    failure: Option<&str>,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let beside = !entered.beside.is_empty();
    let (title, lead) = match beside {
        true => (
            text.with("ways-new-title", [("name", (&entered.name).into())]),
            "ways-new-lead",
        ),
        false => (text.get("app-new-title"), "app-new-lead"),
    };
    let back = match beside {
        true => format!("/my-apps/{}", entered.beside),
        false => "/my-apps".to_owned(),
    };
    if strategies.is_empty() {
        let (nothing, next) = match beside {
            true => (
                "ways-nothing-title",
                link_button(&back, &text.get("ways-back")),
            ),
            false => (
                "app-no-strategies-title",
                link_button("/", &text.get("registrations-browse")),
            ),
        };
        let why = if beside {
            "ways-nothing-next"
        } else {
            "app-no-strategies-next"
        };
        let main = html! {
            @if beside { (above_in(text, &entered.beside, &entered.name)) } @else { (above(text)) }
            (page_heading(&title, None, None))
            (empty_state(&text.get(nothing), &text.get(why), Some(next)))
        };
        return visitor.page(&title).width(Width::Reading).main(main);
    }
    let main = html! {
        @if beside { (above_in(text, &entered.beside, &entered.name)) } @else { (above(text)) }
        (page_heading(&title, Some(&text.get(lead)), None))
        @if let Some(failure) = failure { (notice(text, Tone::Danger, html! { p { (failure) } })) }
        (form(visitor, "/my-apps/new", errors, html! {
            @if let Some(then) = then { input type="hidden" name="then" value=(then); }
            input type="hidden" name="request" value=(entered.request);
            @if beside {
                input type="hidden" name="beside" value=(entered.beside);
                input type="hidden" name="name" value=(entered.name);
            } @else { (name_field(text, entered, errors)) }
            (strategy_field(text, strategies, entered, errors))
            @if strategies.iter().any(Strategy::asks_reference) { (reference_field(text, entered, errors)) }
            @if strategies.iter().any(Strategy::is_oauth) { (redirect_field(text, entered, errors)) }
            @if !beside { (description_field(text, entered, errors)) }
            @for strategy in strategies { (scopes_field(text, strategy, strategies.len() > 1, entered, errors)) }
            div.form-actions { (button(&text.get("app-create"))) (link_button(&back, &text.get("app-cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    if errors.is_empty() && failure.is_none() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}

pub(crate) fn edit(
    visitor: &Visitor,
    id: &str,
    name: &str,
    oauth: bool,
    entered: &Entered,
    failure: Option<&str>,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let title = text.with("app-edit-title", [("name", name.into())]);
    let path = format!("/my-apps/{id}");
    let main = html! {
        (above_in(text, id, name))
        (page_heading(&title, None, None))
        @if let Some(failure) = failure { (notice(text, Tone::Danger, html! { p { (failure) } })) }
        (form(visitor, &format!("{path}/edit"), errors, html! {
            (name_field(text, entered, errors))
            @if oauth { (redirect_field(text, entered, errors)) }
            (description_field(text, entered, errors))
            div.form-actions { (button(&text.get("app-save"))) (link_button(&path, &text.get("app-cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    if errors.is_empty() && failure.is_none() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}

fn name_field(text: Text, entered: &Entered, errors: &FieldErrors) -> Markup {
    let (label, hint) = (text.get("app-name"), text.get("app-name-hint"));
    html! {
        (Field::line(text, "name", &label).hint(&hint).value(&entered.name).error(errors.of("name")).max_length(255))
    }
}

fn description_field(text: Text, entered: &Entered, errors: &FieldErrors) -> Markup {
    let label = text.get("app-description");
    html! {
        (Field::area(text, "description", &label).value(&entered.description)
            .error(errors.of("description")).max_length(255).optional())
    }
}

fn redirect_field(text: Text, entered: &Entered, errors: &FieldErrors) -> Markup {
    let (label, hint) = (
        text.get("app-redirect-uri"),
        text.get("app-redirect-uri-hint"),
    );
    html! {
        (Field::url(text, "redirect_uri", &label).hint(&hint).value(&entered.redirect_uri)
            .error(errors.of("redirect_uri")).optional())
    }
}

fn reference_field(text: Text, entered: &Entered, errors: &FieldErrors) -> Markup {
    let (label, hint) = (
        text.get("app-reference-id"),
        text.get("app-reference-id-hint"),
    );
    html! {
        (Field::line(text, "reference_id", &label).hint(&hint).value(&entered.reference_id)
            .error(errors.of("reference_id")).max_length(255).optional())
    }
}

fn strategy_field(
    text: Text,
    strategies: &[Strategy],
    entered: &Entered,
    errors: &FieldErrors,
) -> Markup {
    let label = text.get("app-strategy");
    let chosen = |strategy: &Strategy| match entered.auth_strategy_id.as_str() {
        "" => strategy.is_default || strategies.len() == 1,
        id => strategy.id == id,
    };
    let choices: Vec<Choice> = strategies
        .iter()
        .map(|strategy| Choice {
            value: strategy.id.clone(),
            label: strategy.name.clone(),
            hint: text.lookup(&format!("app-strategy-hint-{}", strategy.credential_type)),
            chosen: chosen(strategy),
        })
        .collect();
    html! {
        (Field::radios(text, "auth_strategy_id", &label, &choices).error(errors.of("auth_strategy_id")))
    }
}

/// The scopes of one strategy, in a field of its own: a choice made for one is never taken for another's.
fn scopes_field(
    text: Text,
    strategy: &Strategy,
    several: bool,
    entered: &Entered,
    errors: &FieldErrors,
) -> Markup {
    if strategy.scopes.is_empty() {
        return html! {};
    }
    let name = scopes_name(&strategy.id);
    let (label, hint) = (text.get("app-scopes"), text.get("app-scopes-hint"));
    let label = if several {
        format!("{label}: {}", strategy.name)
    } else {
        label
    };
    let choices: Vec<Choice> = strategy
        .scopes
        .iter()
        .map(|scope| Choice {
            value: scope.clone(),
            label: scope.clone(),
            hint: None,
            chosen: entered.scopes.contains(scope),
        })
        .collect();
    html! {
        (Field::checkboxes(text, &name, &label, &choices).hint(&hint).error(errors.of(&name)).optional())
    }
}

/// The name of the field with a strategy's scopes.
pub(crate) fn scopes_name(strategy_id: &str) -> String {
    format!("scopes-{strategy_id}")
}
