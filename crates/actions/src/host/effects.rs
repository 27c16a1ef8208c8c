//! What a program did so far, and whether it may go on.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::{Command, Level, Limits, Line};

/// Why the interrupt handler ends a program that cannot be trusted to end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Time,
    Output,
    /// It waits, sends a request or computes for long: not where its request is answered.
    Elsewhere,
}

/// Whether a program may go on.
#[derive(Default)]
pub(crate) struct Watch {
    deadline: Mutex<Option<(Instant, Stop)>>,
    stop: AtomicU8,
}

impl Watch {
    /// From now on it may go on until then, and is stopped with this reason.
    pub(crate) fn until(&self, deadline: Instant, why: Stop) {
        let mut until = self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        *until = Some((deadline, why));
    }

    pub(crate) fn stop(&self, why: Stop) {
        let code = match why {
            Stop::Time => 1,
            Stop::Output => 2,
            Stop::Elsewhere => 3,
        };
        // The first reason stands.
        let _ = self
            .stop
            .compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub(crate) fn stopped(&self) -> Option<Stop> {
        match self.stop.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Stop::Time),
            2 => Some(Stop::Output),
            _ => Some(Stop::Elsewhere),
        }
    }

    /// What the interrupt handler asks every few thousand steps.
    pub(crate) fn check(&self) -> bool {
        let until = *self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((deadline, why)) = until
            && Instant::now() >= deadline
        {
            self.stop(why);
        }
        self.stopped().is_some()
    }
}

/// What a program did so far.
pub(crate) struct Effects(Mutex<State>);

struct State {
    commands: Vec<Command>,
    output_left: usize,
    console: Vec<Line>,
    console_left: usize,
    console_limit: usize,
    cut: bool,
}

impl Effects {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self(Mutex::new(State {
            commands: Vec::new(),
            output_left: limits.output,
            console: Vec::new(),
            console_left: limits.console,
            console_limit: limits.console,
            cut: false,
        }))
    }

    /// Notes a command; its arguments are JSON text.
    pub(crate) fn emit(
        &self,
        method: String,
        arguments: &str,
        watch: &Watch,
    ) -> Result<(), String> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = state.output_left.checked_sub(arguments.len()) else {
            watch.stop(Stop::Output);
            return Err("too much output".to_owned());
        };
        state.output_left = left;
        let arguments = serde_json::from_str(arguments)
            .map_err(|error| format!("the arguments of api.{method} are no JSON: {error}"))?;
        state.commands.push(Command { method, arguments });
        Ok(())
    }

    /// Keeps a line of console output.
    pub(crate) fn print(&self, level: Level, text: &str) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.cut {
            return;
        }
        let kept: String = text.chars().take(state.console_left).collect();
        let whole = kept.len() == text.len();
        // A line counts one character more, so that empty ones are not free.
        state.console_left = state.console_left.saturating_sub(kept.chars().count() + 1);
        state.console.push(Line { level, text: kept });
        if !whole || state.console_left == 0 {
            state.cut = true;
            let text = format!(
                "… output beyond {} characters is dropped",
                state.console_limit
            );
            let level = Level::Warn;
            state.console.push(Line { level, text });
        }
    }

    pub(crate) fn take(&self) -> (Vec<Command>, Vec<Line>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (
            std::mem::take(&mut state.commands),
            std::mem::take(&mut state.console),
        )
    }
}
