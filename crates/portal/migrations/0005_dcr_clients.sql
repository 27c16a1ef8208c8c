-- What the adapter of a DCR provider must remember of a client, sealed: a registration access token, say.
CREATE TABLE portal_dcr_client (
    id TEXT PRIMARY KEY,
    dcr_provider_id TEXT NOT NULL REFERENCES portal_dcr_provider (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    -- The application may be gone before its client is.
    application_id TEXT NOT NULL,
    state TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (dcr_provider_id, client_id)
);
CREATE INDEX portal_dcr_client_application ON portal_dcr_client (dcr_provider_id, application_id);

-- How the provider is reached, as JSON; none where as the operator set for all.
ALTER TABLE portal_dcr_provider ADD COLUMN connection TEXT;
