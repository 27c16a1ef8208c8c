//! What the console needs beside the tables of others.

// Who made a client that did not register itself: `administrator <address>`, `client <client id>` of a caller
// of the Management API, or `command`.
pub(super) const CREATORS: &str = "
ALTER TABLE identity_client ADD COLUMN creator TEXT
";
