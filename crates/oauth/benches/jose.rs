//! Signing and verifying tokens, beside the primitive that does the work.

fn main() {}
