//! What administrators did, in the tenant's log.

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use serde_json::{Value, json};
use web::{Administrator, Editor};

use crate::Tenant;
use crate::model::log::{Entry, Event};
use crate::visit::Visit;

/// An administrator who may change things, and from where. Whoever makes a change records it.
pub(super) struct Acting {
    /// Who.
    pub(super) administrator: Administrator,
    /// From where.
    pub(super) visit: Visit,
}

impl FromRequestParts<Tenant> for Acting {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, tenant: &Tenant) -> Result<Self, Response> {
        let Editor(administrator) = Editor::from_request_parts(parts, tenant).await?;
        let Ok(visit) = Visit::from_request_parts(parts, tenant).await;
        Ok(Self {
            administrator,
            visit,
        })
    }
}

impl Acting {
    /// Writes down a change that has been made (`sapi`): `what`, as the vendor's log describes operations,
    /// and the id or the name of what it was about.
    pub(super) fn record(&self, tenant: &Tenant, what: &str, about: &str) {
        tenant.log(self.entry(tenant, what, about, None));
    }

    /// The same, of a change that concerns a client.
    pub(super) fn record_of(&self, tenant: &Tenant, client_id: &str, what: &str, about: &str) {
        let response = json!({ "body": { "client_id": client_id } });
        let entry = self.entry(tenant, what, about, Some(response));
        tenant.log(entry.client(client_id));
    }

    fn entry(&self, tenant: &Tenant, what: &str, about: &str, response: Option<Value>) -> Entry {
        let mut details = json!({ "request": self.request(), "about": about });
        if let Some(response) = response {
            details["response"] = response;
        }
        tenant
            .entry(Event::SuccessApi, &self.visit)
            .saying(what)
            .with("user_name", self.administrator.email.as_str())
            .with("details", details)
    }

    fn request(&self) -> Value {
        let who = &self.administrator;
        let user = json!({ "user_id": who.id, "email": who.email, "name": who.name });
        json!({ "channel": "console", "auth": { "user": user } })
    }
}
