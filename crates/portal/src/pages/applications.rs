//! My Apps.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use web::components::{FieldErrors, ListQuery};
use web::{Form, Page, Redirect, Text, Tone, Visitor};

use super::Pages;
use super::reader::SignedIn;
use super::refusal::{Refused, Told, missing, tell};
use super::text::text;
use super::view::application::Details;
use super::view::application_form::{self, Entered, scopes_name};
use super::view::credentials::{self, Occasion, Shown};
use super::view::{application, secrets};
use crate::Error;
use crate::service::applications::{Credential, Removal};

#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn list(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    list: ListQuery,
) -> Result<Page, Refused> {
    let found = pages.source.applications(&reader, &list).await?;
    let leaving = pages.source.leaving(&reader).await?;
    Ok(application::list(&visitor, &list, &found, &leaving))
}

pub(crate) async fn show(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    Ok(application::details(&visitor, &found))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Then {
    then: Option<String>,
    /// The application that gets a further way to sign in.
    beside: Option<String>,
}

pub(crate) async fn new_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Query(query): Query<Then>,
) -> Result<Page, Refused> {
    let then = query.then.as_deref();
    let mut blank = Entered {
        request: pages.source.random(),
        ..Entered::default()
    };
    let strategies = match query.beside {
        None => pages.source.strategies(&reader).await?,
        Some(id) => {
            let (main, strategies) = pages.source.further_strategies(&reader, &id).await?;
            (blank.beside, blank.name) = (id, main.name);
            strategies
        }
    };
    Ok(application_form::new(
        &visitor,
        &strategies,
        &blank,
        then,
        None,
        &FieldErrors::new(),
    ))
}

/// Makes the application and shows its credentials in this very answer: they are nowhere to be fetched again.
pub(crate) async fn create(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Refused> {
    use secrecy::ExposeSecret as _;
    let text = text(&visitor);
    let entered = entered(&fields);
    let then = fields
        .iter()
        .find(|(name, _)| name == "then")
        .map(|(_, value)| value.as_str());
    match pages.source.create_application(&reader, &entered).await {
        Ok(made) => {
            let proceed = match then {
                Some(version) => match pages.source.product_of(&reader, version).await? {
                    Some(product) => format!(
                        "/products/{product}/versions/{version}/register?application={}",
                        made.id
                    ),
                    None => format!("/my-apps/{}", made.id),
                },
                None => format!("/my-apps/{}", made.id),
            };
            let Some((client_id, secret)) = made.credentials else {
                return Ok(visitor.redirect(proceed).into_response());
            };
            let secret = secret.reveal();
            let example = pages.source.example_url(&reader, then).await?;
            let shown = Shown {
                application_name: &entered.name,
                client_id: &client_id,
                client_secret: secret.expose_secret(),
                example_url: example.as_deref(),
                proceed: &proceed,
            };
            Ok(credentials::once(&visitor, Occasion::Created, shown).into_response())
        }
        // The form has nothing to choose: somebody was quicker, or sent it twice.
        Err(error @ Error::Conflict(_)) if !entered.beside.is_empty() => {
            let main = format!("/my-apps/{}", entered.beside);
            Ok(back_with_failure(&visitor, &main, error)?.into_response())
        }
        Err(error) => {
            let Told { failure, fields } = tell(text, error, &labels(text))?;
            let strategies = match entered.beside.as_str() {
                "" => pages.source.strategies(&reader).await?,
                id => pages.source.further_strategies(&reader, id).await?.1,
            };
            Ok(application_form::new(
                &visitor,
                &strategies,
                &entered,
                then,
                failure.as_deref(),
                &fields,
            )
            .into_response())
        }
    }
}

fn entered(fields: &[(String, String)]) -> Entered {
    let first = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let auth_strategy_id = first("auth_strategy_id");
    let of_strategy = scopes_name(&auth_strategy_id);
    let scopes = fields
        .iter()
        .filter(|(name, _)| *name == of_strategy)
        .map(|(_, scope)| scope.clone())
        .collect();
    Entered {
        name: first("name"),
        description: first("description"),
        redirect_uri: first("redirect_uri"),
        reference_id: first("reference_id"),
        auth_strategy_id,
        scopes,
        request: first("request"),
        beside: first("beside"),
    }
}

fn labels(text: Text) -> [(&'static str, String); 6] {
    [
        ("name", text.get("app-name")),
        ("description", text.get("app-description")),
        ("redirect_uri", text.get("app-redirect-uri")),
        ("reference_id", text.get("app-reference-id")),
        ("auth_strategy_id", text.get("app-strategy")),
        ("scopes", text.get("app-scopes")),
    ]
}

pub(crate) async fn edit_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    let entered = Entered {
        name: found.name.clone(),
        description: found.description.clone().unwrap_or_default(),
        redirect_uri: found.redirect_uri.clone().unwrap_or_default(),
        ..Entered::default()
    };
    Ok(application_form::edit(
        &visitor,
        &id,
        &found.name,
        found.is_oauth(),
        &entered,
        None,
        &FieldErrors::new(),
    ))
}

pub(crate) async fn edit(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let entered = entered(&fields);
    let found = pages.source.application(&reader, &id).await?;
    match pages
        .source
        .update_application(&reader, &id, &entered)
        .await
    {
        Ok(()) => Ok(visitor
            .redirect_saying(found.path(), Tone::Success, text.get("app-saved"))
            .into_response()),
        Err(error) => {
            let Told { failure, fields } = tell(text, error, &labels(text))?;
            let page = application_form::edit(
                &visitor,
                &id,
                &found.name,
                found.is_oauth(),
                &entered,
                failure.as_deref(),
                &fields,
            );
            Ok(page.into_response())
        }
    }
}

pub(crate) async fn delete_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    Ok(application::delete(&visitor, &found))
}

