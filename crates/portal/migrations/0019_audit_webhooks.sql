-- From where it was done.
ALTER TABLE portal_audit ADD COLUMN address TEXT;
ALTER TABLE portal_audit ADD COLUMN user_agent TEXT;
-- The order of entries within one millisecond.
ALTER TABLE portal_audit ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
-- Whether the webhook of the organisation, or of the entry's portal, has still to get it.
ALTER TABLE portal_audit ADD COLUMN due_organization BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE portal_audit ADD COLUMN due_portal BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX portal_audit_time;
CREATE INDEX portal_audit_order ON portal_audit (occurred_at, seq, id);
CREATE INDEX portal_audit_due_organization ON portal_audit (occurred_at, seq, id)
    WHERE due_organization;
CREATE INDEX portal_audit_due_portal ON portal_audit (portal_id, occurred_at, seq, id)
    WHERE due_portal;

-- Where audit entries are sent to.
CREATE TABLE portal_audit_destination (
    id TEXT PRIMARY KEY,
    -- Missing: the organisation's webhook made it, and no portal can choose it.
    name TEXT,
    endpoint TEXT NOT NULL,
    -- The value of the `Authorization` header, sealed.
    authorization_sealed TEXT,
    -- `cef`, `json` or `cps`.
    log_format TEXT NOT NULL,
    skip_ssl_verification BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Who sends there, and how the last attempt went.
CREATE TABLE portal_audit_webhook (
    -- `organization`, or a portal's id.
    scope TEXT PRIMARY KEY,
    destination_id TEXT REFERENCES portal_audit_destination (id),
    enabled BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Failed attempts since the last one that succeeded, and when the next one may be.
    failures BIGINT NOT NULL,
    retry_at BIGINT,
    last_attempt_at BIGINT,
    last_response_code BIGINT,
    last_response_message TEXT
);

-- Entries of a range of time that are sent once more.
CREATE TABLE portal_audit_replay (
    scope TEXT PRIMARY KEY,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    -- `accepted`, `running`, `completed` or `failed`.
    status TEXT NOT NULL,
    -- How many were sent, and the last of them.
    sent BIGINT NOT NULL,
    after_at BIGINT,
    after_seq BIGINT,
    after_id TEXT,
    updated_at BIGINT NOT NULL
);

-- What signs entries.
CREATE TABLE portal_audit_key (
    id TEXT PRIMARY KEY,
    -- An Ed25519 key pair as PEM, sealed.
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
