//! What the operator allows clients that register themselves.

use std::time::Duration;

use url::Url;

/// What the operator allows clients that register themselves, on top of the tenant's switches
/// (`enable_dynamic_client_registration`, `client_id_metadata_document_supported`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationPolicy {
    /// Whether registering needs an initial access token (RFC 7591 §3).
    pub require_token: bool,
    /// Whether clients may read, change and remove their registration (RFC 7592).
    pub management: bool,
    /// Hosts that redirect URIs may have, such as `app.example.com`, `*.example.com` (its subdomains)
    /// or `localhost`; any if empty.
    pub redirect_hosts: Vec<String>,
    /// Private-use schemes of native applications beside reverse domain names, such as `cursor`.
    pub redirect_schemes: Vec<String>,
    /// Grant types that clients may have; any that the profile allows if empty.
    pub grant_types: Vec<String>,
    /// Scopes that clients may ask for, and get; any if empty.
    pub scopes: Vec<String>,
    /// Words that names of clients must not hold, in whatever spelling: your own names.
    pub reserved_names: Vec<String>,
    /// Registrations that one address block may make in an hour; repeating one costs nothing.
    pub per_origin: u32,
    /// Registrations a second that the tenant takes from all together; no bound if absent.
    pub per_second: Option<u32>,
    /// Clients that registered and were never used, at most; beyond, the oldest of whoever has most go.
    pub max_unused: u32,
    /// Clients that registered themselves, at most.
    pub max_clients: u32,
    /// How long a client that was never used is kept.
    pub unused_lifetime: Duration,
    /// How long a client is kept after its last use.
    pub lifetime: Duration,
    /// Whose software statements are believed.
    pub software_issuers: Vec<SoftwareIssuer>,
    /// Whether registering needs a software statement.
    pub require_software_statement: bool,
    /// Hosts of client ID metadata documents, written as `redirect_hosts`; any if empty.
    pub document_hosts: Vec<String>,
}

/// Somebody whose software statements are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoftwareIssuer {
    /// Its `iss`.
    pub issuer: String,
    /// Where its keys are.
    pub jwks_uri: String,
}

impl Default for RegistrationPolicy {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(86_400);
        Self {
            require_token: false,
            management: false,
            redirect_hosts: Vec::new(),
            redirect_schemes: Vec::new(),
            grant_types: Vec::new(),
            scopes: Vec::new(),
            reserved_names: Vec::new(),
            per_origin: 120,
            per_second: None,
            max_unused: 10_000,
            max_clients: 100_000,
            unused_lifetime: 7 * DAY,
            lifetime: 90 * DAY,
            software_issuers: Vec::new(),
            require_software_statement: false,
            document_hosts: Vec::new(),
        }
    }
}

impl RegistrationPolicy {
    /// Whether a redirect URI may go to this host, or to no host at all.
    pub(crate) fn allows_redirect_to(&self, url: &Url) -> bool {
        self.redirect_hosts.is_empty()
            || matches(&self.redirect_hosts, url)
            || self.allows_scheme(url.scheme())
    }

    /// Whether the operator allows this private-use scheme. Scripts, documents and files have none
    /// that he could allow.
    pub(crate) fn allows_scheme(&self, scheme: &str) -> bool {
        const NEVER: [&str; 16] = [
            "javascript",
            "data",
            "vbscript",
            "file",
            "about",
            "blob",
            "filesystem",
            "view-source",
            "jar",
            "ftp",
            "http",
            "https",
            "ws",
            "wss",
            "intent",
            "mailto",
        ];
        !NEVER.contains(&scheme)
            && self
                .redirect_schemes
                .iter()
                .any(|own| own.eq_ignore_ascii_case(scheme))
    }

    /// Whether a metadata document may lie there.
    pub(crate) fn allows_document_at(&self, url: &Url) -> bool {
        self.document_hosts.is_empty() || matches(&self.document_hosts, url)
    }

    pub(crate) fn allows_grant_type(&self, grant_type: &str) -> bool {
        self.grant_types.is_empty() || self.grant_types.iter().any(|own| own == grant_type)
    }

