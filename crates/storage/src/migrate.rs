//! The schema and its versions: forward only, each step in its own transaction.

use aws_lc_rs::digest;

use crate::Error;

/// The schema of one component as the steps that lead to it.
///
/// Step `n` brings the schema to version `n + 1`. A step that was released never changes; a change is
/// a further step. Statements are separated by `;` and serve both databases; what stands after a line
/// `-- on sqlite` or `-- on postgres` is for that one alone, until a line `-- on both`.
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    /// Whose tables they are: `storage`, `identity`, `portal`.
    pub component: &'static str,
    /// The steps, oldest first.
    pub steps: &'static [&'static str],
}

/// The tables of this crate itself.
pub(crate) const OWN: Migrations = Migrations {
    component: "storage",
    steps: &[
        "CREATE TABLE storage_revision (
            id BIGINT PRIMARY KEY,
            revision BIGINT NOT NULL,
            pruned BIGINT NOT NULL
        );
        INSERT INTO storage_revision (id, revision, pruned) VALUES (1, 0, 0);
        CREATE TABLE storage_change (
            revision BIGINT PRIMARY KEY,
            topic TEXT NOT NULL,
            key TEXT NOT NULL
        )",
        "CREATE TABLE storage_job (
            id TEXT PRIMARY KEY,
            queue TEXT NOT NULL,
            key TEXT NOT NULL,
            payload TEXT NOT NULL,
            state TEXT NOT NULL,
            due BIGINT NOT NULL,
            attempts BIGINT NOT NULL,
            lease TEXT,
            leased_until BIGINT,
            reason TEXT
        );
        CREATE UNIQUE INDEX storage_job_pending ON storage_job (queue, key) WHERE state = 'pending';
        CREATE INDEX storage_job_due ON storage_job (queue, state, due)",
    ],
};

/// Where the versions are kept.
pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS storage_migration (
    component TEXT NOT NULL,
    version BIGINT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (component, version)
)";

pub(crate) const APPLIED: &str =
    "SELECT component, version, checksum FROM storage_migration ORDER BY component, version";

pub(crate) const RECORD: &str =
    "INSERT INTO storage_migration (component, version, checksum) VALUES ($1, $2, $3)";

/// A step the database has taken.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub(crate) component: String,
    pub(crate) version: i64,
    pub(crate) checksum: String,
}

/// A step the database has yet to take.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) component: &'static str,
    pub(crate) version: i64,
    pub(crate) sql: &'static str,
    pub(crate) checksum: String,
}

impl Step {
    pub(crate) fn failed(&self, error: Error) -> Error {
        let at = format!("upgrading `{}` to version {}", self.component, self.version);
        match error {
            Error::Busy | Error::Unavailable(_) => error,
            other => Error::Other(format!("{at} failed and was undone: {other}")),
        }
    }
}

/// What is left to do.
///
/// # Errors
/// [`Error::NewerSchema`]; [`Error::Corrupt`] if a step that was applied reads otherwise now.
pub(crate) fn pending(applied: &[Applied], all: &[Migrations]) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for migrations in std::iter::once(&OWN).chain(all) {
        let done = |version: i64| {
            let same =
                |row: &&Applied| row.component == migrations.component && row.version == version;
            applied.iter().find(same)
        };
        let known = i64::try_from(migrations.steps.len()).unwrap_or(i64::MAX);
        let of_component = applied
            .iter()
            .filter(|row| row.component == migrations.component);
        if let Some(found) = of_component
            .map(|row| row.version)
            .max()
            .filter(|v| *v > known)
        {
            let component = migrations.component.to_owned();
            return Err(Error::NewerSchema {
                component,
                found,
                known,
            });
        }
        for (sql, version) in migrations.steps.iter().zip(1..) {
            let checksum = checksum(sql);
            match done(version) {
                Some(row) if row.checksum == checksum => {}
                Some(_) => {
                    return Err(Error::Corrupt(format!(
                        "step {version} of the schema of `{}` differs from the one this database was made \
                         with: run the release that made it, or restore a backup of this release",
                        migrations.component
                    )));
                }
                None => steps.push(Step {
                    component: migrations.component,
                    version,
                    sql,
                    checksum,
                }),
            }
        }
    }
    Ok(steps)
}

/// The statements of a step that are for one database.
pub(crate) fn statements(sql: &str, database: &str) -> String {
    let mut here = true;
    let mut kept = String::with_capacity(sql.len());
    for line in sql.lines() {
        if let Some(whose) = line.strip_prefix("-- on ") {
            here = whose == "both" || whose == database;
        } else if here {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn checksum(sql: &str) -> String {
    // Line ends may differ between checkouts; the statement does not.
    let text = sql.replace("\r\n", "\n");
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_step_may_have_statements_for_one_database_alone() {
        let sql = "A;\n-- on sqlite\nB;\n-- on postgres\nC;\n-- on both\n-- a remark\nD";
        assert_eq!(statements(sql, "sqlite"), "A;\nB;\n-- a remark\nD\n");
        assert_eq!(statements(sql, "postgres"), "A;\nC;\n-- a remark\nD\n");
    }
}
