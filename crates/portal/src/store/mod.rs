//! Every SQL statement, one file a noun; one text for both databases.
//!
//! Reading functions take `impl Read`: `&Database` for committed state, `&mut Tx` inside a
//! transaction. Writing functions take `&mut Tx`, because a write goes with its audit row and,
//! where gateways must know, with `tx.record_change(topic, key)`.

pub(crate) mod accounts;
pub(crate) mod administrators;
pub(crate) mod api_icons;
pub(crate) mod api_products;
pub(crate) mod api_publications;
pub(crate) mod api_versions;
pub(crate) mod applications;
pub(crate) mod assigned_roles;
pub(crate) mod audience;
pub(crate) mod audit;
mod audit_changes;
pub(crate) mod audit_keys;
pub(crate) mod audit_log;
mod audit_picture;
pub(crate) mod audit_replays;
pub(crate) mod audit_webhooks;
pub(crate) mod candidates;
pub(crate) mod catalogue;
pub(crate) mod companions;
pub(crate) mod control_planes;
pub(crate) mod credential_uses;
pub(crate) mod dcr_attempts;
pub(crate) mod dcr_clients;
pub(crate) mod dcr_history;
pub(crate) mod dcr_providers;
pub(crate) mod developers;
pub(crate) mod documents;
pub(crate) mod fleet_rotations;
pub(crate) mod identities;
pub(crate) mod identity_providers;
pub(crate) mod implementations;
pub(crate) mod invitations;
pub(crate) mod lifecycle;
pub(crate) mod listing;
pub(crate) mod organization_teams;
pub(crate) mod organizations;
pub(crate) mod platform_tokens;
pub(crate) mod portal_mail;
pub(crate) mod product_versions;
pub(crate) mod publications;
mod read;
pub(crate) mod reconciliations;
pub(crate) mod refusals;
pub(crate) mod registrations;
mod related;
pub(crate) mod removals;
pub(crate) mod retiring_credentials;
pub(crate) mod routes;
mod schema;
pub(crate) mod search;
pub(crate) mod services;
pub(crate) mod site_pages;
pub(crate) mod sites;
pub(crate) mod snippets;
pub(crate) mod specifications;
pub(crate) mod strategies;
pub(crate) mod strategy_uses;
pub(crate) mod system_accounts;
pub(crate) mod team_groups;
pub(crate) mod team_members;
pub(crate) mod team_roles;
pub(crate) mod team_told;
pub(crate) mod team_whole;
pub(crate) mod teams;
pub(crate) mod touched;
pub(crate) mod usage;
pub(crate) mod waiting;

pub(crate) use read::Read;
pub use schema::MIGRATIONS;
pub(crate) use schema::SEALED;
