//! Discovery.

use serde::Deserialize;
use url::Url;

use super::cached::Fetched;
use super::{fetch as fetch_document, lifetime, not_a_document};
use crate::{Egress, Error, ErrorKind, Response};

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// What an issuer says of itself, as far as it is used (OpenID Connect Discovery 1.0 §3, RFC 8414 §2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    /// The issuer as its tokens carry it, slash and all.
    pub issuer: String,
    /// Where users are sent to sign in.
    #[serde(default)]
    pub authorization_endpoint: Option<String>,
    /// Where grants become tokens.
    #[serde(default)]
    pub token_endpoint: Option<String>,
    /// Where the keys are.
    pub jwks_uri: String,
    /// Where more is told of the user that an access token is for (OpenID Connect Core §5.3).
    #[serde(default)]
    pub userinfo_endpoint: Option<String>,
    /// Whether answers of the authorization endpoint name the issuer (RFC 9207 §3).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// Where clients register (RFC 7591).
    #[serde(default)]
    pub registration_endpoint: Option<String>,
    /// Where tokens are asked about (RFC 7662).
    #[serde(default)]
    pub introspection_endpoint: Option<String>,
    /// How clients may authenticate at the token endpoint; absent means `client_secret_basic`.
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Which grant types clients may have; absent means `authorization_code` and `implicit`, by the
    /// letter.
    #[serde(default)]
    pub grant_types_supported: Option<Vec<String>>,
}

/// The base address of an issuer, however people write it: without trailing slashes, without the path
/// of the metadata document, without the `/api/v2` of Auth0's Management API.
///
/// `https://tenant.example/api/v2/`, `https://tenant.example/` and
/// `https://tenant.example/.well-known/openid-configuration` are all `https://tenant.example`.
#[must_use]
pub fn normalise(issuer: &str) -> String {
    let mut text = simplify(issuer);
    // What was cut may leave something to cut; a few rounds settle every text.
    for _ in 0..8 {
        let simpler = simplify(&text);
        if simpler == text {
            break;
        }
        text = simpler;
    }
    text
}

fn simplify(issuer: &str) -> String {
    let trimmed = issuer.trim();
    // A parsed URL has its scheme and host in lower case and its default port left out.
    let mut text = Url::parse(trimmed).map_or_else(
        |_| trimmed.to_owned(),
        |url| url[..url::Position::AfterPath].to_owned(),
    );
    // RFC 8414 §3.1 puts the document before the issuer's own path.
    if let Some((origin, path)) = text.split_once(OAUTH)
        && path.len() > 1
        && path.starts_with('/')
    {
        text = format!("{origin}{path}");
    }
    loop {
        let shorter = text.trim_end_matches('/');
        let shorter = [OPENID, OAUTH, "/api/v2"]
            .iter()
            .find_map(|end| shorter.strip_suffix(end))
            .unwrap_or(shorter);
        if shorter.len() == text.len() {
            return text;
        }
        text.truncate(shorter.len());
    }
}

/// Fetches the metadata of a normalised issuer.
pub(super) async fn fetch(egress: &Egress, issuer: &str) -> Result<Fetched<Metadata>, Error> {
    let mut first = None;
    for url in addresses(issuer) {
        match fetch_document(egress, &url)
            .await
            .and_then(|response| read(&response, issuer, &url))
        {
            Ok(fetched) => return Ok(fetched),
            // The server was not reached: another path will not help.
            Err(error) if error.kind != ErrorKind::Protocol => return Err(error),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| Error::new(ErrorKind::InvalidRequest, "the issuer has no address")))
}

/// Where the document may be: appended for OpenID Connect, inserted before the path for RFC 8414 §3.1.
fn addresses(issuer: &str) -> Vec<String> {
    let mut addresses = vec![format!("{issuer}{OPENID}"), format!("{issuer}{OAUTH}")];
    if let Ok(url) = Url::parse(issuer)
        && !matches!(url.path(), "" | "/")
    {
        let (origin, path) = (&url[..url::Position::BeforePath], url.path());
        addresses.insert(1, format!("{origin}{OAUTH}{path}"));
    }
    addresses
}

/// Reads a document, which must be the issuer's own (RFC 8414 §3.3): a slash at the end is forgiven.
fn read(response: &Response, issuer: &str, url: &str) -> Result<Fetched<Metadata>, Error> {
    let metadata: Metadata = response
        .json()
        .map_err(|_| not_a_document(url, "an issuer's metadata"))?;
    if normalise(&metadata.issuer) != issuer {
        let message = format!(
            "{url} describes the issuer {}, not {issuer}; use the address that it names",
            shown(&metadata.issuer)
        );
        return Err(Error::new(ErrorKind::Protocol, message));
    }
    let plain = |address: &str| !address.starts_with("https://");
    let endpoints = [
        Some(&metadata.jwks_uri),
        metadata.token_endpoint.as_ref(),
        metadata.userinfo_endpoint.as_ref(),
        metadata.authorization_endpoint.as_ref(),
    ];
    if issuer.starts_with("https://") && endpoints.into_iter().flatten().any(|e| plain(e)) {
        let message =
            format!("{url} names an endpoint without https; correct the issuer's settings");
        return Err(Error::new(ErrorKind::Protocol, message));
    }
    Ok(Fetched {
        value: metadata,
        document: response.body.clone(),
        lifetime: lifetime(response),
    })
}

/// What a server wrote, fit for a log line and a page.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{addresses, normalise};

    #[test]
    fn every_way_to_write_an_issuer_is_one_address() {
        for text in [
            "https://tenant.example",
            "https://tenant.example/",
            "https://TENANT.example:443//",
            " https://tenant.example/api/v2/",
            "https://tenant.example/api/v2",
            "https://tenant.example/.well-known/openid-configuration",
            "https://tenant.example/.well-known/oauth-authorization-server/",
        ] {
            assert_eq!(normalise(text), "https://tenant.example", "{text}");
        }
        assert_eq!(
            normalise("https://sts.example/tenant/v2.0/"),
            "https://sts.example/tenant/v2.0"
        );
        assert_eq!(
            normalise("https://as.example/.well-known/oauth-authorization-server/tenant/"),
            "https://as.example/tenant"
        );
        assert_eq!(normalise("http://127.0.0.1:8005/"), "http://127.0.0.1:8005");
    }

    #[test]
    fn metadata_is_looked_for_where_both_documents_put_it() {
        assert_eq!(
            addresses("https://as.example/tenant"),
            [
                "https://as.example/tenant/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server/tenant",
                "https://as.example/tenant/.well-known/oauth-authorization-server",
            ]
        );
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in ".{0,60}") {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once.clone());
        }
    }
}
