-- What is known of a provider's clients since the last look at them, so that the next look can begin with
-- what changed.
ALTER TABLE portal_reconciliation ADD COLUMN full_at BIGINT;
-- A place in the provider's log of changes, in the adapter's own words.
ALTER TABLE portal_reconciliation ADD COLUMN mark TEXT;
ALTER TABLE portal_reconciliation ADD COLUMN looked_at BIGINT;
-- Why the provider does not tell what changed.
ALTER TABLE portal_reconciliation ADD COLUMN untold TEXT;
-- How much the provider shows (`all`, `known`, `told`), and what it does not.
ALTER TABLE portal_reconciliation ADD COLUMN sight TEXT;
ALTER TABLE portal_reconciliation ADD COLUMN limits TEXT;
ALTER TABLE portal_reconciliation ADD COLUMN applications BIGINT NOT NULL DEFAULT 0;
ALTER TABLE portal_reconciliation ADD COLUMN clients BIGINT NOT NULL DEFAULT 0;

CREATE INDEX portal_application_changed ON portal_application (auth_strategy_id, updated_at);

-- Differences that are still open. Their details are the provider's to tell.
CREATE TABLE portal_difference (
    dcr_provider_id TEXT NOT NULL REFERENCES portal_dcr_provider (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    application_id TEXT,
    client_id TEXT,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (dcr_provider_id, id)
);
