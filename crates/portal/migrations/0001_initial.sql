CREATE TABLE portal_organization (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE portal_dcr_provider (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    display_name TEXT,
    provider_type TEXT NOT NULL,
    issuer TEXT NOT NULL,
    -- What may be shown of `dcr_config`, as JSON.
    config TEXT NOT NULL,
    -- Copies out of `config`, for filters.
    initial_client_id TEXT,
    initial_client_audience TEXT,
    -- The one secret of its kind (initial_client_secret, dcr_token, api_key), sealed.
    secret TEXT,
    labels TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX portal_dcr_provider_name ON portal_dcr_provider (name);

CREATE TABLE portal_auth_strategy (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    strategy_type TEXT NOT NULL,
    -- The object under `configs.<key-auth|openid-connect>`, as JSON.
    config TEXT NOT NULL,
    principals_enabled BOOLEAN NOT NULL,
    dcr_provider_id TEXT REFERENCES portal_dcr_provider (id),
    labels TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX portal_auth_strategy_name ON portal_auth_strategy (name);
CREATE INDEX portal_auth_strategy_provider ON portal_auth_strategy (dcr_provider_id);

CREATE TABLE portal_portal (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    description TEXT,
    is_public BOOLEAN NOT NULL,
    rbac_enabled BOOLEAN NOT NULL,
    auto_approve_applications BOOLEAN NOT NULL,
    auto_approve_developers BOOLEAN NOT NULL,
    custom_domain TEXT UNIQUE,
    custom_client_domain TEXT UNIQUE,
    default_auth_strategy_id TEXT REFERENCES portal_auth_strategy (id),
    -- What an administrator changed of the appearance and of the ways to sign in, as JSON.
    appearance TEXT NOT NULL,
    authentication TEXT NOT NULL,
    labels TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE portal_control_plane (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    cluster_type TEXT NOT NULL,
    auth_type TEXT NOT NULL,
    proxy_urls TEXT NOT NULL,
    labels TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE portal_service (
    id TEXT PRIMARY KEY,
    control_plane_id TEXT NOT NULL REFERENCES portal_control_plane (id),
    name TEXT,
    protocol TEXT NOT NULL,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    path TEXT,
    retries BIGINT NOT NULL,
    connect_timeout BIGINT NOT NULL,
    write_timeout BIGINT NOT NULL,
    read_timeout BIGINT NOT NULL,
    tls_verify BOOLEAN,
    tls_verify_depth BIGINT,
    ca_certificates TEXT,
    client_certificate_id TEXT,
    enabled BOOLEAN NOT NULL,
    tags TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (control_plane_id, name)
);

CREATE TABLE portal_route (
    id TEXT PRIMARY KEY,
    control_plane_id TEXT NOT NULL REFERENCES portal_control_plane (id),
    service_id TEXT REFERENCES portal_service (id),
    name TEXT,
    -- Lists and maps are JSON, NULL where the entity has null.
    protocols TEXT NOT NULL,
    methods TEXT,
    hosts TEXT,
    paths TEXT,
    headers TEXT,
    snis TEXT,
    sources TEXT,
    destinations TEXT,
    https_redirect_status_code BIGINT NOT NULL,
    regex_priority BIGINT NOT NULL,
    strip_path BOOLEAN NOT NULL,
    path_handling TEXT NOT NULL,
    preserve_host BOOLEAN NOT NULL,
    request_buffering BOOLEAN NOT NULL,
    response_buffering BOOLEAN NOT NULL,
    tags TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (control_plane_id, name)
);
CREATE INDEX portal_route_service ON portal_route (service_id);

CREATE TABLE portal_api_product (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    labels TEXT NOT NULL,
    public_labels TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- A product is published to these portals.
CREATE TABLE portal_api_product_portal (
    api_product_id TEXT NOT NULL REFERENCES portal_api_product (id) ON DELETE CASCADE,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (api_product_id, portal_id)
);
CREATE INDEX portal_api_product_portal_portal ON portal_api_product_portal (portal_id);

CREATE TABLE portal_product_version (
    id TEXT PRIMARY KEY,
    api_product_id TEXT NOT NULL REFERENCES portal_api_product (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    deprecated BOOLEAN NOT NULL,
    publish_status TEXT NOT NULL,
    -- The gateway service in front of which it stands. A control plane elsewhere may own it, so
    -- neither column is a reference.
    control_plane_id TEXT,
    service_id TEXT,
    labels TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (api_product_id, name)
);
CREATE INDEX portal_product_version_service ON portal_product_version (service_id);

-- A product version in a portal. Developers see it when `publish_status` is `published` and the
-- product is in `portal_api_product_portal`.
CREATE TABLE portal_publication (
    id TEXT PRIMARY KEY,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    product_version_id TEXT NOT NULL REFERENCES portal_product_version (id) ON DELETE CASCADE,
    publish_status TEXT NOT NULL,
    auth_strategy_id TEXT REFERENCES portal_auth_strategy (id),
    application_registration_enabled BOOLEAN NOT NULL,
    auto_approve_registration BOOLEAN NOT NULL,
    deprecated BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (portal_id, product_version_id)
);
CREATE INDEX portal_publication_version ON portal_publication (product_version_id);
CREATE INDEX portal_publication_strategy ON portal_publication (auth_strategy_id);

CREATE TABLE portal_specification (
    id TEXT PRIMARY KEY,
    product_version_id TEXT NOT NULL UNIQUE REFERENCES portal_product_version (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The document as it was sent, and the same as JSON.
    content TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE portal_document (
    id TEXT PRIMARY KEY,
    api_product_id TEXT NOT NULL REFERENCES portal_api_product (id) ON DELETE CASCADE,
    parent_document_id TEXT REFERENCES portal_document (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    -- Markdown.
    content TEXT NOT NULL,
    metadata TEXT NOT NULL,
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX portal_document_product ON portal_document (api_product_id, parent_document_id);

CREATE TABLE portal_platform_token (
    id TEXT PRIMARY KEY,
    -- `personal` (kpat_) or `system_account` (spat_).
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    last_four TEXT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE portal_developer (
    id TEXT PRIMARY KEY,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    -- Lower case.
    email TEXT NOT NULL,
    full_name TEXT NOT NULL,
    -- `approved`, `pending`, `revoked` or `rejected`.
    status TEXT NOT NULL,
    email_verified BOOLEAN NOT NULL,
    -- PHC string, NULL until the first password is set.
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (portal_id, email)
);

-- Tokens sent by mail.
CREATE TABLE portal_developer_token (
    id TEXT PRIMARY KEY,
    developer_id TEXT NOT NULL REFERENCES portal_developer (id) ON DELETE CASCADE,
    -- `verify_email` or `reset_password`.
    purpose TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX portal_developer_token_developer ON portal_developer_token (developer_id);

CREATE TABLE portal_developer_session (
    id TEXT PRIMARY KEY,
    developer_id TEXT NOT NULL REFERENCES portal_developer (id) ON DELETE CASCADE,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    access_digest TEXT NOT NULL UNIQUE,
    access_expires_at BIGINT NOT NULL,
    refresh_digest TEXT NOT NULL UNIQUE,
    refresh_expires_at BIGINT NOT NULL,
    -- The end, however often it is refreshed.
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX portal_developer_session_developer ON portal_developer_session (developer_id);

CREATE TABLE portal_application (
    id TEXT PRIMARY KEY,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id),
    developer_id TEXT NOT NULL REFERENCES portal_developer (id),
    auth_strategy_id TEXT NOT NULL REFERENCES portal_auth_strategy (id),
    -- `provisioning`, `active` or `deleting`.
    status TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    redirect_uri TEXT,
    reference_id TEXT NOT NULL,
    -- The client at the identity provider: with DCR once it is active, self-managed from the start.
    client_id TEXT,
    -- Scopes the developer chose, as a JSON list.
    scopes TEXT NOT NULL,
    -- Counts rotations of the secret.
    secret_version BIGINT NOT NULL,
    idempotency_key TEXT,
    labels TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (developer_id, idempotency_key)
);
CREATE INDEX portal_application_portal ON portal_application (portal_id);
CREATE INDEX portal_application_developer ON portal_application (developer_id);
CREATE INDEX portal_application_strategy ON portal_application (auth_strategy_id);
CREATE INDEX portal_application_client ON portal_application (client_id);
CREATE INDEX portal_application_status ON portal_application (status);

-- API keys, of applications whose strategy is `key_auth`.
CREATE TABLE portal_application_key (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES portal_application (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    -- Lower-case hexadecimal SHA-256 of the key.
    sha256 TEXT NOT NULL UNIQUE,
    expires_at BIGINT,
    revoked_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX portal_application_key_application ON portal_application_key (application_id);

CREATE TABLE portal_registration (
    id TEXT PRIMARY KEY,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    application_id TEXT NOT NULL REFERENCES portal_application (id) ON DELETE CASCADE,
    product_version_id TEXT NOT NULL REFERENCES portal_product_version (id) ON DELETE CASCADE,
    -- `approved`, `pending`, `revoked` or `rejected`.
    status TEXT NOT NULL,
    -- JSON list, NULL where scopes are not granted one by one.
    granted_scopes TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (application_id, product_version_id)
);
CREATE INDEX portal_registration_version ON portal_registration (product_version_id);
CREATE INDEX portal_registration_portal ON portal_registration (portal_id);

CREATE TABLE portal_team (
    id TEXT PRIMARY KEY,
    portal_id TEXT NOT NULL REFERENCES portal_portal (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (portal_id, name)
);

CREATE TABLE portal_team_developer (
    team_id TEXT NOT NULL REFERENCES portal_team (id) ON DELETE CASCADE,
    developer_id TEXT NOT NULL REFERENCES portal_developer (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, developer_id)
);
CREATE INDEX portal_team_developer_developer ON portal_team_developer (developer_id);

CREATE TABLE portal_team_role (
    id TEXT PRIMARY KEY,
    team_id TEXT NOT NULL REFERENCES portal_team (id) ON DELETE CASCADE,
    role_name TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    entity_type_name TEXT NOT NULL,
    entity_region TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (team_id, role_name, entity_id, entity_region)
);

-- Gateways that follow, and how far each has come.
CREATE TABLE portal_gateway_node (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

CREATE TABLE portal_audit (
    id TEXT PRIMARY KEY,
    occurred_at BIGINT NOT NULL,
    -- `platform_token`, `developer`, `anonymous` or `system`, the id where there is one.
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    -- A verb: `create`, `update`, `delete`, `approve`, `rotate_secret`, `sign_in`, …
    action TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    portal_id TEXT,
    request_id TEXT NOT NULL,
    -- JSON, without secrets.
    detail TEXT NOT NULL
);
CREATE INDEX portal_audit_entity ON portal_audit (entity_type, entity_id);
CREATE INDEX portal_audit_time ON portal_audit (occurred_at);
