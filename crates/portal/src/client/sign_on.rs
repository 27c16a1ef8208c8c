//! Sign-in with the team's identity provider: `/api/v2/developer/authenticate/sso` and the way back.
//!
//! Source: Konnect Portal API 2.1.0, `authenticate-sso`; the callback is what the vendor's own portal calls.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use url::Url;
use web::{Cookie, cookie_value, local_path, query_value};

use super::cookies;
use super::guard::{At, is_client_of};
use super::session::Caller;
use crate::rest::Problem;
use crate::service::accounts::{self, Admission, Refusal};
use crate::service::sign_on::{self, Answer, Begun, CALLBACK, Failure};
use crate::{Error, Portal};

/// The cookie of a browser that is on its way to the provider and back.
const ATTEMPT: &str = "portalsignon";

#[derive(Deserialize)]
pub(super) struct Begin {
    #[serde(rename = "returnTo")]
    return_to: Option<String>,
}

/// Sends the browser to the provider.
pub(super) async fn begin(
    caller: Caller,
    State(portal): State<Portal>,
    Query(query): Query<Begin>,
) -> Result<Response, Problem> {
    let at = &caller.at;
    let return_to = query.return_to.as_deref();
    let return_to = return_to.and_then(|to| own_address(to, at)).unwrap_or("/");
    match sign_on::begin(&portal, (&at.site, &at.origin), return_to).await {
        Ok(begun) => {
            let mut response = found(&begun.location);
            let cookie = attempt(&begun.sealed, at).lasting(Begun::LASTS);
            response
                .headers_mut()
                .append(header::SET_COOKIE, cookie.header());
            Ok(response)
        }
        Err(Failure::NotOffered) => {
            let text = "single sign-on is not set up for this portal; sign in with email address and password";
            Err(Error::Malformed(text.into()).into())
        }
        Err(failure) => Ok(refused(&failure)),
    }
}

/// Where the provider sends the browser back to.
pub(super) async fn end(
    caller: Caller,
    State(portal): State<Portal>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    let at = &caller.at;
    let site = (&at.site, caller.visit.request_id.as_str());
    let sealed = cookie_value(&headers, ATTEMPT);
    let mut response = match sign_on::complete(&portal, &caller.visit, site, sealed, &answer).await
    {
        Ok(done) => {
            let mut response = found(&done.return_to);
            let now = portal.clock().now();
            cookies::set(response.headers_mut(), at, &done.tokens, now);
            response
        }
        Err(failure) => refused(&failure),
    };
    let over = attempt("", at).lasting(std::time::Duration::ZERO);
    response
        .headers_mut()
        .append(header::SET_COOKIE, over.header());
    response
}

/// The attempt's cookie comes back to the callback alone, and on a link from the provider's site.
fn attempt<'a>(value: &'a str, at: &At) -> Cookie<'a> {
    let mut cookie = Cookie::new(ATTEMPT, value, at.secure);
    cookie.path = CALLBACK;
    cookie
}

/// An address to go on to: on this portal's own origin, or on its client's, which an administrator named.
///
/// Source: OWASP Unvalidated Redirects and Forwards Cheat Sheet.
fn own_address<'a>(to: &'a str, at: &At) -> Option<&'a str> {
    if local_path(to).is_some() {
        return Some(to);
    }
    let url = Url::parse(to).ok()?;
    // What a browser reads is what was checked.
    let same = url.as_str() == to && url.username().is_empty() && url.password().is_none();
    let origin = url.origin().ascii_serialization();
    let known = origin == at.origin
        || is_client_of(&origin, &at.site) && (!at.secure || url.scheme() == "https");
    (same && known).then_some(to)
}

/// The sign-in page, which says what went wrong.
fn refused(failure: &Failure) -> Response {
    let why = match failure {
        Failure::NotBegun => "expired",
        Failure::Declined => "declined",
        Failure::NotOffered => "off",
        Failure::Provider(reason) => {
            tracing::warn!(reason, "a sign-in with the identity provider failed");
            "provider"
        }
        Failure::Account(error) => account(error),
    };
    found(&format!("/login?sso={}", query_value(why)))
}

fn account(error: &accounts::Error) -> &'static str {
    match error {
        accounts::Error::Refused(Refusal::Pending) => "pending",
        accounts::Error::Refused(Refusal::Rejected) => "rejected",
        accounts::Error::Refused(_) => "revoked",
        accounts::Error::NotAdmitted(Admission::NoAddress) => "no-address",
        accounts::Error::NotAdmitted(Admission::NotVerified) => "not-verified",
        accounts::Error::NotAdmitted(Admission::Taken) => "taken",
        accounts::Error::Limited(_) => "limited",
        other => {
            tracing::error!(error = %other, "a sign-in with the identity provider failed");
            "failed"
        }
    }
}

/// `302`, as the specification has it; addresses with codes in them are told to nobody.
fn found(location: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    let location = HeaderValue::try_from(location).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, location);
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};

    use super::{At, own_address};
    use crate::model::{AuthenticationSettings, Labels, PortalId, Site, Visibility};

    fn at() -> At {
        let site = Site {
            id: PortalId::new(&Entropy::seeded(1)),
            name: "weather".into(),
            display_name: "Weather".into(),
            description: None,
            is_public: false,
            rbac_enabled: false,
            auto_approve_applications: false,
            auto_approve_developers: false,
            custom_domain: None,
            custom_client_domain: Some("app.example".into()),
            default_auth_strategy_id: None,
            default_api_visibility: Visibility::Private,
            default_page_visibility: Visibility::Private,
            appearance: serde_json::Map::new(),
            customization: serde_json::Map::new(),
            ip_allow_list: Vec::new(),
            authentication: AuthenticationSettings::default(),
            labels: Labels::new(),
            pages_revision: 0,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        };
        At {
            site,
            origin: "https://portal.example".into(),
            secure: true,
        }
    }

    #[test]
    fn only_addresses_of_the_portal_and_its_client_are_gone_on_to() {
        let at = at();
        for own in [
            "/my-apps?page=2",
            "https://portal.example/my-apps",
            "https://app.example/",
        ] {
            assert_eq!(own_address(own, &at), Some(own));
        }
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "https://portal.example.evil.example/",
            "https://portal.example@evil.example/",
            "https://portal.example:444/",
            "http://portal.example/",
            "http://app.example/",
            "https://user@portal.example/",
            "https://portal.example\\@evil.example/",
            "HTTPS://portal.example/\r\nx",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            assert_eq!(own_address(elsewhere, &at), None, "{elsewhere}");
        }
    }
}
