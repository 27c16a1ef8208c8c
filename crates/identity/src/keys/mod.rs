//! The tenant's signing keys in memory: which one signs, which ones are published.

mod certificate;
mod encode;
mod ring;
mod rotation;
mod signers;

pub(crate) use certificate::Certificate;
pub(crate) use ring::{Published, Ring};
pub(crate) use rotation::{KeyStore, revoke, rotate};
pub(crate) use signers::{Signers, Unsigned};
