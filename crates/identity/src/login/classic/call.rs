//! A script's request: its parameters, its client, and where it comes from.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

use super::origin::From;
use super::refusal::Refusal;
use crate::model::Members;
use crate::model::client::Client;
use crate::model::connection::Connection;
use crate::service::connections;
use crate::{Tenant, store};

/// A request for a client.
pub(super) struct Call<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) client: Client,
    pub(super) from: From,
    body: Members,
}

impl<'a> Call<'a> {
    /// Reads a request that names its client.
    ///
    /// # Errors
    /// [`Refusal`] if it cannot be read, names no client of this tenant, or comes from a page that may
    /// not use the client.
    pub(super) async fn arrive(
        tenant: &'a Tenant,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<Self, Refusal> {
        let body = read(headers, body)?;
        let client_id = text(&body, "client_id")
            .ok_or_else(|| Refusal::invalid_request("Missing required parameter: client_id"))?;
        let found = store::clients::find(tenant.db(), client_id)
            .await
            .map_err(crate::Error::from)?;
        let client = found
            .map(|stored| stored.client)
            .filter(|client| !client.is_global)
            .ok_or_else(|| Refusal::unauthorized_client("Unknown client"))?;
        let from = From::of(tenant, headers);
        if !from.may_use(&client) {
            return Err(Refusal::oauth(
                StatusCode::FORBIDDEN,
                "access_denied",
                "this origin is not allowed; add it to the client's web_origins or allowed_origins",
            ));
        }
        Ok(Self {
            tenant,
            client,
            from,
            body,
        })
    }

    /// A parameter that is text and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        text(&self.body, name)
    }

    /// A parameter that is an object.
    pub(super) fn object(&self, name: &str) -> Option<&Members> {
        self.body.get(name).and_then(Value::as_object)
    }

    /// # Errors
    /// [`Refusal`] if it is missing.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)
            .ok_or_else(|| Refusal::invalid_request(format!("Missing required parameter: {name}")))
    }

    /// # Errors
    /// [`Refusal`] if it is missing.
    pub(super) fn password(&self) -> Result<SecretString, Refusal> {
        self.required("password").map(SecretString::from)
    }

    /// The database connection of this name, if it is open to the client.
    ///
    /// # Errors
    /// [`Refusal`] if it is not.
    pub(super) async fn connection(&self, name: &str) -> Result<Connection, Refusal> {
        let client = &self.client;
        let found = connections::by_name(self.tenant, name).await?;
        let connection = found
            .filter(Connection::is_database)
            .ok_or_else(Refusal::no_connection)?;
        let open = connections::is_open_to(
            self.tenant,
            &connection,
            &client.client_id,
            client.is_first_party,
        );
        match open.await? {
            true => Ok(connection),
            false => Err(Refusal::no_connection()),
        }
    }

    /// The answer, readable for the page that asked.
    pub(super) fn answer(&self, answer: Result<Response, Refusal>) -> Response {
        let mut response = answer.unwrap_or_else(IntoResponse::into_response);
        self.from.share(&mut response);
        response
            .headers_mut()
            .entry(CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        response
    }
}

fn text<'a>(body: &'a Members, name: &str) -> Option<&'a str> {
    let text = body.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
}

/// The parameters of a request: JSON, or a form.
pub(super) fn read(
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Members, Refusal> {
    let body = body.map_err(|rejection| Refusal::invalid_request(rejection.body_text()))?;
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default()
        .trim();
    let members = if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let pairs = url::form_urlencoded::parse(&body);
        pairs
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect()
    } else if kind.eq_ignore_ascii_case("application/json") {
        serde_json::from_slice::<Members>(&body)
            .map_err(|_| Refusal::invalid_request("the body must be a JSON object"))?
    } else {
        return Err(Refusal::invalid_request(
            "send the parameters as application/json or application/x-www-form-urlencoded",
        ));
    };
    let holds_nul = |value: &Value| value.as_str().is_some_and(|text| text.contains('\0'));
    if members.values().any(holds_nul) {
        return Err(Refusal::invalid_request(
            "parameters must not hold the NUL character",
        ));
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use http::HeaderMap;
    use http::header::CONTENT_TYPE;

    use super::read;

    #[test]
    fn json_and_forms_say_the_same_and_nothing_else_is_read() {
        let read = |kind: &'static str, body: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            read(&headers, Ok(Bytes::from_static(body.as_bytes()))).ok()
        };
        let form = read("application/x-www-form-urlencoded", "email=a%40b.example");
        let json = read(
            "application/json; charset=utf-8",
            r#"{"email":"a@b.example"}"#,
        );
        assert_eq!(form, json);
        assert_eq!(form.unwrap()["email"], "a@b.example");
        for (kind, body) in [
            ("text/plain", "{}"),
            ("application/json", "[]"),
            ("application/json", r#"{"a":"\u0000"}"#),
            ("multipart/form-data", ""),
        ] {
            assert!(read(kind, body).is_none(), "{kind} {body}");
        }
    }
}
