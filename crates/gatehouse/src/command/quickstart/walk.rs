//! A story told step by step: progress while it happens, a table at the end.

use std::fmt::Write as _;
use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::command::say;

/// The steps walked so far.
#[derive(Default)]
pub(super) struct Walk {
    steps: Vec<Step>,
}

struct Step {
    chapter: &'static str,
    name: &'static str,
    took: Duration,
    error: Option<String>,
}

impl Walk {
    /// Walks one step and tells how it went. An error ends the story there.
    ///
    /// # Errors
    /// What the step returned.
    pub(super) async fn step<T>(
        &mut self,
        chapter: &'static str,
        name: &'static str,
        act: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        if self.steps.last().is_none_or(|last| last.chapter != chapter) {
            say(&format!("\n  {chapter}"));
        }
        let start = Instant::now();
        let outcome = act.await;
        let step = Step {
            chapter,
            name,
            took: start.elapsed(),
            error: outcome.as_ref().err().map(|e| format!("{e:#}")),
        };
        say(&step.line());
        self.steps.push(step);
        outcome
    }

    /// Whether every step held.
    pub(super) fn held(&self) -> bool {
        self.steps.iter().all(|step| step.error.is_none())
    }

    /// The table of all steps: step, status, milliseconds.
    pub(super) fn table(&self) -> String {
        let width = self
            .steps
            .iter()
            .map(|s| s.chapter.chars().count() + s.name.chars().count() + 2)
            .max()
            .unwrap_or(4);
        let mut table = format!(
            "  {:<width$}  status      ms\n  {}\n",
            "step",
            "-".repeat(width + 18)
        );
        for step in &self.steps {
            let name = format!("{}: {}", step.chapter, step.name);
            let status = if step.error.is_none() { "ok" } else { "failed" };
            let _ = writeln!(
                table,
                "  {name:<width$}  {status:<6}  {:>6.1}",
                step.took.as_secs_f64() * 1000.0
            );
        }
        let held = self.steps.iter().filter(|s| s.error.is_none()).count();
        let total: Duration = self.steps.iter().map(|s| s.took).sum();
        let _ = write!(
            table,
            "\n  {held} of {} steps held, {:.0} ms in all",
            self.steps.len(),
            total.as_secs_f64() * 1000.0
        );
        table
    }
}

impl Step {
    fn line(&self) -> String {
        let millis = self.took.as_secs_f64() * 1000.0;
        match &self.error {
            None => format!("    ok      {millis:>8.1} ms  {}", self.name),
            Some(error) => format!(
                "    FAILED  {millis:>8.1} ms  {}\n            {error}",
                self.name
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Walk;

    #[tokio::test]
    async fn a_failed_step_is_in_the_table_and_spoils_the_whole() {
        let mut walk = Walk::default();
        walk.step("tenant", "comes up", async { Ok(()) })
            .await
            .unwrap();
        assert!(walk.held());
        let failed = walk.step("gateway", "refuses", async {
            anyhow::bail!("answered 200") as anyhow::Result<()>
        });
        assert!(failed.await.is_err());
        assert!(!walk.held());
        let table = walk.table();
        assert!(
            table.contains("tenant: comes up")
                && table.contains("failed")
                && table.contains("1 of 2 steps held"),
            "{table}"
        );
    }
}
