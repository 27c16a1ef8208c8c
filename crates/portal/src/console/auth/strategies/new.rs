//! A new strategy: first its kind, with DCR the provider, then its fields.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use web::components::{
    ListQuery, button, card_link, empty_state, form, link_button, outcome, page_heading, way,
};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::body::body;
use super::fields::{Around, Entered, fields};
use super::told::{Unwritten, told};
use super::{Acting, KINDS, LIST, NEW, Refused, Told, address, kind_text, providers, text};
use crate::model::{AuthStrategy, CredentialType, DcrProvider};
use crate::service::{dcr_providers, strategies};
use crate::store::listing::Listing;
use crate::{Ctx, Error, Portal, store};

/// What the address says of the strategy to come.
struct Chosen {
    kind: CredentialType,
    provider: Option<DcrProvider>,
}

impl Chosen {
    async fn of(portal: &Portal, list: &ListQuery) -> Result<Option<Self>, Error> {
        let kind = list.get("type").and_then(CredentialType::parse);
        let Some(kind) = kind else { return Ok(None) };
        let provider = match (kind, list.get("provider")) {
            (CredentialType::ClientCredentials, Some(id)) => {
                Some(dcr_providers::find(portal, id).await?)
            }
            _ => None,
        };
        Ok(Some(Self { kind, provider }))
    }

    fn address(&self) -> String {
        match &self.provider {
            Some(provider) => format!("{NEW}?type={}&provider={}", self.kind, provider.id),
            None => format!("{NEW}?type={}", self.kind),
        }
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    list: ListQuery,
) -> Result<Page, Refused> {
    let Some(chosen) = Chosen::of(&portal, &list).await? else {
        return Ok(choose(&visitor));
    };
    let all = providers_of(&portal, chosen.kind).await?;
    if chosen.kind == CredentialType::ClientCredentials && chosen.provider.is_none() {
        return Ok(choose_provider(&visitor, &all));
    }
    let entered = Entered::fresh(chosen.kind, chosen.provider.as_ref());
    Ok(draw(&visitor, &chosen, &all, &entered, &Told::default()))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    list: ListQuery,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let Some(chosen) = Chosen::of(&portal, &list).await? else {
        return Ok(choose(&visitor).into_response());
    };
    let text = text(&visitor);
    match write(&portal, &acting.ctx, chosen.kind, &input).await {
        Ok(strategy) => Ok(visitor
            .redirect_saying(
                address(&strategy, ""),
                Tone::Success,
                text.get("strategies-made"),
            )
            .into_response()),
        Err(why) => {
            let told = told(text, chosen.kind, why)?;
            let all = providers_of(&portal, chosen.kind).await?;
            let entered = Entered::of_form(&input);
            Ok(draw(&visitor, &chosen, &all, &entered, &told).into_response())
        }
    }
}

async fn write(
    portal: &Portal,
    ctx: &Ctx,
    kind: CredentialType,
    input: &Input,
) -> Result<AuthStrategy, Unwritten> {
    let body = body(kind, input, None)?;
    Ok(strategies::create(portal, ctx, body).await?)
}

/// Every provider, for a kind that has one.
pub(super) async fn providers_of(
    portal: &Portal,
    kind: CredentialType,
) -> Result<Vec<DcrProvider>, Error> {
    if kind != CredentialType::ClientCredentials {
        return Ok(Vec::new());
    }
    let (all, _) = store::dcr_providers::list(portal.db(), &Listing::all("t.name")).await?;
    Ok(all)
}

fn choose(visitor: &Visitor) -> Page {
    let text = text(visitor);
    let title = text.get("strategies-new");
    let main = html! {
        (way(text, &[(&text.get("strategies-title"), LIST)]))
        (page_heading(&title, Some(&text.get("strategies-new-lead")), None))
        ul.cards {
            @for kind in KINDS {
                (card_link(
                    &format!("{NEW}?type={kind}"),
                    &kind_text(text, kind),
                    html! { p { (text.get(&format!("strategy-type-{kind}-hint"))) } },
                ))
            }
        }
    };
    visitor.page(&title).main(main)
}

/// With DCR: the provider, whose issuer the strategy takes over.
fn choose_provider(visitor: &Visitor, all: &[DcrProvider]) -> Page {
    let text = text(visitor);
    let title = text.get("strategies-new");
    let make =
        html! { a.button.button-primary href=(providers::NEW) { (text.get("providers-new")) } };
    let main = html! {
        (way(text, &[(&text.get("strategies-title"), LIST), (&title, NEW)]))
        (page_heading(&kind_text(text, CredentialType::ClientCredentials), Some(&text.get("strategies-choose-provider")), None))
        @if all.is_empty() {
            (empty_state(&text.get("providers-none"), &text.get("strategies-no-provider-next"), Some(make)))
        } @else {
            ul.cards {
                @for provider in all {
                    (card_link(
                        &format!("{NEW}?type={}&provider={}", CredentialType::ClientCredentials, provider.id),
                        &provider.name,
                        html! {
                            p { (text.get(&format!("provider-type-{}", provider.provider_type))) }
                            p.fine { code { (provider.issuer) } }
                        },
                    ))
                }
            }
        }
    };
    visitor.page(&title).main(main)
}

fn draw(
    visitor: &Visitor,
    chosen: &Chosen,
    all: &[DcrProvider],
    entered: &Entered,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let title = text.get("strategies-new");
    let (kind, errors) = (chosen.kind, &told.fields);
    let around = Around {
        providers: all,
        applications: 0,
        sealed: &[],
    };
    let hint = text.get(&format!("strategy-type-{kind}-hint"));
    let main = html! {
        (way(text, &[(&text.get("strategies-title"), LIST), (&title, NEW)]))
        (page_heading(&kind_text(text, kind), Some(&hint), None))
        (told.above(text))
        (form(visitor, &chosen.address(), errors, html! {
            (fields(text, kind, entered, &around, errors))
            div.form-actions { (button(&text.get("save"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
