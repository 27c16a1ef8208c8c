//! Which APIs an application may use for itself, and what it may do there.
//!
//! Source: the vendor's Applications > APIs; Konnect, "Configure access to the Auth0 Management API".

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use web::components::{
    Choice, Field, FieldErrors, badge, button, danger_button, form, link_button, notice,
    page_heading, settings_form, table,
};
use web::{Administrator, Form, Page, Tone, Visitor, Width, html};

use super::{LIST, address, find, heading};
use crate::console::text::way;
use crate::console::{Acting, Input, Refused, Told, apis, text};
use crate::model::Members;
use crate::model::client::Client;
use crate::model::client_grant::{ClientGrant, Holder, SubjectType};
use crate::service::client_grants::{self, NewGrant};
use crate::store::client_grants::Filter;
use crate::store::page::Window;
use crate::store::resource_servers::{Key, StoredApi};
use crate::{Error, Tenant, store};

/// A client's grants for itself.
async fn grants_of(tenant: &Tenant, client_id: &str) -> Result<Vec<ClientGrant>, Error> {
    let filter = Filter {
        client_id: Some(client_id.to_owned()),
        subject_type: Some(SubjectType::Client.as_str().to_owned()),
        ..Filter::default()
    };
    let window = Window {
        after: None,
        offset: 0,
        limit: 1000,
    };
    Ok(store::client_grants::list(tenant.db(), &filter, &window).await?)
}

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _: Administrator,
    Path(client_id): Path<String>,
) -> Result<Page, Refused> {
    let client = find(&tenant, &client_id).await?.client;
    let grants = grants_of(&tenant, &client_id).await?;
    let apis = apis::every(&tenant).await?;
    let text = text(&visitor);
    let caption = text.get("clients-apis");
    let columns = ["apis-api", "apis-identifier", "clients-authorized"].map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let uses_it = client
        .grant_types()
        .any(|grant| grant == "client_credentials");
    let main = html! {
        (heading(text, &client, "/apis"))
        p.lead { (text.get("clients-apis-lead")) }
        @if !uses_it { div.spaced { (notice(text, Tone::Info, html! { p { (text.get("clients-no-credentials-grant")) } })) } }
        div.spaced {
            (table(&caption, &columns, None, html! {
                @for api in &apis {
                    @let grant = grants.iter().find(|grant| grant.audience == api.api.identifier);
                    tr {
                        td data-label=(columns[0]) {
                            a href=(address(&client_id, &format!("/apis/{}", api.api.id))) { strong { (apis::name(&api.api)) } }
                        }
                        td data-label=(columns[1]) { code { (api.api.identifier) } }
                        td data-label=(columns[2]) {
                            @match grant {
                                Some(grant) => {
                                    (badge(Tone::Success, &text.with("clients-permissions", [("count", grant.scope.len().into())])))
                                }
                                None => span.fine { (text.get("clients-not-authorized")) },
                            }
                        }
                    }
                }
            }))
        }
    };
    Ok(visitor.page(&client.name).main(main))
}

/// The client, the API, and the grant between them.
struct Scene {
    client: Client,
    api: StoredApi,
    grant: Option<ClientGrant>,
}

async fn scene(tenant: &Tenant, client_id: &str, api: &str) -> Result<Scene, Error> {
    let client = find(tenant, client_id).await?.client;
    let api = store::resource_servers::find(tenant.db(), Key::Id(api)).await?;
    let api = api.ok_or_else(Error::no_resource_server)?;
    let holder = Holder::Client(client_id.to_owned());
    let subject = SubjectType::Client;
    let grant = store::client_grants::of_holder(tenant.db(), &holder, &api.api.id, subject).await?;
    Ok(Scene { client, api, grant })
}

