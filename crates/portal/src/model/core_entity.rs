//! Control planes, and the gateway's services and routes in the terms of Kong's entities.
//!
//! Source: <https://docs.konghq.com/gateway/api/admin-ee/latest/#/Services>, `…/Routes`.

use std::collections::BTreeMap;

use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ControlPlaneId, Labels, RouteId, ServiceId};

/// A set of gateway entities, followed by gateway nodes.
#[derive(Clone, Debug)]
pub struct ControlPlane {
    /// Its id.
    pub id: ControlPlaneId,
    /// Name, unique.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// `CLUSTER_TYPE_CONTROL_PLANE`, ….
    pub cluster_type: String,
    /// `pinned_client_certs`, `pki_client_certs`.
    pub auth_type: String,
    /// Where its gateways are reached.
    pub proxy_urls: Vec<Value>,
    /// Labels.
    pub labels: Labels,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An upstream. Time-outs are milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// The control plane it belongs to.
    pub control_plane_id: ControlPlaneId,
    /// Name, unique in the control plane.
    pub name: Option<String>,
    /// `http`, `https`, ….
    pub protocol: String,
    /// Host of the upstream.
    pub host: String,
    /// Port of the upstream.
    pub port: u16,
    /// Put before every forwarded path.
    pub path: Option<String>,
    /// Tries after the first.
    pub retries: u32,
    /// Time to connect.
    pub connect_timeout: u32,
    /// Time between two writes.
    pub write_timeout: u32,
    /// Time between two reads.
    pub read_timeout: u32,
    /// Whether the upstream's certificate must verify.
    pub tls_verify: Option<bool>,
    /// Longest chain accepted.
    pub tls_verify_depth: Option<i64>,
    /// Ids of CA certificates.
    pub ca_certificates: Option<Vec<String>>,
    /// Id of the client certificate.
    pub client_certificate_id: Option<String>,
    /// A disabled service's routes answer as if absent.
    pub enabled: bool,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A rule that sends requests to a service. `None` where the entity has null.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Route {
    /// Its id.
    pub id: RouteId,
    /// The control plane it belongs to.
    pub control_plane_id: ControlPlaneId,
    /// The service that serves it.
    pub service_id: Option<ServiceId>,
    /// Name, unique in the control plane.
    pub name: Option<String>,
    /// `http`, `https`.
    pub protocols: Vec<String>,
    /// Upper-case methods.
    pub methods: Option<Vec<String>>,
    /// Host names, wildcards allowed at one end.
    pub hosts: Option<Vec<String>>,
    /// Prefixes; `~` starts a regular expression.
    pub paths: Option<Vec<String>>,
    /// Header name to accepted values.
    pub headers: Option<BTreeMap<String, Vec<String>>>,
    /// TLS server names.
    pub snis: Option<Vec<String>>,
    /// Stream sources, kept as sent.
    pub sources: Option<Value>,
    /// Stream destinations, kept as sent.
    pub destinations: Option<Value>,
    /// Status for plain requests to an https route.
    pub https_redirect_status_code: i64,
    /// Order among regular expressions.
    pub regex_priority: i64,
    /// Whether the matched prefix is cut.
    pub strip_path: bool,
    /// `v0` or `v1`.
    pub path_handling: String,
    /// Whether the caller's `Host` is kept.
    pub preserve_host: bool,
    /// Kept for the API: the gateway streams.
    pub request_buffering: bool,
    /// Kept for the API: the gateway streams.
    pub response_buffering: bool,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
