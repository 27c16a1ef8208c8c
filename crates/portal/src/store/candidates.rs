//! Which entries a search may be about, where an index of their letters can tell: else a search in a long
//! list reads every entry.

use std::collections::HashSet;

use storage::{Error, Value};

use super::Read;
use super::listing::{Filter, Listing, Test};

/// More than these, and the list is read in its order instead: a page of it is soon full.
const MANY: usize = 1_000;

/// The letters of a text that both databases know by their index.
const LETTERS: usize = 3;

/// Statements that give, as `id`, the entries that may hold a text.
///
/// In `parts`, `$1` is the pattern of all that holds it, in lower case, for the views
/// `portal_developer_found` and `portal_application_found`. In `whole`, `$1` is the text, for columns
/// with an index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Searched {
    pub(crate) parts: &'static [&'static str],
    pub(crate) whole: &'static [&'static str],
}

/// Developers, by their names and addresses.
pub(crate) const DEVELOPERS: Searched = Searched {
    parts: &["SELECT f.id FROM portal_developer_found f WHERE f.text LIKE $1"],
    whole: &[],
};

/// Applications, by their names and client ids.
pub(crate) const APPLICATIONS: Searched = Searched {
    parts: &["SELECT f.id FROM portal_application_found f WHERE f.text LIKE $1"],
    whole: &[],
};

/// Registrations, by the API, the application and its developer.
pub(crate) const REGISTRATIONS: Searched = Searched {
    parts: &[
        "SELECT r.id FROM portal_application_found f \
         CROSS JOIN portal_registration r WHERE f.text LIKE $1 AND r.application_id = f.id",
        "SELECT r.id FROM portal_developer_found f CROSS JOIN portal_application n \
         CROSS JOIN portal_registration r \
         WHERE f.text LIKE $1 AND n.developer_id = f.id AND r.application_id = n.id",
        "SELECT r.id FROM portal_api_product a CROSS JOIN portal_product_version v \
         CROSS JOIN portal_registration r WHERE LOWER(a.name) LIKE $1 \
         AND v.api_product_id = a.id AND r.product_version_id = v.id",
    ],
    whole: &[],
};

/// Entries of the audit, by the ids in them.
pub(crate) const AUDIT: Searched = Searched {
    parts: &[],
    whole: &[
        "SELECT t.id FROM portal_audit t WHERE t.request_id = $1",
        "SELECT t.id FROM portal_audit t WHERE t.entity_id = $1",
        "SELECT t.id FROM portal_audit t WHERE t.actor_id = $1",
    ],
};

/// The same list, of those alone that may hold the text: found by an index, if they are few and it can tell.
/// What holds it is still for the list to say. Where a text is looked for as a whole and something is just
/// that, it is what was meant, and what merely mentions it is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn narrowed<R: Read + Copy>(
    read: R,
    mut listing: Listing,
    searched: Searched,
    text: Option<&str>,
) -> Result<Listing, Error> {
    let Some(text) = text else { return Ok(listing) };
    let Some(found) = candidates(read, searched, text).await? else {
        return Ok(listing);
    };
    listing.filters.push(Filter {
        column: "t.id",
        test: Test::Known(found.into_iter().map(Value::Text).collect()),
    });
    Ok(listing)
}

async fn candidates<R: Read + Copy>(
    mut read: R,
    searched: Searched,
    text: &str,
) -> Result<Option<HashSet<String>>, Error> {
    let mut found = HashSet::new();
    let pattern = format!("%{}%", text.to_lowercase());
    // A wildcard in the text finds more than the text does, never less.
    let by_letters = letters(text) >= LETTERS;
    let parts = searched.parts.iter().filter(|_| by_letters);
    let parts = parts.map(|sql| (sql, &pattern[..]));
    for (sql, value) in parts.chain(searched.whole.iter().map(|sql| (sql, text))) {
        let sql = format!("{sql} LIMIT {}", MANY + 1);
        let rows = read.rows(&sql, vec![value.into()]).await?;
        for row in &rows {
            found.insert(row.get("id")?);
        }
        if found.len() > MANY {
            return Ok(None);
        }
    }
    let told = match searched.parts.is_empty() {
        true => !found.is_empty(),
        false => by_letters,
    };
    Ok(told.then_some(found))
}

