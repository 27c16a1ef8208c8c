//! Operations of the vendor's Management API that this tenant does not serve.
//!
//! They answer in the API's own shape: 401 without a token, 403 without the scope, and otherwise 404
//! with a sentence that says so, which is what tools take for "this tenant has no such feature".

use std::sync::LazyLock;

use axum::http::Uri;
use axum::routing::MethodFilter;

use crate::Error;
use crate::management::operations::{METHODS, Operation, Operations};
use crate::management::problem::Problem;

/// One a line: method, path beneath `/api/v2` with `{id}` for variable segments, and the scope that the
/// vendor asks for.
const LIST: &str = include_str!("../../../../docs/unserved/auth0-management.txt");

/// A line of the list, taken apart.
struct Unserved {
    method: MethodFilter,
    name: &'static str,
    path: &'static str,
    scope: [&'static str; 1],
}

static UNSERVED: LazyLock<Vec<Unserved>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let (name, rest) = line.split_once(' ')?;
        let (path, scope) = rest.split_once(' ')?;
        let (method, name) = METHODS.into_iter().find(|(_, known)| *known == name)?;
        Some(Unserved {
            method,
            name,
            path,
            scope: [scope],
        })
    };
    LIST.lines().filter_map(line).collect()
});

/// The operations of the vendor's Management API that are known and not served. The list,
/// `docs/unserved/auth0-management.txt`, may only shrink.
#[must_use]
pub fn unserved_operations() -> Vec<Operation> {
    let all = UNSERVED.iter().map(|unserved| Operation {
        method: unserved.name,
        path: unserved.path,
        scopes: &unserved.scope,
    });
    all.collect()
}

pub(super) fn add(operations: &mut Operations) {
    for one in UNSERVED.iter() {
        operations.serve(one.method, one.path, &one.scope, unserved);
    }
}

async fn unserved(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem(Error::NotFound {
        code: Some("operation_not_served"),
        message: format!("This tenant does not serve {path}").into(),
    })
}

#[cfg(test)]
mod tests {
    use super::{LIST, UNSERVED};

    /// As many lines as there were when this was written. Lower it with the list, never raise it.
    const MOST: usize = 243;

    #[test]
    fn every_line_of_the_list_is_read_and_the_list_only_shrinks() {
        assert_eq!(LIST.lines().count(), UNSERVED.len());
        assert!(UNSERVED.len() <= MOST, "serve it instead of listing it");
    }
}
