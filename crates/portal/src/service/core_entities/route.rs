//! A route between its JSON and the model.

use gateway::config;
use gateway::route::Router;
use serde_json::{Map, Value, json};

use super::fields::{Fields, is_name};
use crate::model::{ControlPlaneId, Route, RouteId, ServiceId};
use crate::{Ctx, Error};

const KNOWN: &[&str] = &[
    "created_at",
    "destinations",
    "headers",
    "hosts",
    "https_redirect_status_code",
    "id",
    "methods",
    "name",
    "path_handling",
    "paths",
    "preserve_host",
    "protocols",
    "regex_priority",
    "request_buffering",
    "response_buffering",
    "service",
    "snis",
    "sources",
    "strip_path",
    "tags",
    "updated_at",
];
const PROTOCOLS: &[&str] = &["http", "https"];
const REDIRECTS: &[i64] = &[301, 302, 307, 308, 426];

/// Reads a route as it is to be: fields that are left out have Kong's defaults.
///
/// # Errors
/// [`Error::Invalid`] with everything that is wrong with it.
pub(super) fn read(
    map: Map<String, Value>,
    id: RouteId,
    plane: ControlPlaneId,
    ctx: &Ctx,
) -> Result<(Route, Option<String>), Error> {
    let mut fields = Fields::new(map, KNOWN);
    let name = fields.text("name");
    if name.as_deref().is_some_and(|name| !is_name(name)) {
        fields.refuse(
            "name",
            "must be 1 to 128 letters, digits, `.`, `-`, `_` or `~`",
        );
    }
    let protocols = fields
        .texts("protocols")
        .unwrap_or_else(|| vec!["http".into(), "https".into()]);
    if protocols.is_empty()
        || protocols
            .iter()
            .any(|protocol| !PROTOCOLS.contains(&protocol.as_str()))
    {
        fields.refuse(
            "protocols",
            "must name http, https or both; this gateway serves no other protocol",
        );
    }
    let methods = fields.texts("methods");
    if methods
        .iter()
        .flatten()
        .any(|method| !method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-'))
    {
        fields.refuse("methods", "must be names of methods in upper case");
    }
    let redirect = fields
        .number("https_redirect_status_code", 301, 426)
        .unwrap_or(426);
    if !REDIRECTS.contains(&redirect) {
        fields.refuse(
            "https_redirect_status_code",
            "must be one of 301, 302, 307, 308, 426",
        );
    }
    let service = fields.reference("service");
    let service_id = service
        .as_deref()
        .and_then(|id| id.parse::<ServiceId>().ok());
    let route = Route {
        id,
        control_plane_id: plane,
        service_id,
        name,
        protocols,
        methods,
        hosts: fields
            .texts("hosts")
            .map(|hosts| hosts.iter().map(|host| host.to_ascii_lowercase()).collect()),
        paths: fields.texts("paths"),
        headers: fields.headers("headers"),
        snis: fields.texts("snis"),
        sources: fields.list("sources"),
        destinations: fields.list("destinations"),
        https_redirect_status_code: redirect,
        regex_priority: fields
            .number("regex_priority", 0, i64::from(i32::MAX))
            .unwrap_or(0),
        strip_path: fields.flag("strip_path").unwrap_or(true),
        path_handling: fields.word("path_handling", &["v0", "v1"], "v0"),
        preserve_host: fields.flag("preserve_host").unwrap_or(false),
        request_buffering: fields.flag("request_buffering").unwrap_or(true),
        response_buffering: fields.flag("response_buffering").unwrap_or(true),
        tags: fields.texts("tags"),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    check_rules(&mut fields, &route);
    // A name is accepted where the vendor's clients send one; it is looked up by the caller.
    let by_name = service.filter(|_| service_id.is_none());
    fields.finish((route, by_name))
}

/// What the gateway would refuse is refused here, at write time.
fn check_rules(fields: &mut Fields, route: &Route) {
    let none = |list: &Option<Vec<String>>| list.as_ref().is_none_or(Vec::is_empty);
    let no_headers = route
        .headers
        .as_ref()
        .is_none_or(std::collections::BTreeMap::is_empty);
    if none(&route.methods)
        && none(&route.hosts)
        && none(&route.paths)
        && none(&route.snis)
        && no_headers
    {
        fields.refuse(
            "paths",
            "at least one of methods, hosts, headers, paths or snis must be set",
        );
    }
    for path in route.paths.iter().flatten() {
        if !path.starts_with(['/', '~']) {
            fields.refuse(
                "paths",
                format!("`{path}` must begin with a slash, or with `~` for a regular expression"),
            );
        }
    }
    for name in route.headers.iter().flat_map(|headers| headers.keys()) {
        if name == "host" || http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            fields.refuse(
                "headers",
                format!("`{name}` is not a header that a route can ask for; use hosts for Host"),
            );
            return;
        }
    }
    if let Err(invalid) = Router::compile([&rule(route)]) {
        fields.refuse("paths", invalid.reason);
    }
}

/// The route as the gateway compiles it.
fn rule(route: &Route) -> config::Route {
    config::Route {
        id: route.id.to_string(),
        name: route.name.clone(),
        service_id: String::new(),
        protocols: route.protocols.clone(),
        methods: route.methods.clone().unwrap_or_default(),
        hosts: route.hosts.clone().unwrap_or_default(),
        paths: route.paths.clone().unwrap_or_default(),
        headers: route.headers.clone().unwrap_or_default(),
        strip_path: route.strip_path,
        preserve_host: route.preserve_host,
        regex_priority: route.regex_priority,
    }
}

/// A route as it is written in JSON.
pub(crate) fn show(route: &Route) -> Value {
    json!({
        "id": route.id,
        "name": route.name,
        "protocols": route.protocols,
        "methods": route.methods,
        "hosts": route.hosts,
        "paths": route.paths,
        "headers": route.headers,
        "snis": route.snis,
        "sources": route.sources,
        "destinations": route.destinations,
        "https_redirect_status_code": route.https_redirect_status_code,
        "regex_priority": route.regex_priority,
        "strip_path": route.strip_path,
        "path_handling": route.path_handling,
        "preserve_host": route.preserve_host,
        "request_buffering": route.request_buffering,
        "response_buffering": route.response_buffering,
        "service": route.service_id.map(|id| json!({ "id": id })),
        "tags": route.tags,
        "created_at": route.created_at.unix_seconds(),
        "updated_at": route.updated_at.unix_seconds(),
    })
}
