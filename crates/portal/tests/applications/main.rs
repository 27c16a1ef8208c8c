//! Applications on both databases, with a provider that can be made to fail.

mod faults;
mod use_cases;
mod world;
