//! Where an application may send its users to sign in.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{Choice, Field, FieldErrors, badge, button, notice, settings_form};
use web::{Administrator, Form, Page, Tone, Visitor, Width, html};

use super::{address, find, heading};
use crate::Tenant;
use crate::console::connections::every;
use crate::console::{Acting, Input, Refused, text};
use crate::service;

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(client_id): Path<String>,
) -> Result<Page, Refused> {
    let client = find(&tenant, &client_id).await?.client;
    let all = every(&tenant).await?;
    let open = service::connections::open_to(&tenant, &client_id, client.is_first_party).await?;
    let text = text(&visitor);
    let label = text.get("clients-connections");
    let choices: Vec<Choice> = all
        .iter()
        .map(|connection| Choice {
            value: connection.id.clone(),
            label: connection.display_name().to_owned(),
            hint: (connection.display_name() != connection.name).then(|| connection.name.clone()),
            chosen: open.iter().any(|one| one.id == connection.id),
        })
        .collect();
    let here = address(&client_id, "/connections");
    let action = reader.role.may_change().then_some(here.as_str());
    let main = html! {
        (heading(text, &client, "/connections"))
        @if client.is_first_party {
            (settings_form(
                &visitor, action, &FieldErrors::new(),
                html! { (Field::checkboxes(text, "connection", &label, &choices)) },
                button(&text.get("save")),
            ))
        } @else {
            (notice(text, Tone::Info, html! { p { (text.get("clients-connections-third")) } }))
            @if open.is_empty() {
                p { (text.get("clients-connections-none")) " " a href="/tenant/connections" { (text.get("connections-title")) } }
            } @else {
                ul.plain-list {
                    @for connection in &open {
                        li {
                            a href=(format!("/tenant/connections/{}", connection.id)) { (connection.display_name()) }
                            " " (badge(Tone::Warning, &text.get("connections-domain")))
                        }
                    }
                }
            }
        }
    };
    Ok(visitor.page(&client.name).width(Width::Reading).main(main))
}

pub(super) async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(client_id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let client = find(&tenant, &client_id).await?.client;
    let open = service::connections::open_to(&tenant, &client_id, client.is_first_party).await?;
    for connection in every(&tenant).await? {
        let was = open.iter().any(|one| one.id == connection.id);
        let is = input.all("connection").any(|id| id == connection.id);
        if was == is || !client.is_first_party {
            continue;
        }
        let change = [(client_id.clone(), is)];
        service::connections::set_clients(&tenant, &connection.id, &change).await?;
        acting.record_of(
            &tenant,
            &client_id,
            "Update enabled clients for a connection",
            &connection.id,
        );
    }
    let said = text(&visitor).get("saved");
    Ok(visitor
        .redirect_saying(address(&client_id, "/connections"), Tone::Success, said)
        .into_response())
}
