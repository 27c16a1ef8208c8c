-- What is done by itself where a provider's clients differ from the applications, and how it went.
CREATE TABLE portal_reconciliation (
    dcr_provider_id TEXT PRIMARY KEY REFERENCES portal_dcr_provider (id) ON DELETE CASCADE,
    -- `adopt`, `recreate`, `delete` or `leave`, for each kind of difference.
    missing TEXT NOT NULL,
    changed TEXT NOT NULL,
    orphaned TEXT NOT NULL,
    -- The last pass.
    passed_at BIGINT,
    found BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    error TEXT
);
