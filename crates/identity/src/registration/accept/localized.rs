//! Step: what does the client say of itself in further languages?

use oauth::client_metadata::{ClientMetadata, is_web_page};
use serde_json::Value;

use super::{Terms, names};
use crate::model::Members;
use crate::model::registration::LOCALIZED;
use crate::registration::refusal::Refusal;

/// The most entries, in all languages together.
const MAX: usize = 50;

/// The members that say something in one language (`client_name#ja`), in one order. Language tags that are
/// none, and members that exist in one language only, are left out like everything unknown.
///
/// # Errors
/// `invalid_client_metadata` for a name that the client may not have in any language, and for an address
/// that is no page.
///
/// Source: RFC 7591 §2.2; OpenID Connect Dynamic Client Registration 1.0 §2.1.
pub(super) fn settle(metadata: &ClientMetadata, terms: &Terms<'_>) -> Result<Members, Refusal> {
    let mut found: Vec<(&String, &str)> = Vec::new();
    for (member, value) in &metadata.extra {
        let Some((name, tag)) = member.split_once('#') else {
            continue;
        };
        let Some(text) = value
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty())
        else {
            continue;
        };
        if !LOCALIZED.contains(&name) || !is_tag(tag) {
            continue;
        }
        match name {
            "client_name" => names::check(member, text, terms)?,
            _ if is_web_page(text) => {}
            _ => {
                return Err(Refusal::metadata(format!(
                    "{member} must be an http or https URL"
                )));
            }
        }
        found.push((member, text));
    }
    if found.len() > MAX {
        return Err(Refusal::metadata(
            "members in further languages: at most 50 of them",
        ));
    }
    found.sort_unstable();
    let kept = found.into_iter();
    Ok(kept
        .map(|(member, text)| (member.clone(), Value::from(text)))
        .collect())
}

/// Whether a text has the shape of a language tag (BCP 47).
fn is_tag(tag: &str) -> bool {
    tag.len() <= 35
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
