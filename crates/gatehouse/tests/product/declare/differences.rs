//! What differs between a directory and an instance.

use std::fs;

use super::{Empty, FIXTURES, copy, fixture};

#[test]
fn what_differs_is_shown_then_done_and_then_nothing_differs() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    copy(&fixture(), work.path());
    let folder = work.path().to_str().unwrap();
    let shown = empty.run(&["diff", folder], &[]);
    assert_eq!(shown.code, Some(2), "{}{}", shown.out, shown.err);
    assert!(
        shown.out.contains("+ document Tides / start / details"),
        "{}",
        shown.out
    );
    empty.run(&["apply", folder], &FIXTURES).well();
    assert!(
        empty
            .run(&["diff", folder], &[])
            .well()
            .contains("everything is as declared")
    );
    let anew = empty
        .run(
            &["apply", "--secrets", folder],
            &[("REGISTRY_TOKEN", "new")],
        )
        .well();
    assert_eq!(
        anew.lines().next(),
        Some("~ DCR provider Registry: dcr_config"),
        "{anew}"
    );

    let edit = |file: &str, from: &str, to: &str| {
        let path = work.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    edit(
        "portals/coast/portal.yaml",
        "For sailors.",
        "For every sailor.",
    );
    edit(
        "portals/coast/portal.yaml",
        "enabled: true\n        auto_approve_registration: false",
        "enabled: true\n        auto_approve_registration: true",
    );
    edit("api-products/tides/docs/start.md", "Ask", "Just ask");
    edit("portals/coast/start.md", "every", "each");
    let soon = "        status: unpublished\n        content: Soon.\n";
    let now = "        status: published\n        content: Now.\n";
    edit("portals/coast/portal.yaml", soon, now);
    edit("control-planes/default.yaml", "port: 80", "port: 8080");
    edit(
        "portals/coast/portal.yaml",
        "[sailors, captains]",
        "[sailors]",
    );
    edit(
        "portals/coast/portal.yaml",
        "      - { role: API Viewer, product: Tides }\n",
        "",
    );
    let admin =
        "      - name: tides-admin\n        paths: [/tides/admin]\n        methods: [GET]\n";
    edit("control-planes/default.yaml", admin, "");
    edit(
        "api-products/tides/product.yaml",
        "{ team: coast }",
        "{ crew: coast }",
    );
    edit(
        "portals/coast/portal.yaml",
        "  - slug: /guides",
        "  - slug: news\n    title: News\n    content: None.\n  - slug: /guides",
    );
    let expected = [
        "~ service default / tides: port 80 -> 8080",
        "~ API product Tides: labels.crew none -> \"coast\", labels.team \"coast\" -> none",
        "~ document Tides / start: content",
        "~ portal Coast: description \"For sailors.\" -> \"For every sailor.\"",
        "~ published version Coast / Tides / v1: auto_approve_registration false -> true",
        "~ team Coast / Crew: roles -{\"role\":\"API Viewer\",\"product\":\"Tides\"}, groups -\"captains\"",
        "~ page Coast / /: content",
        "+ page Coast / news",
        "~ page Coast / guides / knots: status \"unpublished\" -> \"published\", content",
        "~ order of pages in Coast: /, news, guides",
        "1 to create, 9 to change, 0 to delete; 1 more there, not declared (--prune deletes)",
    ];
    let shown = empty.run(&["diff", folder], &[]).out;
    assert_eq!(shown.lines().collect::<Vec<_>>(), expected, "{shown}");
    let tried = empty
        .run(&["apply", "--dry-run", "--prune", folder], &[])
        .well();
    assert!(
        tried.contains(
            "- route default / tides / tides-admin\n1 to create, 9 to change, 1 to delete"
        ),
        "{tried}"
    );
    let done = empty.run(&["apply", "--prune", folder], &[]).well();
    assert!(
        done.contains("- route default / tides / tides-admin"),
        "{done}"
    );
    assert!(
        empty
            .run(&["diff", "--prune", folder], &[])
            .well()
            .contains("everything is as declared")
    );
}

#[test]
fn what_goes_with_something_is_shown_before_it_goes() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    copy(&fixture(), work.path());
    let folder = work.path().to_str().unwrap();
    empty.run(&["apply", folder], &FIXTURES).well();
    fs::remove_file(work.path().join("api-products/tides/product.yaml")).unwrap();
    fs::remove_dir_all(work.path().join("api-products/tides")).unwrap();
    // What refers to it is named, and nothing is done.
    let refused = empty.run(&["apply", "--prune", folder], &[]);
    assert_eq!(refused.code, Some(1));
    let said = "refers to API product Tides: --prune would delete it, because it is not declared";
    assert!(refused.err.contains(said), "{}", refused.err);

    fs::remove_dir_all(work.path().join("portals")).unwrap();
    let shown = empty.run(&["diff", "--prune", folder], &[]);
    assert_eq!(shown.code, Some(2), "{}", shown.err);
    for line in [
        "- portal Coast (with 2 email templates, 3 publications, 3 published versions, 2 teams, 1 snippet, 3 pages)",
        "- API product Tides (with 1 icon, 2 versions, 1 specification, 3 documents)",
    ] {
        assert!(shown.out.lines().any(|one| one == line), "{}", shown.out);
    }
    let done = empty.run(&["apply", "--prune", folder], &[]).well();
    assert!(done.contains("- portal Coast"), "{done}");
    let left = empty.run(&["diff", "--prune", folder], &[]).well();
    assert!(left.contains("everything is as declared"), "{left}");
}
