//! How often applications called, and how it ended: everybody's, a developer's, one application's, one API's.

use std::collections::HashMap;

use axum::extract::State;
use web::components::{ListQuery, empty_state, link_button, page_heading, table};
use web::{Administrator, Markup, Page, Text, Visitor, html, number};

use super::{Refused, refusals, text};
use crate::console::people;
use crate::model::{Application, ApplicationId, Developer, ProductVersionId, Site};
use crate::pages::counts;
use crate::service::usage::{self, Overview, Range, Scope, Whose};
use crate::{Error, Portal, store};

/// The address of the page.
pub(super) const PATH: &str = "/gateway/usage";

/// What the address narrows the page to.
#[derive(Default)]
struct Narrowed {
    application: Option<(ApplicationId, Option<(Application, Site)>)>,
    api: Option<ProductVersionId>,
    developer: Option<Developer>,
}

impl Narrowed {
    async fn read(portal: &Portal, list: &ListQuery) -> Result<Self, Error> {
        let db = portal.db();
        let application = match list.get("application").and_then(|id| id.parse().ok()) {
            None => None,
            Some(id) => match store::applications::find(db, id).await? {
                None => Some((id, None)),
                Some(found) => {
                    let site = store::sites::find(db, found.portal_id).await?;
                    Some((id, site.map(|site| (found, site))))
                }
            },
        };
        let developer = match list.get("developer").and_then(|id| id.parse().ok()) {
            None => None,
            Some(id) => store::developers::find(db, id).await?,
        };
        Ok(Self {
            application,
            api: list.get("api").and_then(|id| id.parse().ok()),
            developer,
        })
    }

    fn scope(&self) -> Scope {
        let whose = self.developer.as_ref().map(|one| Whose::Developer(one.id));
        let application = self.application.as_ref().map(|(id, _)| *id);
        Scope::of(whose.unwrap_or(Whose::Everybody), application, self.api)
    }
}

/// Names by id.
struct Names {
    applications: HashMap<String, String>,
    apis: HashMap<String, String>,
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    _: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let range = list.get("range").and_then(Range::parse);
    let range = range.unwrap_or(Range::Day);
    let narrowed = Narrowed::read(&portal, &list).await?;
    let overview = usage::overview(&portal, &narrowed.scope(), range).await?;
    let api = narrowed.api.map(|id| id.to_string());
    let applications = overview.applications.iter().map(|line| line.id.as_str());
    let apis = overview.apis.iter().map(|line| line.id.as_str());
    let names = Names {
        applications: usage::application_names(&portal, applications).await?,
        apis: usage::api_names(&portal, apis.chain(api.as_deref())).await?,
    };
    let (text, counted) = (text(&visitor), counts::text(&visitor));
    let title = text.get("usage-title");
    let main = html! {
        (page_heading(&title, Some(&text.get("usage-lead")), page_of(text, &narrowed)))
        (counts::ranges(counted, &list, range))
        (around(counted, &list, &narrowed, &names))
        @if overview.sums().iter().sum::<i64>() == 0 {
            (empty_state(&counted.get("usage-none"), &text.get("usage-none-next"), None))
        } @else {
            (counts::figures(counted, &overview))
            (counts::chart(counted, &overview, range))
            (reasons(text, counted, &overview))
            (counts::busiest(counted, "application", &list, &overview.applications, |id| names.applications.get(id).cloned()))
            (counts::busiest(counted, "api", &list, &overview.apis, |id| names.apis.get(id).cloned()))
        }
    };
    Ok(visitor.page(&title).main(main))
}

/// Leads to the page of the application that is looked at.
fn page_of(text: Text, narrowed: &Narrowed) -> Option<Markup> {
    let (_, found) = narrowed.application.as_ref()?;
    let (application, site) = found.as_ref()?;
    let address = people::application_address(site, application.id);
    Some(link_button(&address, &text.get("usage-its-page")))
}

/// What the page is narrowed to, by name; what is gone, by id.
fn around(text: Text, list: &ListQuery, narrowed: &Narrowed, names: &Names) -> Markup {
    let application = narrowed
        .application
        .as_ref()
        .map(|(id, found)| match found {
            Some((application, _)) => application.name.clone(),
            None => id.to_string(),
        });
    let api = narrowed.api.map(|id| id.to_string());
    let api = api.map(|id| names.apis.get(&id).cloned().unwrap_or(id));
    let developer = narrowed.developer.as_ref();
    let parts = [
        ("developer", developer.map(|one| one.full_name.clone())),
        ("application", application),
        ("api", api),
    ];
    html! {
        @for (kind, name) in parts {
            @if let Some(name) = name { (counts::narrowed(text, list, kind, &name)) }
        }
    }
}

/// Why gateways refused; each reason leads to the refusals that are still known one by one.
fn reasons(text: Text, counted: Text, overview: &Overview) -> Markup {
    let columns = [text.get("refusals-reason"), counted.get("usage-calls")];
    let columns = columns.each_ref().map(String::as_str);
    let title = text.get("usage-reasons");
    let rows = html! {
        @for (reason, calls) in &overview.reasons {
            tr {
                td data-label=(columns[0]) {
                    a href=(format!("/gateway/refusals?reason={reason}")) { (refusals::name(text, reason)) }
                }
                td data-label=(columns[1]) { (number(*calls)) }
            }
        }
    };
    html! {
        @if !overview.reasons.is_empty() {
            section.section aria-labelledby="reasons" {
                h2 id="reasons" { (title) }
                (table(&title, &columns, None, rows))
            }
        }
    }
}
