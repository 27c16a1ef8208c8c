//! Users, where they come from, and what is written down of them.

// Users and where they come from. `options` are sealed as a whole: they may hold a provider's secret.
// A ticket is known by its digest. `ip` is the network address of whoever failed.
pub(super) const PEOPLE: &str = "
CREATE TABLE identity_connection (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    strategy TEXT NOT NULL,
    is_domain_connection BOOLEAN NOT NULL,
    options TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX identity_connection_order ON identity_connection (created_at, id);

CREATE TABLE identity_connection_client (
    connection_id TEXT NOT NULL REFERENCES identity_connection (id),
    client_id TEXT NOT NULL REFERENCES identity_client (client_id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, client_id)
);
CREATE INDEX identity_connection_client_client ON identity_connection_client (client_id);

CREATE TABLE identity_user (
    user_id TEXT NOT NULL PRIMARY KEY,
    connection TEXT NOT NULL REFERENCES identity_connection (name),
    email TEXT,
    email_verified BOOLEAN NOT NULL,
    username TEXT,
    phone_number TEXT,
    phone_verified BOOLEAN NOT NULL,
    name TEXT,
    nickname TEXT,
    picture TEXT,
    given_name TEXT,
    family_name TEXT,
    blocked BOOLEAN NOT NULL,
    user_metadata TEXT NOT NULL,
    app_metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_login BIGINT,
    last_ip TEXT,
    logins_count BIGINT NOT NULL,
    last_password_reset BIGINT,
    password_hash TEXT
);
CREATE INDEX identity_user_order ON identity_user (created_at, user_id);
CREATE UNIQUE INDEX identity_user_connection_email ON identity_user (connection, email);
CREATE UNIQUE INDEX identity_user_connection_username ON identity_user (connection, username);
CREATE INDEX identity_user_email ON identity_user (email);
CREATE INDEX identity_user_last_login ON identity_user (last_login);

CREATE TABLE identity_ticket (
    digest TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES identity_user (user_id),
    email TEXT,
    settings TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_ticket_user ON identity_ticket (user_id);
CREATE INDEX identity_ticket_expiry ON identity_ticket (expires_at);

CREATE TABLE identity_login_failure (
    account TEXT NOT NULL,
    ip TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (account, ip)
);
CREATE INDEX identity_login_failure_age ON identity_login_failure (last_at);

CREATE TABLE identity_role (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX identity_role_order ON identity_role (created_at, id);

CREATE TABLE identity_role_permission (
    role_id TEXT NOT NULL REFERENCES identity_role (id),
    resource_server_id TEXT NOT NULL REFERENCES identity_resource_server (id),
    permission TEXT NOT NULL,
    PRIMARY KEY (role_id, resource_server_id, permission)
);
CREATE INDEX identity_role_permission_api ON identity_role_permission (resource_server_id);

CREATE TABLE identity_user_role (
    user_id TEXT NOT NULL REFERENCES identity_user (user_id),
    role_id TEXT NOT NULL REFERENCES identity_role (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, role_id)
);
CREATE INDEX identity_user_role_role ON identity_user_role (role_id);

CREATE TABLE identity_user_permission (
    user_id TEXT NOT NULL REFERENCES identity_user (user_id),
    resource_server_id TEXT NOT NULL REFERENCES identity_resource_server (id),
    permission TEXT NOT NULL,
    PRIMARY KEY (user_id, resource_server_id, permission)
);
CREATE INDEX identity_user_permission_api ON identity_user_permission (resource_server_id);

CREATE TABLE identity_log (
    log_id TEXT NOT NULL PRIMARY KEY,
    date BIGINT NOT NULL,
    code TEXT NOT NULL,
    client_id TEXT,
    user_id TEXT,
    entry TEXT NOT NULL
);
CREATE INDEX identity_log_date ON identity_log (date);
CREATE INDEX identity_log_user ON identity_log (user_id, log_id);

CREATE TABLE identity_day (
    day TEXT NOT NULL PRIMARY KEY,
    logins BIGINT NOT NULL,
    signups BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
)
";

// What administrators keep here as whole documents. `secret` is sealed.
pub(super) const DOCUMENTS: &str = "
CREATE TABLE identity_document (
    id TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    secret TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
)
";

// An account that was linked to another one stays a row, for the password and the address that it is signed
// in to with. `linked` lists those of a user as JSON.
pub(super) const IDENTITIES: &str = "
ALTER TABLE identity_user ADD COLUMN linked TEXT NOT NULL DEFAULT '[]';
ALTER TABLE identity_user ADD COLUMN linked_to TEXT REFERENCES identity_user (user_id);
ALTER TABLE identity_user ADD COLUMN linked_at BIGINT;
CREATE INDEX identity_user_linked_to ON identity_user (linked_to) WHERE linked_to IS NOT NULL
";
