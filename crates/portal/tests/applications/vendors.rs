//! Servers that behave as their vendors document, each under a portal of its own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use dcr::testing::{Faulty, Memory};
use egress::{Egress, Policy};
use oauth::{Clock, Timestamp};
use portal::service::applications::Connect;
use serde_json::{Value, json};
use storage::testing::databases;

use crate::server::Server;
use crate::server::auth0::{self, StandIn};
use crate::server::bridge::{self, Bridge};
use crate::server::entra::{self, Entra};
use crate::server::okta::{self, Org};
use crate::server::registration::{self, Registration, Rules};
use crate::way::Way;
use crate::world::{ProviderRow, World};

/// How long one call may take: what is tried here answers at once or never.
const PATIENCE: Duration = Duration::from_secs(1);

type Granted = Box<dyn Fn(&str) -> Vec<String>>;

/// A vendor of any kind.
pub(crate) struct Vendor {
    pub(crate) row: ProviderRow,
    /// Whether the portal can settle by itself a registration whose answer was lost.
    pub(crate) tells: bool,
    /// The clients there, by id and with their names.
    pub(crate) clients: Box<dyn Fn() -> Vec<(String, String)>>,
    /// The scopes that a client is granted, where they are a client's own.
    pub(crate) granted: Granted,
    /// Removes a client by hand, as an administrator does.
    pub(crate) remove: Box<dyn Fn(&str)>,
    pub(crate) way: Way,
    egress: Egress,
    clock: Clock,
}

/// Every vendor; the bridge twice: as the document says, and as one that can be asked for more.
pub(crate) const ALL: [fn() -> Vendor; 7] = [auth0, okta, entra, curity, rfc7591, http, asked_http];

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

fn mounted(router: &Router, origins: &[&str]) -> (Egress, Clock, Way) {
    let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
    let policy = Policy {
        timeout: PATIENCE,
        ..Policy::default()
    };
    let egress = Egress::new(policy, clock.clone());
    let way = Way::new("/");
    let router = way.leads_to(router.clone());
    for origin in origins {
        egress.mount(origin, &router);
    }
    (egress, clock, way)
}

