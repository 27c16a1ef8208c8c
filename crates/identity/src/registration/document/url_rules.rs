//! Which URLs can be a client's id.

use url::{Host, Url};

/// The longest id, in bytes. Source: the vendor's limit.
pub(super) const MAX: usize = 120;

/// Reads a client id that is a URL.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with the address.
///
/// Source: draft-ietf-oauth-client-id-metadata-document §3, and the vendor's rule against queries.
pub(super) fn check(id: &str) -> Result<Url, &'static str> {
    if id.len() > MAX {
        return Err("has more than 120 bytes");
    }
    if !id.bytes().all(|byte| byte.is_ascii_graphic())
        || id.contains(['\\', '"', '<', '>', '^', '`', '{', '|', '}'])
    {
        return Err("holds characters that a URL does not have");
    }
    let rest = id
        .strip_prefix("https://")
        .ok_or("must start with https://")?;
    if id.contains('#') {
        return Err("must not have a fragment");
    }
    if id.contains('?') {
        return Err("must not have a query");
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("must not hold a user name or password");
    }
    if path.len() < 2 {
        return Err("must have a path beyond /");
    }
    check_path(path)?;
    let url = Url::parse(id).map_err(|_| "is no URL")?;
    // Whatever the parser had to put right could be read in two ways.
    if url.as_str() != id {
        return Err("must be written as browsers write it: lower case host, no default port");
    }
    if url.port() == Some(0) {
        return Err("must not have the port 0");
    }
    match url.host() {
        Some(Host::Domain(name)) if is_public_name(name) => Ok(url),
        _ => Err("must be on a public host, named and not numbered"),
    }
}

fn check_path(path: &str) -> Result<(), &'static str> {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_hexdigit());
            if !hex(bytes.next()) || !hex(bytes.next()) {
                return Err("has a percent sign that encodes nothing");
            }
        }
    }
    let plain = path.to_ascii_lowercase().replace("%2e", ".");
    match plain
        .split('/')
        .any(|segment| matches!(segment, "." | ".."))
    {
        true => Err("must not have . or .. in its path"),
        false => Ok(()),
    }
}

/// Whether a name can be one of the public internet (RFC 6761, RFC 6762).
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && !matches!(last, "localhost" | "local" | "internal" | "arpa" | "onion")
}

/// Whose document it is, roughly: the last two labels of its host. A flood from one domain's subdomains is
/// one flood.
pub(super) fn site(id: &str) -> String {
    let url = Url::parse(id).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let mut labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.reverse();
    labels.join(".")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{check, site};

    #[test]
    fn usual_addresses_are_ids() {
        for id in [
            "https://app.example.com/client.json",
            "https://app.example.com:8443/oauth/client-metadata",
            "https://vscode.dev/oauth/client-metadata.json",
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
        ] {
            assert!(check(id).is_ok(), "{id}: {:?}", check(id));
        }
    }

    #[test]
    fn addresses_that_could_be_read_in_two_ways_are_none() {
        for id in [
            "http://app.example.com/c",
            "https://app.example.com",
            "https://app.example.com/",
            "https://user@app.example.com/c",
            "https://app.example.com/c#x",
            "https://app.example.com/c?x=1",
            "https://app.example.com/a/../c",
            "https://app.example.com/a/%2e%2E/c",
            "https://app.example.com/./c",
            "https://app.example.com/%zz",
            "https://app.example.com/c%2",
            "https://APP.example.com/c",
            "https://app.example.com:443/c",
            "https://app.example.com:0/c",
            "https://app.example.com\\@evil.example/c",
            "https:/app.example.com/c",
            "https:///app.example.com/c",
            "https://localhost/c",
            "https://tenant.localhost/c",
            "https://printer.local/c",
            "https://metadata.google.internal/c",
            "https://intranet/c",
            "https://127.0.0.1/c",
            "https://2130706433/c",
            "https://0x7f.1/c",
            "https://[::1]/c",
            "https://app.еxample.com/c",
            "https://app.example.com/c d",
        ] {
            assert!(check(id).is_err(), "{id}");
        }
        let long = format!("https://app.example.com/{}", "a".repeat(120));
        assert!(check(&long).is_err());
    }

    #[test]
    fn a_site_is_its_last_two_labels() {
        assert_eq!(site("https://a.b.evil.example/c"), "evil.example");
        assert_eq!(site("https://evil.example/c"), "evil.example");
    }

    proptest! {
        #[test]
        fn an_id_is_a_url_that_reads_in_one_way(id in "https://[a-z.:0-9@%\\-]{1,20}/[ -~]{0,30}") {
            if let Ok(url) = check(&id) {
                prop_assert_eq!(url.as_str(), id.as_str());
                prop_assert!(url.username().is_empty() && url.query().is_none());
            }
        }

        #[test]
        fn no_text_makes_the_rules_panic(id in any::<String>()) {
            let _ = check(&id);
        }
    }
}
