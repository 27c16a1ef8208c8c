//! A strategy's settings, and what uses it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{Definition, button, definitions, link_button, outcome};
use web::{Administrator, Form, Input, Page, Tone, Visitor, Width, html, moment};

use super::body::body;
use super::fields::{Around, Entered, fields};
use super::new::providers_of;
use super::told::{Unwritten, told};
use super::{Acting, Refused, Told, address, heading, sheet, text, uses};
use crate::model::{AuthStrategy, CredentialType, DcrProvider};
use crate::service::strategies;
use crate::store::strategy_uses::{self, Uses};
use crate::{Ctx, Error, Portal};

/// The strategy with what belongs to it.
struct Scene {
    strategy: AuthStrategy,
    uses: Uses,
    providers: Vec<DcrProvider>,
    sealed: Vec<String>,
}

async fn scene(portal: &Portal, id: &str) -> Result<Scene, Error> {
    let strategy = strategies::find(portal, id).await?;
    Ok(Scene {
        uses: strategy_uses::of(portal.db(), strategy.id).await?,
        providers: providers_of(portal, strategy.credential_type()).await?,
        sealed: strategies::sealed_names(portal, &strategy)?,
        strategy,
    })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let scene = scene(&portal, &id).await?;
    let entered = Entered::of(&scene.strategy);
    Ok(draw(
        (&visitor, &reader),
        &scene,
        &entered,
        &Told::default(),
    ))
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
    let kind = scene.strategy.credential_type();
    match write(&portal, &acting.ctx, (kind, &scene.strategy), &input).await {
        Ok(revision) => {
            portal.publisher().settle(revision).await;
            let here = address(&scene.strategy, "");
            let saved = visitor.redirect_saying(here, Tone::Success, text.get("saved"));
            Ok(saved.into_response())
        }
        Err(why) => {
            let told = told(text, kind, why)?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &scene, &Entered::of_form(&input), &told).into_response())
        }
    }
}

async fn write(
    portal: &Portal,
    ctx: &Ctx,
    (kind, strategy): (CredentialType, &AuthStrategy),
    input: &Input,
) -> Result<i64, Unwritten> {
    let body = body(kind, input, Some(strategy))?;
    let (_, revision) = strategies::update(portal, ctx, strategy.clone(), body).await?;
    Ok(revision)
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    entered: &Entered,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let (strategy, errors) = (&scene.strategy, &told.fields);
    let around = Around {
        providers: &scene.providers,
        applications: scene.uses.applications(),
        sealed: &scene.sealed,
    };
    let all = fields(text, strategy.credential_type(), entered, &around, errors);
    let here = address(strategy, "");
    let facts = [
        Definition::new(text.get("id"), html! { code { (strategy.id) } }),
        Definition::new(
            text.get("created"),
            moment(text, strategy.created_at.as_millis()),
        ),
        Definition::new(
            text.get("updated"),
            moment(text, strategy.updated_at.as_millis()),
        ),
    ];
    let main = html! {
        (heading(text, strategy))
        (told.above(text))
        section.section { (sheet((visitor, reader), (&here, false), errors, all, button(&text.get("save")))) }
        section.section aria-labelledby="uses" {
            h2 id="uses" { (text.get("uses")) }
            div.spaced { (uses::shown(text, &scene.uses)) }
            div.panel.spaced { (definitions(&facts)) }
        }
        @if reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("providers-delete-hint")) }
                p.spaced { (link_button(&address(strategy, "/delete"), &text.get("strategies-delete"))) }
            }
        }
    };
    let page = visitor.page(&strategy.name).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
