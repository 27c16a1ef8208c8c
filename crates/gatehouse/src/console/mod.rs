//! The console: where the team administers everything, on the platform's listener.
//!
//! Products contribute pages; who is signed in and what is around every page is settled here.

mod account;
mod administrators;
mod frame;
mod invitation;
mod session;
mod sign_in;
mod start;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};
use http::StatusCode;
use ipnet::IpNet;
use oauth::Entropy;
use portal::service::administrators::Administrators;
use portal::{Actor, Ctx, Portal};
use web::{Administrator, Catalog, Locale, Page, Site, Text, Visitor};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(&[
        (Locale::En, include_str!("../../locales/en.ftl")),
        (Locale::Ja, include_str!("../../locales/ja.ftl")),
    ])
});

/// What the pages tell of this process.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// Where this listener is reached.
    pub(crate) platform_url: String,
    /// Proxies in front of this listener, whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Where developers reach the portals.
    pub(crate) portal_url: String,
    /// Where applications reach the gateway.
    pub(crate) gateway_url: String,
    /// The tenant's issuer; empty where there is none.
    pub(crate) issuer: String,
    /// Whether the tenant's pages are here.
    pub(crate) tenant: bool,
}

/// What every handler needs.
#[derive(Clone)]
pub(crate) struct Console {
    portal: Portal,
    facts: Arc<Facts>,
}

impl Console {
    fn administrators(&self) -> &Administrators {
        self.portal.administrators()
    }

    /// Proxies whose word about the caller's address is believed.
    fn proxies(&self) -> &[IpNet] {
        &self.facts.trusted_proxies
    }

    /// Whether the team comes over TLS.
    fn is_secure(&self) -> bool {
        self.facts.platform_url.starts_with("https://")
    }

    fn ctx(&self, actor: Actor, visitor: &Visitor) -> Ctx {
        let own = || self.portal.entropy().uuid().to_string();
        let id = visitor.request_id().map_or_else(own, str::to_owned);
        self.portal.ctx(actor, id).from(visitor.caller())
    }

    fn ctx_of(&self, administrator: &Administrator, visitor: &Visitor) -> Ctx {
        self.ctx(Actor::Administrator(administrator.email.clone()), visitor)
    }
}

/// The console with the pages of the products, to be served beside the platform API.
pub(crate) fn router(portal: Portal, facts: Facts, entropy: &Entropy, pages: Router) -> Router {
    let site = Site::new(web::Settings {
        name: "console",
        key: portal.form_key("console.forms"),
        secure: facts.platform_url.starts_with("https://"),
        random: web::random(entropy),
        catalog: &CATALOG,
    });
    let console = Console {
        portal,
        facts: Arc::new(facts),
    };
    let routes = routes()
        .with_state(console.clone())
        .merge(pages)
        .layer(from_fn_with_state(console, session::settle));
    site.wrap(routes)
}

fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(start::page))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route(
            "/invitation",
            get(invitation::page).post(invitation::accept),
        )
        .route("/account", get(account::page))
        .route("/account/password", post(account::change_password))
        .route("/account/mails", post(account::choose_mails))
        .route("/account/sign-out", post(account::sign_out_everywhere))
        .route("/administrators", get(administrators::list))
        .route(
            "/administrators/new",
            get(administrators::new_page).post(administrators::create),
        )
        .route(
            "/administrators/{id}",
            get(administrators::show).post(administrators::change),
        )
        .route("/administrators/{id}/invite", post(administrators::invite))
        .route(
            "/administrators/{id}/reset-password",
            get(administrators::reset_page).post(administrators::reset),
        )
        .route(
            "/administrators/{id}/delete",
            get(administrators::delete_page).post(administrators::delete),
        )
        .route("/tenant/{*rest}", any(nothing_here))
}

async fn nothing_here(visitor: Visitor, _: Administrator) -> Page {
    visitor.problem(StatusCode::NOT_FOUND)
}

fn text(visitor: &Visitor) -> Text {
    visitor.text_of(&CATALOG)
}
