//! Every SQL statement, one file a noun; one text for both databases.
//!
//! Reading functions take `impl Read`: `&Database` for committed state, `&mut Tx` inside a
//! transaction. Writing functions take `&mut Tx`, because a write goes with its audit row and,
//! where gateways must know, with `tx.record_change(topic, key)`.

pub(crate) mod accounts;
pub mod api_products;
pub mod applications;
pub mod audit;
pub mod catalogue;
pub mod control_planes;
pub mod dcr_providers;
pub mod developer_sessions;
pub mod developer_tokens;
pub mod developers;
pub mod documents;
pub(crate) mod lifecycle;
pub mod listing;
pub mod organizations;
pub mod platform_tokens;
pub mod product_versions;
pub mod publications;
mod read;
pub mod registrations;
pub mod routes;
pub mod services;
pub mod sites;
pub mod specifications;
pub mod strategies;

pub use read::Read;
