-- Calls as gateways count them, rolled up by minute, hour and day: each is kept for as long as it is
-- looked at, so that the table grows with what is called and not with how often.
CREATE TABLE portal_usage (
    -- `minute`, `hour` or `day`.
    span TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    -- Empty where nobody knows who called, or what.
    application_id TEXT NOT NULL,
    api_id TEXT NOT NULL,
    status BIGINT NOT NULL,
    -- Why the gateway refused; empty where the upstream answered.
    reason TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (application_id, span, starts_at, api_id, status, reason)
);
CREATE INDEX portal_usage_time ON portal_usage (span, starts_at);
-- The last report that was heard of each gateway, so that one that comes twice counts once.
CREATE TABLE portal_usage_report (
    node TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    heard_at BIGINT NOT NULL
);
-- The latest refusals, a few thousand of the last day.
CREATE TABLE portal_refusal (
    id TEXT PRIMARY KEY,
    refused_at BIGINT NOT NULL,
    node TEXT NOT NULL,
    request_id TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    route TEXT,
    status BIGINT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    application_id TEXT
);
CREATE INDEX portal_refusal_time ON portal_refusal (refused_at);
