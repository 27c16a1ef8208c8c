-- Credentials that an application had before, which work for a while beside its present one.
CREATE TABLE portal_retiring_credential (
    application_id TEXT NOT NULL REFERENCES portal_application (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    -- Which of the client's secrets goes; '' if the client itself goes.
    secret_id TEXT NOT NULL,
    since BIGINT NOT NULL,
    retires_at BIGINT NOT NULL,
    -- Gateways refuse it already; the provider is still to remove it.
    retired BOOLEAN NOT NULL,
    -- Whether the developer was shown the present secret.
    collected BOOLEAN NOT NULL,
    PRIMARY KEY (application_id, client_id, secret_id)
);
CREATE INDEX portal_retiring_credential_client ON portal_retiring_credential (client_id);
CREATE INDEX portal_retiring_credential_due ON portal_retiring_credential (retires_at);

-- Since when a second credential is on its way, of which nobody knows yet.
ALTER TABLE portal_application ADD COLUMN succeeding_since BIGINT;
-- How often the application got another client.
ALTER TABLE portal_application ADD COLUMN successions BIGINT NOT NULL DEFAULT 0;

-- When gateways last let a credential in, to the minute: a client id, or the id of an API key.
CREATE TABLE portal_credential_use (
    application_id TEXT NOT NULL REFERENCES portal_application (id) ON DELETE CASCADE,
    credential TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (application_id, credential)
);
