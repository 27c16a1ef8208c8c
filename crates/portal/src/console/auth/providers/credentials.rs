//! Other credentials for a provider: tried first, and kept only if everything holds with them.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{button, outcome};
use web::{Administrator, Form, Input, Page, Tone, Visitor, html};

use super::fields::{Shown, credentials, credentials_body, labels};
use super::findings::{results, summary};
use super::{Acting, Refused, Told, address, heading, sheet, text};
use crate::Portal;
use crate::model::DcrProvider;
use crate::service::applications::Verification;
use crate::service::dcr_providers;

/// The page's path below its provider's.
const BELOW: &str = "/credentials";

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let told = (&Told::default(), None);
    Ok(draw((&visitor, &reader), &provider, None, told))
}

pub(super) async fn switch(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let text = text(&visitor);
    let kind = provider.provider_type;
    let body = credentials_body(kind, &input);
    let reader = (&visitor, &acting.administrator);
    match dcr_providers::switch(&portal, &acting.ctx, provider.clone(), body).await {
        Ok(verified) if verified.succeeded() => {
            let back = address(&provider, "/verify");
            let said = text.get("credentials-switched");
            let back = visitor.redirect_saying(back, Tone::Success, said);
            Ok(back.into_response())
        }
        Ok(verified) => {
            let told = (&Told::default(), Some(&verified));
            Ok(draw(reader, &provider, Some(&input), told).into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &labels(text, kind), "issuer")?;
            let told = (&told, None);
            Ok(draw(reader, &provider, Some(&input), told).into_response())
        }
    }
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    provider: &DcrProvider,
    entered: Option<&Input>,
    (told, verified): (&Told, Option<&Verification>),
) -> Page {
    let text = text(visitor);
    let shown = Shown {
        present: Some(provider),
        entered,
    };
    let errors = &told.fields;
    let kind = provider.provider_type;
    let all = credentials(text, kind, &shown, errors);
    let to = address(provider, BELOW);
    let tries = button(&text.get("credentials-try"));
    let main = html! {
        (heading(text, provider, BELOW))
        p.lead.spaced { (text.get("credentials-lead")) }
        (told.above(text))
        @if let Some(verified) = verified {
            (summary(text, "credentials", &verified.findings))
        }
        section.section { (sheet((visitor, reader), (&to, false), errors, all, tries)) }
        @if let Some(verified) = verified {
            (results(text, kind, &verified.findings))
        }
    };
    let failed = verified.map(|_| "");
    let page = visitor.page(&provider.name);
    outcome(page, errors, told.notice.as_deref().or(failed)).main(main)
}
