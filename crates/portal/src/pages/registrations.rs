//! Registering an application for a version, and ending that.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use web::components::FieldErrors;
use web::{Form, Page, Redirect, Tone, Visitor};

use super::Pages;
use super::applications::{Nothing, back_with_failure, done_at};
use super::reader::SignedIn;
use super::refusal::{Refused, Told, missing, tell};
use super::source::ReaderFacts;
use super::text::{choice, text};
use super::view::product::{Product, Version};
use super::view::registration::{self, Choosing};

#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    application: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RegisterForm {
    #[serde(default)]
    application_id: String,
    #[serde(default)]
    scopes: Vec<String>,
}

async fn version(
    pages: &Pages,
    reader: &ReaderFacts,
    product_id: &str,
    version_id: &str,
) -> Result<(Product, Version), Refused> {
    let product = pages.source.product(reader, product_id).await?;
    let found = product
        .versions
        .iter()
        .find(|version| version.id == version_id)
        .cloned();
    let version = found.ok_or_else(missing)?;
    Ok((product, version))
}

async fn choosing(
    pages: &Pages,
    reader: &ReaderFacts,
    version: &Version,
    form: &RegisterForm,
) -> Result<Choosing, Refused> {
    let applications = pages.source.candidates(reader, &version.id).await?;
    let scopes = version
        .scopes
        .iter()
        .map(|scope| choice(scope, scope, form.scopes.contains(scope)))
        .collect();
    Ok(Choosing {
        applications,
        chosen: form.application_id.clone(),
        scopes,
    })
}

pub(crate) async fn register_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((product_id, version_id)): Path<(String, String)>,
    Query(query): Query<Chosen>,
) -> Result<Page, Refused> {
    let (product, version) = version(&pages, &reader, &product_id, &version_id).await?;
    if !version.registration.takes() {
        return Ok(registration::closed(
            &visitor,
            &product,
            version.registration,
        ));
    }
    let form = RegisterForm {
        application_id: query.application,
        ..RegisterForm::default()
    };
    let choosing = choosing(&pages, &reader, &version, &form).await?;
    Ok(registration::register(
        &visitor,
        &product,
        &version,
        &choosing,
        None,
        &FieldErrors::new(),
    ))
}

pub(crate) async fn register(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((product_id, version_id)): Path<(String, String)>,
    Form(form): Form<RegisterForm>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let (product, version) = version(&pages, &reader, &product_id, &version_id).await?;
    let choosing = choosing(&pages, &reader, &version, &form).await?;
    let application = choosing
        .applications
        .iter()
        .find(|app| app.id == form.application_id);
    let Some(application) = application else {
        let mut fields = FieldErrors::new();
        fields.add("application_id", text.get("invalid-choose"));
        return Ok(
            registration::register(&visitor, &product, &version, &choosing, None, &fields)
                .into_response(),
        );
    };
    match pages
        .source
        .register(&reader, &application.id, &version.id, &form.scopes)
        .await
    {
        Ok(status) => {
            let (key, tone) = match status.as_str() {
                "approved" => ("register-approved", Tone::Success),
                _ => ("register-requested", Tone::Info),
            };
            let said = text.with(
                key,
                [
                    ("application", (&application.name).into()),
                    ("product", (&product.name).into()),
                ],
            );
            Ok(visitor
                .redirect_saying(format!("/my-apps/{}", application.id), tone, said)
                .into_response())
        }
        Err(error) => {
            let labels = [
                ("application_id", text.get("register-application")),
                ("scopes", text.get("app-scopes")),
            ];
            let Told { failure, fields } = tell(text, error, &labels)?;
            let page = registration::register(
                &visitor,
                &product,
                &version,
                &choosing,
                failure.as_deref(),
                &fields,
            );
            Ok(page.into_response())
        }
    }
}

pub(crate) async fn unregister_page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((id, registration_id)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    let row = found
        .registrations
        .iter()
        .find(|row| row.id == registration_id)
        .ok_or_else(missing)?;
    Ok(registration::unregister(&visitor, &id, &found.name, row))
}

pub(crate) async fn unregister(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path((id, registration_id)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, Refused> {
    let found = pages.source.application(&reader, &id).await?;
    let row = found
        .registrations
        .iter()
        .find(|row| row.id == registration_id)
        .ok_or_else(missing)?;
    match pages
        .source
        .unregister(&reader, &id, &registration_id)
        .await
    {
        Ok(lagging) => {
            let said = text(&visitor).with(
                "unregistered",
                [
                    ("application", (&found.name).into()),
                    ("product", (&row.product_name).into()),
                ],
            );
            Ok(done_at(&visitor, &found.path(), said, &lagging))
        }
        Err(error) => back_with_failure(&visitor, &found.path(), error),
    }
}
