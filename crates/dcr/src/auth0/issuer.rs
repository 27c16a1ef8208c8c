//! The issuer as people write it.

/// The tenant's base address: without a trailing slash, `/api/v2` or the discovery document's path.
pub(super) fn normalise(issuer: &str) -> String {
    let mut text = issuer.trim();
    loop {
        let shorter = text.trim_end_matches('/');
        let shorter = ["/.well-known/openid-configuration", "/api/v2"]
            .iter()
            .find_map(|end| shorter.strip_suffix(end))
            .unwrap_or(shorter);
        if shorter.len() == text.len() {
            return text.to_owned();
        }
        text = shorter;
    }
}
