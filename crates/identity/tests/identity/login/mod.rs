//! The pages a user sees and the classic login endpoints, as a browser without scripts meets them.

mod branding;
mod classic;
mod custom_page;
mod devices;
mod pages;
pub(crate) mod stage;
