//! The audit, sent to a log collector: webhooks of the organisation and of portals, each entry signed.
//!
//! A webhook gets every entry that is written while it is enabled, in their order and at least once: what
//! it has still to get is marked in the entry's own row, in the transaction of the write, and unmarked when
//! the collector has answered that it has it. One job a webhook does that, and looks again after a moment.
//!
//! Source: Konnect "Audit Log Settings" v2, "Konnect and Dev Portal audit logs".

mod deliver;
mod destinations;
mod format;
mod replay;
mod sign;
mod webhooks;

pub(crate) use deliver::{DELIVER_QUEUE, begin, deliver, test};
pub(crate) use destinations::{Shown, create, delete, find, update};
pub(crate) use replay::{REPLAY_QUEUE, request as request_replay, run as replay};
pub(crate) use sign::Signer;
pub(crate) use webhooks::{
    Webhook, change_organization, change_portal, forget, of as webhook_of, take_away,
};
