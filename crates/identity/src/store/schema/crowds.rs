//! Indexes for a tenant whose clients registered themselves by the hundred thousand.

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
