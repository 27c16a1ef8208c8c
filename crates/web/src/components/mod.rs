//! The pieces that pages are made of. Each is a function or a value that renders to HTML; none needs a
//! script, and none holds a text that is not the reader's language.

mod chart;
mod code;
mod content;
mod field;
mod form;
mod list;
mod navigation;
mod words;

pub use chart::{Chart, Column as ChartColumn};
pub use code::{code_block, copyable, shown_once};
pub use content::{
    Definition, badge, card_link, definitions, empty_state, notice, page_heading, picture,
    pictured_card, table,
};
pub use field::{Choice, Field};
pub use form::{
    FieldErrors, button, confirm, confirm_choosing, danger_button, error_summary, form,
    link_button, settings_form, upload_form,
};
pub use list::{Column, Filter, ListQuery, list_count, list_table, list_tools};
pub use navigation::{Crumb, Pagination, Tab, breadcrumbs, tabs};
pub use words::{choice, grouped_views, outcome, switch, views, way};
