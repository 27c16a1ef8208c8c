//! What people get wrong is named, with its place.

use std::fs;

use super::Empty;

#[test]
fn what_is_wrong_with_a_directory_is_named() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().to_str().unwrap();
    fs::create_dir_all(work.path().join("portals")).unwrap();
    let portal = work.path().join("portals/a.yaml");
    for (text, said) in [
        ("name: [", "portals/a.yaml:1:"),
        (
            "description: x",
            "portals/a.yaml:1:1: a portal must have \"name\"",
        ),
        (
            "name: A\nproducts: x",
            "portals/a.yaml:2:11: \"products\" must be a list",
        ),
        (
            "name: 1.0",
            "portals/a.yaml:1:7: \"name\" must be a text: put 1.0 in quotes",
        ),
        (
            "name: A\nis_pubic: true",
            "portals/a.yaml:2:1: a portal has no member \"is_pubic\"; did you mean \"is_public\"?",
        ),
        (
            "name: A\ndescription: ${NOWHERE}",
            "portals/a.yaml:2:14: the environment variable NOWHERE is not set",
        ),
        (
            "name: A\ndescription: ${NOWHERE}\ndisplay_name: ${NEVER}\nauthentication_settings:\n  \
             oidc_config: { client_secret: \"${HIDDEN}\" }",
            "portals/a.yaml:3:15: the environment variable NEVER is not set\n\
             not set either, and needed for the secrets of what is new: HIDDEN",
        ),
        (
            "name: A\nauthentication_settings:\n  oidc_config: { client_secret: abc }",
            "portals/a.yaml:3:33: \"client_secret\" is a secret",
        ),
        (
            "name: A\nproducts: [{ product: B }]",
            "publication A / B refers to API product B",
        ),
        (
            "name: A\ndefault_application_auth_strategy: Nothing",
            "portals/a.yaml:1:1: portal A refers to auth strategy Nothing: it is neither declared nor in this instance",
        ),
        ("name: A\nis_public: perhaps", "is_public"),
        (
            "name: A\nappearance: { images: { logo: { file: ../../a.png } } }",
            "must lie beside it",
        ),
    ] {
        fs::write(&portal, text).unwrap();
        let refused = empty.run(&["apply", folder], &[]);
        assert_eq!(refused.code, Some(1), "{text}");
        assert!(refused.err.contains(said), "{text}: {}", refused.err);
    }
    fs::write(&portal, "name: A").unwrap();
    fs::write(work.path().join("portals/b.yaml"), "name: A").unwrap();
    let refused = empty.run(&["apply", folder], &[]);
    assert!(
        refused.err.contains("portal A is declared twice"),
        "{}",
        refused.err
    );
    fs::create_dir(work.path().join("portal")).unwrap();
    let refused = empty.run(&["apply", folder], &[]);
    assert!(
        refused.err.contains("is none of the folders that are read (control-planes, dcr-providers, auth-strategies, api-products, \
             audit-log-destinations, portals); did you mean \"portals\"?"),
        "{}",
        refused.err
    );
}

#[test]
fn a_directory_that_declares_nothing_is_refused() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().to_str().unwrap();
    fs::write(work.path().join("README.md"), "nothing to read").unwrap();
    fs::create_dir(work.path().join(".git")).unwrap();
    let refused = empty.run(&["apply", "--prune", folder], &[]);
    assert!(refused.err.contains("declares nothing"), "{}", refused.err);
    fs::write(work.path().join("portal.yaml"), "name: A").unwrap();
    let refused = empty.run(&["apply", folder], &[]);
    let said = "portal.yaml stands beside the folders, where only organization.yaml is read";
    assert!(refused.err.contains(said), "{}", refused.err);
}

#[test]
fn a_step_that_is_refused_says_what_was_done_and_the_next_run_goes_on() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().to_str().unwrap();
    let portals = work.path().join("portals");
    fs::create_dir_all(portals.join("more")).unwrap();
    fs::write(portals.join("a.yaml"), "name: A").unwrap();
    let b = portals.join("more/b.yaml");
    fs::write(&b, "name: B\nis_public: perhaps").unwrap();
    let refused = empty.run(&["apply", folder], &[]);
    assert_eq!(refused.code, Some(1));
    assert_eq!(refused.out, "+ portal A\n");
    for said in [
        "1 of 2 steps were taken before and stay taken",
        "+ portal B",
        "portals/more/b.yaml:1:1",
        "\"is_public\" must be",
    ] {
        assert!(refused.err.contains(said), "{said}: {}", refused.err);
    }
    fs::write(&b, "name: B\nis_public: true").unwrap();
    let done = empty.run(&["apply", folder], &[]).well();
    assert!(
        done.starts_with("+ portal B\n1 created, 0 changed"),
        "{done}"
    );
}

#[test]
fn who_may_not_is_told_so() {
    let empty = Empty::start();
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("out");
    let folder = folder.to_str().unwrap();
    let refused = empty.run(&["export", "--token", "kpat_nothing", folder], &[]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("does not take the token"),
        "{}",
        refused.err
    );
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let refused = empty.run(&["export", "--url", &address, folder], &[]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains(&address), "{}", refused.err);
}
