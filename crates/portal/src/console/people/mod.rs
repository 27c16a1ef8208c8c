//! Dev Portal > Portals > Developers, Registrations, Applications: who is let in, and to what. And the audit
//! of who did so.

mod applications;
mod audit;
mod decide;
mod developers;
mod registrations;
mod remove;
mod text;

use axum::Router;
use web::{Markup, Visitor};

use crate::Portal;
use crate::model::{ApplicationId, ApprovalStatus, DeveloperId, Site};

use super::{Acting, Refused};
use text::{standing, text};

/// The address of a developer's page.
pub(super) fn developer_address(site: &Site, id: DeveloperId) -> String {
    developers::address(site, id, "")
}

/// The address of an application's page.
pub(super) fn application_address(site: &Site, id: ApplicationId) -> String {
    applications::address(site, id, "")
}

/// Where a developer stands.
pub(super) fn status(visitor: &Visitor, status: ApprovalStatus) -> Markup {
    standing(text(visitor), status)
}

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .merge(developers::routes())
        .merge(registrations::routes())
        .merge(applications::routes())
        .merge(audit::routes())
}