pub(crate) async fn delete(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, Refused> {
    let text = text(&visitor);
    let found = pages.source.application(&reader, &id).await?;
    let above = match &found.main {
        Some((main, _)) => format!("/my-apps/{main}"),
        None => "/my-apps".to_owned(),
    };
    match pages.source.delete_application(&reader, &id).await {
        Ok((removal, lagging)) => {
            let mut done = text.with("deleted", [("name", found.title().into())]);
            if removal == Removal::Pending {
                done = format!("{done} {}", text.get("apps-leaving-text"));
            }
            Ok(done_at(&visitor, &above, done, &lagging))
        }
        Err(error) => back_with_failure(&visitor, &found.path(), error),
    }
}

pub(crate) async fn rotate_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    if !found.can_rotate {
        return Err(missing().into());
    }
    Ok(secrets::rotate(&visitor, &found))
}

/// How many seconds the present credentials work on.
#[derive(Debug, Deserialize)]
pub(crate) struct RotateForm {
    #[serde(default)]
    pub(super) overlap: u64,
}

pub(crate) async fn rotate(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
    Form(form): Form<RotateForm>,
) -> Result<Response, Refused> {
    use secrecy::ExposeSecret as _;
    let found = pages.source.application(&reader, &id).await?;
    let overlap = Duration::from_secs(form.overlap);
    match pages.source.rotate_secret(&reader, &id, overlap).await {
        Ok(rotated) => {
            let secret = rotated.client_secret.reveal();
            let example = pages.source.example_url(&reader, None).await?;
            let shown = Shown {
                application_name: &found.name,
                client_id: &rotated.client_id,
                client_secret: secret.expose_secret(),
                example_url: example.as_deref(),
                proceed: &found.path(),
            };
            let occasion = match &rotated.previous {
                None => Occasion::Rotated,
                Some(previous) => Occasion::Succeeded {
                    until: previous.retires_at.as_millis(),
                },
            };
            Ok(credentials::once(&visitor, occasion, shown).into_response())
        }
        Err(error) => Ok(back_with_failure(&visitor, &found.path(), error)?.into_response()),
    }
}

/// An old credential of the application.
fn going<'a>(found: &'a Details, credential: &str) -> Result<&'a Credential, Error> {
    let mut going = found
        .credentials
        .iter()
        .filter(|held| held.retires_at.is_some());
    going.find(|held| held.id == credential).ok_or_else(missing)
}

pub(crate) async fn retire_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((id, credential)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    Ok(secrets::retire(
        &visitor,
        &found,
        going(&found, &credential)?,
    ))
}

pub(crate) async fn retire(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((id, credential)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    going(&found, &credential)?;
    match pages.source.retire(&reader, &id, &credential).await {
        Ok(lagging) => {
            let done = text(&visitor).get("secrets-retired");
            Ok(done_at(&visitor, &found.path(), done, &lagging))
        }
        Err(error) => back_with_failure(&visitor, &found.path(), error),
    }
}

/// Goes to a page that says it is done, and which gateways have not confirmed it yet.
pub(crate) fn done_at(visitor: &Visitor, path: &str, done: String, lagging: &[String]) -> Redirect {
    if lagging.is_empty() {
        return visitor.redirect_saying(path, Tone::Success, done);
    }
    let nodes = lagging.join(", ");
    let late = text(visitor).with("lagging-nodes", [("nodes", nodes.into())]);
    visitor.redirect_saying(path, Tone::Warning, format!("{done} {late}"))
}

/// Goes back to a page that says in a sentence why it was not done.
pub(crate) fn back_with_failure(
    visitor: &Visitor,
    path: &str,
    error: Error,
) -> Result<Redirect, Refused> {
    let Told { failure, fields } = tell(text(visitor), error, &[])?;
    let why = failure
        .or_else(|| fields.first().map(str::to_owned))
        .unwrap_or_default();
    Ok(visitor.redirect_saying(path, Tone::Danger, why))
}
