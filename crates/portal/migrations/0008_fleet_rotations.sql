-- An administrator lets every application of a provider get a new credential.
CREATE TABLE portal_fleet_rotation (
    id TEXT PRIMARY KEY,
    dcr_provider_id TEXT NOT NULL REFERENCES portal_dcr_provider (id) ON DELETE CASCADE,
    -- How many seconds the old credentials work on.
    overlap BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
-- One runs at a time.
CREATE UNIQUE INDEX portal_fleet_rotation_running ON portal_fleet_rotation (dcr_provider_id)
    WHERE finished_at IS NULL;

CREATE TABLE portal_fleet_rotation_step (
    rotation_id TEXT NOT NULL REFERENCES portal_fleet_rotation (id) ON DELETE CASCADE,
    application_id TEXT NOT NULL REFERENCES portal_application (id) ON DELETE CASCADE,
    -- `waiting`, `begun` or `failed`.
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    error TEXT,
    PRIMARY KEY (rotation_id, application_id)
);
CREATE INDEX portal_fleet_rotation_step_application ON portal_fleet_rotation_step (application_id);
