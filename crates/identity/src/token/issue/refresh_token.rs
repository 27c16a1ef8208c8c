//! Refresh tokens.

use crate::Tenant;
use crate::model::authorization::Authorization;
use crate::model::refresh_token::{Policy, RefreshToken};
use crate::token::KnownClient;
use crate::token::digest::{Kind, digest};
use crate::token::user_scope::OFFLINE_ACCESS;

/// Characters of the part that names the family, with 5.95 bits each.
const SELECTOR: usize = 22;
/// Characters of the part that is proof.
const SECRET: usize = 23;

/// A refresh token as its client has it: a selector, which every token of a family shares, and a secret.
///
/// So a token that was rotated away is known for what it is, however long ago that was and although
/// nothing of it is kept: its family is there, and its secret is not the family's (RFC 9700 §4.14.2).
pub(in crate::token) struct Parts<'a> {
    selector: &'a str,
    secret: &'a str,
}

impl<'a> Parts<'a> {
    /// Reads a token; `None` for text that is none, a shortened token among it.
    pub(in crate::token) fn read(token: &'a str) -> Option<Self> {
        let whole = token.len() == SELECTOR + SECRET;
        let alphabet = token.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !whole || !alphabet {
            return None;
        }
        let (selector, secret) = token.split_at(SELECTOR);
        Some(Self { selector, secret })
    }

    /// The digest under which the family is kept.
    pub(in crate::token) fn selector(&self, tenant: &Tenant) -> String {
        digest(tenant, Kind::RefreshTokenSelector, self.selector)
    }

    /// The digest of the secret.
    pub(in crate::token) fn secret(&self, tenant: &Tenant) -> String {
        digest(tenant, Kind::RefreshToken, self.secret)
    }

    /// The next token of the family, and the digest of its secret.
    pub(in crate::token) fn next(&self, tenant: &Tenant) -> (String, String) {
        let secret = tenant.entropy().alphanumeric(SECRET);
        let kept = digest(tenant, Kind::RefreshToken, &secret);
        (format!("{}{secret}", self.selector), kept)
    }
}

/// A new family, to be kept before its token is given out.
pub(in crate::token) struct NewFamily {
    /// The token.
    pub(in crate::token) token: String,
    /// The digest of its selector.
    pub(in crate::token) selector: String,
    pub(in crate::token) family: RefreshToken,
}

/// Makes a refresh token where the user allowed one and the client may use it.
///
/// A public client's token is bound to the key of the DPoP proof it came with (RFC 9449 §5); a
/// confidential client's is bound to the client already.
pub(in crate::token) fn refresh_token(
    tenant: &Tenant,
    client: &KnownClient,
    authorization: &Authorization,
) -> Option<NewFamily> {
    if !authorization.has(OFFLINE_ACCESS) || !client.may_use("refresh_token") {
        return None;
    }
    let policy = Policy::of(&client.client, client.is_public());
    let entropy = tenant.entropy();
    let token = entropy.alphanumeric(SELECTOR + SECRET);
    let parts = Parts::read(&token)?;
    let mut authorization = authorization.clone();
    // It belonged to the first answer, and says nothing about the next ones.
    authorization.nonce = None;
    authorization.custom = None;
    if !client.is_public() {
        authorization.dpop_jkt = None;
    }
    let family = RefreshToken::new(
        format!("rt_{}", entropy.alphanumeric(22)),
        parts.secret(tenant),
        authorization,
        &policy,
        tenant.clock().now(),
    );
    Some(NewFamily {
        selector: parts.selector(tenant),
        token,
        family,
    })
}
