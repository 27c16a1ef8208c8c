//! Page layout, components, stylesheet, locales, CSRF and browser sessions, and what every sign-in
//! needs: hashing passwords, and a brake on guessing.
//!
//! A product makes one [`Site`], builds its pages with [`Visitor::page`] and the [`components`], takes
//! forms with [`Form`], and wraps its router with [`Site::wrap`], which adds the security headers,
//! the language and the form protection to every response. [`identify`] gives requests their ids.

mod administrator;
pub mod assets;
mod caller;
mod colour;
pub mod components;
mod cookie;
mod csrf;
mod csv;
mod flash;
mod form;
mod hasher;
mod headers;
mod input;
mod layout;
mod locale;
mod mail;
mod number;
mod palette;
mod problem;
mod request_id;
mod return_to;
mod session;
mod site;
#[cfg(feature = "testing")]
pub mod testing;
mod theme;
mod throttle;
mod time;
mod upload;
mod visitor;

pub use administrator::{Administrator, Editor, Owner, Role, SignedIn};
pub use caller::{Caller, address_block, attribute, caller, is_within};
pub use colour::Colour;
pub use cookie::{Cookie, SameSite, cookie_value};
pub use csv::csv_cell;
pub use flash::{Flash, Redirect, Tone};
pub use form::{Form, FormRejection};
pub use hasher::{Hasher, Overloaded};
pub use headers::ContentPolicy;
pub use input::{Input, as_lines, as_text};
pub use layout::{Account, Brand, Frame, Link, MenuItem, Page, Section, Width};
pub use locale::{Arg, Catalog, Locale, Text};
pub use mail::LinkMail;
pub use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
pub use number::number;
pub use palette::{Area, Palette, Shade};
pub use problem::wants_html;
pub use request_id::{RequestId, identify};
pub use return_to::{local_path, query_value};
pub use session::{Envelope, EnvelopeError};
pub use site::{Random, Settings, Site, random};
pub use theme::{Scheme, Theme};
pub use throttle::{Allowance, Throttle};
pub use time::{date, moment, moment_or_never, moment_text};
pub use upload::{Upload, UploadedFile};
pub use visitor::Visitor;
