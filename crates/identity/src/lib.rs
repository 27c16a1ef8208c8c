//! The identity provider, wire-compatible with Auth0.
