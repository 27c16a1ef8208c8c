//! Step: where does the answer go?

use oauth::redirect_uri;

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::login::view::problem::Kind;
use crate::model::client::Client;
use crate::model::strings;

/// A redirect URI that is the client's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RedirectUri {
    pub(super) uri: String,
    /// Whether the request named it.
    pub(super) sent: bool,
}

/// Settles the redirect URI: the one of the request if the client registered it, byte for byte, or the
/// only one that the client registered.
///
/// # Errors
/// `invalid_request` for anything else. Nobody is redirected anywhere before this step has passed
/// (RFC 6749 §3.1.2.4, RFC 9700 §4.11).
///
/// Source: RFC 9700 §2.1, §4.1.3; OpenID Connect Core §3.1.2.1 for requests that must name it.
pub(super) fn settle(client: &Client, parameters: &Parameters) -> Result<RedirectUri, Refusal> {
    let registered: Vec<&str> = strings(client.settings.get("callbacks")).collect();
    let Some(uri) = parameters.once("redirect_uri")? else {
        return implied(&registered, parameters);
    };
    if !redirect_uri::is_registered(&registered, uri) || !is_harmless(uri) {
        let shown: String = uri.chars().take(200).collect();
        return Err(Refusal::invalid_request(format!(
            "Callback URL mismatch: {shown} is not among the client's registered callback URLs"
        ))
        .about(Kind::BadRedirect));
    }
    Ok(RedirectUri {
        uri: uri.to_owned(),
        sent: true,
    })
}

fn implied(registered: &[&str], parameters: &Parameters) -> Result<RedirectUri, Refusal> {
    let scope = parameters.get("scope").unwrap_or_default();
    let is_openid = scope.split(' ').any(|word| word == "openid");
    match registered {
        [only] if !is_openid && is_harmless(only) => Ok(RedirectUri {
            uri: (*only).to_owned(),
            sent: false,
        }),
        _ => Err(Refusal::missing("redirect_uri")),
    }
}

/// Whether a browser may be sent there at all. Rows may be older than today's rules for registering.
fn is_harmless(uri: &str) -> bool {
    use oauth::redirect_uri::{ApplicationKind, RedirectUriError};
    let checked = redirect_uri::check(uri, ApplicationKind::Native);
    let scripts = [
        "javascript",
        "data",
        "vbscript",
        "file",
        "blob",
        "about",
        "view-source",
    ];
    match checked {
        Ok(()) => true,
        // Compat: the vendor lets administrators register `http` and schemes without a dot.
        Err(RedirectUriError::Insecure) => true,
        Err(RedirectUriError::Scheme) => {
            let scheme = uri.split(':').next().unwrap_or_default();
            !scripts.iter().any(|bad| scheme.eq_ignore_ascii_case(bad))
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Parameters, RedirectUri, settle};
    use crate::model::client::Client;

    fn client(callbacks: Value) -> Client {
        let Value::Object(members) = json!({ "name": "c", "callbacks": callbacks }) else {
            unreachable!()
        };
        Client::register(members, &Entropy::seeded(1), Timestamp::from_millis(0))
    }

    fn asked(uri: &str) -> Parameters {
        Parameters::pushed(vec![("redirect_uri".to_owned(), uri.to_owned())])
    }

    #[test]
    fn only_what_is_registered_is_taken_and_nothing_that_runs() {
        let own = client(json!([
            "https://a.example/cb",
            "JavaScript:alert(1)",
            "myapp://callback",
            "http://dev.internal/cb"
        ]));
        for uri in [
            "https://a.example/cb",
            "myapp://callback",
            "http://dev.internal/cb",
        ] {
            assert!(settle(&own, &asked(uri)).is_ok(), "{uri}");
        }
        for uri in [
            "JavaScript:alert(1)",
            "https://a.example/cb/",
            "https://a.example/cb?x",
            "https://a.example/cb/..;/x",
            "https://a.example/../cb",
            "https://a.example@evil.example/cb",
            "https://a.example.evil.example/cb",
            "//a.example/cb",
            "",
        ] {
            assert!(settle(&own, &asked(uri)).is_err(), "{uri}");
        }
    }

    #[test]
    fn the_only_callback_is_implied_unless_the_request_is_openid() {
        let one = client(json!(["https://a.example/cb"]));
        let implied = settle(&one, &Parameters::default());
        let expected = RedirectUri {
            uri: "https://a.example/cb".to_owned(),
            sent: false,
        };
        assert_eq!(implied, Ok(expected));
        assert!(settle(&one, &Parameters::form(b"scope=openid+a")).is_err());
        let two = client(json!(["https://a.example/cb", "https://b.example/cb"]));
        assert!(settle(&two, &Parameters::default()).is_err());
        assert!(settle(&client(json!([])), &Parameters::default()).is_err());
    }

    proptest! {
        #[test]
        fn nothing_but_the_registered_text_passes(uri in "https://a\\.example/[a-z0-9./;?#@%\\\\-]{0,20}") {
            let own = client(json!(["https://a.example/cb"]));
            let settled = settle(&own, &asked(&uri));
            prop_assert_eq!(settled.is_ok(), uri == "https://a.example/cb");
        }
    }
}
