//! What stands for a name in addresses.

/// Lower case, words of ASCII letters and digits joined by `-`: `Weather API v1.2` gives
/// `weather-api-v1-2`. Empty where nothing of that is in the text.
#[must_use]
pub fn slugify(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::slugify;

    #[test]
    fn names_become_words_with_hyphens() {
        assert_eq!(slugify("Weather API v1.2"), "weather-api-v1-2");
        assert_eq!(slugify("Getting started (v2)!"), "getting-started-v2");
        assert_eq!(slugify("  --  "), "");
        assert_eq!(slugify("天気"), "");
        assert_eq!(slugify("天気 API"), "api");
    }
}
