//! The list of applications.

use axum::extract::State;
use web::components::{
    Column, Filter, ListQuery, badge, empty_state, list_count, list_table, list_tools, page_heading,
};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html};

use super::{NEW, TYPES, address, kind, makers, origin, party};
use crate::Tenant;
use crate::console::text::{choice, when};
use crate::console::{Refused, text};
use crate::model::client::Client;
use crate::store::clients::search::{self, Order, Origin, Part, Search};

const SIZE: u32 = 25;
const SORTED: [&str; 3] = ["name", "created", "used"];

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let wanted = wanted(&list);
    let total = search::count(tenant.db(), &wanted).await?;
    let found = search::list(tenant.db(), &wanted, part(&list)).await?;
    let clients: Vec<Client> = found.into_iter().map(|stored| stored.client).collect();
    let names = search::names(tenant.db(), &makers(clients.iter())).await?;
    let text = text(&visitor);
    let title = text.get("clients-title");
    let new = html! { a.button.button-primary href=(NEW) { (text.get("clients-new")) } };
    let new = reader.role.may_change().then_some(new);
    let total = u64::try_from(total).unwrap_or(0);
    let main = html! {
        (page_heading(&title, Some(&text.get("clients-lead")), new))
        (tools(text, &list))
        @if clients.is_empty() {
            (empty_state(&text.get("clients-none"), &text.get("clients-none-next"), None))
        } @else {
            (list_count(text, total))
            (rows(text, &list, &clients, &names))
            (list.pages(text, SIZE, total))
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn wanted(list: &ListQuery) -> Search {
    Search {
        text: list.search().map(str::to_owned),
        app_type: list.get("type").map(str::to_owned),
        is_first_party: match list.get("party") {
            Some("first") => Some(true),
            Some("third") => Some(false),
            _ => None,
        },
        origin: list.get("made").and_then(Origin::parse),
    }
}

fn part(list: &ListQuery) -> Part {
    let (order, descending) = match list.sort(&SORTED) {
        Some(("name", descending)) => (Order::Name, descending),
        Some(("used", descending)) => (Order::LastUsed, descending),
        Some((_, descending)) => (Order::Created, descending),
        None => (Order::Created, true),
    };
    Part {
        order,
        descending,
        offset: i64::from(list.page() - 1) * i64::from(SIZE),
        limit: i64::from(SIZE),
    }
}

fn tools(text: Text, list: &ListQuery) -> Markup {
    let (kind, party, made) = (
        text.get("clients-type"),
        text.get("clients-party"),
        text.get("clients-made"),
    );
    let plain = |prefix: &str, word: &str| web::components::Choice {
        hint: None,
        ..choice(text, prefix, word, false)
    };
    let filters = [
        Filter {
            name: "type",
            label: &kind,
            choices: TYPES.map(|word| plain("type", word)).to_vec(),
        },
        Filter {
            name: "party",
            label: &party,
            choices: vec![plain("party", "first"), plain("party", "third")],
        },
        Filter {
            name: "made",
            label: &made,
            choices: Origin::ALL
                .map(|origin| plain("origin", origin.as_str()))
                .to_vec(),
        },
    ];
    let search = text.get("clients-search");
    list_tools(text, list, Some(&search), &filters)
}

fn rows(text: Text, list: &ListQuery, clients: &[Client], names: &[(String, String)]) -> Markup {
    let labels = [
        "name",
        "clients-type",
        "clients-party",
        "clients-made",
        "created",
        "last-used",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], SORTED[0]),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::new(&labels[3]),
        Column::moments(&labels[4], SORTED[1]),
        Column::moments(&labels[5], SORTED[2]),
    ];
    let caption = text.get("clients-title");
    list_table(
        text,
        list,
        &caption,
        &columns,
        html! {
            @for client in clients {
                tr {
                    td data-label=(labels[0]) {
                        div {
                            a href=(address(&client.client_id, "")) { strong { (client.name) } }
                            code.fine { (client.client_id) }
                        }
                    }
                    td data-label=(labels[1]) { (kind(text, client)) }
                    td data-label=(labels[2]) { (party(text, client)) }
                    td data-label=(labels[3]) { (made(text, client, names)) }
                    td data-label=(labels[4]) { (when(text, Some(client.created_at))) }
                    td data-label=(labels[5]) { (when(text, client.last_used_at)) }
                }
            }
        },
    )
}

/// How a client came to be; those that nobody of the team made stand out.
fn made(text: Text, client: &Client, names: &[(String, String)]) -> Markup {
    let said = origin(text, client, names);
    match Origin::of(client) {
        Origin::Registration | Origin::Document => badge(Tone::Info, &said),
        _ => html! { (said) },
    }
}
