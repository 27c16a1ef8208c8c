//! `/v3/portals` and everything under it: the third generation's shapes over what `/v2/portals` serves.
//!
//! Source: Konnect portal-management v3.9.8.

mod applications;
mod assets;
mod credentials;
mod custom_domain;
mod customization;
mod developers;
mod email;
mod group_mappings;
mod ip_allow_list;
mod pages;
mod registrations;
mod site;
mod snippets;

use super::Route;
use super::portals::force;

pub(super) fn routes() -> Vec<Route> {
    [
        site::routes(),
        custom_domain::routes(),
        assets::routes(),
        customization::routes(),
        pages::routes(),
        snippets::routes(),
        email::routes(),
        ip_allow_list::routes(),
        group_mappings::routes(),
        developers::routes(),
        applications::routes(),
        credentials::routes(),
        registrations::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
