//! The registry that npm is configured to use on this machine: a sensible one for Actions' packages.
//!
//! Source: <https://docs.npmjs.com/cli/v11/using-npm/config>, "npmrc Files" and "Environment
//! Variables"; nothing but the registry's address is taken from there.

use std::path::PathBuf;

use super::actions::address;
use super::load::Origin;

/// The address, and where it was found: npm's variable, else its file of this user.
pub(super) fn registry(variables: &[(String, String)]) -> Option<(String, Origin)> {
    let variable = |wanted: &str| {
        let mut named = variables
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.next().filter(|(_, value)| !value.is_empty())
    };
    if let Some((name, text)) = variable("NPM_CONFIG_REGISTRY") {
        let address = address(text)?;
        return Some((address.into(), Origin::Variable(name.clone())));
    }
    let file = match variable("NPM_CONFIG_USERCONFIG") {
        Some((_, path)) => PathBuf::from(path),
        None => PathBuf::from(&variable("HOME")?.1).join(".npmrc"),
    };
    let text = std::fs::read_to_string(&file).ok()?;
    Some((in_file(&text)?, Origin::File(file)))
}

/// `registry = …` of an `.npmrc`; the last one counts.
fn in_file(text: &str) -> Option<String> {
    let lines = text.lines().filter_map(|line| line.split_once('='));
    let mut named = lines.filter(|(name, _)| name.trim() == "registry");
    let (_, value) = named.next_back()?;
    let address = address(value.trim().trim_matches(['"', '\'']))?;
    Some(address.into())
}

#[cfg(test)]
mod tests {
    use super::{Origin, in_file, registry};

    #[test]
    fn npms_variable_goes_before_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(".npmrc");
        std::fs::write(&file, "; mine\nregistry=https://npm.example.com/a\n").unwrap();
        let home = ("HOME".to_owned(), dir.path().display().to_string());
        let found = registry(std::slice::from_ref(&home)).unwrap();
        assert_eq!(
            found,
            (
                "https://npm.example.com/a".to_owned(),
                Origin::File(file.clone())
            )
        );
        let name = "npm_config_registry".to_owned();
        let own = (name.clone(), "https://other.example.com".to_owned());
        let found = registry(&[home, own]).unwrap();
        assert_eq!(
            found,
            (
                "https://other.example.com/".to_owned(),
                Origin::Variable(name)
            )
        );
        assert_eq!(registry(&[]), None);
    }

    #[test]
    fn an_address_is_found_among_other_settings() {
        let text = "//npm.example.com/:_authToken=s\n@scope:registry=https://scope.example.com\n\
                    registry = \"https://npm.example.com/\"\n";
        assert_eq!(in_file(text).as_deref(), Some("https://npm.example.com/"));
        assert_eq!(in_file("registry=${REGISTRY}"), None);
        assert_eq!(in_file("# registry=https://x.example\n"), None);
    }
}
