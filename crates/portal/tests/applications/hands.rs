//! Somebody who changes clients at a provider by hand, whichever it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dcr::testing::{Faulty, Memory};
use egress::Egress;
use oauth::{Clock, Entropy};
use portal::model::ApplicationId;
use portal::service::applications::Connect;
use serde_json::{Map, Value, json};
use storage::params;

use crate::server::auth0::{self, StandIn};
use crate::server::entra::{self, Entra};
use crate::server::okta::{self, Org};
use crate::server::registration::{self, Registration, Rules};
use crate::server::{Server, way_out};
use crate::world::{ProviderRow, World};

/// What is changed of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Name,
    RedirectUris,
    GrantTypes,
    Scopes,
    /// Everything that says whose it is.
    Metadata,
    /// The organisation alone.
    Organization,
}

pub(crate) const PARTS: [Part; 6] = [
    Part::Name,
    Part::RedirectUris,
    Part::GrantTypes,
    Part::Scopes,
    Part::Metadata,
    Part::Organization,
];

type Edit = Box<dyn Fn(&str, Part, &str)>;
type Copied = Box<dyn Fn(&str, &str) -> String>;

/// A provider with hands at it.
pub(crate) struct Hands {
    pub(crate) row: ProviderRow,
    pub(crate) egress: Egress,
    pub(crate) clock: Clock,
    pub(crate) clients: Box<dyn Fn() -> Vec<String>>,
    /// Changes a part of a client to something that has to do with a word.
    pub(crate) edit: Edit,
    pub(crate) remove: Box<dyn Fn(&str)>,
    /// Copies a client; the copy says that it is this application's. `None` where nobody would see it.
    pub(crate) copy: Option<Copied>,
    /// Lets lists have pages as the vendor's.
    pub(crate) whole_pages: Box<dyn Fn()>,
    /// How many requests there were.
    pub(crate) requests: Box<dyn Fn() -> usize>,
    /// The provider forgets where we were in its log.
    pub(crate) forget_marks: Box<dyn Fn()>,
}

fn row(
    kind: &'static str,
    issuer: &'static str,
    config: Value,
    secret: &'static str,
) -> ProviderRow {
    ProviderRow {
        kind,
        issuer,
        config,
        secret: Some(secret),
    }
}