fn name(client: &Value, member: &str) -> String {
    client[member].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn auth0() -> Vendor {
    let tenant = StandIn::new();
    let (egress, clock, way) = mounted(&tenant.router(), &[auth0::ISSUER]);
    let (watched, edited, asked) = (tenant.clone(), tenant.clone(), tenant);
    Vendor {
        row: row(
            "auth0",
            auth0::ISSUER,
            json!({ "initial_client_id": auth0::ADMIN.0 }),
            auth0::ADMIN.1,
        ),
        tells: true,
        clients: Box::new(move || {
            let tenant = watched.tenant();
            let clients = tenant.clients.iter();
            let named = clients.map(|(id, client)| {
                let client = Value::Object(client.clone());
                (id.clone(), name(&client, "name"))
            });
            named.collect()
        }),
        granted: Box::new(move |id| {
            let tenant = asked.tenant();
            let mut grants = tenant.grants.values();
            let own = grants.find(|grant| grant["client_id"] == id);
            let scopes = own.and_then(|grant| grant["scope"].as_array());
            let scopes = scopes.into_iter().flatten().filter_map(Value::as_str);
            scopes.map(str::to_owned).collect()
        }),
        remove: Box::new(move |id| {
            edited.tenant().clients.remove(id);
        }),
        way,
        egress,
        clock,
    }
}

pub(crate) fn okta() -> Vendor {
    let server = Server::new(Org::default());
    let (egress, clock, way) = mounted(&server.router(), &[okta::ORG]);
    let (watched, edited) = (server.clone(), server);
    Vendor {
        row: row(
            "okta",
            "https://org.okta.test/oauth2/default",
            json!({}),
            okta::TOKEN,
        ),
        tells: true,
        clients: Box::new(move || {
            watched.with(|org| {
                let apps = org.apps.iter();
                apps.map(|(id, app)| (id.clone(), name(app, "label")))
                    .collect()
            })
        }),
        granted: Box::new(|_| Vec::new()),
        remove: Box::new(move |id| {
            edited.with(|org| org.apps.remove(id));
        }),
        way,
        egress,
        clock,
    }
}

pub(crate) fn entra() -> Vendor {
    let server = Server::new(Entra::default());
    let origins = [entra::LOGIN, entra::STS, entra::GRAPH];
    let (egress, clock, way) = mounted(&server.router(), &origins);
    let (watched, edited) = (server.clone(), server);
    Vendor {
        row: row(
            "azureAd",
            "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
            json!({ "initial_client_id": entra::ADMIN.0 }),
            entra::ADMIN.1,
        ),
        tells: true,
        clients: Box::new(move || {
            watched.with(|entra| {
                let apps = entra.apps.iter();
                apps.map(|(id, app)| (id.clone(), name(app, "displayName")))
                    .collect()
            })
        }),
        granted: Box::new(|_| Vec::new()),
        remove: Box::new(move |id| {
            edited.with(|entra| entra.apps.remove(id));
        }),
        way,
        egress,
        clock,
    }
}

fn registering(kind: &'static str, config: Value, secret: &'static str, rules: Rules) -> Vendor {
    let server = Server::new(Registration::with(rules));
    let (egress, clock, way) = mounted(&server.router(), &["https://as.example"]);
    let (watched, edited, asked) = (server.clone(), server.clone(), server);
    Vendor {
        row: row(kind, registration::ISSUER, config, secret),
        tells: false,
        clients: Box::new(move || {
            watched.with(|server| {
                let clients = server.clients.iter();
                let named = clients.map(|(id, client)| {
                    let client = Value::Object(client.clone());
                    (id.clone(), name(&client, "client_name"))
                });
                named.collect()
            })
        }),
        granted: Box::new(move |id| {
            asked.with(|server| {
                let scopes = server.clients[id].get("scope").and_then(Value::as_str);
                let scopes = scopes.unwrap_or_default().split(' ');
                scopes.map(str::to_owned).collect()
            })
        }),
        remove: Box::new(move |id| {
            edited.with(|server| server.clients.remove(id));
        }),
        way,
        egress,
        clock,
    }
}

fn curity() -> Vendor {
    let rules = Rules {
        needs: Some("dcr"),
        once: true,
        read_rotates: true,
        managers: true,
        ..Rules::default()
    };
    let config = json!({ "initial_client_id": registration::ADMIN.0 });
    registering("curity", config, registration::ADMIN.1, rules)
}

pub(crate) fn rfc7591() -> Vendor {
    let rules = Rules {
        initial_token: Some("by-hand"),
        replace_rotates: true,
        ..Rules::default()
    };
    registering("rfc7591", json!({}), "by-hand", rules)
}

/// A server without RFC 7592: a client stays as it was registered.
pub(crate) fn unmanaged() -> Vendor {
    let rules = Rules {
        initial_token: Some("by-hand"),
        manages: false,
        ..Rules::default()
    };
    registering("rfc7591", json!({}), "by-hand", rules)
}

pub(crate) fn http() -> Vendor {
    bridged(false)
}

fn asked_http() -> Vendor {
    bridged(true)
}

fn bridged(answers_lookups: bool) -> Vendor {
    let server = Server::new(Bridge::default());
    server.with(|bridge| bridge.answers_lookups = answers_lookups);
    let origins = [bridge::BRIDGE, bridge::ISSUER];
    let (egress, clock, way) = mounted(&server.router(), &origins);
    let (watched, edited) = (server.clone(), server);
    Vendor {
        row: row(
            "http",
            bridge::ISSUER,
            json!({
                "dcr_base_url": "https://bridge.example/dcr",
                "allow_multiple_credentials": true,
            }),
            bridge::KEY,
        ),
        tells: answers_lookups,
        clients: Box::new(move || {
            watched.with(|bridge| {
                let clients = bridge.clients.iter();
                let named = clients.map(|(id, client)| {
                    let client = Value::Object(client.clone());
                    (id.clone(), name(&client, "client_name"))
                });
                named.collect()
            })
        }),
        granted: Box::new(|_| Vec::new()),
        remove: Box::new(move |id| {
            edited.with(|bridge| bridge.clients.remove(id));
        }),
        way,
        egress,
        clock,
    }
}

impl Vendor {
    /// The vendor and a portal, on each database.
    pub(crate) async fn worlds(make: fn() -> Self) -> Vec<(Self, World)> {
        let mut worlds = Vec::new();
        for database in databases(&[portal::MIGRATIONS]).await {
            let vendor = make();
            let (egress, clock) = (vendor.egress.clone(), vendor.clock.clone());
            let connect: Connect =
                Arc::new(move |settings| dcr::connect(settings, &egress, clock.clone()));
            let memory = Memory::new("", &[]);
            let faults = (memory.clone(), Arc::new(Faulty::new(Arc::new(memory))));
            let clock = vendor.clock.clone();
            let world = World::connected(database, clock, &vendor.row, connect, faults).await;
            worlds.push((vendor, world));
        }
        worlds
    }

    pub(crate) fn name(&self, world: &World) -> String {
        format!("{} on {}", self.row.kind, world.name)
    }
}
