//! What keeps the rows that strangers make within bounds: how many there are, from where they come, and
//! whose go when they are too many.

mod begun;
mod census;
mod origin;
mod shares;

pub(crate) use begun::{Crowds, make_room};
pub(crate) use census::Census;
pub(crate) use origin::{block, digest};
pub(crate) use shares::shares;