pub(super) async fn one(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path((client_id, api)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let scene = scene(&tenant, &client_id, &api).await?;
    let editor = reader.role.may_change();
    Ok(draw(&visitor, &scene, editor, &Told::default()))
}

/// Grants what is ticked; with `revoke`, takes the grant back.
pub(super) async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path((client_id, api)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let scene = scene(&tenant, &client_id, &api).await?;
    let text = text(&visitor);
    let scope: Vec<String> = input.all("scope").map(str::to_owned).collect();
    let (what, outcome) = match (&scene.grant, input.is_on("revoke")) {
        (None, true) => ("", Ok(())),
        (Some(grant), true) => (
            "Delete a client grant",
            client_grants::delete(&tenant, &grant.id).await.map(drop),
        ),
        (Some(grant), false) => {
            let mut changes = Members::new();
            changes.insert("scope".to_owned(), json!(scope));
            let changed = client_grants::change(&tenant, &grant.id, changes).await;
            ("Update a client grant", changed.map(drop))
        }
        (None, false) => {
            let new = NewGrant {
                holder: Holder::Client(client_id.clone()),
                audience: scene.api.api.identifier.clone(),
                scope,
                subject_type: SubjectType::Client,
                settings: Members::new(),
            };
            let created = client_grants::create(&tenant, new).await;
            ("Create a client grant", created.map(drop))
        }
    };
    if let Err(error) = outcome {
        let told = Told::of(text, error, &[])?;
        return Ok(draw(&visitor, &scene, true, &told).into_response());
    }
    if !what.is_empty() {
        acting.record_of(&tenant, &client_id, what, &scene.api.api.identifier);
    }
    let said = text.get(match input.is_on("revoke") {
        true => "clients-grant-revoked",
        false => "clients-grant-saved",
    });
    Ok(visitor
        .redirect_saying(address(&client_id, "/apis"), Tone::Success, said)
        .into_response())
}

fn draw(visitor: &Visitor, scene: &Scene, editor: bool, told: &Told) -> Page {
    let text = text(visitor);
    let Scene { client, api, grant } = scene;
    let id = &client.client_id;
    let title = text.with(
        "clients-authorize-title",
        [
            ("client", (&client.name).into()),
            ("api", apis::name(&api.api).into()),
        ],
    );
    let granted = grant.as_ref().map_or(&[][..], |grant| &grant.scope[..]);
    let scopes: Vec<Choice> = api
        .api
        .scopes()
        .into_iter()
        .map(|scope| Choice {
            hint: api.api.described(&scope).map(str::to_owned),
            chosen: granted.contains(&scope),
            label: scope.clone(),
            value: scope,
        })
        .collect();
    let label = text.get("clients-permissions-label");
    let here = address(id, &format!("/apis/{}", api.api.id));
    let back = address(id, "/apis");
    let crumbs = [
        (text.get("clients-title"), LIST.to_owned()),
        (client.name.clone(), address(id, "")),
        (text.get("clients-apis"), back.clone()),
    ];
    let crumbs: Vec<(&str, &str)> = crumbs
        .iter()
        .map(|(label, href)| (label.as_str(), href.as_str()))
        .collect();
    let main = html! {
        (way(text, &crumbs))
        (page_heading(&title, Some(&text.get("clients-authorize-lead")), None))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        @if scopes.is_empty() { (notice(text, Tone::Info, html! { p { (text.get("clients-no-permissions")) } })) }
        (settings_form(
            visitor, editor.then_some(&here), &FieldErrors::new(),
            html! {
                @if !scopes.is_empty() {
                    div.many-choices { (Field::checkboxes(text, "scope", &label, &scopes)) }
                }
            },
            html! {
                (button(&text.get(if grant.is_some() { "save" } else { "clients-authorize" })))
                (link_button(&back, &text.get("cancel")))
            },
        ))
        @if editor && grant.is_some() {
            section.section.danger-zone aria-labelledby="revoke" {
                h2 id="revoke" { (text.get("clients-revoke-title")) }
                p.fine.spaced { (text.get("clients-revoke-lead")) }
                div.spaced {
                    (form(visitor, &here, &FieldErrors::new(), html! {
                        input type="hidden" name="revoke" value="on";
                        div.form-actions { (danger_button(&text.get("clients-revoke"))) }
                    }))
                }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Wide);
    match told.notice {
        Some(_) => page.failed().main(main),
        None => page.main(main),
    }
}
