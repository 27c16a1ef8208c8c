//! Making what is handed out: codes and tokens.

mod access_token;
mod authorization_code;
mod id_token;
mod refresh_token;

pub(crate) use access_token::{AccessToken, access_token};
pub(in crate::token) use access_token::{Draft, draft};
pub(crate) use authorization_code::authorization_code;
pub(in crate::token) use id_token::{IdTokenDraft, sign};
pub(crate) use id_token::{IdTokenExtras, id_token};
pub(in crate::token) use refresh_token::{NewFamily, Parts, refresh_token};

/// By which way a token reaches its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// In the authorization response, through the browser.
    Front,
    /// From the token endpoint.
    Back,
    /// From the token endpoint, for the user's password.
    Password,
}

impl Channel {
    /// The vendor's claim `gty`, which only some grants have.
    const fn gty(self) -> Option<&'static str> {
        match self {
            Self::Front | Self::Back => None,
            Self::Password => Some("password"),
        }
    }
}
