//! A directory of declarations: YAML for what people write, and files of their own for documents,
//! specifications and images.

mod find;
mod image;
mod node;
mod read;
mod secret;
mod write;

pub(super) use image::address;
pub(super) use read::read;
pub(super) use secret::{secret_members, variable};
pub(super) use write::{vacant, write};

/// The member that stands for the content of a file: its path, relative to the YAML file.
const FILE: &str = "file";

/// What is the same in every portal, beside the folders.
const ORGANIZATION: &str = "organization";
