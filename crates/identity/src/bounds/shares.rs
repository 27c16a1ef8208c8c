//! Who gives way when there is too much.

use std::collections::BinaryHeap;

/// How many rows each origin gives up so that `excess` go in all: one after another of whoever has most
/// at that moment. So a flood from one place pushes out itself, and a row from elsewhere goes only when
/// nobody has more than its own place.
pub(crate) fn shares(held: Vec<(String, i64)>, excess: i64) -> Vec<(String, i64)> {
    let mut heap: BinaryHeap<(i64, usize)> = held
        .iter()
        .enumerate()
        .map(|(at, (_, count))| (*count, at))
        .collect();
    let mut gives = vec![0; held.len()];
    for _ in 0..excess {
        let Some((count, at)) = heap.pop().filter(|(count, _)| *count > 0) else {
            break;
        };
        gives[at] += 1;
        heap.push((count - 1, at));
    }
    let given = held.into_iter().zip(gives).filter(|(_, count)| *count > 0);
    given.map(|((origin, _), count)| (origin, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn whoever_has_most_gives_first() {
        let held = |counts: &[(&str, i64)]| -> Vec<(String, i64)> {
            counts
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect()
        };
        assert_eq!(
            shares(held(&[("flood", 1000), ("office", 5), ("home", 1)]), 100),
            held(&[("flood", 100)])
        );
        assert_eq!(
            shares(held(&[("a", 4), ("b", 3), ("c", 1)]), 4),
            held(&[("a", 2), ("b", 2)])
        );
        assert_eq!(shares(held(&[("a", 1)]), 5), held(&[("a", 1)]));
    }
}
