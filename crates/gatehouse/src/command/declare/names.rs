//! Names are what objects are known by. API products of one name are told apart by their versions:
//! `Weather@2.0` is the one of version 2.0, wherever it is referred to.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde_json::Value;

use super::kind::Kind;
use super::object::Object;

/// What one document of YAML declares: an object and all that it holds.
pub(super) struct Declaration {
    pub(super) objects: Vec<Object>,
}

impl Declaration {
    /// Name and version, if it is an API product's.
    fn product(&self) -> Option<(&str, Option<&str>)> {
        let product = self.objects.first()?;
        let api = self
            .objects
            .iter()
            .find(|other| other.key.kind == Kind::Api);
        let version = api.and_then(|api| api.members.get("version"));
        let is_product = product.key.kind == Kind::Product;
        is_product.then(|| (product.key.name(), version.and_then(Value::as_str)))
    }
}

/// The names that more than one API product has.
pub(super) fn twins<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let several = counts.into_iter().filter(|(_, count)| *count > 1);
    several.map(|(name, _)| name.to_owned()).collect()
}

/// The names that more than one declared API product has.
pub(super) fn declared_twins(declarations: &[Declaration]) -> BTreeSet<String> {
    let products = declarations.iter().filter_map(Declaration::product);
    twins(products.map(|(name, _)| name))
}

/// What an API product is called where it is referred to.
pub(super) fn product_name(name: &str, version: Option<&str>, twins: &BTreeSet<String>) -> String {
    match version.filter(|_| twins.contains(name)) {
        Some(version) => format!("{name}@{version}"),
        None => name.to_owned(),
    }
}

/// Every declared object, the API products of one name told apart.
///
/// # Errors
/// If two cannot be told apart.
pub(super) fn settled(
    declarations: Vec<Declaration>,
    twins: &BTreeSet<String>,
) -> Result<Vec<Object>> {
    let mut all: Vec<Object> = Vec::new();
    for mut declaration in declarations {
        let product = declaration.product();
        let full =
            product.map(|(name, version)| (name.to_owned(), product_name(name, version, twins)));
        if let Some((name, full)) = full.filter(|(name, full)| name != full) {
            for object in &mut declaration.objects {
                object.key.path[0].clone_from(&full);
            }
            // Its own name is no longer what it is known by.
            declaration.objects[0]
                .members
                .insert("name".into(), name.into());
        }
        all.append(&mut declaration.objects);
    }
    let mut seen = BTreeMap::new();
    for object in &all {
        let earlier = seen.insert(&object.key, &object.place);
        ensure!(
            earlier.is_none(),
            "{}: {} is declared twice, here and at {}",
            object.place,
            object.key,
            earlier.map_or("", String::as_str)
        );
    }
    Ok(all)
}
