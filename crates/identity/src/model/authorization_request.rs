//! What a client asked for at the authorization endpoint, once every check has passed.

use std::collections::BTreeMap;
use std::fmt;

use oauth::Scopes;
use oauth::pkce::Challenge;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::Members;

/// A request that may be answered to the client: client and redirect URI are settled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AuthorizationRequest {
    /// The issuer that was asked, with a trailing slash. Its tokens carry it.
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    /// Where the answer goes.
    pub(crate) redirect_uri: String,
    /// Whether the request named it: the token request must name it too then (RFC 6749 §4.1.3).
    pub(crate) redirect_uri_sent: bool,
    pub(crate) response_type: ResponseType,
    pub(crate) response_mode: ResponseMode,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) scope: Scopes,
    /// The identifier of the API; none for a token that only `/userinfo` takes.
    pub(crate) audience: Option<String>,
    pub(crate) code_challenge: Option<Challenge>,
    pub(crate) prompt: Prompt,
    /// Seconds since the user signed in (OpenID Connect Core §3.1.2.1).
    pub(crate) max_age: Option<u32>,
    pub(crate) login_hint: Option<String>,
    /// `signup` opens the sign-up page.
    pub(crate) screen_hint: Option<String>,
    /// Language tags, the most wanted first.
    pub(crate) ui_locales: Vec<String>,
    pub(crate) acr_values: Vec<String>,
    /// The connection to sign in with, where the client chose one.
    pub(crate) connection: Option<String>,
    /// The user that `id_token_hint` or the `claims` parameter names, by the `sub` that the client
    /// knows: nobody else will do.
    pub(crate) subject: Option<String>,
    /// The `claims` parameter (OpenID Connect Core §5.5).
    pub(crate) claims: Option<Members>,
    /// The thumbprint of the key that the code is bound to (RFC 9449 §10).
    pub(crate) dpop_jkt: Option<String>,
    /// What `/co/authenticate` gave for a password that was right.
    pub(crate) login_ticket: Option<String>,
    /// `ext-…` parameters, for the tenant's own pages.
    pub(crate) extensions: BTreeMap<String, String>,
}

/// The origin of a redirect URI; for a private-use scheme the scheme.
pub(crate) fn destination(redirect_uri: &str) -> String {
    match Url::parse(redirect_uri) {
        Ok(url) if url.origin().is_tuple() => url.origin().ascii_serialization(),
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => String::new(),
    }
}

/// What is asked for: any of a code, an access token and an ID token (OAuth 2.0 Multiple Response
/// Type Encoding Practices).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ResponseType {
    pub(crate) code: bool,
    pub(crate) token: bool,
    pub(crate) id_token: bool,
}

impl ResponseType {
    /// Reads `response_type`: words in any order, each once. `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut read = Self {
            code: false,
            token: false,
            id_token: false,
        };
        for word in text.split(' ') {
            let asked = match word {
                "code" => &mut read.code,
                "token" => &mut read.token,
                "id_token" => &mut read.id_token,
                _ => return None,
            };
            if std::mem::replace(asked, true) {
                return None;
            }
        }
        Some(read)
    }

    /// Whether anything but a code comes back through the browser.
    pub(crate) const fn is_front_channel(self) -> bool {
        self.token || self.id_token
    }

    /// Where the answer goes unless the request says otherwise.
    pub(crate) const fn default_mode(self) -> ResponseMode {
        match self.is_front_channel() {
            true => ResponseMode::Fragment,
            false => ResponseMode::Query,
        }
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (self.code, "code"),
            (self.id_token, "id_token"),
            (self.token, "token"),
        ];
        let mut first = true;
        for (_, word) in words.into_iter().filter(|(asked, _)| *asked) {
            if !first {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
            first = false;
        }
        Ok(())
    }
}

impl From<ResponseType> for String {
    fn from(response_type: ResponseType) -> Self {
        response_type.to_string()
    }
}

impl TryFrom<String> for ResponseType {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no response type")
    }
}

/// How the answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResponseMode {
    /// In the query; for codes alone.
    Query,
    /// In the fragment, which no server sees.
    Fragment,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
    /// By `postMessage` to the window that opened or embeds this one, for pages of the client's
    /// `web_origins` alone (the vendor's silent authentication).
    WebMessage,
}

impl ResponseMode {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            "web_message" => Some(Self::WebMessage),
            _ => None,
        }
    }
}

/// What the client wants to be asked, or not to be (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Prompt {
    /// No page at all: an error instead.
    pub(crate) none: bool,
    /// Sign in again, session or not.
    pub(crate) login: bool,
    /// Consent again.
    pub(crate) consent: bool,
    /// Choose an account: the sign-in page.
    pub(crate) select_account: bool,
}

impl Prompt {
    /// Reads `prompt`. `None` for an unknown word, and for `none` in company.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut prompt = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                _ => return None,
            }
        }
        let alone = !(prompt.login || prompt.consent || prompt.select_account);
        (!prompt.none || alone).then_some(prompt)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Prompt, ResponseMode, ResponseType};

    #[test]
    fn response_types_are_sets_of_words() {
        for (text, written) in [
            ("code", "code"),
            ("id_token token", "id_token token"),
            ("token id_token", "id_token token"),
            ("code token id_token", "code id_token token"),
        ] {
            assert_eq!(ResponseType::parse(text).unwrap().to_string(), written);
        }
        for text in ["", "Code", "code code", "code  token", " code", "none"] {
            assert_eq!(ResponseType::parse(text), None, "{text:?}");
        }
        let hybrid = ResponseType::parse("code id_token").unwrap();
        assert_eq!(hybrid.default_mode(), ResponseMode::Fragment);
    }

    #[test]
    fn none_stands_alone_among_prompts() {
        assert!(Prompt::parse("none").unwrap().none);
        assert!(Prompt::parse("login consent").unwrap().consent);
        assert_eq!(Prompt::parse("none login"), None);
        assert_eq!(Prompt::parse("create"), None);
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[a-z_ ]{0,30}") {
            if let Some(read) = ResponseType::parse(&text) {
                prop_assert_eq!(ResponseType::parse(&read.to_string()), Some(read));
            }
        }
    }
}