/// An id that no client had before.
fn next_id() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    format!("copy{:08}", MADE.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn at_auth0() -> Hands {
    let (egress, clock) = way_out();
    let tenant = StandIn::new();
    egress.mount(auth0::ISSUER, &tenant.router());
    let all: [StandIn; 6] = std::array::from_fn(|_| tenant.clone());
    let [listed, edited, removed, copied, paged, counted] = all;
    Hands {
        row: row(
            "auth0",
            auth0::ISSUER,
            json!({ "initial_client_id": auth0::ADMIN.0 }),
            auth0::ADMIN.1,
        ),
        egress,
        clock,
        clients: Box::new(move || listed.tenant().clients.keys().cloned().collect()),
        edit: Box::new(move |id, part, word| {
            let mut tenant = edited.tenant();
            if part == Part::Scopes {
                tenant
                    .grants
                    .retain(|_, grant| grant["client_id"] != json!(id));
            }
            tenant.edit(id, |client| match part {
                Part::Name => client["name"] = word.into(),
                Part::RedirectUris => {
                    client["callbacks"] = json!([format!("https://{word}.example/")]);
                }
                Part::GrantTypes => client["grant_types"] = json!([word]),
                Part::Scopes => {}
                Part::Metadata => client["client_metadata"] = json!({}),
                Part::Organization => client["client_metadata"]["konnect_org_id"] = word.into(),
            });
        }),
        remove: Box::new(move |id| removed.tenant().remove(id)),
        copy: Some(Box::new(move |id, application| {
            let mut tenant = copied.tenant();
            let (mut client, new) = (tenant.clients[id].clone(), next_id());
            client["client_id"] = new.as_str().into();
            client["client_metadata"]["konnect_application_id"] = application.into();
            let of = |grant: &&Map<String, Value>| grant["client_id"] == id;
            if let Some(mut grant) = tenant.grants.values().find(of).cloned() {
                grant["client_id"] = new.as_str().into();
                tenant.grants.insert(format!("cgr_{new}"), grant);
            }
            tenant.clients.insert(new.clone(), client);
            tenant.by_hand("post", &format!("/api/v2/clients/{new}"));
            new
        })),
        whole_pages: Box::new(move || paged.tenant().page = 100),
        requests: Box::new(move || counted.tenant().log.len()),
        forget_marks: Box::new(move || tenant.tenant().entries.clear()),
    }
}

pub(crate) fn at_okta() -> Hands {
    let (egress, clock) = way_out();
    let server = Server::new(Org::default());
    server.mounted(&egress, &[okta::ORG]);
    let all: [Server<Org>; 6] = std::array::from_fn(|_| server.clone());
    let [listed, edited, removed, copied, paged, counted] = all;
    Hands {
        row: row(
            "okta",
            "https://org.okta.test/oauth2/default",
            json!({}),
            okta::TOKEN,
        ),
        egress,
        clock,
        clients: Box::new(move || listed.with(|org| org.apps.keys().cloned().collect())),
        edit: Box::new(move |id, part, word| {
            edited.with(|org| {
                org.edit(id, |app| match part {
                    Part::Name | Part::Scopes => app["label"] = word.into(),
                    Part::RedirectUris => {
                        let uri = format!("https://{word}.example/");
                        app["settings"]["oauthClient"]["redirect_uris"] = json!([uri]);
                    }
                    Part::GrantTypes => {
                        app["settings"]["oauthClient"]["grant_types"] = json!([word]);
                    }
                    Part::Metadata => app["profile"] = json!({}),
                    Part::Organization => app["profile"]["konnect_org_id"] = word.into(),
                });
            });
        }),
        remove: Box::new(move |id| removed.with(|org| org.remove(id))),
        copy: Some(Box::new(move |id, application| {
            copied.with(|org| {
                let (mut app, new) = (org.apps[id].clone(), next_id());
                app["id"] = new.as_str().into();
                app["credentials"]["oauthClient"]["client_id"] = new.as_str().into();
                app["profile"]["konnect_application_id"] = application.into();
                let from = application.len() - 12;
                app["label"] = format!("cli ({})", &application[from..]).into();
                org.apps.insert(new.clone(), app);
                org.log.push(new.clone());
                new
            })
        })),
        whole_pages: Box::new(move || paged.with(|org| org.page = Some(200))),
        requests: Box::new(move || counted.count("")),
        forget_marks: Box::new(move || server.with(|org| org.log.clear())),
    }
}

pub(crate) fn at_entra() -> Hands {
    let (egress, clock) = way_out();
    let server = Server::new(Entra::default());
    server.mounted(&egress, &[entra::LOGIN, entra::STS, entra::GRAPH]);
    let all: [Server<Entra>; 6] = std::array::from_fn(|_| server.clone());
    let [listed, edited, removed, copied, paged, counted] = all;
    paged.with(|entra| entra.page = Some(2));
    Hands {
        row: row(
            "azureAd",
            "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
            json!({ "initial_client_id": entra::ADMIN.0 }),
            entra::ADMIN.1,
        ),
        egress,
        clock,
        clients: Box::new(move || listed.with(|entra| entra.apps.keys().cloned().collect())),
        edit: Box::new(move |id, part, word| {
            edited.with(|entra| {
                entra.edit(id, |app| match part {
                    Part::Name | Part::GrantTypes | Part::Scopes => {
                        app["displayName"] = word.into();
                    }
                    Part::RedirectUris => {
                        let uri = format!("https://{word}.example/");
                        app["web"]["redirectUris"] = json!([uri]);
                    }
                    Part::Metadata => app["tags"] = json!(["somebody else's"]),
                    Part::Organization => retag(app, "konnect_org_id", word),
                });
            });
        }),
        remove: Box::new(move |id| removed.with(|entra| entra.remove(id))),
        copy: Some(Box::new(move |id, application| {
            copied.with(|entra| {
                let (mut app, new) = (entra.apps[id].clone(), next_id());
                app["appId"] = new.as_str().into();
                app["id"] = format!("object of {new}").into();
                app["uniqueName"] = new.as_str().into();
                retag(&mut app, "konnect_application_id", application);
                entra.apps.insert(new.clone(), app);
                entra.changes.push((new.clone(), None));
                new
            })
        })),
        whole_pages: Box::new(move || paged.with(|entra| entra.page = Some(999))),
        requests: Box::new(move || counted.count("")),
        forget_marks: Box::new(move || {
            server.with(|entra| entra.oldest = entra.changes.len() + 1);
        }),
    }
}

fn retag(app: &mut Value, name: &str, value: &str) {
    let tags = app["tags"].as_array_mut().expect("tags");
    tags.retain(|tag| !tag.as_str().is_some_and(|tag| tag.starts_with(name)));
    tags.push(format!("{name}:{value}").into());
}

/// Of a server of RFC 7592 only known clients are seen.
pub(crate) fn at_rfc7591() -> Hands {
    let (egress, clock) = way_out();
    let rules = Rules {
        initial_token: Some("by-hand"),
        replace_rotates: true,
        ..Rules::default()
    };
    let server = Server::new(Registration::with(rules));
    server.mounted(&egress, &["https://as.example"]);
    let all: [Server<Registration>; 4] = std::array::from_fn(|_| server.clone());
    let [listed, edited, removed, counted] = all;
    Hands {
        row: row("rfc7591", registration::ISSUER, json!({}), "by-hand"),
        egress,
        clock,
        clients: Box::new(move || listed.with(|server| server.clients.keys().cloned().collect())),
        edit: Box::new(move |id, part, word| {
            let (member, value) = match part {
                Part::Name | Part::Metadata | Part::Organization => ("client_name", json!(word)),
                Part::RedirectUris => {
                    ("redirect_uris", json!([format!("https://{word}.example/")]))
                }
                Part::GrantTypes => ("grant_types", json!([word])),
                Part::Scopes => ("scope", json!("openid")),
            };
            edited.with(|server| server.edit(id, member, value));
        }),
        remove: Box::new(move |id| removed.with(|server| server.remove(id))),
        copy: None,
        whole_pages: Box::new(|| {}),
        requests: Box::new(move || counted.count("")),
        forget_marks: Box::new(|| {}),
    }
}

impl Hands {
    /// A world on SQLite: what the databases have to do with it, other tests try on both.
    pub(crate) async fn world(&self) -> World {
        let database = storage::testing::sqlite(&[portal::MIGRATIONS]).await;
        let (egress, clock) = (self.egress.clone(), self.clock.clone());
        let connect: Connect =
            Arc::new(move |settings| dcr::connect(settings, &egress, clock.clone()));
        let memory = Memory::new("", &[]);
        let faults = (memory.clone(), Arc::new(Faulty::new(Arc::new(memory))));
        World::connected(database, self.clock.clone(), &self.row, connect, faults).await
    }

    /// Makes an application and its client so many, without asking anybody. Gives the clients' ids.
    pub(crate) async fn many(&self, world: &World, many: usize) -> Vec<String> {
        (self.whole_pages)();
        let model = world.application(world.dcr).await;
        let first = model.client_id.clone().expect("a client");
        let copy = self.copy.as_ref().expect("clients are seen");
        let mut clients = vec![first.clone()];
        let entropy = Entropy::seeded(5);
        let sql = "INSERT INTO portal_application (id, portal_id, developer_id, auth_strategy_id, \
                   status, name, reference_id, client_id, scopes, secret_version, labels, created_at, \
                   updated_at) \
                   VALUES ($1, $2, $3, $4, 'active', $5, $6, $6, '[]', 1, '{}', 0, 0)";
        while clients.len() < many {
            let mut tx = world.db.begin().await.expect("a transaction");
            for _ in 0..500.min(many - clients.len()) {
                let id = ApplicationId::new(&entropy);
                let client = copy(&first, &id.to_string());
                let params = params![
                    id,
                    model.portal_id,
                    model.developer_id,
                    model.auth_strategy_id,
                    &model.name,
                    &client
                ];
                tx.execute(sql, params).await.expect("an application");
                clients.push(client);
            }
            tx.commit().await.expect("a commit");
        }
        world.clock.advance(Duration::from_secs(60));
        clients
    }
}
