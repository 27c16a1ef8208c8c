-- What was removed and can be brought back for a while.
CREATE TABLE portal_removal (
    id TEXT PRIMARY KEY,
    -- The kind and the rows as JSON.
    removed TEXT NOT NULL,
    removed_by TEXT NOT NULL,
    removed_at BIGINT NOT NULL
);
CREATE INDEX portal_removal_at ON portal_removal (removed_at);
