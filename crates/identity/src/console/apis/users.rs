//! The applications that may use an API.

use axum::extract::{Path, State};
use web::components::{badge, empty_state, table};
use web::{Administrator, Page, Tone, Visitor, html};

use super::{find, heading, name};
use crate::console::{Refused, clients, text};
use crate::model::client_grant::{Holder, SubjectType};
use crate::store::client_grants::Filter;
use crate::store::page::Window;
use crate::{Tenant, store};

/// How many the page names.
const NAMED: i64 = 200;

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let api = find(&tenant, &id).await?;
    let filter = Filter {
        audience: Some(api.identifier.clone()),
        ..Filter::default()
    };
    let window = Window {
        after: None,
        offset: 0,
        limit: NAMED,
    };
    let grants = store::client_grants::list(tenant.db(), &filter, &window).await?;
    let ids: Vec<String> = grants
        .iter()
        .filter_map(|grant| grant.holder.client_id().map(str::to_owned))
        .collect();
    let names = store::clients::search::names(tenant.db(), &ids).await?;
    let text = text(&visitor);
    let caption = text.get("apis-applications");
    let columns = ["clients-application", "apis-on-behalf", "apis-permissions"];
    let columns = columns.map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let main = html! {
        (heading(text, &api, "/applications"))
        @if grants.is_empty() {
            (empty_state(&text.get("apis-no-applications"), &text.get("apis-no-applications-next"), None))
        } @else {
            (table(&caption, &columns, None, html! {
                @for grant in &grants {
                    tr {
                        td data-label=(columns[0]) {
                            @match &grant.holder {
                                Holder::Client(client_id) => {
                                    @let name = names.iter().find(|(id, _)| id == client_id);
                                    a href=(clients::address(client_id, &format!("/apis/{}", api.id))) {
                                        strong { (name.map_or(client_id, |(_, name)| name)) }
                                    }
                                }
                                Holder::ThirdPartyClients => (badge(Tone::Warning, &text.get("apis-every-third-party"))),
                            }
                        }
                        td data-label=(columns[1]) {
                            (text.get(match grant.subject_type {
                                SubjectType::Client => "apis-for-itself",
                                SubjectType::User => "apis-for-users",
                            }))
                        }
                        td data-label=(columns[2]) { code { (grant.scope.join(" ")) } }
                    }
                }
            }))
        }
    };
    Ok(visitor.page(name(&api)).main(main))
}
