//! Mails to developers: written in their language, kept in the outbox until they are delivered.

mod message;
mod post;
pub(crate) mod template;

pub use egress::mail::{Delivery, DeliveryError, Postbox, Settings};
pub use message::{Mail, Subject};
pub(crate) use post::Sealed;
pub use post::{QUEUE, deliver, post};
