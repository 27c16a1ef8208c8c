//! What a tenant needs that strangers come to in crowds: indexes where clients registered themselves by the
//! hundred thousand, and from where things came that nobody may finish.

// Of a crowd that registered itself, the few that an administrator made are found by themselves, as are
// those with metadata of their owner's and those known by an id elsewhere.
pub(super) const CROWDS: &str = "
CREATE INDEX identity_client_first_party ON identity_client (created_at, client_id)
    WHERE is_first_party;
CREATE INDEX identity_client_metadata ON identity_client (created_at, client_id)
    WHERE NOT (metadata = '{}');
CREATE INDEX identity_client_external ON identity_client (external_client_id)
    WHERE external_client_id IS NOT NULL
";

// The kinds of client are listed and counted apart, whichever is the larger. A client that goes takes its
// grants along, and they are found among all others'.
pub(super) const PARTIES: &str = "
DROP INDEX identity_client_first_party;
CREATE INDEX identity_client_party ON identity_client (is_first_party, created_at, client_id);
CREATE INDEX identity_client_grant_client ON identity_client_grant (client_id)
";

// `origin` is a keyed digest of the address block that a row came from.
pub(super) const BEGUN: &str = "
ALTER TABLE identity_pushed_request ADD COLUMN origin TEXT NOT NULL DEFAULT '';
CREATE INDEX identity_pushed_request_origin ON identity_pushed_request (origin, expires_at);
ALTER TABLE identity_device_code ADD COLUMN origin TEXT NOT NULL DEFAULT '';
CREATE INDEX identity_device_code_origin ON identity_device_code (origin, expires_at)
";
