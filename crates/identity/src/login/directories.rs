//! Which directories of accounts a client's users may sign in to.

use web::Text;
use web::components::Choice;

use crate::model::client::Client;
use crate::model::connection::{self, Connection};
use crate::model::password;
use crate::service::connections;
use crate::{Error, Tenant};

/// The database connections that are open to a client, the tenant's default one first. `asked`: the
/// only one that will do, where the client chose.
pub(super) async fn open(
    tenant: &Tenant,
    client: &Client,
    asked: Option<&str>,
) -> Result<Vec<Connection>, Error> {
    let open = connections::open_to(tenant, &client.client_id, client.is_first_party).await?;
    let settings = tenant.tenant_settings();
    let default = settings.text("default_directory");
    let mut open: Vec<Connection> = open
        .into_iter()
        .filter(|connection| connection.is_database())
        .filter(|connection| asked.is_none_or(|asked| connection.name == asked))
        .collect();
    open.sort_by_key(|connection| default != Some(connection.name.as_str()));
    Ok(open)
}

/// The directory of people who come without a pending request, from an old mail: the tenant's default
/// one, else the one that every tenant begins with.
pub(super) async fn default(tenant: &Tenant) -> Result<Option<Connection>, Error> {
    let settings = tenant.tenant_settings();
    let name = settings
        .text("default_directory")
        .unwrap_or(connection::FIRST);
    let found = connections::by_name(tenant, name).await?;
    Ok(found.filter(Connection::is_database))
}

/// The one that was chosen; the first where none was.
pub(super) fn chosen<'a>(open: &'a [Connection], name: Option<&str>) -> Option<&'a Connection> {
    match name {
        Some(name) => open.iter().find(|connection| connection.name == name),
        None => open.first(),
    }
}

/// The choice, for a page.
pub(super) fn choices(open: &[Connection], chosen: Option<&Connection>) -> Vec<Choice> {
    let chosen = chosen.map(|connection| &connection.name);
    open.iter()
        .map(|connection| Choice {
            value: connection.name.clone(),
            label: connection.display_name().to_owned(),
            hint: None,
            chosen: Some(&connection.name) == chosen,
        })
        .collect()
}

/// What a password must be like there, as a sentence.
pub(super) fn password_rule(text: Text, connection: &Connection) -> String {
    let length = password::shortest(connection);
    let mut rule = text.with("password-rule-length", [("length", length.into())]);
    let strict = matches!(connection.password_policy(), "fair" | "good" | "excellent");
    let more = if strict {
        "password-rule-classes"
    } else {
        "password-rule-hint-long"
    };
    rule.push(' ');
    rule.push_str(&text.get(more));
    rule
}

/// What is wrong with a password, as a sentence.
pub(super) fn weakness(text: Text, weakness: &password::Weakness) -> String {
    use password::Weakness;
    match weakness {
        Weakness::TooShort(length) => {
            text.with("password-rule-length", [("length", (*length).into())])
        }
        Weakness::TooLong => text.with(
            "password-too-long",
            [("length", password::MAX_LENGTH.into())],
        ),
        Weakness::TooUniform { needed } => {
            text.with("password-too-uniform", [("needed", (*needed).into())])
        }
        Weakness::Repetitive => text.get("password-repetitive"),
        Weakness::Personal => text.get("password-has-user-info"),
        Weakness::Listed => text.get("password-too-common"),
    }
}
