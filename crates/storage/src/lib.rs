//! SQLite or PostgreSQL behind one Database, secrets at rest, durable jobs, the revision feed.
