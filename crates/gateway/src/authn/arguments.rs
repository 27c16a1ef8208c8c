//! Credentials in the query and in small bodies.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE};
use http::uri::PathAndQuery;
use http::{HeaderMap, Uri};
use http_body_util::{BodyExt, Full};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::Presented;
use crate::config::OpenidConnect;
use crate::proxy::body::ToUpstream;
use crate::rescue::{Reason, Refusal};
use crate::strategy::Strategy;

/// Names of arguments that hold credentials.
const CREDENTIALS: [&str; 3] = ["client_id", "client_secret", "access_token"];

/// A body announced with more bytes is not searched for credentials.
const SEARCHED: u64 = 64 * 1024;

/// Every value of an argument in the query.
pub(super) fn in_query(uri: &Uri, name: &str) -> impl Iterator<Item = String> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .filter(move |(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// The value of a cookie.
pub(super) fn in_cookies<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    UrlEncoded,
    Json,
}

fn form(headers: &HeaderMap) -> Option<Form> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    match kind.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Some(Form::UrlEncoded),
        "application/json" => Some(Form::Json),
        _ => None,
    }
}

/// Reads the body if it may hold credentials: a form or JSON of announced and small size. It is
/// forwarded as it came.
pub(super) async fn read_body(presented: &mut Presented<'_>) -> Result<Option<Bytes>, Refusal> {
    if form(&presented.parts.headers).is_none() {
        return Ok(None);
    }
    let length = presented.parts.headers.get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_none_or(|length| length > SEARCHED) {
        return Ok(None);
    }
    let body = std::mem::replace(presented.body, ToUpstream::empty());
    let bytes = body.collect().await.map_err(|error| {
        let detail = format!("the body cannot be read: {error}");
        Refusal::new(Reason::MalformedRequest, detail).closing()
    })?;
    let bytes = bytes.to_bytes();
    *presented.body = ToUpstream::Full(Full::new(bytes.clone()));
    Ok(Some(bytes))
}

/// The value of an argument in a body that was read.
pub(super) fn in_body(headers: &HeaderMap, body: &[u8], name: &str) -> Option<String> {
    match form(headers)? {
        Form::UrlEncoded => form_urlencoded::parse(body)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned()),
        Form::Json => {
            let members: Map<String, Value> = serde_json::from_slice(body).ok()?;
            members.get(name)?.as_str().map(str::to_owned)
        }
    }
}

/// Takes credentials out of headers, query and body before they go upstream.
pub(super) fn hide(presented: &mut Presented<'_>, strategy: &Strategy) {
    for header in ["access-token", "x-access-token"] {
        presented.parts.headers.remove(header);
    }
    let named = |key: &str| CREDENTIALS.contains(&key);
    if let Some(query) = presented.parts.uri.query()
        && form_urlencoded::parse(query.as_bytes()).any(|(key, _)| named(&key))
    {
        let kept = without_credentials(query.as_bytes());
        let path = presented.parts.uri.path();
        let target = if kept.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{kept}")
        };
        if let Ok(target) = PathAndQuery::try_from(target) {
            let mut uri = presented.parts.uri.clone().into_parts();
            uri.path_and_query = Some(target);
            if let Ok(uri) = Uri::from_parts(uri) {
                presented.parts.uri = uri;
            }
        }
    }
    if strategy.openid().is_some_and(searches_body) {
        hide_in_body(presented);
    }
}

/// Whether a strategy takes any credential from bodies.
pub(super) fn searches_body(openid: &OpenidConnect) -> bool {
    let body = |list: &[String]| list.iter().any(|place| place == "body");
    body(&openid.client_credentials_param_type) || body(&openid.bearer_token_param_type)
}

fn hide_in_body(presented: &mut Presented<'_>) {
    // Only a body that was read can have held the credential.
    let ToUpstream::Full(full) = &mut *presented.body else {
        return;
    };
    let Some(Ok(bytes)) = futures_util::FutureExt::now_or_never(full.clone().collect()) else {
        return;
    };
    let bytes = bytes.to_bytes();
    let kept = match form(&presented.parts.headers) {
        Some(Form::UrlEncoded) => without_credentials(&bytes).into_bytes(),
        Some(Form::Json) => match serde_json::from_slice::<Map<String, Value>>(&bytes) {
            Ok(mut members) if CREDENTIALS.iter().any(|name| members.contains_key(*name)) => {
                members.retain(|name, _| !CREDENTIALS.contains(&name.as_str()));
                serde_json::to_vec(&members).unwrap_or_default()
            }
            _ => return,
        },
        None => return,
    };
    presented.parts.headers.remove(CONTENT_LENGTH);
    *presented.body = ToUpstream::Full(Full::new(Bytes::from(kept)));
}

fn without_credentials(form: &[u8]) -> String {
    let kept = form_urlencoded::parse(form).filter(|(key, _)| !CREDENTIALS.contains(&&**key));
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish()
}
