//! Mails to developers and to the portal's team: written in their language, kept in the outbox until they
//! are delivered.

pub(crate) mod kind;
mod message;
mod post;
mod subject;
mod template;

pub use egress::mail::{Delivery, DeliveryError, Postbox, Settings};
pub use message::Mail;
pub(crate) use message::texts;
pub use post::{QUEUE, deliver, post};
pub(crate) use post::{Sealed, as_sent};
pub use subject::Subject;
