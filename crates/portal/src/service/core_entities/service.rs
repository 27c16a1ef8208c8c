//! A service between its JSON and the model.

use serde_json::{Map, Value, json};
use url::Url;

use super::fields::{Fields, is_name};
use crate::model::{ControlPlaneId, Service, ServiceId};
use crate::{Ctx, Error};

const KNOWN: &[&str] = &[
    "ca_certificates",
    "client_certificate",
    "connect_timeout",
    "created_at",
    "enabled",
    "host",
    "id",
    "name",
    "path",
    "port",
    "protocol",
    "read_timeout",
    "retries",
    "tags",
    "tls_sans",
    "tls_verify",
    "tls_verify_depth",
    "updated_at",
    "url",
    "write_timeout",
];
/// What the gateway forwards to.
const PROTOCOLS: &[&str] = &["http", "https", "ws", "wss"];
const TIMEOUT: i64 = 2_147_483_646;

/// Reads a service as it is to be: fields that are left out have Kong's defaults.
///
/// # Errors
/// [`Error::Invalid`] with everything that is wrong with it.
pub(super) fn read(
    map: Map<String, Value>,
    id: ServiceId,
    plane: ControlPlaneId,
    ctx: &Ctx,
) -> Result<Service, Error> {
    let mut fields = Fields::new(map, KNOWN);
    let url = fields
        .text("url")
        .and_then(|text| spread(&mut fields, &text));
    let name = fields.text("name");
    if name.as_deref().is_some_and(|name| !is_name(name)) {
        fields.refuse(
            "name",
            "must be 1 to 128 letters, digits, `.`, `-`, `_` or `~`",
        );
    }
    let protocol = match &url {
        Some(url) => url.scheme().to_owned(),
        None => fields.word("protocol", PROTOCOLS, "http"),
    };
    let secure = matches!(protocol.as_str(), "https" | "wss");
    let host = fields
        .text("host")
        .or_else(|| url.as_ref()?.host_str().map(str::to_owned));
    if host
        .as_deref()
        .is_none_or(|host| url::Host::parse(host).is_err())
    {
        fields.refuse("host", "is required and must be a host name or an address");
    }
    let port = fields
        .number("port", 1, 65_535)
        .or_else(|| url.as_ref()?.port_or_known_default().map(i64::from));
    let path = fields
        .text("path")
        .or_else(|| url.as_ref().map(|url| url.path().to_owned()))
        .filter(|path| path != "/");
    if path.as_deref().is_some_and(|path| !path.starts_with('/')) {
        fields.refuse("path", "must begin with a slash");
    }
    let tls_verify = fields.flag("tls_verify");
    if tls_verify.is_some() && !secure {
        fields.refuse(
            "tls_verify",
            "can be set only when protocol is https or wss",
        );
    }
    let timeout =
        |fields: &mut Fields, name: &str| fields.number(name, 1, TIMEOUT).map_or(60_000, as_u32);
    let service = Service {
        id,
        control_plane_id: plane,
        name,
        protocol,
        host: host.unwrap_or_default(),
        port: u16::try_from(port.unwrap_or(80)).unwrap_or(80),
        path,
        retries: fields.number("retries", 0, 32_767).map_or(5, as_u32),
        connect_timeout: timeout(&mut fields, "connect_timeout"),
        write_timeout: timeout(&mut fields, "write_timeout"),
        read_timeout: timeout(&mut fields, "read_timeout"),
        tls_verify,
        tls_verify_depth: fields.number("tls_verify_depth", 0, 64),
        ca_certificates: fields.texts("ca_certificates"),
        client_certificate_id: fields.reference("client_certificate"),
        enabled: fields.flag("enabled").unwrap_or(true),
        tags: fields.texts("tags"),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    fields.finish(service)
}

/// The parts of the `url` shorthand.
fn spread(fields: &mut Fields, text: &str) -> Option<Url> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| PROTOCOLS.contains(&url.scheme()) && url.has_host());
    if url.is_none() {
        fields.refuse(
            "url",
            "must be an address such as https://api.example.com/base",
        );
    }
    url
}

fn as_u32(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A service as it is written in JSON.
pub(crate) fn show(service: &Service) -> Value {
    json!({
        "id": service.id,
        "name": service.name,
        "protocol": service.protocol,
        "host": service.host,
        "port": service.port,
        "path": service.path,
        "retries": service.retries,
        "connect_timeout": service.connect_timeout,
        "write_timeout": service.write_timeout,
        "read_timeout": service.read_timeout,
        "tls_verify": service.tls_verify,
        "tls_verify_depth": service.tls_verify_depth,
        "ca_certificates": service.ca_certificates,
        "client_certificate": service.client_certificate_id.as_ref().map(|id| json!({ "id": id })),
        "enabled": service.enabled,
        "tags": service.tags,
        "created_at": service.created_at.unix_seconds(),
        "updated_at": service.updated_at.unix_seconds(),
    })
}
