//! Secrets at rest.
#![expect(
    clippy::unwrap_used,
    reason = "what a test calls panics as the test itself does"
)]

use std::fs;

use oauth::Entropy;
use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use storage::seal::{Error, KeyRing, Sealer};

fn sealer(keys: &[&str]) -> Sealer {
    Sealer::new(KeyRing::from_base64(keys).unwrap(), Entropy::seeded(9))
}

const OLD: &str = "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";
const NEW: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

#[test]
fn a_sealed_secret_opens_for_its_context_alone() {
    let sealer = sealer(&[OLD]);
    let sealed = sealer.seal("client/a", &"hunter2".into());
    assert!(sealed.starts_with("gs1."));
    assert_eq!(
        sealer.open("client/a", &sealed).unwrap().expose_secret(),
        "hunter2"
    );
    assert_eq!(
        sealer.open("client/b", &sealed).unwrap_err(),
        Error::Refused
    );
    assert_ne!(sealer.seal("client/a", &"hunter2".into()), sealed);
}

#[test]
fn a_rotation_keeps_the_old_readable_and_the_digests_alike() {
    let before = sealer(&[OLD]);
    let sealed = before.seal("c", &"hunter2".into());
    let digest = before.digest("token", b"kpat_1");

    let rotated = sealer(&[NEW, OLD]);
    assert!(rotated.needs_rewrap(&sealed) && !before.needs_rewrap(&sealed));
    assert_eq!(
        rotated.open("c", &sealed).unwrap().expose_secret(),
        "hunter2"
    );
    assert!(rotated.verify_digest("token", b"kpat_1", &digest));
    let rewrapped = rotated.rewrap(&sealed).unwrap();
    assert!(!rotated.needs_rewrap(&rewrapped));
    // The value itself was not touched.
    assert_eq!(rewrapped.rsplit('.').next(), sealed.rsplit('.').next());

    let retired = sealer(&[NEW, &format!("digest:{OLD}")]);
    assert_eq!(
        retired.open("c", &rewrapped).unwrap().expose_secret(),
        "hunter2"
    );
    assert!(matches!(
        retired.open("c", &sealed),
        Err(Error::UnknownKey { .. })
    ));
    assert!(retired.verify_digest("token", b"kpat_1", &digest));
}

#[test]
fn digests_differ_by_purpose_and_key_and_are_compared_whole() {
    let (one, other) = (sealer(&[OLD]), sealer(&[NEW]));
    let digest = one.digest("token", b"x");
    assert_eq!(one.digest("token", b"x"), digest);
    assert!(one.verify_digest("token", b"x", &digest));
    for wrong in [
        "",
        "!",
        &digest[..20],
        &one.digest("session", b"x"),
        &other.digest("token", b"x"),
    ] {
        assert!(!one.verify_digest("token", b"x", wrong), "{wrong}");
    }
    assert!(!one.verify_digest("token", b"y", &digest));
}

#[test]
fn keys_never_show_themselves() {
    let text = format!(
        "{:?} {:?}",
        KeyRing::from_base64(&[OLD]).unwrap(),
        sealer(&[OLD])
    );
    assert!(!text.contains("old") && !text.contains("b2xk"), "{text}");
}

#[test]
fn a_directory_of_keys_is_made_once_and_rotates_by_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let keys = directory.path().join("keys");
    let load = || {
        Sealer::new(
            KeyRing::load_or_create(&keys, &Entropy::system()).unwrap(),
            Entropy::system(),
        )
    };
    let first = load();
    let (sealed, digest) = (first.seal("c", &"hunter2".into()), first.digest("p", b"x"));
    assert_eq!(
        load().open("c", &sealed).unwrap().expose_secret(),
        "hunter2"
    );
    assert!(load().verify_digest("p", b"x", &digest));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&keys), 0o700);
        assert_eq!(
            (mode(&keys.join("kek-0001")), mode(&keys.join("digest"))),
            (0o600, 0o600)
        );
    }
    fs::write(keys.join("kek-0002"), NEW).unwrap();
    assert!(load().needs_rewrap(&sealed));
    assert_eq!(
        load().open("c", &sealed).unwrap().expose_secret(),
        "hunter2"
    );
    assert!(load().verify_digest("p", b"x", &digest));

    fs::write(keys.join("kek-0003"), "not a key").unwrap();
    let error = KeyRing::load_or_create(&keys, &Entropy::system()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("kek-0003 does not hold 32 bytes"),
        "{error}"
    );
    for name in ["kek-0001", "kek-0002", "kek-0003"] {
        fs::remove_file(keys.join(name)).unwrap();
    }
    let error = KeyRing::load_or_create(&keys, &Entropy::system()).unwrap_err();
    assert!(error.to_string().contains("restore it"), "{error}");
}

#[test]
fn a_command_prints_the_keys() {
    let command = |script: &str| ["sh", "-c", script].map(str::to_owned);
    let ring = KeyRing::from_command(&command(&format!("echo {NEW}; echo; echo {OLD}"))).unwrap();
    assert_eq!(
        ring.current_key_id(),
        KeyRing::from_base64(&[NEW]).unwrap().current_key_id()
    );
    for (script, wanted) in [
        ("exit 3", "exit status: 3"),
        ("true", "no key is given"),
        ("echo hunter2", "key 1 is not 32 bytes"),
    ] {
        let error = KeyRing::from_command(&command(script))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(wanted) && !error.contains("hunter2"),
            "{error}"
        );
    }
    assert!(KeyRing::from_command(&[]).is_err());
    assert!(KeyRing::from_command(&["/no/such/program".into()]).is_err());
}

proptest! {
    #[test]
    fn any_text_survives_and_any_change_is_refused(secret in ".{0,200}", context in ".{0,40}", at: usize, bit in 0..8) {
        let sealer = sealer(&[OLD]);
        let sealed = sealer.seal(&context, &SecretString::from(secret.clone()));
        let opened = sealer.open(&context, &sealed).unwrap();
        prop_assert_eq!(opened.expose_secret(), &secret);
        let mut changed = sealed.clone().into_bytes();
        let at = at % changed.len();
        changed[at] ^= 1_u8 << bit;
        if let Ok(changed) = String::from_utf8(changed) {
            prop_assert!(sealer.open(&context, &changed).is_err());
        }
    }

    #[test]
    fn no_text_makes_opening_panic(text in ".{0,80}") {
        let sealer = sealer(&[OLD]);
        prop_assert!(sealer.open("c", &text).is_err());
        prop_assert!(sealer.rewrap(&text).is_err());
        prop_assert!(!sealer.needs_rewrap(&text));
    }
}
