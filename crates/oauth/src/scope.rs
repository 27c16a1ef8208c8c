//! Scope: a set of words.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of scopes (RFC 6749 §3.3): in the order first written, each once.
///
/// Its text is bounded, so that comparing two sets stays cheap whatever a client sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(Vec<String>);

/// Why a text is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// A character outside %x21 / %x23-5B / %x5D-7E.
    #[error(
        "scope holds a character that is not allowed: use printable ASCII without quotes and backslashes"
    )]
    Character,
    /// More text, or more words, than any client needs.
    #[error("scope is too long: at most 8192 characters and 500 words")]
    TooLong,
}

impl Scopes {
    /// Longest text that is read.
    pub const MAX_LEN: usize = 8192;
    /// Most words that are read.
    pub const MAX_WORDS: usize = 500;

    /// No scope at all.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether the word is in the set; scopes are case-sensitive.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        self.0.iter().any(|own| own == word)
    }

    /// Adds a word at the end, if it is not there.
    ///
    /// # Errors
    /// [`ScopeError`] if the word is no scope, or the set is full.
    pub fn insert(&mut self, word: &str) -> Result<(), ScopeError> {
        if word.is_empty() || !word.bytes().all(is_scope_character) {
            return Err(ScopeError::Character);
        }
        if self.contains(word) {
            return Ok(());
        }
        if self.0.len() >= Self::MAX_WORDS {
            return Err(ScopeError::TooLong);
        }
        self.0.push(word.into());
        Ok(())
    }

    /// The words that both hold, in this set's order.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(
            self.iter()
                .filter(|w| other.contains(w))
                .map(Into::into)
                .collect(),
        )
    }

    /// The words that `other` lacks, in this set's order.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(
            self.iter()
                .filter(|w| !other.contains(w))
                .map(Into::into)
                .collect(),
        )
    }

    /// Whether `other` holds every word of this set.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|word| other.contains(word))
    }

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The words, as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

const fn is_scope_character(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

impl FromStr for Scopes {
    type Err = ScopeError;

    /// Reads words between single or repeated spaces.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > Self::MAX_LEN {
            return Err(ScopeError::TooLong);
        }
        let mut scopes = Self::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            scopes.insert(word)?;
        }
        Ok(scopes)
    }
}

impl<S: AsRef<str>> TryFrom<&[S]> for Scopes {
    type Error = ScopeError;

    fn try_from(words: &[S]) -> Result<Self, Self::Error> {
        let mut scopes = Self::new();
        for word in words {
            scopes.insert(word.as_ref())?;
        }
        Ok(scopes)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, word) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ScopeError, Scopes};

    #[test]
    fn words_keep_their_order_and_come_once() {
        let scopes: Scopes = "openid  read:a openid write:b ".parse().unwrap();
        assert_eq!(scopes.to_string(), "openid read:a write:b");
        assert!(scopes.contains("read:a") && !scopes.contains("READ:a"));
    }

    #[test]
    fn sets_compare_by_words() {
        let asked: Scopes = "a b c".parse().unwrap();
        let granted: Scopes = "c a d".parse().unwrap();
        assert_eq!(asked.intersection(&granted).to_string(), "a c");
        assert_eq!(asked.difference(&granted).to_string(), "b");
        assert!(!asked.is_subset(&granted));
        assert!(Scopes::new().is_subset(&granted));
    }

    #[test]
    fn a_scope_of_fifty_thousand_bytes_is_refused_at_once() {
        // CVE-2026-4634: it burned CPU at the token endpoint.
        let words = "a ".repeat(25_000);
        assert_eq!(words.parse::<Scopes>(), Err(ScopeError::TooLong));
        let distinct: Vec<String> = (0..1500).map(|n| format!("s{n}")).collect();
        let text = distinct.join(" ");
        assert!(text.len() < Scopes::MAX_LEN);
        assert_eq!(text.parse::<Scopes>(), Err(ScopeError::TooLong));
    }

    #[test]
    fn quotes_controls_and_other_alphabets_are_refused() {
        for text in ["a\"b", "a\\b", "a\tb", "a\nb", "é", "a\u{0}"] {
            assert_eq!(
                text.parse::<Scopes>(),
                Err(ScopeError::Character),
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "\\PC{0,100}") {
            if let Ok(scopes) = text.parse::<Scopes>() {
                prop_assert_eq!(scopes.to_string().parse::<Scopes>(), Ok(scopes));
            }
        }
    }
}
