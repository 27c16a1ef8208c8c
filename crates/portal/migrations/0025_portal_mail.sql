-- From whom the mails of a portal come, and whom answers reach.
CREATE TABLE portal_email_config (
    portal_id TEXT PRIMARY KEY REFERENCES portal_portal (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    from_name TEXT,
    from_email TEXT,
    reply_to_email TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What the mails of a portal say instead of the usual texts. A part that is missing is the usual one.
CREATE TABLE portal_email_template (
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    -- `confirm-email-address`, …
    name TEXT NOT NULL,
    subject TEXT,
    title TEXT,
    body TEXT,
    button_label TEXT,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (portal_id, name)
);
