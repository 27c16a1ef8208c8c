//! Dev Portal > Portals > Developers, Registrations, Applications: who is let in, and to what. And the audit
//! of who did so.

mod applications;
mod audit;
mod decide;
mod developers;
mod registrations;
mod text;

use axum::Router;

use crate::Portal;

use super::{Acting, Refused};
use text::{standing, text};

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .merge(developers::routes())
        .merge(registrations::routes())
        .merge(applications::routes())
        .merge(audit::routes())
}
