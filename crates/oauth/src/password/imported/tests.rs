use proptest::prelude::*;
use serde_json::{Value, json};

use super::{bcrypt, custom, is_imported, verify};
use crate::password;

fn holds(given: &Value) -> bool {
    let stored = custom(given).unwrap_or_else(|error| panic!("{given}: {error}"));
    assert!(is_imported(&stored));
    assert!(!password::verify(&"Password".into(), Some(&stored)));
    password::verify(&"password".into(), Some(&stored))
}

#[test]
fn a_password_is_known_by_the_hash_that_another_system_made() {
    let plain = |algorithm: &str, value: &str| json!({ "algorithm": algorithm, "hash": { "value": value, "encoding": "hex" } });
    assert!(holds(&plain("md5", "5f4dcc3b5aa765d61d8327deb882cf99")));
    assert!(holds(&plain(
        "sha1",
        "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"
    )));
    assert!(holds(&plain(
        "sha256",
        "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
    )));
    // printf 'saltpassword' | sha256sum; printf 'passwordsalt' | md5sum
    let salted = json!({
        "algorithm": "sha256", "salt": { "value": "salt", "position": "prefix" },
        "hash": {
            "encoding": "hex",
            "value": "13601bda4ea78e55a07b98866d2be6be0744e3866f13c00c811cab608a28f322"
        }
    });
    assert!(holds(&salted));
    let behind = json!({
        "algorithm": "md5", "salt": { "value": "73616c74", "encoding": "hex", "position": "suffix" },
        "hash": { "value": "b305cadbb3bce54f3aa59c64fec00dea", "encoding": "hex" }
    });
    assert!(holds(&behind));
    // RFC 2307, and its salted kind.
    assert!(holds(&json!({
        "algorithm": "ldap", "hash": { "value": "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "encoding": "utf8" }
    })));
}

/// From Python's hashlib and hmac.
#[test]
fn stretched_and_keyed_hashes_are_known_too() {
    assert!(holds(&json!({
        "algorithm": "pbkdf2", "hash": { "encoding": "utf8",
            "value": "$pbkdf2-sha256$i=1000,l=32$c2FsdA$YywoEuRtRgQQK6dhjp1tfS+BKPYma0oDJk0qBGC33LM" }
    })));
    assert!(holds(&json!({
        "algorithm": "scrypt", "keylen": 64, "cost": 1024, "blockSize": 8, "parallelization": 16,
        "salt": { "value": "NaCl" },
        "hash": { "encoding": "hex", "value":
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640" }
    })));
    assert!(holds(&json!({
        "algorithm": "hmac",
        "hash": { "encoding": "hex", "digest": "sha256", "key": { "value": "key" },
            "value": "4d42fb9ffc8d7d0a245429438b4bc73db1007a167026a0a0c6a74fa58e8e86ca" }
    })));
    assert!(holds(&json!({
        "algorithm": "hmac",
        "hash": { "encoding": "hex", "digest": "md5", "key": { "value": "key" },
            "value": "a95669c550c0c9cc91ef29a91873ca4f" }
    })));
}

#[test]
fn bcrypt_and_argon2_of_any_cost_within_reason_are_known() {
    let stored = ::bcrypt::hash_with_salt("password", 4, [7; 16]).unwrap();
    for text in [
        stored.format_for_version(::bcrypt::Version::TwoA),
        stored.to_string(),
    ] {
        let kept = bcrypt(&text).unwrap();
        assert!(is_imported(&kept));
        assert!(password::verify(&"password".into(), Some(&kept)));
        assert!(!password::verify(&"passwort".into(), Some(&kept)));
        assert!(custom(&json!({ "algorithm": "bcrypt", "hash": { "value": text } })).is_ok());
    }
    assert!(bcrypt(&stored.to_string().replace("$04$", "$20$")).is_err());
    let argon2 =
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assert!(holds(
        &json!({ "algorithm": "argon2", "hash": { "value": argon2, "encoding": "utf8" } })
    ));
    let heavy = argon2.replace("m=256", "m=4194304");
    assert!(custom(&json!({ "algorithm": "argon2", "hash": { "value": heavy } })).is_err());
}

#[test]
fn what_cannot_be_checked_is_refused_without_repeating_it() {
    for given in [
        json!({}),
        json!({ "algorithm": "md4", "hash": { "value": "8a9d093f14f8701df17732b2bb182c74", "encoding": "hex" } }),
        json!({ "algorithm": "md5", "hash": { "value": "8a9d093f14f8701df17732b2bb182c74" } }),
        json!({ "algorithm": "md5", "hash": { "value": "8a9d", "encoding": "hex" } }),
        json!({ "algorithm": "sha1", "hash": { "value": "not hex", "encoding": "hex" } }),
        json!({ "algorithm": "scrypt", "keylen": 2, "hash": { "value": "8a9d", "encoding": "hex" } }),
        json!({ "algorithm": "pbkdf2", "hash": { "value": "$pbkdf2-md5$i=1$8a9d$8a9d" } }),
        json!({ "algorithm": "ldap", "hash": { "value": "{CRYPT}8a9d" } }),
    ] {
        let error = custom(&given).unwrap_err().to_string();
        assert!(!error.contains("8a9d"), "{error}");
    }
}

proptest! {
    #[test]
    fn no_text_that_is_kept_makes_the_check_fall_over(stored in "[ -~]{0,80}") {
        let _ = verify("password", &stored);
    }

    #[test]
    fn no_object_makes_the_import_fall_over(
        algorithm in "(argon2|bcrypt|hmac|ldap|md5|sha512|pbkdf2|scrypt)",
        value in "[ -~]{0,60}", encoding in "(hex|base64|utf8)", number in any::<u64>(),
    ) {
        let _ = custom(&json!({
            "algorithm": algorithm, "hash": { "value": value, "encoding": encoding }, "keylen": number,
            "cost": number, "blockSize": number, "parallelization": number, "salt": { "value": "s" }
        }));
    }
}
