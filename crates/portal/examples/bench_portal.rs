//! Fills the first portal of a database with APIs, developers, applications, registrations and audit:
//! `scripts/bench portal` runs it.
//!
//! `bench_portal DATABASE APIS DEVELOPERS APPLICATIONS`: the database is a file or a `postgres://` URL that
//! `gatehouse quickstart` made ready. Every API has a service, a route, a version with an OpenAPI document, a
//! page of documentation and a place in the portal. Half of the APIs and of the applications use keys, one
//! for each application; half an identity provider whose clients developers made themselves. An application
//! is registered for one API; one registration in ten and one developer in twenty wait for approval. Numbers
//! stand in names, ids and digests, so that a bench knows them.
//!
//! Prints the seconds it took.

#![expect(clippy::print_stdout, reason = "the measurement is what it is run for")]

use std::time::Instant;

use oauth::Clock;
use storage::{Config, Database, Error, Value, params};

/// Rows of one statement.
const BATCH: i64 = 10_000;

/// `n` from `$1` to `$2`, and what all rows have in common: the moment of the first row, a second before the
/// next one, and how many APIs and developers there are.
const NUMBERS: &str = "WITH RECURSIVE numbers(n) AS (SELECT CAST($1 AS BIGINT) \
                       UNION ALL SELECT n + 1 FROM numbers WHERE n < CAST($2 AS BIGINT)), \
                       facts(made, apis, developers) AS (SELECT CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT))";

/// What is copied: a table with its columns, and a row for `n`.
struct Copied {
    into: &'static str,
    select: &'static str,
    from: &'static str,
}

const STRATEGIES: [&str; 2] = [
    "INSERT INTO portal_auth_strategy (id, name, display_name, strategy_type, config, principals_enabled, labels, created_at, updated_at) \
     VALUES ('00000000-0000-7000-8000-0000000000a0', 'keys', 'Keys', 'key_auth', '{\"key_names\":[\"apikey\"]}', FALSE, '{}', 1, 1)",
    "INSERT INTO portal_auth_strategy (id, name, display_name, strategy_type, config, principals_enabled, labels, created_at, updated_at) \
     VALUES ('00000000-0000-7000-8000-0000000000a1', 'own clients', 'Own clients', 'openid_connect', \
     '{\"issuer\":\"https://idp.example.com/\",\"credential_claim\":[\"azp\"],\"scopes\":[\"openid\"],\"auth_methods\":[\"bearer\"]}', \
     FALSE, '{}', 1, 1)",
];

/// Twelve digits.
macro_rules! digits {
    ($n:literal) => {
        concat!("SUBSTR(CAST(1000000000000 + ", $n, " AS TEXT), 2)")
    };
}

macro_rules! id {
    ($kind:literal, $n:literal) => {
        concat!("'", $kind, "0000000-0000-7000-8000-' || ", digits!($n))
    };
}

/// The strategy of what has this number.
macro_rules! strategy {
    () => {
        "'00000000-0000-7000-8000-0000000000a' || CAST(n % 2 AS TEXT)"
    };
}

