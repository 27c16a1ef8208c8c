//! The mails of a portal: from whom they come, what they say, and whether the team is told of what waits.

mod one;
mod overview;
mod preview;
mod text;

use axum::Router;
use axum::routing::{get, post};
use web::Locale;

use super::{Acting, Refused, Told, address, heading, name, sheet};
use crate::mail::kind::Kind;
use crate::model::Site;
use crate::{Error, Portal};

use text::{said, text};

const BELOW: &str = "/mails";

pub(super) fn routes() -> Router<Portal> {
    let one = "/portals/{id}/mails/{kind}/{language}";
    Router::new()
        .route(
            "/portals/{id}/mails",
            get(overview::page).post(overview::save),
        )
        .route(one, get(one::page).post(one::save))
        .route(
            "/portals/{id}/mails/{kind}/{language}/preview",
            get(preview::saved).post(preview::entered),
        )
        .route(
            "/portals/{id}/mails/{kind}/{language}/test",
            post(one::send),
        )
}

/// For whom a text is: everybody, or readers of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    All,
    One(Locale),
}

impl Language {
    /// The one that stands in an address.
    fn parse(word: &str) -> Result<Self, Error> {
        let one = Locale::ALL
            .into_iter()
            .find(|locale| locale.tag() == word)
            .map(Self::One);
        let all = (word == "all").then_some(Self::All);
        one.or(all)
            .ok_or_else(|| Error::not_found("language", word))
    }

    const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::One(locale) => locale.tag(),
        }
    }

    /// The language in which the usual texts are shown beside it.
    fn usual(self, reader: Locale) -> Locale {
        match self {
            Self::All => reader,
            Self::One(locale) => locale,
        }
    }
}

/// The address of a kind's text, or of something `below` it.
fn address_of(site: &Site, kind: &Kind, language: Language, below: &str) -> String {
    let (kind, language) = (kind.name, language.word());
    address(site, &format!("{BELOW}/{kind}/{language}{below}"))
}
