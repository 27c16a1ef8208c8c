//! Where the author's own code was last.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rquickjs::{Atom, Ctx, Function};

use crate::context::core;
use crate::run::describe::place;

/// How far up the stack the author's code is looked for.
const DEPTH: isize = 10;

/// The place where the author's own code last called something that made a promise.
///
/// An error that comes out of a package after an `await` has none of the author's frames in its
/// stack. What was awaited was called from here.
#[derive(Default)]
pub(crate) struct Trail {
    last: Mutex<Option<(u32, u32)>>,
    looking: AtomicBool,
}

impl Trail {
    /// Called when a promise is made.
    pub(crate) fn note(&self, ctx: &Ctx<'_>, file: &str) {
        // To look is to run JavaScript, which may make promises itself.
        if self.looking.swap(true, Ordering::Relaxed) {
            return;
        }
        let authors = Atom::from_str(ctx.clone(), file).ok();
        let is_authors = |level| authors.is_some() && ctx.script_or_module_name(level) == authors;
        if (0..DEPTH).any(is_authors) {
            let trace = core(ctx).and_then(|core| core.get::<_, Function<'_>>("trace"));
            match trace.and_then(|trace| trace.call::<_, String>(())) {
                Ok(stack) => {
                    let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
                    *last = place(&stack, file).or(*last);
                }
                Err(_) => {
                    ctx.catch();
                }
            }
        }
        self.looking.store(false, Ordering::Relaxed);
    }

    /// Line and column.
    pub(crate) fn last(&self) -> Option<(u32, u32)> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
