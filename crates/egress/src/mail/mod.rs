//! Mails: to an SMTP server, or into files.

mod delivery;
mod letter;

pub use delivery::{Delivery, DeliveryError, Postbox, Sender, Settings};
pub use letter::{Letter, is_address};
