//! What the audit shows of things before and after a change: everything that people set, nothing secret.

use serde_json::{Value, json};

use super::api_publications::ApiPublication;
use crate::model::{
    ApiIcon, ApiProduct, Application, AuthStrategy, ControlPlane, DcrProvider, Developer, Document,
    EmailConfig, EmailTemplate, IdentityProvider, OrganizationTeam, PlatformToken, ProductVersion,
    Publication, Registration, Route, Service, Site, SitePage, Snippet, Specification,
    StrategyConfig, SystemAccount, Team,
};

/// A thing as the audit shows it.
pub(crate) trait Picture {
    /// Its members, without secrets.
    fn picture(&self) -> Value;
}

impl Picture for Value {
    fn picture(&self) -> Value {
        self.clone()
    }
}

impl<T: Picture> Picture for Option<T> {
    fn picture(&self) -> Value {
        self.as_ref().map_or(Value::Null, Picture::picture)
    }
}

impl Picture for ApiIcon {
    fn picture(&self) -> Value {
        json!({
            "media_type": self.media_type,
            "digest": self.digest,
            "bytes": self.bytes.len(),
        })
    }
}

impl Picture for OrganizationTeam {
    fn picture(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "labels": self.labels,
        })
    }
}

impl Picture for ControlPlane {
    fn picture(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "cluster_type": self.cluster_type,
            "auth_type": self.auth_type,
            "proxy_urls": self.proxy_urls,
            "labels": self.labels,
        })
    }
}

impl Picture for Service {
    fn picture(&self) -> Value {
        json!({
            "control_plane_id": self.control_plane_id,
            "name": self.name,
            "protocol": self.protocol,
            "host": self.host,
            "port": self.port,
            "path": self.path,
            "retries": self.retries,
            "connect_timeout": self.connect_timeout,
            "write_timeout": self.write_timeout,
            "read_timeout": self.read_timeout,
            "tls_verify": self.tls_verify,
            "tls_verify_depth": self.tls_verify_depth,
            "ca_certificates": self.ca_certificates,
            "client_certificate_id": self.client_certificate_id,
            "enabled": self.enabled,
            "tags": self.tags,
        })
    }
}

impl Picture for Route {
    fn picture(&self) -> Value {
        json!({
            "control_plane_id": self.control_plane_id,
            "service_id": self.service_id,
            "name": self.name,
            "protocols": self.protocols,
            "methods": self.methods,
            "hosts": self.hosts,
            "paths": self.paths,
            "headers": self.headers,
            "snis": self.snis,
            "sources": self.sources,
            "destinations": self.destinations,
            "https_redirect_status_code": self.https_redirect_status_code,
            "regex_priority": self.regex_priority,
            "strip_path": self.strip_path,
            "path_handling": self.path_handling,
            "preserve_host": self.preserve_host,
            "request_buffering": self.request_buffering,
            "response_buffering": self.response_buffering,
            "tags": self.tags,
        })
    }
}

impl Picture for Site {
    fn picture(&self) -> Value {
        json!({
            "name": self.name,
            "display_name": self.display_name,
            "description": self.description,
            "is_public": self.is_public,
            "rbac_enabled": self.rbac_enabled,
            "auto_approve_applications": self.auto_approve_applications,
            "auto_approve_developers": self.auto_approve_developers,
            "custom_domain": self.custom_domain,
            "custom_client_domain": self.custom_client_domain,
            "default_application_auth_strategy_id": self.default_auth_strategy_id,
            "default_api_visibility": self.default_api_visibility,
            "default_page_visibility": self.default_page_visibility,
            "appearance": self.appearance,
            "customization": self.customization,
            "ip_allow_list": self.ip_allow_list,
            "authentication": self.authentication,
            "labels": self.labels,
        })
    }
}

impl Picture for DcrProvider {
    fn picture(&self) -> Value {
        json!({
            "name": self.name,
            "display_name": self.display_name,
            "provider_type": self.provider_type,
            "issuer": self.issuer,
            "dcr_config": self.config,
            "connection": self.connection,
            "labels": self.labels,
        })
    }
}

impl Picture for AuthStrategy {
    fn picture(&self) -> Value {
        let configs = match &self.config {
            StrategyConfig::KeyAuth(config) => json!({ "key-auth": config }),
            StrategyConfig::OpenidConnect(config) => json!({ "openid-connect": config }),
        };
        json!({
            "name": self.name,
            "display_name": self.display_name,
            "configs": configs,
            "dcr_provider_id": self.dcr_provider_id,
            "principals_enabled": self.principals_enabled,
            "labels": self.labels,
        })
    }
}