    pub(crate) fn allows_scope(&self, scope: &str) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|own| own == scope)
    }

    /// The reserved word that a name holds. Case, spaces, punctuation and the look-alikes that are
    /// usual in deceit make no difference.
    pub(crate) fn reserved_in(&self, name: &str) -> Option<&str> {
        let plain = plain(name);
        let mut words = self.reserved_names.iter().map(String::as_str);
        words.find(|word| {
            let word = self::plain(word);
            !word.is_empty() && plain.contains(&word)
        })
    }
}

fn matches(patterns: &[String], url: &Url) -> bool {
    // The parser has made the host lower-case and punycode.
    let Some(host) = url.host_str() else {
        return false;
    };
    patterns.iter().any(|pattern| {
        let pattern = pattern.to_ascii_lowercase();
        match pattern.strip_prefix("*.") {
            Some(domain) => host
                .strip_suffix(domain)
                .and_then(|rest| rest.strip_suffix('.'))
                .is_some_and(|label| !label.is_empty()),
            None => host.trim_matches(['[', ']']) == pattern.trim_matches(['[', ']']),
        }
    })
}

/// A name as an eye in a hurry reads it: letters and digits alone, look-alikes as what they look like.
fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|c| match c {
            'а' | 'α' | 'à' | 'á' | 'â' | 'ä' | '4' | '@' => Some('a'),
            'е' | 'ε' | 'è' | 'é' | 'ê' | 'ë' | '3' => Some('e'),
            'о' | 'ο' | 'ò' | 'ó' | 'ô' | 'ö' | '0' => Some('o'),
            'і' | 'ι' | 'ì' | 'í' | 'ı' | 'l' | '1' | '|' | '!' => Some('i'),
            'ѕ' | '5' | '$' => Some('s'),
            'с' | 'ϲ' | 'ç' => Some('c'),
            'р' | 'ρ' => Some('p'),
            'у' | 'υ' => Some('y'),
            'х' | 'χ' => Some('x'),
            'һ' => Some('h'),
            'ԁ' => Some('d'),
            'ԝ' => Some('w'),
            'м' => Some('m'),
            'т' | 'τ' | '7' => Some('t'),
            'к' | 'κ' => Some('k'),
            'ո' | 'п' => Some('n'),
            // Full-width forms.
            'ａ'..='ｚ' => {
                char::from_u32(u32::from(c) - 0xFEE0).map(|c| if c == 'l' { 'i' } else { c })
            }
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::RegistrationPolicy;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn hosts_match_whole_labels_alone() {
        let policy = RegistrationPolicy {
            redirect_hosts: vec!["app.example.com".into(), "*.partner.example".into()],
            ..RegistrationPolicy::default()
        };
        for allowed in ["https://APP.example.com/cb", "https://a.b.partner.example/"] {
            assert!(policy.allows_redirect_to(&url(allowed)), "{allowed}");
        }
        for refused in [
            "https://app.example.com.evil.example/",
            "https://evilapp.example.com/",
            "https://partner.example/",
            "https://evilpartner.example/",
            "http://127.0.0.1/",
            "com.evil.app:/cb",
        ] {
            assert!(!policy.allows_redirect_to(&url(refused)), "{refused}");
        }
    }

    #[test]
    fn no_policy_allows_a_scheme_that_runs_scripts() {
        let policy = RegistrationPolicy {
            redirect_schemes: vec!["javascript".into(), "data".into(), "Cursor".into()],
            ..RegistrationPolicy::default()
        };
        assert!(policy.allows_scheme("cursor"));
        assert!(!policy.allows_scheme("javascript") && !policy.allows_scheme("data"));
        assert!(!policy.allows_scheme("vscode"));
    }

    #[test]
    fn a_reserved_name_is_found_in_its_disguises() {
        let policy = RegistrationPolicy {
            reserved_names: vec!["Acme Bank".into()],
            ..RegistrationPolicy::default()
        };
        for name in [
            "Acme Bank",
            "ACME-BANK login",
            "Асmе Bаnk",
            "4cme b4nk",
            "ａｃｍｅ bank",
        ] {
            assert!(policy.reserved_in(name).is_some(), "{name}");
        }
        assert!(policy.reserved_in("Weather").is_none());
    }
}
