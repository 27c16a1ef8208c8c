//! The latest updates, as they travel: written once, sent to every node.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// Most updates kept, and most bytes of them. A node that is further behind is told in another way.
const MOST: usize = 4096;
const MOST_BYTES: usize = 16 << 20;

/// One line of the stream.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) from: i64,
    pub(super) to: i64,
    /// Whether every node understands it.
    pub(super) applications_alone: bool,
    pub(super) text: Bytes,
}

/// The latest lines, without gaps: each starts where the one before ended.
#[derive(Default)]
pub(super) struct Recent(Mutex<(VecDeque<Line>, usize)>);

impl Recent {
    pub(super) fn push(&self, line: Line) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (lines, bytes) = &mut *kept;
        if lines.back().is_some_and(|last| last.to != line.from) {
            lines.clear();
            *bytes = 0;
        }
        *bytes += line.text.len();
        lines.push_back(line);
        while lines.len() > MOST || *bytes > MOST_BYTES {
            let Some(oldest) = lines.pop_front() else {
                break;
            };
            *bytes -= oldest.text.len();
        }
    }

    /// Forgets everything: what comes next does not continue it.
    pub(super) fn clear(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = (VecDeque::new(), 0);
    }

    /// The line that starts at `from`.
    pub(super) fn after(&self, from: i64) -> Option<Line> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.0.partition_point(|line| line.from < from);
        kept.0.get(at).filter(|line| line.from == from).cloned()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Line, Recent};

    fn line(from: i64, to: i64) -> Line {
        let text = Bytes::from(format!("{from}-{to}"));
        Line {
            from,
            to,
            applications_alone: true,
            text,
        }
    }

    #[test]
    fn a_line_is_found_by_where_it_starts() {
        let recent = Recent::default();
        for (from, to) in [(1, 2), (2, 5), (5, 6)] {
            recent.push(line(from, to));
        }
        assert_eq!(recent.after(2).map(|line| line.to), Some(5));
        assert!(recent.after(3).is_none());
        assert!(recent.after(6).is_none());
        recent.push(line(9, 10));
        assert!(recent.after(2).is_none(), "there is a gap");
        assert!(recent.after(9).is_some());
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let recent = Recent::default();
        for n in 0..10_000 {
            recent.push(line(n, n + 1));
        }
        assert!(recent.after(0).is_none());
        assert!(recent.after(9_999).is_some());
    }
}
