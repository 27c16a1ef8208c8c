//! Lists of clients as people look through them, and what hangs on one.

use storage::{Database, escape_like, params};

use super::{COLUMNS, StoredClient, read};
use crate::model::registration::{CreatedBy, Creator};
use crate::store::page::Conditions;

/// How a client came to be, as a list tells clients apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An administrator made it at the console.
    Console,
    /// A caller of the Management API, or a command, made it.
    Api,
    /// A portal made it for a developer's application.
    Portal,
    /// It registered itself (RFC 7591), with or without a software statement.
    Registration,
    /// It is a metadata document.
    Document,
}

impl Origin {
    /// Every one, in the order of a list of choices.
    pub(crate) const ALL: [Self; 5] = [
        Self::Console,
        Self::Api,
        Self::Portal,
        Self::Registration,
        Self::Document,
    ];

    /// The word in an address.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Api => "api",
            Self::Portal => "portal",
            Self::Registration => "registration",
            Self::Document => "document",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == word)
    }

    /// How this client came to be.
    pub(crate) fn of(client: &crate::model::client::Client) -> Self {
        match client.created_by {
            CreatedBy::Dcr | CreatedBy::SoftwareStatement => Self::Registration,
            CreatedBy::MetadataDocument => Self::Document,
            CreatedBy::Management if client.metadata.contains_key(PORTAL_MEMBER) => Self::Portal,
            CreatedBy::Management => match client.creator {
                Some(Creator::Administrator(_)) => Self::Console,
                _ => Self::Api,
            },
        }
    }
}

/// What portals write into `client_metadata`. Source: the vendor's "Auth0 DCR" (Konnect).
const PORTAL_MEMBER: &str = "konnect_application_id";

/// Which clients to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    /// A part of the name, or the whole id.
    pub(crate) text: Option<String>,
    pub(crate) app_type: Option<String>,
    pub(crate) is_first_party: Option<bool>,
    pub(crate) origin: Option<Origin>,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    Name,
    #[default]
    Created,
    LastUsed,
}

/// One page, and whether the greatest comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) order: Order,
    pub(crate) descending: bool,
    pub(crate) offset: i64,
    pub(crate) limit: i64,
}

/// One page of the clients that fit; never the "All Applications" client.
pub(crate) async fn list(
    db: &Database,
    search: &Search,
    part: Part,
) -> Result<Vec<StoredClient>, storage::Error> {
    let (clause, mut params) = conditions(search).count();
    params.extend(params![part.limit, part.offset]);
    let (limit, offset) = (params.len() - 1, params.len());
    let column = match part.order {
        Order::Name => "LOWER(name)",
        Order::Created => "created_at",
        Order::LastUsed => "COALESCE(last_used_at, 0)",
    };
    let turn = if part.descending { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_client{clause} \
         ORDER BY {column} {turn}, client_id {turn} LIMIT ${limit} OFFSET ${offset}"
    );
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

/// How many clients fit.
pub(crate) async fn count(db: &Database, search: &Search) -> Result<i64, storage::Error> {
    let (clause, params) = conditions(search).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_client{clause}");
    db.query_one(&sql, params).await?.get("total")
}

/// The names of clients, by id: those of `ids` that there are.
pub(crate) async fn names(
    db: &Database,
    ids: &[String],
) -> Result<Vec<(String, String)>, storage::Error> {
    let mut conditions = Conditions::default();
    conditions.any_of("client_id", ids.iter().map(String::as_str));
    let (clause, params) = conditions.count();
    let sql = format!("SELECT client_id, name FROM identity_client{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter()
        .map(|row| Ok((row.get("client_id")?, row.get("name")?)))
        .collect()
}

/// What would go with a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    /// APIs that it may use.
    pub(crate) grants: i64,
    /// Consents that users gave it.
    pub(crate) consents: i64,
    /// Refresh tokens that it holds.
    pub(crate) refresh_tokens: i64,
    /// Users whose refresh tokens those are, or who consented.
    pub(crate) users: i64,
    /// Keys that it signs with.
    pub(crate) keys: i64,
}

/// Counts what would go with a client.
pub(crate) async fn touched(db: &Database, client_id: &str) -> Result<Touched, storage::Error> {
    let count = async |sql: &str| -> Result<i64, storage::Error> {
        let row = db.query_one(sql, params![client_id]).await?;
        row.get("total")
    };
    let of = |table: &str| format!("SELECT COUNT(*) AS total FROM {table} WHERE client_id = $1");
    let users = "SELECT COUNT(*) AS total FROM \
                 (SELECT user_id FROM identity_refresh_token WHERE client_id = $1 \
                  UNION SELECT user_id FROM identity_grant WHERE client_id = $1) AS found";
    Ok(Touched {
        grants: count(&of("identity_client_grant")).await?,
        consents: count(&of("identity_grant")).await?,
        refresh_tokens: count(&of("identity_refresh_token")).await?,
        users: count(users).await?,
        keys: count(&of("identity_client_credential")).await?,
    })
}

fn conditions(search: &Search) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.is("is_global", false);
    if let Some(text) = &search.text {
        let part = format!("%{}%", escape_like(&text.to_lowercase()));
        let values = [text.as_str().into(), part.into()];
        conditions.add_all("(client_id = ? OR LOWER(name) LIKE ? ESCAPE '\\')", values);
    }
    if let Some(app_type) = &search.app_type {
        conditions.add("app_type = ?", app_type);
    }
    if let Some(is_first_party) = search.is_first_party {
        conditions.is("is_first_party", is_first_party);
    }
    match search.origin {
        None => {}
        Some(Origin::Registration) => {
            let words = [CreatedBy::Dcr, CreatedBy::SoftwareStatement];
            conditions.any_of("created_by", words.map(CreatedBy::as_str));
        }
        Some(Origin::Document) => {
            conditions.add("created_by = ?", CreatedBy::MetadataDocument.as_str());
        }
        Some(made) => {
            conditions.add("created_by = ?", CreatedBy::Management.as_str());
            let member = format!("%\"{}\":%", escape_like(PORTAL_MEMBER));
            let administrator = format!("{}%", Creator::ADMINISTRATOR);
            match made {
                Origin::Portal => conditions.add("metadata LIKE ? ESCAPE '\\'", member),
                Origin::Console => {
                    conditions.add("metadata NOT LIKE ? ESCAPE '\\'", member);
                    conditions.add("creator LIKE ?", administrator);
                }
                _ => {
                    conditions.add("metadata NOT LIKE ? ESCAPE '\\'", member);
                    conditions.add("COALESCE(creator, '') NOT LIKE ?", administrator);
                }
            }
        }
    }
    conditions
}
