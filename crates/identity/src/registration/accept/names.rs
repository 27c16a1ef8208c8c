//! Step: what may a client call itself?

use oauth::client_metadata::ClientMetadata;
use url::Url;

use super::Terms;
use crate::registration::refusal::Refusal;

/// The longest name, in characters, as a client of the Management API may have it.
const MAX: usize = 256;

/// Settles the name that users will read when they are asked for consent. A client without one is called
/// as the host that it redirects to.
///
/// # Errors
/// `invalid_client_metadata` for a name that breaks out of the page, is written against the reader, or is
/// one of the tenant's own.
pub(super) fn settle(metadata: &mut ClientMetadata, terms: &Terms<'_>) -> Result<(), Refusal> {
    let given = metadata.client_name.as_deref().map(str::trim);
    let name = match given.filter(|name| !name.is_empty()) {
        None => host(metadata),
        Some(name) => {
            check("client_name", name, terms)?;
            name.to_owned()
        }
    };
    metadata.client_name = Some(name);
    Ok(())
}

/// Refuses a name that `member` may not hold.
///
/// # Errors
/// As [`settle`].
pub(super) fn check(member: &str, name: &str, terms: &Terms<'_>) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::metadata(format!("{member} {why}")));
    if name.chars().count() > MAX {
        return refuse("must have at most 256 characters");
    }
    if name.contains(['<', '>']) {
        return refuse("must not hold angle brackets");
    }
    if name.chars().any(|c| c.is_control() || misleads(c)) {
        return refuse("must not hold characters that cannot be seen or turn the text around");
    }
    let own = Some(terms.tenant_name).filter(|own| own.chars().count() >= 4);
    let bears_own = own.is_some_and(|own| name.to_lowercase() == own.to_lowercase());
    if bears_own || terms.policy.reserved_in(name).is_some() {
        return refuse("is reserved for the tenant's own applications: choose another");
    }
    Ok(())
}

/// Characters that hide, or order text from right to left (Unicode's bidirectional and format controls).
const fn misleads(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{3164}' | '\u{FEFF}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn host(metadata: &ClientMetadata) -> String {
    let first = metadata
        .redirect_uris
        .as_ref()
        .and_then(|uris| uris.first());
    let url = first.and_then(|uri| Url::parse(uri).ok());
    let host = url.as_ref().and_then(|url| {
        let host = url.host_str().filter(|host| !host.is_empty());
        host.or(Some(url.scheme()))
    });
    host.unwrap_or("Dynamic client").to_owned()
}
