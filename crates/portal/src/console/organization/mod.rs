//! Organization: who opens the console and calls the platform API, and what each may do there.

mod accounts;
mod groups;
mod naming;
mod people;
mod rights;
mod roles;
mod teams;
mod text;
mod tokens;
mod whose;

use axum::Router;

use super::{Acting, Refused, Told, sheet};
use crate::Portal;
use crate::model::EntityType;
use text::text;
use whose::Whose;

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .merge(tokens::routes())
        .merge(accounts::routes())
        .merge(teams::routes())
        .merge(people::routes())
}

/// What a kind of entity or a role is called in addresses and in the names of texts: `api-products`.
fn key(words: &str) -> String {
    words.to_lowercase().replace(' ', "-")
}

/// The kind of entity that is called so in an address.
fn kind(key_of: &str) -> Option<EntityType> {
    let mut words = EntityType::WORDS.iter();
    let word = words.find(|word| key(word) == key_of)?;
    EntityType::parse(word)
}
