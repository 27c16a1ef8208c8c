-- Registrations at a DCR provider whose end nobody saw, where the provider cannot tell what became of
-- them: each may have left a client there.
CREATE TABLE portal_dcr_attempt (
    id TEXT PRIMARY KEY,
    dcr_provider_id TEXT NOT NULL REFERENCES portal_dcr_provider (id) ON DELETE CASCADE,
    -- The application may be gone before anybody looks.
    application_id TEXT NOT NULL,
    look_for TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX portal_dcr_attempt_application
    ON portal_dcr_attempt (dcr_provider_id, application_id);
