//! One binary: developer portal, registration, gateway and identity provider.
fn main() {}
