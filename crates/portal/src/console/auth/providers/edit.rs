//! A provider's settings, and who uses it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{Definition, badge, button, definitions, link_button, outcome};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html, moment};

use super::agreement::{BELOW, word};
use super::fields::{Shown, body, fields, labels};
use super::{Acting, Refused, Told, address, heading, sheet, text};
use crate::model::{AuthStrategy, DcrProvider};
use crate::service::dcr_providers;
use crate::{Error, Portal, store};

/// The provider with what belongs to it.
struct Scene {
    provider: DcrProvider,
    strategies: Vec<AuthStrategy>,
    /// Open differences; `None` if nobody could look.
    open: Option<i64>,
}

async fn scene(portal: &Portal, id: &str) -> Result<Scene, Error> {
    let provider = dcr_providers::find(portal, id).await?;
    let strategies = store::strategies::of_provider(portal.db(), provider.id).await?;
    let one = std::iter::once(provider.id);
    let open = store::reconciliations::count_open(portal.db(), one).await?;
    Ok(Scene {
        open: open.get(&provider.id).copied(),
        provider,
        strategies,
    })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let scene = scene(&portal, &id).await?;
    Ok(draw((&visitor, &reader), &scene, None, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let scene = scene(&portal, &id).await?;
    let text = text(&visitor);
    let kind = scene.provider.provider_type;
    let body = body(kind, &input, Some(&scene.provider));
    match dcr_providers::update(&portal, &acting.ctx, scene.provider.clone(), body).await {
        Ok(provider) => Ok(visitor
            .redirect_saying(address(&provider, ""), Tone::Success, text.get("saved"))
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text, kind), "name")?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &scene, Some(&input), &told).into_response())
        }
    }
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    entered: Option<&Input>,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let provider = &scene.provider;
    let shown = Shown {
        present: Some(provider),
        entered,
    };
    let errors = &told.fields;
    let all = fields(text, provider.provider_type, &shown, errors);
    let here = address(provider, "");
    let main = html! {
        (heading(text, provider, ""))
        (told.above(text))
        section.section { (sheet((visitor, reader), (&here, false), errors, all, button(&text.get("save")))) }
        (uses(text, scene))
        @if reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("providers-delete-hint")) }
                p.spaced { (link_button(&address(provider, "/delete"), &text.get("providers-delete"))) }
            }
        }
    };
    let page = visitor.page(&provider.name).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn uses(text: Text, scene: &Scene) -> Markup {
    let provider = &scene.provider;
    let mut facts = vec![
        Definition::new(text.get("id"), html! { code { (provider.id) } }),
        Definition::new(
            text.get("providers-used"),
            html! {
                @if scene.strategies.is_empty() { (text.get("unused")) }
                @for strategy in &scene.strategies { div { (super::super::named(strategy)) } }
            },
        ),
        Definition::new(
            text.get("created"),
            moment(text, provider.created_at.as_millis()),
        ),
    ];
    let (tone, agreement) = word(text, scene.open);
    let link = html! { a href=(address(provider, BELOW)) { (badge(tone, &agreement)) } };
    facts.push(Definition::new(text.get("agreement"), link));
    html! {
        section.section aria-labelledby="uses" {
            h2 id="uses" { (text.get("uses")) }
            div.panel.spaced { (definitions(&facts)) }
        }
    }
}