const APIS: &[Copied] = &[
    Copied {
        into: "portal_service (id, control_plane_id, name, protocol, host, port, path, retries, connect_timeout, write_timeout, read_timeout, enabled, created_at, updated_at)",
        select: concat!(
            id!("1", "n"),
            ", m.control_plane_id, 'service-' || CAST(n AS TEXT), m.protocol, m.host, m.port, m.path, m.retries, \
             m.connect_timeout, m.write_timeout, m.read_timeout, TRUE, made + n * 1000, made + n * 1000"
        ),
        from: "(SELECT * FROM portal_service ORDER BY created_at DESC LIMIT 1) m",
    },
    Copied {
        into: "portal_route (id, control_plane_id, service_id, name, protocols, paths, https_redirect_status_code, regex_priority, strip_path, path_handling, preserve_host, request_buffering, response_buffering, created_at, updated_at)",
        select: concat!(
            id!("2", "n"),
            ", m.control_plane_id, ",
            id!("1", "n"),
            ", 'route-' || CAST(n AS TEXT), m.protocols, '[\"/api-' || CAST(n AS TEXT) || '\"]', \
             m.https_redirect_status_code, m.regex_priority, m.strip_path, m.path_handling, m.preserve_host, \
             m.request_buffering, m.response_buffering, made + n * 1000, made + n * 1000"
        ),
        from: "(SELECT * FROM portal_route ORDER BY created_at DESC LIMIT 1) m",
    },
    Copied {
        into: "portal_api_product (id, name, description, labels, public_labels, slug, attributes, created_at, updated_at)",
        select: concat!(
            id!("3", "n"),
            ", 'Tides ' || CAST(n AS TEXT), 'Water levels at gauge ' || CAST(n AS TEXT) || ', every ten minutes.', \
             '{}', '{}', 'tides-' || CAST(n AS TEXT), '[]', made + n * 1000, made + n * 1000"
        ),
        from: "",
    },
    Copied {
        into: "portal_api_product_portal (api_product_id, portal_id, created_at, visibility)",
        select: concat!(id!("3", "n"), ", m.id, made + n * 1000, 'public'"),
        from: PORTAL,
    },
    Copied {
        into: "portal_product_version (id, api_product_id, name, deprecated, publish_status, control_plane_id, service_id, labels, created_at, updated_at)",
        select: concat!(
            id!("4", "n"),
            ", ",
            id!("3", "n"),
            ", 'v1', FALSE, 'published', m.control_plane_id, ",
            id!("1", "n"),
            ", '{}', made + n * 1000, made + n * 1000"
        ),
        from: "(SELECT control_plane_id FROM portal_service ORDER BY created_at DESC LIMIT 1) m",
    },
    Copied {
        into: "portal_publication (id, portal_id, product_version_id, publish_status, auth_strategy_id, application_registration_enabled, auto_approve_registration, deprecated, created_at, updated_at)",
        select: concat!(
            id!("5", "n"),
            ", m.id, ",
            id!("4", "n"),
            ", 'published', ",
            strategy!(),
            ", TRUE, TRUE, FALSE, made + n * 1000, made + n * 1000"
        ),
        from: PORTAL,
    },
    Copied {
        into: "portal_specification (id, product_version_id, name, content, document, created_at, updated_at)",
        select: concat!(
            id!("6", "n"),
            ", ",
            id!("4", "n"),
            ", m.name, m.content, m.document, made + n * 1000, made + n * 1000"
        ),
        from: "(SELECT * FROM portal_specification ORDER BY created_at DESC LIMIT 1) m",
    },
    Copied {
        into: "portal_document (id, api_product_id, slug, title, status, content, metadata, position, created_at, updated_at)",
        select: concat!(
            id!("7", "n"),
            ", ",
            id!("3", "n"),
            ", 'start', 'Start', 'published', '# Start\n\nAsk for `/api-' || CAST(n AS TEXT) || '`.', '{}', 0, made + n * 1000, made + n * 1000"
        ),
        from: "",
    },
];

const PORTAL: &str = "(SELECT id FROM portal_portal ORDER BY created_at LIMIT 1) m";

const DEVELOPERS: &[Copied] = &[Copied {
    into: "portal_developer (id, portal_id, email, full_name, status, email_verified, created_at, updated_at, locale)",
    select: concat!(
        id!("8", "n"),
        ", m.id, 'developer-' || CAST(n AS TEXT) || '@example.com', 'Developer ' || CAST(n AS TEXT), \
         CASE WHEN n % 20 = 0 THEN 'pending' ELSE 'approved' END, TRUE, made + n * 1000, made + n * 1000, 'en'"
    ),
    from: PORTAL,
}];

