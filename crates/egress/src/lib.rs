//! Every outbound socket: SSRF guard, time-outs, limits, discovery and JWKS cache.
