//! What a caller sees of a client.

use oauth::{ClientSecret, Timestamp};
use serde_json::json;

use super::clear;
use crate::management::access::Caller;
use crate::management::query::{Fields, Query};
use crate::model::Members;
use crate::model::client::Client;
use crate::model::signing_key::Role;
use crate::service;
use crate::store::clients::StoredClient;
use crate::{Error, Tenant};

/// What every reader sees.
const SUMMARY: &[&str] = &["client_id", "app_type", "name", "description"];
/// What only readers of keys see.
const KEYS: &[&str] = &["client_secret", "encryption_key", "signing_keys"];

/// Which members are shown.
pub(super) struct View {
    fields: Option<Fields>,
    /// Whether more than the summary is shown.
    details: bool,
    keys: bool,
    credentials: bool,
    /// The tenant's certificate, which clients carry as `signing_keys`.
    certificate: Option<String>,
}

impl View {
    /// What a reader may see and asked for.
    ///
    /// # Errors
    /// [`Error::InsufficientScope`] if a secret member is asked for by name without its scope.
    pub(super) fn new(tenant: &Tenant, caller: &Caller, query: &Query) -> Result<Self, Error> {
        let fields = query.fields()?;
        let view = Self {
            details: caller.has("read:clients") || caller.has("read:client_keys"),
            keys: caller.has("read:client_keys"),
            credentials: caller.has("read:client_keys") || caller.has("read:client_credentials"),
            certificate: certificate(tenant),
            fields: None,
        };
        if !view.keys && KEYS.iter().any(|member| fields.names(member)) {
            return Err(Error::InsufficientScope(vec!["read:client_keys"]));
        }
        if !view.credentials && fields.names("client_authentication_methods") {
            return Err(Error::InsufficientScope(vec!["read:client_credentials"]));
        }
        Ok(Self {
            fields: Some(fields),
            ..view
        })
    }

    /// Everything, for the one who just made the client or its secret.
    pub(super) fn everything(tenant: &Tenant) -> Self {
        Self {
            fields: None,
            details: true,
            keys: true,
            credentials: true,
            certificate: certificate(tenant),
        }
    }

    /// What the one who changed a client sees: no secret that they could not read.
    pub(super) fn after_change(tenant: &Tenant, caller: &Caller) -> Self {
        Self {
            keys: caller.has("read:client_keys"),
            credentials: caller.has("read:client_keys")
                || caller.has("read:client_credentials")
                || caller.has("update:client_credentials"),
            ..Self::everything(tenant)
        }
    }

    /// A stored client. Its secret is opened only where it is shown.
    pub(super) fn show(&self, tenant: &Tenant, stored: StoredClient) -> Result<Members, Error> {
        let wanted = match &self.fields {
            None => true,
            Some(fields) => fields.takes("client_secret"),
        };
        let secret = match self.keys && wanted {
            true => service::clients::reveal(tenant.sealer(), &stored)?,
            false => None,
        };
        Ok(self.wire(tenant, stored.client, secret.as_ref()))
    }

    /// A client whose secret was just made.
    pub(super) fn created(
        &self,
        tenant: &Tenant,
        client: Client,
        secret: &ClientSecret,
    ) -> Members {
        self.wire(tenant, client, Some(secret))
    }

    fn wire(&self, tenant: &Tenant, client: Client, secret: Option<&ClientSecret>) -> Members {
        // A client with keys has a secret in reserve and does not show it.
        let has_keys = client.authentication_method() == Some("private_key_jwt");
        let mut members = Members::new();
        members.insert("tenant".to_owned(), json!(tenant.settings().name));
        members.insert("global".to_owned(), json!(client.is_global));
        members.insert("name".to_owned(), json!(client.name));
        let mut settings = client.settings;
        if let Some(description) = settings.shift_remove("description") {
            members.insert("description".to_owned(), description);
        }
        members.insert("client_id".to_owned(), json!(client.client_id));
        if let Some(secret) = secret.filter(|_| self.keys && !has_keys) {
            members.insert("client_secret".to_owned(), clear(secret));
        }
        members.insert("is_first_party".to_owned(), json!(client.is_first_party));
        if let Some(app_type) = client.app_type {
            members.insert("app_type".to_owned(), json!(app_type));
        }
        if let Some(external) = client.external_client_id {
            members.insert("external_client_id".to_owned(), json!(external));
        }
        if !client.metadata.is_empty() {
            members.insert("client_metadata".to_owned(), client.metadata.into());
        }
        members.append(&mut settings);
        // Not the vendor's: shown to whoever asks for them by name, since its tools send back what they get.
        let named = |name| {
            self.fields
                .as_ref()
                .is_some_and(|fields| fields.names(name))
        };
        for (name, value) in [
            ("created_by", json!(client.created_by.as_str())),
            ("created_at", json!(client.created_at.to_rfc3339())),
            (
                "last_used_at",
                json!(client.last_used_at.map(Timestamp::to_rfc3339)),
            ),
        ] {
            if named(name) {
                members.insert(name.to_owned(), value);
            }
        }
        if let Some(certificate) = &self.certificate {
            members.insert("signing_keys".to_owned(), json!([{ "cert": certificate }]));
        }
        if !self.details {
            members.retain(|name, _| {
                SUMMARY.contains(&name.as_str()) || name == "client_authentication_methods"
            });
        }
        if !self.keys {
            members.retain(|name, _| !KEYS.contains(&name.as_str()));
        }
        if !self.credentials {
            members.shift_remove("client_authentication_methods");
        }
        match &self.fields {
            None => members,
            Some(fields) => fields.choose(members),
        }
    }
}

fn certificate(tenant: &Tenant) -> Option<String> {
    let ring = tenant.ring();
    let current = ring.keys.iter().find(|key| key.role == Role::Current)?;
    Some(current.certificate.pem())
}
