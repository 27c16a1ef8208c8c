//! The tenant's tables.

mod actions;
mod authentication;
mod console;
mod crowds;
mod jobs;
mod login;
mod people;
mod registration;
mod tokens;

use storage::seal::SealedColumn;

use actions::ACTIONS;
use authentication::{AUTHENTICATION, ORIGINS};
use console::CREATORS;
use crowds::{BEGUN, CROWDS, PARTIES};
use jobs::{JOBS, LOG_STREAMS};
use login::LOGIN;
use people::{DOCUMENTS, IDENTITIES, PEOPLE};
use registration::{PUBLISHED_KEYS, REGISTRATION};
use tokens::TOKENS;

/// The tenant's schema.
pub const MIGRATIONS: storage::Migrations = storage::Migrations {
    component: "identity",
    steps: &[
        FIRST,
        TOKENS,
        REGISTRATION,
        AUTHENTICATION,
        PEOPLE,
        DOCUMENTS,
        LOGIN,
        ORIGINS,
        PUBLISHED_KEYS,
        ACTIONS,
        CROWDS,
        CREATORS,
        PARTIES,
        BEGUN,
        IDENTITIES,
        JOBS,
        LOG_STREAMS,
    ],
};

/// Every column that holds sealed values.
pub(crate) const SEALED: [SealedColumn; 9] = [
    SealedColumn {
        table: "identity_log_stream",
        key: "id",
        column: "sink",
    },
    SealedColumn {
        table: "identity_job",
        key: "id",
        column: "source",
    },
    SealedColumn {
        table: "identity_client",
        key: "client_id",
        column: "secret",
    },
    SealedColumn {
        table: "identity_resource_server",
        key: "id",
        column: "signing_secret",
    },
    SealedColumn {
        table: "identity_signing_key",
        key: "kid",
        column: "private_key",
    },
    SealedColumn {
        table: "identity_connection",
        key: "id",
        column: "options",
    },
    SealedColumn {
        table: "identity_document",
        key: "id",
        column: "secret",
    },
    SealedColumn {
        table: "identity_action",
        key: "id",
        column: "secrets",
    },
    SealedColumn {
        table: "identity_action_version",
        key: "id",
        column: "secrets",
    },
];

// `metadata` and `settings` are JSON objects in the vendor's spelling; `secret`, `signing_secret` and
// `private_key` are sealed. `holder` is the client id, or `default:third_party_clients`.
const FIRST: &str = "
CREATE TABLE identity_client (
    client_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    app_type TEXT,
    is_first_party BOOLEAN NOT NULL,
    is_global BOOLEAN NOT NULL,
    external_client_id TEXT,
    secret TEXT,
    metadata TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX identity_client_order ON identity_client (created_at, client_id);
CREATE UNIQUE INDEX identity_client_global ON identity_client (is_global) WHERE is_global;

CREATE TABLE identity_client_credential (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES identity_client (client_id),
    name TEXT,
    credential_type TEXT NOT NULL,
    kid TEXT NOT NULL,
    alg TEXT NOT NULL,
    public_key TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_client_credential_kid
    ON identity_client_credential (client_id, kid);

CREATE TABLE identity_resource_server (
    id TEXT NOT NULL PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    is_system BOOLEAN NOT NULL,
    signing_secret TEXT,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_resource_server_system
    ON identity_resource_server (is_system) WHERE is_system;

CREATE TABLE identity_client_grant (
    id TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    client_id TEXT REFERENCES identity_client (client_id),
    resource_server_id TEXT NOT NULL REFERENCES identity_resource_server (id),
    subject_type TEXT NOT NULL,
    scope TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (holder, resource_server_id, subject_type)
);
CREATE INDEX identity_client_grant_api ON identity_client_grant (resource_server_id);
CREATE INDEX identity_client_grant_order ON identity_client_grant (created_at, id);

CREATE TABLE identity_tenant_settings (
    id BIGINT NOT NULL PRIMARY KEY,
    settings TEXT NOT NULL
);

CREATE TABLE identity_signing_key (
    kid TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    private_key TEXT NOT NULL,
    certificate TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    current_since BIGINT,
    current_until BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX identity_signing_key_role
    ON identity_signing_key (role) WHERE role IN ('current', 'next');

CREATE TABLE identity_assertion (
    client_id TEXT NOT NULL,
    jti TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti)
);
CREATE INDEX identity_assertion_expiry ON identity_assertion (expires_at)
";
