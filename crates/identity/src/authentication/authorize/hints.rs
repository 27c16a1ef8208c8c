//! Step: what the client knows about its user, and how it wants them to be met.

use std::collections::BTreeMap;

use super::parameters::Parameters;
use super::refusal::Refusal;

/// Longest hint.
const MAX: usize = 320;
/// Longest list of languages or classes.
const MAX_LIST: usize = 20;
/// Most `ext-…` parameters, and the longest of them.
const MAX_EXTENSIONS: usize = 20;
const MAX_EXTENSION: usize = 500;

/// `login_hint`, `screen_hint`, `connection` and their kind: a text that goes into a page.
///
/// # Errors
/// `invalid_request` if it is longer than an e-mail address.
pub(super) fn text(parameters: &Parameters, name: &'static str) -> Result<Option<String>, Refusal> {
    Ok(parameters.short(name, MAX)?.map(str::to_owned))
}

/// `ui_locales`, `acr_values`: words in order of preference. More than anyone needs are cut.
pub(super) fn words(parameters: &Parameters, name: &str) -> Vec<String> {
    let text = parameters.get(name).unwrap_or_default();
    let words = text.split(' ').filter(|word| !word.is_empty());
    words
        .filter(|word| word.len() <= 200)
        .take(MAX_LIST)
        .map(str::to_owned)
        .collect()
}

/// `ext-…`: what the tenant's own pages may look at.
///
/// # Errors
/// `invalid_request` for more than they need.
pub(super) fn extensions(parameters: &Parameters) -> Result<BTreeMap<String, String>, Refusal> {
    let found: BTreeMap<String, String> = parameters
        .iter()
        .filter(|(name, _)| name.starts_with("ext-"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let long = |(name, value): (&String, &String)| name.len() + value.len() > MAX_EXTENSION;
    match found.len() > MAX_EXTENSIONS || found.iter().any(long) {
        true => Err(Refusal::invalid_request(
            "ext- parameters: at most 20 of 500 characters",
        )),
        false => Ok(found),
    }
}

/// `dpop_jkt`: the thumbprint of the key that the code is for.
///
/// # Errors
/// `invalid_request` if it is no SHA-256 thumbprint in base64url (RFC 9449 §10).
pub(super) fn dpop_jkt(parameters: &Parameters) -> Result<Option<String>, Refusal> {
    let is_thumbprint = |text: &&str| {
        text.len() == 43
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    match parameters.get("dpop_jkt") {
        None => Ok(None),
        Some(text) if is_thumbprint(&text) => Ok(Some(text.to_owned())),
        Some(_) => Err(Refusal::invalid_request(
            "dpop_jkt must be the SHA-256 thumbprint of a key, in base64url",
        )),
    }
}
