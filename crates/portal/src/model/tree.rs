//! Things that stand below each other, siblings in an order: documents of a product, pages of a portal.

use std::collections::HashMap;
use std::hash::Hash;

use super::PublishStatus;

/// One of them.
pub(crate) trait Node: Clone {
    /// What it is known by.
    type Id: Copy + Eq + Hash;
    /// Its id.
    fn id(&self) -> Self::Id;
    /// What it stands below; `None` at the top.
    fn parent(&self) -> Option<Self::Id>;
    /// Its place among its siblings.
    fn position(&self) -> i64;
    /// Gives it another place.
    fn stand_at(&mut self, position: i64);
    /// What it is called in addresses, among its siblings.
    fn slug(&self) -> &str;
    /// Whether it is to be seen at all.
    fn status(&self) -> PublishStatus;
}

/// Why something has no place in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit<I> {
    /// It would stand below itself.
    BelowItself,
    /// What it is to stand below does not exist.
    NoParent(I),
    /// A sibling has its slug.
    Twin,
}

/// Whether one has its place among all: a parent that is not below it, and a slug of its own there.
///
/// # Errors
/// The first [`Misfit`].
pub(crate) fn fits<T: Node>(all: &[T], one: &T) -> Result<(), Misfit<T::Id>> {
    let mut above = one.parent();
    while let Some(id) = above {
        if id == one.id() {
            return Err(Misfit::BelowItself);
        }
        let parent = all.iter().find(|other| other.id() == id);
        above = parent.ok_or(Misfit::NoParent(id))?.parent();
    }
    let twin = siblings(all, one.parent())
        .any(|other| other.id() != one.id() && other.slug() == one.slug());
    match twin {
        true => Err(Misfit::Twin),
        false => Ok(()),
    }
}

/// Those below a parent, in the order of `all`.
pub(crate) fn siblings<T: Node>(all: &[T], parent: Option<T::Id>) -> impl Iterator<Item = &T> {
    all.iter().filter(move |one| one.parent() == parent)
}

/// The place behind the last below a parent.
pub(crate) fn last<T: Node>(all: &[T], parent: Option<T::Id>) -> i64 {
    let positions = siblings(all, parent).map(Node::position);
    positions.max().map_or(0, |last| last + 1)
}

/// Puts one at a place among its siblings, and gives those that stand elsewhere from now on, itself always.
/// A negative place counts from the end: -1 is the last.
pub(crate) fn arranged<T: Node>(all: Vec<T>, one: T, index: i64) -> Vec<T> {
    let (id, parent) = (one.id(), one.parent());
    let mut siblings: Vec<T> = all
        .into_iter()
        .filter(|other| other.parent() == parent && other.id() != id)
        .collect();
    let count = siblings.len();
    let at = match usize::try_from(index) {
        Ok(index) => index.min(count),
        Err(_) => {
            let back = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
            (count + 1).saturating_sub(back)
        }
    };
    siblings.insert(at, one);
    let places = (0..).zip(siblings);
    let moved = places.filter(|(place, one)| one.id() == id || one.position() != *place);
    moved
        .map(|(place, mut one)| {
            one.stand_at(place);
            one
        })
        .collect()
}

/// The place of the neighbour above or below, if there is one.
pub(crate) fn beside<T: Node>(all: &[T], one: &T, up: bool) -> Option<i64> {
    let ids: Vec<T::Id> = siblings(all, one.parent()).map(Node::id).collect();
    let at = ids.iter().position(|id| *id == one.id())?;
    let to = if up { at.checked_sub(1) } else { Some(at + 1) };
    i64::try_from(to.filter(|to| *to < ids.len())?).ok()
}

/// Those that may be seen, below others that may: what is under a hidden one is hidden.
#[must_use]
pub(crate) fn visible<T: Node>(all: Vec<T>, may_be_seen: impl Fn(&T) -> bool) -> Vec<T> {
    let facts = all.iter().map(|one| {
        let seen = one.status() == PublishStatus::Published && may_be_seen(one);
        (one.id(), (seen, one.parent()))
    });
    let facts: HashMap<T::Id, (bool, Option<T::Id>)> = facts.collect();
    let is_seen = |one: &T| {
        let mut at = Some(one.id());
        // A tree is never deeper than it has nodes.
        for _ in 0..=facts.len() {
            match at.and_then(|id| facts.get(&id)) {
                None => return at.is_none(),
                Some((true, parent)) => at = *parent,
                Some((false, _)) => return false,
            }
        }
        false
    };
    let mut all = all;
    all.retain(is_seen);
    all
}

