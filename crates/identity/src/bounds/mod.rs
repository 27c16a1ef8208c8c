//! What keeps the rows that strangers make within bounds: how many there are, from where they come, and
//! whose go when they are too many.

mod begun;
mod census;
mod origin;
mod shares;

pub(crate) use begun::{Crowds, make_room};
pub(crate) use census::Census;
pub(crate) use origin::digest;
pub(crate) use shares::shares;
pub(crate) use web::address_block as block;