const APPLICATIONS: &[Copied] = &[
    Copied {
        into: "portal_application (id, portal_id, developer_id, auth_strategy_id, status, name, description, reference_id, client_id, scopes, secret_version, labels, created_at, updated_at)",
        select: concat!(
            id!("9", "n"),
            ", m.id, ",
            id!("8", "1 + n % developers"),
            ", ",
            strategy!(),
            ", 'active', 'Application ' || CAST(n AS TEXT), 'Reads gauge ' || CAST(n AS TEXT), 'reference-' || CAST(n AS TEXT), \
             CASE WHEN n % 2 = 1 THEN 'client-' || CAST(n AS TEXT) END, '[]', 1, '{}', made + n * 1000, made + n * 1000"
        ),
        from: PORTAL,
    },
    Copied {
        into: "portal_application_key (id, application_id, display_name, sha256, created_at, updated_at, prefix)",
        select: concat!(
            id!("a", "n"),
            ", ",
            id!("9", "n"),
            ", 'first', '0000000000000000000000000000000000000000000000000000' || ",
            digits!("n"),
            ", made + n * 1000, made + n * 1000, 'bench'"
        ),
        from: "(SELECT 1 AS one) m WHERE n % 2 = 0",
    },
    Copied {
        into: "portal_registration (id, portal_id, application_id, product_version_id, status, granted_scopes, created_at, updated_at)",
        select: concat!(
            id!("b", "n"),
            ", m.id, ",
            id!("9", "n"),
            ", ",
            id!("4", "CASE WHEN n % apis = 0 THEN apis ELSE n % apis END"),
            ", CASE WHEN n % 10 = 0 THEN 'pending' ELSE 'approved' END, NULL, made + n * 1000, made + n * 1000"
        ),
        from: PORTAL,
    },
    Copied {
        into: "portal_audit (id, occurred_at, actor_kind, actor_id, action, entity_type, entity_id, portal_id, request_id, detail, address, user_agent)",
        select: concat!(
            id!("c", "n"),
            ", made + n * 1000, 'developer', ",
            id!("8", "1 + n % developers"),
            ", 'create', 'application', ",
            id!("9", "n"),
            ", m.id, 'request-' || CAST(n AS TEXT), '{\"name\":\"Application ' || CAST(n AS TEXT) || '\"}', '192.0.2.7', 'bench/1'"
        ),
        from: PORTAL,
    },
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| -> i64 { words[at].parse().expect("a number") };
    assert_eq!(
        words.len(),
        4,
        "bench_portal DATABASE APIS DEVELOPERS APPLICATIONS"
    );
    assert_eq!(number(1) % 2, 0, "half of the APIs use keys");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let began = Instant::now();
    let filled = runtime.block_on(fill(&words[0], [number(1), number(2), number(3)]));
    filled.expect("the database takes all of it");
    println!("{:.1}", began.elapsed().as_secs_f64());
}

async fn fill(database: &str, [apis, developers, applications]: [i64; 3]) -> Result<(), Error> {
    let config = if database.starts_with("postgres") {
        Config::Postgres {
            url: database.into(),
            max_connections: 2,
        }
    } else {
        Config::Sqlite {
            path: database.into(),
        }
    };
    let db = Database::open(&config, &[portal::MIGRATIONS]).await?;
    for strategy in STRATEGIES {
        db.execute(strategy, params![]).await?;
    }
    let most = apis.max(developers).max(applications);
    let made = Clock::system().now().as_millis() - most * 1000 - 60_000;
    let numbers = params![made, apis, developers];
    for (rows, tables) in [
        (apis, APIS),
        (developers, DEVELOPERS),
        (applications, APPLICATIONS),
    ] {
        for table in tables {
            copy(&db, table, rows, &numbers).await?;
        }
    }
    db.close().await;
    Ok(())
}

async fn copy(db: &Database, table: &Copied, rows: i64, numbers: &[Value]) -> Result<(), Error> {
    let Copied { into, select, from } = table;
    let comma = if from.is_empty() { "" } else { ", " };
    let sql =
        format!("INSERT INTO {into} {NUMBERS} SELECT {select} FROM numbers, facts{comma}{from}");
    let mut first = 1;
    while first <= rows {
        let last = rows.min(first + BATCH - 1);
        let mut params = params![first, last];
        params.extend_from_slice(numbers);
        db.execute(&sql, params).await?;
        first = last + 1;
    }
    Ok(())
}
