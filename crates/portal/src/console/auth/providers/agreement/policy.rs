//! What is done by itself where portal and provider differ.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use web::components::{Choice, Field, button};
use web::{Administrator, Form, Input, Markup, Text, Tone, Visitor, html};

use super::overview::{draw, scene};
use super::{Acting, BELOW, Refused, Told, address, sheet, text};
use crate::Portal;
use crate::model::{DcrProvider, DriftAction, DriftKind, DriftPolicy};
use crate::service::dcr_providers;
use crate::service::drift_policy;

/// What can be done by itself with each kind.
const CHOICES: [(DriftKind, [DriftAction; 3]); 3] = [
    (
        DriftKind::Missing,
        [
            DriftAction::Leave,
            DriftAction::Recreate,
            DriftAction::Delete,
        ],
    ),
    (
        DriftKind::Changed,
        [
            DriftAction::Leave,
            DriftAction::Recreate,
            DriftAction::Adopt,
        ],
    ),
    (
        DriftKind::Orphaned,
        [DriftAction::Leave, DriftAction::Delete, DriftAction::Adopt],
    ),
];

pub(super) fn section(
    (visitor, reader): (&Visitor, &Administrator),
    provider: &DcrProvider,
    policy: DriftPolicy,
    told: &Told,
) -> Markup {
    let text = text(visitor);
    let to = address(provider, "/agreement/policy");
    let fields = html! {
        @for (kind, actions) in &CHOICES { (one(text, *kind, actions, policy, told)) }
    };
    html! {
        section.section aria-labelledby="policy" {
            h2 id="policy" { (text.get("policy-title")) }
            p.fine.spaced { (text.get("policy-lead")) }
            (told.above(text))
            (sheet((visitor, reader), (&to, false), &told.fields, fields, button(&text.get("save"))))
        }
    }
}

fn one(
    text: Text,
    kind: DriftKind,
    actions: &[DriftAction],
    policy: DriftPolicy,
    told: &Told,
) -> Markup {
    let choices: Vec<Choice> = actions
        .iter()
        .map(|action| Choice {
            value: action.to_string(),
            label: text.get(&format!("drift-{kind}-{action}")),
            hint: None,
            chosen: policy.of(kind) == *action,
        })
        .collect();
    let label = text.get(&format!("drift-kind-{kind}"));
    let error = told.fields.of(kind.as_str());
    html! { (Field::select(text, kind.as_str(), &label, &choices).error(error)) }
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let text = text(&visitor);
    let words =
        CHOICES.map(|(kind, _)| (kind.as_str().to_owned(), json!(input.text(kind.as_str()))));
    let body = [(
        "automatic".to_owned(),
        json!(words.into_iter().collect::<serde_json::Map<_, _>>()),
    )];
    let body = body.into_iter().collect();
    match drift_policy::set(&portal, &acting.ctx, provider.id, body).await {
        Ok(_) => {
            let back = address(&provider, BELOW);
            let said = text.get("saved");
            let back = visitor.redirect_saying(back, Tone::Success, said);
            Ok(back.into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &[], "policy")?;
            let scene = scene(&portal, &id).await?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &scene, &told).into_response())
        }
    }
}
