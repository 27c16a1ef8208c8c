//! API keys of an application: made, replaced, ended.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use oauth::ShownOnce;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use web::components::FieldErrors;
use web::{Form, Page, Redirect, Visitor};

use super::Pages;
use super::applications::{Nothing, RotateForm, back_with_failure, done_at};
use super::reader::SignedIn;
use super::refusal::{Refused, Told, missing, tell};
use super::source::ReaderFacts;
use super::text::text;
use super::view::application::Details;
use super::view::keys::{self, Key};
use crate::Error;
use crate::service::applications::NewKey;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A name, and after how many days the key ends: 0 for as long as it may live.
#[derive(Debug, Deserialize)]
pub(crate) struct KeyForm {
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    days: u32,
}

pub(crate) async fn new_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    Ok(keys::new(&visitor, &found, ("", 0), &FieldErrors::new()))
}

pub(crate) async fn create(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
    Form(form): Form<KeyForm>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let found = pages.source.application(&reader, &id).await?;
    let new = NewKey {
        display_name: form.display_name.trim(),
        lifetime: (form.days > 0).then(|| DAY.saturating_mul(form.days)),
    };
    match pages.source.create_key(&reader, &id, new).await {
        Ok(key) => Ok(once(&pages, (&visitor, &reader), &found, key)
            .await?
            .into_response()),
        Err(error) => {
            let label = ("display_name", text.get("keys-name"));
            let Told {
                failure,
                mut fields,
            } = tell(text, error, &[label])?;
            if let Some(failure) = failure {
                fields.add("display_name", failure);
            }
            let entered = (form.display_name.as_str(), u64::from(form.days));
            Ok(keys::new(&visitor, &found, entered, &fields).into_response())
        }
    }
}

/// The page that shows a key, this once.
async fn once(
    pages: &Pages,
    (visitor, reader): (&Visitor, &ReaderFacts),
    found: &Details,
    key: ShownOnce<SecretString>,
) -> Result<Page, Refused> {
    let key = key.reveal();
    let example = pages.source.example_url(reader, None).await?;
    let name = found.key_names.first().map_or("apikey", String::as_str);
    let example = example.as_deref();
    Ok(keys::once(
        visitor,
        &found.id,
        key.expose_secret(),
        name,
        example,
    ))
}

fn key_of<'a>(found: &'a Details, key: &str) -> Result<&'a Key, Error> {
    let mut keys = found.keys.iter();
    keys.find(|one| one.id == key).ok_or_else(missing)
}

pub(crate) async fn rotate_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((id, key)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    Ok(keys::rotate(&visitor, &found, key_of(&found, &key)?))
}

pub(crate) async fn rotate(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((id, key)): Path<(String, String)>,
    Form(form): Form<RotateForm>,
) -> Result<Response, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    key_of(&found, &key)?;
    let overlap = Duration::from_secs(form.overlap);
    match pages.source.rotate_key(&reader, &id, &key, overlap).await {
        Ok(key) => Ok(once(&pages, (&visitor, &reader), &found, key)
            .await?
            .into_response()),
        Err(error) => Ok(back_with_failure(&visitor, &found.path(), error)?.into_response()),
    }
}

pub(crate) async fn delete_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((id, key)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    Ok(keys::delete(&visitor, &found, key_of(&found, &key)?))
}

pub(crate) async fn delete(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((id, key)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    let name = &key_of(&found, &key)?.name;
    match pages.source.delete_key(&reader, &id, &key).await {
        Ok(lagging) => {
            let done = text(&visitor).with("keys-revoked", [("name", name.into())]);
            Ok(done_at(&visitor, &found.path(), done, &lagging))
        }
        Err(error) => back_with_failure(&visitor, &found.path(), error),
    }
}