/// The longest piece of a text without what `LIKE` reads as a wildcard, in letters; none where PostgreSQL
/// reads a letter otherwise than it stands there.
fn letters(text: &str) -> usize {
    if text.contains('\\') {
        return 0;
    }
    let pieces = text.split(['%', '_']);
    pieces.map(|piece| piece.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use storage::{Database, Row, params};

    use super::{APPLICATIONS, DEVELOPERS, Searched, narrowed};
    use crate::store::listing::{Filter, Listing, Test, page};

    async fn portal(db: &Database) {
        let sql = "INSERT INTO portal_portal (id, name, display_name, is_public, rbac_enabled, \
                   auto_approve_applications, auto_approve_developers, appearance, authentication, \
                   labels, created_at, updated_at) \
                   VALUES ('po', 'p', 'P', false, false, true, true, '{}', '{}', '{}', 1, 1)";
        db.execute(sql, params![]).await.unwrap();
        let sql = "INSERT INTO portal_auth_strategy (id, name, display_name, strategy_type, config, \
                   principals_enabled, labels, created_at, updated_at) \
                   VALUES ('st', 's', 'S', 'key_auth', '{}', false, '{}', 1, 1)";
        db.execute(sql, params![]).await.unwrap();
    }

    async fn developer(db: &Database, id: &str, name: &str, email: &str) {
        let sql = "INSERT INTO portal_developer (id, portal_id, email, full_name, status, email_verified, \
                   created_at, updated_at) VALUES ($1, 'po', $2, $3, 'approved', true, 1, 1)";
        db.execute(sql, params![id, email, name]).await.unwrap();
    }

    async fn application(db: &Database, id: &str, developer: &str, name: &str, client: &str) {
        let sql = "INSERT INTO portal_application (id, portal_id, developer_id, auth_strategy_id, status, name, \
                   description, reference_id, client_id, scopes, secret_version, labels, created_at, updated_at) \
                   VALUES ($1, 'po', $2, 'st', 'active', $3, '', $1, $4, '[]', 0, '{}', 1, 1)";
        let params = params![id, developer, name, client];
        db.execute(sql, params).await.unwrap();
    }

    fn id(row: &Row) -> Result<String, storage::Error> {
        row.get("id")
    }

    /// What a search finds, and whether an index told.
    async fn found(
        db: &Database,
        (from, column): (&str, &'static str),
        searched: Searched,
        text: &str,
    ) -> (Vec<String>, bool) {
        let mut listing = Listing::all("t.id");
        listing.filters.push(Filter {
            column,
            test: Test::Contains(vec![text.to_owned()]),
        });
        let all = page(db, "t.id", from, "t.id", &listing, id)
            .await
            .unwrap()
            .0;
        let narrow = narrowed(db, listing, searched, Some(text)).await.unwrap();
        let told = narrow.filters.len() > 1;
        let few = page(db, "t.id", from, "t.id", &narrow, id).await.unwrap().0;
        assert_eq!(few, all, "{text}");
        (few, told)
    }

    #[tokio::test]
    async fn a_search_finds_by_the_index_what_it_finds_without_it() {
        const WHO: (&str, &str) = ("portal_developer t", "t.full_name || ' ' || t.email");
        const WHAT: (&str, &str) = (
            "portal_application t",
            "t.name || ' ' || COALESCE(t.client_id, '')",
        );
        for test in storage::testing::databases(&[crate::MIGRATIONS]).await {
            let db = &test.db;
            portal(db).await;
            developer(db, "d1", "Ada Harbour", "ada@example.com").await;
            developer(db, "d2", "灯台守", "keeper@example.com").await;
            developer(db, "d3", "100% \\sure_", "percent@example.com").await;
            application(db, "a1", "d1", "Tide tables", "AbCdEf123").await;
            application(db, "a2", "d2", "Tidewatch", "xyz").await;
            let ids = |found: &[&str]| found.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
            for (text, expected, told) in [
                ("HARB", &["d1"][..], true),
                ("our ada@", &["d1"], true),
                ("灯台守", &["d2"], true),
                ("灯台", &["d2"], false),
                ("example", &["d1", "d2", "d3"], true),
                ("100%", &["d3"], true),
                ("sure_", &["d3"], true),
                ("\\sure", &["d3"], false),
                ("nobody", &[], true),
            ] {
                let found = found(db, WHO, DEVELOPERS, text).await;
                assert_eq!(found, (ids(expected), told), "{} {text}", test.name);
            }
            assert_eq!(
                found(db, WHAT, APPLICATIONS, "tide").await.0,
                ids(&["a1", "a2"])
            );
            assert_eq!(found(db, WHAT, APPLICATIONS, "bcdef").await.0, ids(&["a1"]));
            let renamed = "UPDATE portal_application SET name = 'Moon', client_id = 'new-one' WHERE id = 'a1'";
            db.execute(renamed, params![]).await.unwrap();
            assert_eq!(found(db, WHAT, APPLICATIONS, "moon").await.0, ids(&["a1"]));
            assert_eq!(found(db, WHAT, APPLICATIONS, "tide").await.0, ids(&["a2"]));
            let gone = "DELETE FROM portal_application WHERE id = 'a2'";
            db.execute(gone, params![]).await.unwrap();
            assert_eq!(found(db, WHAT, APPLICATIONS, "tide").await.0, ids(&[]));
        }
    }

    #[tokio::test]
    async fn sqlite_looks_up_the_letters_of_a_search() {
        let dir = tempfile::tempdir().unwrap();
        let config = storage::Config::Sqlite {
            path: dir.path().join("test.db"),
        };
        let db = Database::open(&config, &[crate::MIGRATIONS]).await.unwrap();
        for searched in [DEVELOPERS, APPLICATIONS, super::REGISTRATIONS] {
            let plans = searched.parts.iter().filter(|sql| sql.contains("_found"));
            for sql in plans {
                let plan = format!("EXPLAIN QUERY PLAN {sql} LIMIT 9");
                let steps = db.query(&plan, params!["%abc%"]).await.unwrap();
                let first: String = steps[0].get("detail").unwrap();
                // FTS5 names the column and the way in the number of its index.
                assert!(first.contains("VIRTUAL TABLE INDEX 0:L0"), "{first}");
                for step in &steps[1..] {
                    let detail: String = step.get("detail").unwrap();
                    assert!(detail.starts_with("SEARCH"), "{detail}");
                }
            }
        }
    }
}
