//! What may be a password.

/// Fewest characters of a password. NIST SP 800-63B-4 §3.1.1.2 asks for length, not for composition.
pub const MIN_LENGTH: usize = 12;
/// Most characters: more than anybody types, and few enough that hashing stays cheap.
pub const MAX_LENGTH: usize = 256;

/// Why a password is refused. The text follows the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than [`MIN_LENGTH`] characters.
    #[error("must have at least {MIN_LENGTH} characters")]
    TooShort,
    /// More than [`MAX_LENGTH`] characters.
    #[error("must not have more than {MAX_LENGTH} characters")]
    TooLong,
    /// One character, or a short run of them, again and again.
    #[error("must not repeat the same few characters; put several words together")]
    Repetitive,
    /// The account's address or its owner's name.
    #[error("must not be made of your name or email address; put several other words together")]
    Personal,
}

/// Checks a new password of the developer with this address and name.
///
/// # Errors
/// The first rule that it breaks.
///
/// Source: NIST SP 800-63B-4 §3.1.1.2 (length; no composition rules; words of the context refused).
pub fn check(password: &str, email: &str, full_name: &str) -> Result<(), Weakness> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Err(Weakness::TooShort);
    }
    if length > MAX_LENGTH {
        return Err(Weakness::TooLong);
    }
    if is_repetitive(password) {
        return Err(Weakness::Repetitive);
    }
    let lower = password.to_lowercase();
    let local = email.split('@').next().unwrap_or(email);
    let personal = [email, local, full_name];
    let rest = personal.iter().fold(lower, |rest, word| {
        if word.chars().count() >= 4 {
            rest.replace(&word.to_lowercase(), "")
        } else {
            rest
        }
    });
    if rest.chars().count() < 4 {
        return Err(Weakness::Personal);
    }
    Ok(())
}

/// Whether a run of at most four characters, repeated, is the whole of it.
fn is_repetitive(password: &str) -> bool {
    let characters: Vec<char> = password.chars().collect();
    (1..=4).any(|period| {
        characters
            .iter()
            .zip(characters.iter().skip(period))
            .all(|(one, next)| one == next)
    })
}

#[cfg(test)]
mod tests {
    use super::{Weakness, check};

    #[test]
    fn a_weak_password_is_refused_with_its_rule() {
        let check = |password: &str| check(password, "jane.doe@example.com", "Jane Doe");
        assert_eq!(check("elevenchars"), Err(Weakness::TooShort));
        assert_eq!(check(&"é".repeat(257)), Err(Weakness::TooLong));
        assert_eq!(check("aaaaaaaaaaaaaa"), Err(Weakness::Repetitive));
        assert_eq!(check("1234123412341234"), Err(Weakness::Repetitive));
        assert_eq!(check("Jane.Doe@example.com"), Err(Weakness::Personal));
        assert_eq!(check("jane doejane.doe1!"), Err(Weakness::Personal));
        assert_eq!(check("correct horse battery"), Ok(()));
        assert_eq!(check("正しい馬の電池とホチキスの針"), Ok(()));
    }
}
