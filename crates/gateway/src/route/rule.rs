//! One way in which a request can meet a route.

use std::cmp::Reverse;

use http::header::HeaderName;
use http::{HeaderMap, Method};
use regex::Regex;

use crate::config;

/// What routing looks at.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The request's method.
    pub method: &'a Method,
    /// The request's host, lower case, without port.
    pub host: &'a str,
    /// The port named beside the host, if any.
    pub port: Option<u16>,
    /// The request's path in normal form.
    pub path: &'a str,
    /// The request's headers.
    pub headers: &'a HeaderMap,
}

/// A route narrowed to one path and one kind of host; routes with several are split into several
/// rules, as Kong's `traditional_compatible` router does.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Position of the route in the configuration.
    pub(crate) route: usize,
    pub(crate) hosts: Hosts,
    pub(crate) path: Path,
    methods: Vec<Method>,
    headers: Vec<(HeaderName, Vec<HeaderRule>)>,
    pub(crate) rank: Rank,
}

/// Order in which rules are tried, the greatest first. Source: Kong, "How routes are matched":
/// more attributes, then exact hosts, then more headers, then regular expressions by priority,
/// then the longer path, then the route that was there first.
pub(crate) type Rank = (usize, bool, usize, bool, i64, usize, usize, Reverse<usize>);

#[derive(Debug)]
pub(crate) enum Hosts {
    Any,
    Exact(Vec<Host>),
    Wildcard(Vec<Wildcard>),
}

#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) name: String,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
pub(crate) enum Wildcard {
    /// `*.example.com`: what the host ends with, dot included.
    Suffix(Host),
    /// `example.*`: what the host starts with, dot included.
    Prefix(Host),
}

#[derive(Debug)]
pub(crate) enum Path {
    Any,
    Prefix(String),
    Regex(Regex),
}

#[derive(Debug)]
enum HeaderRule {
    Value(String),
    Regex(Regex),
}

/// A route that cannot be compiled.
#[derive(Debug, thiserror::Error)]
#[error("route {route}: {reason}; correct it at the control plane")]
pub struct InvalidRoute {
    /// The route's id.
    pub route: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Rule {
    /// Splits a route into its rules.
    pub(crate) fn of(position: usize, route: &config::Route) -> Result<Vec<Self>, InvalidRoute> {
        let invalid = |reason: String| InvalidRoute {
            route: route.id.clone(),
            reason,
        };
        let methods: Vec<Method> = route
            .methods
            .iter()
            .map(|method| Method::from_bytes(method.to_ascii_uppercase().as_bytes()))
            .collect::<Result<_, _>>()
            .map_err(|e| invalid(e.to_string()))?;
        let mut rules = Vec::new();
        for hosts in Hosts::of(&route.hosts) {
            for path in Path::of(&route.paths).map_err(|e| invalid(e.to_string()))? {
                let headers =
                    header_rules(route).map_err(|reason: String| invalid(reason.clone()))?;
                let attributes = [
                    !matches!(hosts, Hosts::Any),
                    !headers.is_empty(),
                    !matches!(path, Path::Any),
                    !methods.is_empty(),
                ];
                let (is_regex, length) = match &path {
                    Path::Any => (false, 0),
                    Path::Prefix(prefix) => (false, prefix.len()),
                    Path::Regex(regex) => (true, regex.as_str().len()),
                };
                rules.push(Self {
                    route: position,
                    rank: (
                        attributes.iter().filter(|&&set| set).count(),
                        matches!(hosts, Hosts::Exact(_)),
                        headers.len(),
                        is_regex,
                        if is_regex { route.regex_priority } else { 0 },
                        length,
                        hosts.length(),
                        Reverse(position),
                    ),
                    hosts: hosts.clone(),
                    path,
                    methods: methods.clone(),
                    headers,
                });
            }
        }
        Ok(rules)
    }

    /// How much of the path the rule matched, if all of the rule holds.
    pub(crate) fn matches(&self, target: &Target<'_>) -> Option<usize> {
        let method = self.methods.is_empty() || self.methods.contains(target.method);
        let headers = self.headers.iter().all(|(name, rules)| {
            target.headers.get_all(name).iter().any(|value| {
                value
                    .to_str()
                    .is_ok_and(|value| rules.iter().any(|rule| rule.matches(value)))
            })
        });
        if !method || !headers || !self.hosts.matches(target) {
            return None;
        }
        match &self.path {
            Path::Any => Some(0),
            Path::Prefix(prefix) => target
                .path
                .starts_with(prefix.as_str())
                .then_some(prefix.len()),
            Path::Regex(regex) => regex.find(target.path).map(|found| found.end()),
        }
    }
}

fn header_rules(route: &config::Route) -> Result<Vec<(HeaderName, Vec<HeaderRule>)>, String> {
    let mut rules = Vec::with_capacity(route.headers.len());
    for (name, values) in &route.headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|e| e.to_string())?;
        let values = values
            .iter()
            .map(|value| match value.strip_prefix("~*") {
                Some(pattern) => Regex::new(&format!("(?i){pattern}"))
                    .map(HeaderRule::Regex)
                    .map_err(|e| e.to_string()),
                None => Ok(HeaderRule::Value(value.clone())),
            })
            .collect::<Result<_, _>>()?;
        rules.push((name, values));
    }
    Ok(rules)
}

