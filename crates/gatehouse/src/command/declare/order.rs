//! The order of documents and pages among their siblings.

use super::kind::Kind;
use super::object::{Key, Object};

/// Siblings that are to stand in this order, before those that are not named.
#[derive(Debug, PartialEq)]
pub(super) struct Order {
    pub(super) siblings: Vec<Key>,
}

impl std::fmt::Display for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(first) = self.siblings.first() else {
            return Ok(());
        };
        let above = &first.path[..first.path.len().saturating_sub(1)];
        let names: Vec<&str> = self.siblings.iter().map(Key::name).collect();
        let (words, above, names) = (first.kind.words(), above.join(" / "), names.join(", "));
        write!(f, "order of {words}s in {above}: {names}")
    }
}

/// Which siblings would stand in another order than declared, once all are there: what is new comes last.
pub(super) fn wanted(declared: &[Object], live: &[Object]) -> Vec<Order> {
    let mut groups: Vec<(Kind, &[String], Vec<&Key>)> = Vec::new();
    for key in declared.iter().map(|object| &object.key) {
        if !key.kind.is_ordered() {
            continue;
        }
        let above = &key.path[..key.path.len() - 1];
        let group = groups
            .iter_mut()
            .find(|(kind, path, _)| *kind == key.kind && *path == above);
        match group {
            Some((_, _, siblings)) => siblings.push(key),
            None => groups.push((key.kind, above, vec![key])),
        }
    }
    let orders = groups.into_iter().filter_map(|(_, _, siblings)| {
        let there = live.iter().map(|object| &object.key);
        let there: Vec<&Key> = there.filter(|key| siblings.contains(key)).collect();
        let new = siblings.iter().copied().filter(|key| !there.contains(key));
        let would_be: Vec<&Key> = there.iter().copied().chain(new).collect();
        (would_be != siblings).then(|| Order {
            siblings: siblings.into_iter().cloned().collect(),
        })
    });
    orders.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::wanted;
    use crate::command::declare::kind::Kind;
    use crate::command::declare::object::{Key, Object};

    fn pages(names: &[&str]) -> Vec<Object> {
        let page = |name: &&str| Object::live(Key::new(Kind::Page, &["Docs", name]), Map::new());
        names.iter().map(page).collect()
    }

    #[test]
    fn only_an_order_that_would_be_another_is_made() {
        let said = |declared: &[&str], live: &[&str]| {
            let found = wanted(&pages(declared), &pages(live));
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(said(&["a", "b"], &[]).is_empty());
        assert!(said(&["a", "b"], &["x", "a", "y", "b"]).is_empty());
        assert!(said(&["a", "b", "new"], &["a", "b"]).is_empty());
        assert_eq!(
            said(&["b", "a"], &["a", "b"]),
            ["order of pages in Docs: b, a"]
        );
        assert_eq!(
            said(&["new", "a"], &["a"]),
            ["order of pages in Docs: new, a"]
        );
    }
}
