-- How passes over a provider's clients went. Several in a row that went alike are one row.
CREATE TABLE portal_reconciliation_pass (
    dcr_provider_id TEXT NOT NULL REFERENCES portal_dcr_provider (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    -- The first of them, and the last.
    since BIGINT NOT NULL,
    at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    found BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    error TEXT,
    PRIMARY KEY (dcr_provider_id, number)
);

-- What verifications of a provider found.
CREATE TABLE portal_verification (
    dcr_provider_id TEXT NOT NULL REFERENCES portal_dcr_provider (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- `verify`, or `switch` before other settings were taken.
    occasion TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    findings TEXT NOT NULL,
    PRIMARY KEY (dcr_provider_id, number)
);

-- Whether the developer was shown a secret since the rotation gave the application a new credential.
ALTER TABLE portal_fleet_rotation_step ADD COLUMN collected BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE portal_fleet_rotation_step SET collected = FALSE
    WHERE state = 'begun' AND EXISTS (
        SELECT 1 FROM portal_retiring_credential r
        WHERE r.application_id = portal_fleet_rotation_step.application_id AND NOT r.collected
    );

-- What tells the secret that follows from the one that goes, where both are one client's: its id at the
-- provider, and a salted digest. Gone with the old secret.
ALTER TABLE portal_retiring_credential ADD COLUMN successor_id TEXT;
ALTER TABLE portal_retiring_credential ADD COLUMN successor_salt TEXT;
ALTER TABLE portal_retiring_credential ADD COLUMN successor_sha256 TEXT;
