//! What the reference shows of an OpenAPI document, apart from how it looks.
//!
//! [`Document`] holds a document and the list of its operations; it is made once and kept. What one page
//! shows is read from it when it is asked for, within limits: neither a recursive schema nor a document of
//! megabytes makes a page without end.

mod credential;
mod document;
mod example;
mod layers;
mod onward;
mod operation;
mod rules;
mod sample;
mod schema;
mod swagger;
#[cfg(test)]
mod tests;

pub(crate) use credential::{Credential, Way, of_operation as credentials_of, ways};
pub(crate) use document::{Document, Entry, Group};
pub(crate) use example::written as made_of;
pub(crate) use onward::{Callback, Link};
pub(crate) use operation::{Body, Content, Example, Operation, Parameter, Place, Response};
pub(crate) use sample::{Call, example as sample_value, samples};
pub(crate) use schema::{
    Budget, Choice, Direction, Others, Property, Schema, Stop, read as read_schema,
};
