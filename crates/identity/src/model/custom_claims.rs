//! Claims that Actions put into tokens.

use serde_json::Value;

use crate::model::Members;

/// Names that no Action may set; such a claim is left out, and the flow goes on. `scope` is ours: the
/// token has it already.
///
/// Source: the vendor's "Create Custom Claims", "Restricted claims".
const RESERVED: [&str; 56] = [
    "acr",
    "act",
    "active",
    "amr",
    "at_hash",
    "ath",
    "attest",
    "aud",
    "auth_time",
    "authorization_details",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "cty",
    "dest",
    "entitlements",
    "events",
    "exp",
    "groups",
    "gty",
    "htm",
    "htu",
    "iat",
    "internalService",
    "iss",
    "jcard",
    "jku",
    "jti",
    "jwe",
    "jwk",
    "kid",
    "may_act",
    "mky",
    "nbf",
    "nonce",
    "object_id",
    "org_id",
    "org_name",
    "orig",
    "origid",
    "permissions",
    "roles",
    "rph",
    "s_hash",
    "scope",
    "sid",
    "sub",
    "sub_jwk",
    "toe",
    "txn",
    "typ",
    "uuid",
    "vot",
    "vtm",
    "x5t#S256",
];

/// Domains that the vendor keeps for itself.
const VENDOR: [&str; 3] = ["auth0.com", "webtask.io", "webtask.run"];

/// Bytes of all claims together.
const MAX: usize = 100 * 1024;

/// The token that claims go into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// An access token, of the Management API or of another one.
    Access { is_system: bool },
    /// An ID token.
    Id,
}

/// Claims that pass the rules.
#[derive(Clone, Debug)]
pub(crate) struct CustomClaims {
    token: Token,
    members: Members,
}

impl CustomClaims {
    pub(crate) fn new(token: Token) -> Self {
        Self::with(token, Members::new())
    }

    /// Goes on with claims that passed before.
    pub(crate) const fn with(token: Token, members: Members) -> Self {
        Self { token, members }
    }

    /// Sets a claim. Gives whether it counts.
    ///
    /// # Errors
    /// If all claims together are too large.
    pub(crate) fn set(&mut self, name: &str, value: Value) -> Result<bool, String> {
        if !self.counts(name) {
            return Ok(false);
        }
        self.members.insert(name.to_owned(), value);
        let size = serde_json::to_string(&self.members).map_or(0, |text| text.len());
        match size > MAX {
            true => Err(format!(
                "the custom claims of a token may have {MAX} bytes, and have {size}"
            )),
            false => Ok(true),
        }
    }

    fn counts(&self, name: &str) -> bool {
        if name.is_empty() || RESERVED.contains(&name) || name.starts_with("sip_") {
            return false;
        }
        let namespaced = name.contains("://") || name.starts_with("urn:");
        // Source: "Create Custom Claims": claims of the vendor's own APIs need a namespace.
        if self.token == (Token::Access { is_system: true }) && !namespaced {
            return false;
        }
        !of_vendor(name)
    }

    pub(crate) fn into_members(self) -> Members {
        self.members
    }
}

fn of_vendor(name: &str) -> bool {
    if name.starts_with("urn:auth0") {
        return true;
    }
    let Ok(url) = url::Url::parse(name) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    VENDOR.iter().any(|domain| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CustomClaims, Token};

    #[test]
    fn reserved_names_and_the_vendors_namespaces_are_left_out() {
        let mut claims = CustomClaims::new(Token::Access { is_system: false });
        for name in [
            "sub",
            "scope",
            "sip_x",
            "https://x.auth0.com/a",
            "https://auth0.com/a",
            "https://webtask.io/",
            "urn:auth0:x",
            "",
        ] {
            assert_eq!(claims.set(name, json!(1)), Ok(false), "{name}");
        }
        for name in [
            "plan",
            "https://acme.example/plan",
            "https://notauth0.com/x",
        ] {
            assert_eq!(claims.set(name, json!(1)), Ok(true), "{name}");
        }
        assert_eq!(claims.into_members().len(), 3);
        let mut management = CustomClaims::new(Token::Access { is_system: true });
        assert_eq!(management.set("plan", json!(1)), Ok(false));
        assert_eq!(
            management.set("https://acme.example/plan", json!(1)),
            Ok(true)
        );
    }

    #[test]
    fn claims_have_a_largest_size() {
        let mut claims = CustomClaims::new(Token::Id);
        assert!(claims.set("large", json!("x".repeat(101 * 1024))).is_err());
    }
}
