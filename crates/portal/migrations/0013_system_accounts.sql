-- Who a `spat_` token belongs to. Tokens of the command line belong to nobody.
CREATE TABLE portal_system_account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

ALTER TABLE portal_platform_token ADD COLUMN system_account_id TEXT REFERENCES portal_system_account (id);
ALTER TABLE portal_platform_token ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
UPDATE portal_platform_token SET updated_at = created_at;
CREATE INDEX portal_platform_token_account ON portal_platform_token (system_account_id);
