//! What administrators did, in the tenant's log.

use serde_json::json;
use web::Administrator;

use crate::Tenant;
use crate::model::log::Event;
use crate::visit::Visit;

/// A change at the console that has been made.
pub(super) struct Change<'a> {
    /// Who made it.
    pub(super) administrator: &'a Administrator,
    /// From where.
    pub(super) visit: &'a Visit,
    /// What it was, as the vendor's log describes operations: `Create a client`.
    pub(super) what: &'static str,
    /// What it was about: an id or a name.
    pub(super) about: &'a str,
    /// The client that it was about, if it was about one.
    pub(super) client_id: Option<&'a str>,
}

impl Change<'_> {
    /// Writes it down (`sapi`).
    pub(super) fn record(self, tenant: &Tenant) {
        let mut entry = tenant
            .entry(Event::SuccessApi, self.visit)
            .saying(self.what)
            .with("user_name", self.administrator.email.as_str())
            .with(
                "details",
                json!({
                    "request": {
                        "channel": "console",
                        "auth": { "user": {
                            "user_id": self.administrator.id,
                            "email": self.administrator.email,
                            "name": self.administrator.name,
                        } },
                    },
                    "about": self.about,
                }),
            );
        if let Some(client_id) = self.client_id {
            entry = entry.client(client_id);
        }
        tenant.log(entry);
    }
}
