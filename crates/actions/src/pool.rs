//! Contexts that were made ahead of requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::Program;
use crate::context::Prepared;

/// Fresh contexts by program, the most recently used program last.
///
/// A context leaves the pool for its one execution and never comes back.
pub(crate) struct Pool {
    shelves: Mutex<VecDeque<Shelf>>,
    programs: usize,
    each: usize,
}

struct Shelf {
    program: Weak<Program>,
    contexts: Vec<Prepared>,
}

impl Pool {
    /// Room for `each` contexts of each of the `programs` programs that ran last.
    pub(crate) fn new(programs: usize, each: usize) -> Self {
        Self {
            shelves: Mutex::default(),
            programs,
            each,
        }
    }

    /// A context of the program, if one is ready.
    pub(crate) fn take(&self, program: &Arc<Program>) -> Option<Prepared> {
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let at = find(&shelves, program)?;
        let mut shelf = shelves.remove(at)?;
        let context = shelf.contexts.pop();
        shelves.push_back(shelf);
        context
    }

    /// Whether contexts of the program are missing.
    pub(crate) fn wants(&self, program: &Arc<Program>) -> bool {
        let shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = find(&shelves, program).and_then(|at| shelves.get(at));
        shelf.map_or(0, |shelf| shelf.contexts.len()) < self.each && self.programs > 0
    }

    /// Takes in a fresh context. Those of programs that are gone, or that ran long ago, make room.
    pub(crate) fn put(&self, context: Prepared) {
        let program = Arc::clone(&context.host.program);
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let at = find(&shelves, &program).unwrap_or_else(|| {
            shelves.push_back(Shelf {
                program: Arc::downgrade(&program),
                contexts: Vec::new(),
            });
            shelves.len() - 1
        });
        if let Some(shelf) = shelves.get_mut(at) {
            shelf.contexts.push(context);
        }
        let mut gone = Vec::new();
        while shelves.len() > self.programs {
            gone.extend(shelves.pop_front());
        }
        // Freeing contexts takes time; nobody shall wait for it.
        drop(shelves);
    }

    /// Forgets programs that nobody but the pool's own contexts holds.
    pub(crate) fn sweep(&self) {
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        let unused = |shelf: &Shelf| shelf.program.strong_count() <= shelf.contexts.len();
        let (gone, kept): (VecDeque<_>, _) = shelves.drain(..).partition(unused);
        *shelves = kept;
        drop(shelves);
        drop(gone);
    }
}

fn find(shelves: &VecDeque<Shelf>, program: &Arc<Program>) -> Option<usize> {
    let wanted = Arc::as_ptr(program);
    shelves
        .iter()
        .position(|shelf| shelf.program.as_ptr() == wanted)
}
