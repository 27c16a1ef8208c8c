//! What a caller proves itself with.

use serde_json::Value;

use super::document::{Document, array};
use super::operation::text;
use crate::pages::specification::Scheme;

/// A credential that a reader can enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// `Authorization: Basic`.
    Basic,
    /// `Authorization: Bearer`.
    Bearer,
    /// A key in a header.
    Header(String),
    /// A key in the query.
    Query(String),
}

impl From<&Scheme> for Credential {
    fn from(scheme: &Scheme) -> Self {
        match scheme {
            Scheme::ClientCredentials => Self::Basic,
            Scheme::Bearer => Self::Bearer,
            Scheme::Key(header) => Self::Header(header.clone()),
        }
    }
}

/// A way to authenticate that the document describes itself.
#[derive(Debug)]
pub(crate) struct Way<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    /// None for those that cannot be entered, such as certificates.
    pub(crate) credential: Option<Credential>,
    /// Addresses and scopes of OAuth's flows: the flow's name, the address of its token endpoint, the scopes.
    pub(crate) flows: Vec<(&'a str, Option<&'a str>, Vec<&'a str>)>,
}

/// What the document says, for versions in front of which the gateway asks for nothing.
pub(crate) fn ways(document: &Document) -> Vec<Way<'_>> {
    let schemes = document.root().pointer("/components/securitySchemes");
    let schemes = schemes.and_then(Value::as_object).into_iter().flatten();
    let way = |(name, said)| {
        let said = document.resolve(said).ok()?.value;
        let flows = said["flows"].as_object().into_iter().flatten();
        let flows = flows.map(|(flow, told)| {
            let scopes = told["scopes"].as_object().into_iter().flatten();
            let scopes = scopes.map(|(scope, _)| scope.as_str());
            (
                String::as_str(flow),
                text(told, "tokenUrl"),
                scopes.collect(),
            )
        });
        Some(Way {
            name: String::as_str(name),
            description: text(said, "description"),
            credential: credential(said),
            flows: flows.collect(),
        })
    };
    schemes.filter_map(way).collect()
}

/// The credentials that one operation takes, by the document.
pub(crate) fn of_operation(document: &Document, operation: &Value) -> Vec<Credential> {
    let asked = operation
        .get("security")
        .unwrap_or(&document.root()["security"]);
    let ways = ways(document);
    let mut found = Vec::new();
    for name in array(asked)
        .filter_map(Value::as_object)
        .flat_map(|one| one.keys())
    {
        let way = ways.iter().find(|way| way.name == name);
        if let Some(credential) = way.and_then(|way| way.credential.clone())
            && !found.contains(&credential)
        {
            found.push(credential);
        }
    }
    found
}

fn credential(said: &Value) -> Option<Credential> {
    let name = || said["name"].as_str().map(str::to_owned);
    match (
        said["type"].as_str()?,
        said["in"].as_str(),
        said["scheme"].as_str(),
    ) {
        ("http", _, Some(scheme)) if scheme.eq_ignore_ascii_case("basic") => {
            Some(Credential::Basic)
        }
        ("http", _, Some(scheme)) if scheme.eq_ignore_ascii_case("bearer") => {
            Some(Credential::Bearer)
        }
        ("oauth2" | "openIdConnect", _, _) => Some(Credential::Bearer),
        ("apiKey", Some("header"), _) => name().map(Credential::Header),
        ("apiKey", Some("query"), _) => name().map(Credential::Query),
        _ => None,
    }
}
