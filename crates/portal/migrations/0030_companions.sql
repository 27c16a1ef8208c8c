-- An application with further ways to sign in: each is an application of its own, with one strategy, that
-- belongs to the first one.
CREATE TABLE portal_application_companion (
    id TEXT PRIMARY KEY REFERENCES portal_application (id) ON DELETE CASCADE,
    main_id TEXT NOT NULL REFERENCES portal_application (id) ON DELETE CASCADE,
    auth_strategy_id TEXT NOT NULL,
    UNIQUE (main_id, auth_strategy_id)
);