impl HeaderRule {
    fn matches(&self, value: &str) -> bool {
        match self {
            Self::Value(wanted) => value.eq_ignore_ascii_case(wanted),
            Self::Regex(regex) => regex.is_match(value),
        }
    }
}

impl Clone for Hosts {
    fn clone(&self) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Exact(hosts) => Self::Exact(hosts.clone()),
            Self::Wildcard(hosts) => Self::Wildcard(hosts.clone()),
        }
    }
}

impl Hosts {
    fn of(hosts: &[String]) -> Vec<Self> {
        if hosts.is_empty() {
            return vec![Self::Any];
        }
        let mut exact = Vec::new();
        let mut rules = Vec::new();
        for host in hosts {
            let host = Host::parse(host);
            if let Some(suffix) = host.name.strip_prefix('*') {
                let name = suffix.to_owned();
                rules.push(Self::Wildcard(vec![Wildcard::Suffix(Host {
                    name,
                    ..host
                })]));
            } else if let Some(prefix) = host.name.strip_suffix('*') {
                let name = prefix.to_owned();
                rules.push(Self::Wildcard(vec![Wildcard::Prefix(Host {
                    name,
                    ..host
                })]));
            } else {
                exact.push(host);
            }
        }
        if !exact.is_empty() {
            rules.push(Self::Exact(exact));
        }
        rules
    }

    /// Among wildcards, the longer is the more particular.
    fn length(&self) -> usize {
        match self {
            Self::Any | Self::Exact(_) => 0,
            Self::Wildcard(hosts) => hosts.iter().map(|w| w.host().name.len()).max().unwrap_or(0),
        }
    }

    fn matches(&self, target: &Target<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(hosts) => hosts
                .iter()
                .any(|host| host.name == target.host && host.takes_port(target.port)),
            Self::Wildcard(hosts) => hosts.iter().any(|wildcard| {
                let name = wildcard.host().name.as_str();
                let fits = match wildcard {
                    Wildcard::Suffix(_) => target.host.ends_with(name),
                    Wildcard::Prefix(_) => target.host.starts_with(name),
                };
                fits && target.host.len() > name.len() && wildcard.host().takes_port(target.port)
            }),
        }
    }
}

impl Host {
    fn parse(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        match text.rsplit_once(':') {
            Some((name, port)) if !name.ends_with(':') && port.parse::<u16>().is_ok() => Self {
                name: name.to_owned(),
                port: port.parse().ok(),
            },
            _ => Self {
                name: text,
                port: None,
            },
        }
    }

    fn takes_port(&self, port: Option<u16>) -> bool {
        self.port.is_none() || self.port == port
    }
}

impl Wildcard {
    fn host(&self) -> &Host {
        match self {
            Self::Suffix(host) | Self::Prefix(host) => host,
        }
    }
}

impl Path {
    fn of(paths: &[String]) -> Result<Vec<Self>, regex::Error> {
        if paths.is_empty() {
            return Ok(vec![Self::Any]);
        }
        paths
            .iter()
            .map(|path| match path.strip_prefix('~') {
                // Kong anchors a regular expression at the path's start.
                Some(pattern) => Regex::new(&format!("^(?:{})", pattern.trim_start_matches('^')))
                    .map(Self::Regex),
                None => Ok(Self::Prefix(super::path::normalise(path).into_owned())),
            })
            .collect()
    }
}
