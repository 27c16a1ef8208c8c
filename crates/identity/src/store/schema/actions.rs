//! Actions, what was deployed of them, where they run, and what came of it.

// `dependencies`, `secret_names`, `fault` and `results` are JSON; `secrets` is sealed as a whole, and
// empty without any. Installed packages are kept once, by their digest, in base64.
pub(super) const ACTIONS: &str = "
CREATE TABLE identity_action (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    trigger_id TEXT NOT NULL,
    trigger_version TEXT NOT NULL,
    runtime TEXT NOT NULL,
    code TEXT NOT NULL,
    dependencies TEXT NOT NULL,
    secret_names TEXT NOT NULL,
    secrets TEXT NOT NULL,
    modules_id TEXT,
    status TEXT NOT NULL,
    fault TEXT,
    build BIGINT NOT NULL,
    deploy_when_built BOOLEAN NOT NULL,
    has_undeployed BOOLEAN NOT NULL,
    deployed_version_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    built_at BIGINT
);

CREATE TABLE identity_action_version (
    id TEXT NOT NULL PRIMARY KEY,
    action_id TEXT NOT NULL REFERENCES identity_action (id),
    number BIGINT NOT NULL,
    runtime TEXT NOT NULL,
    code TEXT NOT NULL,
    dependencies TEXT NOT NULL,
    secret_names TEXT NOT NULL,
    secrets TEXT NOT NULL,
    modules_id TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (action_id, number)
);

CREATE TABLE identity_action_modules (
    id TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE identity_action_binding (
    id TEXT NOT NULL PRIMARY KEY,
    trigger_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    action_id TEXT NOT NULL REFERENCES identity_action (id),
    display_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX identity_action_binding_trigger ON identity_action_binding (trigger_id, place);
CREATE INDEX identity_action_binding_action ON identity_action_binding (action_id);

CREATE TABLE identity_action_execution (
    id TEXT NOT NULL PRIMARY KEY,
    trigger_id TEXT NOT NULL,
    ending TEXT NOT NULL,
    results TEXT NOT NULL,
    client_id TEXT,
    user_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX identity_action_execution_order ON identity_action_execution (created_at, id)
";