impl Picture for ApiProduct {
    fn picture(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "version": self.version,
            "slug": self.slug,
            "attributes": self.attributes,
            "labels": self.labels,
            "public_labels": self.public_labels,
        })
    }
}

impl Picture for ProductVersion {
    fn picture(&self) -> Value {
        json!({
            "api_product_id": self.api_product_id,
            "name": self.name,
            "deprecated": self.deprecated,
            "publish_status": self.publish_status,
            "control_plane_id": self.control_plane_id,
            "service_id": self.service_id,
            "labels": self.labels,
        })
    }
}

impl Picture for Publication {
    fn picture(&self) -> Value {
        json!({
            "product_version_id": self.product_version_id,
            "publish_status": self.publish_status,
            "auth_strategy_id": self.auth_strategy_id,
            "application_registration_enabled": self.application_registration_enabled,
            "auto_approve_registration": self.auto_approve_registration,
            "deprecated": self.deprecated,
        })
    }
}

impl Picture for ApiPublication {
    fn picture(&self) -> Value {
        json!({
            "visibility": self.visibility,
            "auth_strategy_id": self.auth_strategy_id,
            "auto_approve_registrations": self.auto_approve,
        })
    }
}

impl Picture for Specification {
    fn picture(&self) -> Value {
        json!({
            "product_version_id": self.product_version_id,
            "name": self.name,
            "content": self.content,
        })
    }
}

impl Picture for Document {
    fn picture(&self) -> Value {
        json!({
            "api_product_id": self.api_product_id,
            "parent_document_id": self.parent_document_id,
            "slug": self.slug,
            "title": self.title,
            "status": self.status,
            "content": self.content,
            "metadata": self.metadata,
            "position": self.position,
        })
    }
}

impl Picture for Developer {
    fn picture(&self) -> Value {
        json!({
            "email": self.email,
            "full_name": self.full_name,
            "status": self.status,
        })
    }
}

impl Picture for Application {
    fn picture(&self) -> Value {
        json!({
            "developer_id": self.developer_id,
            "team_id": self.team_id,
            "auth_strategy_id": self.auth_strategy_id,
            "name": self.name,
            "description": self.description,
            "redirect_uri": self.redirect_uri,
            "reference_id": self.reference_id,
            "client_id": self.client_id,
            "scopes": self.scopes,
            "labels": self.labels,
        })
    }
}

impl Picture for Registration {
    fn picture(&self) -> Value {
        json!({
            "application_id": self.application_id,
            "product_version_id": self.product_version_id,
            "status": self.status,
            "granted_scopes": self.granted_scopes,
        })
    }
}

impl Picture for IdentityProvider {
    fn picture(&self) -> Value {
        json!({
            "enabled": self.enabled,
            "issuer": self.issuer,
            "client_id": self.client_id,
            "scopes": self.scopes,
            "claim_mappings": self.claim_mappings,
        })
    }
}

impl Picture for Team {
    fn picture(&self) -> Value {
        json!({
            "name": self.name,
            "description": self.description,
            "can_own_applications": self.can_own_applications,
        })
    }
}

impl Picture for SystemAccount {
    fn picture(&self) -> Value {
        json!({ "name": self.name, "description": self.description })
    }
}

impl Picture for PlatformToken {
    fn picture(&self) -> Value {
        json!({
            "name": self.name,
            "kind": self.kind,
            "expires_at": self.expires_at,
            "system_account_id": self.system_account_id,
        })
    }
}

impl Picture for SitePage {
    fn picture(&self) -> Value {
        json!({
            "parent_page_id": self.parent_page_id,
            "slug": self.slug,
            "title": self.title,
            "description": self.description,
            "content": self.content,
            "visibility": self.visibility,
            "status": self.status,
            "position": self.position,
        })
    }
}

impl Picture for Snippet {
    fn picture(&self) -> Value {
        json!({
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "content": self.content,
            "visibility": self.visibility,
            "status": self.status,
        })
    }
}

impl Picture for EmailConfig {
    fn picture(&self) -> Value {
        json!({
            "from_name": self.from_name,
            "from_email": self.from_email,
            "reply_to_email": self.reply_to_email,
        })
    }
}

impl Picture for EmailTemplate {
    fn picture(&self) -> Value {
        json!({
            "subject": self.content.subject,
            "title": self.content.title,
            "body": self.content.body,
            "button_label": self.content.button_label,
            "translations": self.translations,
            "enabled": self.enabled,
        })
    }
}
