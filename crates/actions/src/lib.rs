//! The JavaScript sandbox in which a tenant's owner programs the token flow.
