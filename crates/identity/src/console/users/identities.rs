//! The accounts that a user signs in with.

use web::components::{FieldErrors, form, table};
use web::{Administrator, Markup, Visitor, html};

use super::address;
use crate::console::text;
use crate::model::identity::LinkedIdentity;
use crate::model::user::User;

/// The accounts, each linked one with the button that takes it off; nothing while there is one alone.
pub(super) fn section(visitor: &Visitor, reader: &Administrator, user: &User) -> Markup {
    let text = text(visitor);
    if user.linked.is_empty() {
        return html! {};
    }
    let title = text.get("users-identities");
    let labels = ["users-account", "users-connection", "id"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let unlink = text.get("users-unlink");
    let may_change = reader.role.may_change();
    let main = user.email.as_deref().or(user.username.as_deref());
    let (_, own) = user.provider();
    html! {
        section.section {
            h2 { (&title) }
            p.fine.spaced { (text.get("users-identities-lead")) }
            (table(&title, &columns, may_change.then_some(unlink.as_str()), html! {
                tr {
                    td data-label=(labels[0]) { strong { (main.unwrap_or(own)) } }
                    td data-label=(labels[1]) { (user.connection) }
                    td data-label=(labels[2]) { code { (own) } }
                    @if may_change { td.row-actions { (text.get("users-main-account")) } }
                }
                @for identity in &user.linked {
                    tr {
                        td data-label=(labels[0]) { (identity.called()) }
                        td data-label=(labels[1]) { (identity.connection) }
                        td data-label=(labels[2]) { code { (identity.user_id) } }
                        @if may_change {
                            td.row-actions { (unlink_form(visitor, user, identity)) }
                        }
                    }
                }
            }))
        }
    }
}

fn unlink_form(visitor: &Visitor, user: &User, identity: &LinkedIdentity) -> Markup {
    let text = text(visitor);
    form(
        visitor,
        &address(&user.user_id, ""),
        &FieldErrors::new(),
        html! {
            input type="hidden" name="action" value="unlink";
            input type="hidden" name="account" value=(identity.id());
            button.button.button-small.button-secondary type="submit" {
                (text.get("users-unlink")) span.visually-hidden { " " (identity.called()) }
            }
        },
    )
}
