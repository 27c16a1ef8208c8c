-- Clients that an application had before, which work for a while beside its present one.
CREATE TABLE portal_retiring_client (
    client_id TEXT NOT NULL,
    application_id TEXT NOT NULL REFERENCES portal_application (id) ON DELETE CASCADE,
    retires_at BIGINT NOT NULL,
    -- Gateways refuse it already; the provider is still to remove it.
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (application_id, client_id)
);
CREATE INDEX portal_retiring_client_client ON portal_retiring_client (client_id);
