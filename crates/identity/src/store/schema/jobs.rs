//! Work on many users, and where the log is sent.

// `source` is what was sent to be imported, sealed: it holds password hashes. A part is an error of an import
// or a piece of an export; both go with their job.
pub(super) const JOBS: &str = "
CREATE TABLE identity_job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    connection_id TEXT,
    settings TEXT NOT NULL,
    source TEXT,
    done BIGINT NOT NULL,
    total BIGINT,
    summary TEXT NOT NULL,
    place TEXT,
    details TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX identity_job_status ON identity_job (kind, status);
CREATE INDEX identity_job_age ON identity_job (created_at);

CREATE TABLE identity_job_part (
    job_id TEXT NOT NULL REFERENCES identity_job (id),
    number BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (job_id, number)
)
";

// `sink` is where to and with what headers, sealed as a whole. `seen` is the last entry that was sent.
pub(super) const LOG_STREAMS: &str = "
CREATE TABLE identity_log_stream (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    is_priority BOOLEAN NOT NULL,
    filters TEXT NOT NULL,
    sink TEXT NOT NULL,
    seen TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX identity_log_stream_order ON identity_log_stream (created_at, id)
";