/// Shows the whole tree: each node by `shown`, given what its children became.
pub(crate) fn render<T: Node, R>(all: &[T], shown: &impl Fn(&T, Vec<R>) -> R) -> Vec<R> {
    below(all, None, shown)
}

fn below<T: Node, R>(all: &[T], parent: Option<T::Id>, shown: &impl Fn(&T, Vec<R>) -> R) -> Vec<R> {
    siblings(all, parent)
        .map(|one| shown(one, below(all, Some(one.id()), shown)))
        .collect()
}

/// The same list with what has lost its parent at the top, as when only a part of a tree was found.
#[must_use]
pub(crate) fn rooted<T: Node>(all: &[T], orphaned: impl Fn(&T) -> T) -> Vec<T> {
    let there = |id: T::Id| all.iter().any(|other| other.id() == id);
    let rooted = all.iter().map(|one| match one.parent() {
        Some(parent) if !there(parent) => orphaned(one),
        _ => one.clone(),
    });
    rooted.collect()
}

#[cfg(test)]
mod tests {
    use super::{Misfit, Node, arranged, beside, fits, last, render, visible};
    use crate::model::PublishStatus;

    #[derive(Clone, Debug, PartialEq)]
    struct Leaf(u8, Option<u8>, i64, PublishStatus);

    impl Node for Leaf {
        type Id = u8;
        fn id(&self) -> u8 {
            self.0
        }
        fn parent(&self) -> Option<u8> {
            self.1
        }
        fn position(&self) -> i64 {
            self.2
        }
        fn stand_at(&mut self, position: i64) {
            self.2 = position;
        }
        fn slug(&self) -> &str {
            ["a", "b", "c", "d"][usize::from(self.0 % 4)]
        }
        fn status(&self) -> PublishStatus {
            self.3
        }
    }

    fn leaf(id: u8, parent: Option<u8>, position: i64) -> Leaf {
        Leaf(id, parent, position, PublishStatus::Published)
    }

    fn tree() -> Vec<Leaf> {
        vec![
            leaf(1, None, 0),
            leaf(2, None, 1),
            leaf(3, Some(1), 0),
            leaf(4, Some(3), 0),
        ]
    }

    #[test]
    fn nothing_stands_below_itself_below_nothing_or_beside_its_twin() {
        let all = tree();
        assert_eq!(fits(&all, &leaf(1, Some(4), 0)), Err(Misfit::BelowItself));
        assert_eq!(fits(&all, &leaf(2, Some(9), 0)), Err(Misfit::NoParent(9)));
        assert_eq!(fits(&all, &leaf(5, None, 0)), Err(Misfit::Twin));
        assert_eq!(fits(&all, &leaf(4, Some(2), 0)), Ok(()));
        assert_eq!((last(&all, None), last(&all, Some(4))), (2, 0));
    }

    #[test]
    fn places_count_from_either_end() {
        let ids = |index| {
            let moved = arranged(tree(), leaf(4, None, 0), index);
            let mut all = tree();
            all.retain(|one| moved.iter().all(|moved| moved.0 != one.0));
            all.extend(moved);
            all.retain(|one| one.1.is_none());
            all.sort_by_key(|one| one.2);
            all.iter().map(|one| one.0).collect::<Vec<_>>()
        };
        assert_eq!(ids(0), [4, 1, 2]);
        assert_eq!(ids(1), [1, 4, 2]);
        assert_eq!(ids(9), [1, 2, 4]);
        assert_eq!(ids(-1), [1, 2, 4]);
        assert_eq!(ids(-2), [1, 4, 2]);
        assert_eq!(ids(-9), [4, 1, 2]);
        let all = tree();
        assert_eq!(beside(&all, &all[0], true), None);
        assert_eq!(beside(&all, &all[0], false), Some(1));
        assert_eq!(beside(&all, &all[1], false), None);
    }

    #[test]
    fn what_is_under_a_hidden_one_is_hidden() {
        let mut all = tree();
        all[2].3 = PublishStatus::Unpublished;
        let seen = visible(all, |_| true);
        assert_eq!(seen, [leaf(1, None, 0), leaf(2, None, 1)]);
        let seen = visible(tree(), |one| one.0 != 1);
        assert_eq!(seen, [leaf(2, None, 1)]);
        let shown = render(&tree(), &|one: &Leaf, below: Vec<String>| {
            format!("{}[{}]", one.0, below.concat())
        });
        assert_eq!(shown.concat(), "1[3[4[]]]2[]");
    }
}
