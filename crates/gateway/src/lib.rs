//! The data plane: routes, authenticates, authorises and proxies each request.

pub mod config;
