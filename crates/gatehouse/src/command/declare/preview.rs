//! What goes with something that is deleted.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::live::Live;
use super::object::Key;

/// ` (with 2 versions, 1 document)`, or nothing.
pub(super) fn taken_along(key: &Key, live: &Live) -> String {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for other in live.objects.iter().map(|object| &object.key) {
        if other.is_within(key) && !other.kind.comes_with_parent() {
            *counts.entry(other.kind).or_default() += 1;
        }
    }
    let mut all: Vec<String> = counts
        .into_iter()
        .map(|(kind, count)| counted(count, kind.words()))
        .collect();
    if let Some([developers, applications]) = live.people.get(key) {
        let people = [(*developers, "developer"), (*applications, "application")];
        for (count, words) in people.into_iter().filter(|(count, _)| *count > 0) {
            all.push(counted(usize::try_from(count).unwrap_or(usize::MAX), words));
        }
        if *developers > 0 {
            return format!(
                " (with {}; refused while there are developers)",
                all.join(", ")
            );
        }
    }
    match all.is_empty() {
        true => String::new(),
        false => format!(" (with {})", all.join(", ")),
    }
}

fn counted(count: usize, words: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {words}{end}")
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::taken_along;
    use crate::command::declare::kind::Kind;
    use crate::command::declare::live::Live;
    use crate::command::declare::object::{Key, Object};

    #[test]
    fn what_goes_with_something_is_counted() {
        let portal = Key::new(Kind::Portal, &["Docs"]);
        let mut live = Live::default();
        for (kind, path) in [
            (Kind::Portal, &["Docs"][..]),
            (Kind::Appearance, &["Docs"]),
            (Kind::Page, &["Docs", "a"]),
            (Kind::Page, &["Docs", "a", "b"]),
            (Kind::Team, &["Docs", "Crew"]),
            (Kind::Team, &["Other", "Crew"]),
        ] {
            live.objects
                .push(Object::live(Key::new(kind, path), Map::new()));
        }
        assert_eq!(taken_along(&portal, &live), " (with 1 team, 2 pages)");
        live.people.insert(portal.clone(), [1, 0]);
        assert!(
            taken_along(&portal, &live)
                .ends_with("1 developer; refused while there are developers)")
        );
    }
}
