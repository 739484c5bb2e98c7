//! Where the models lie.

use std::ffi::OsString;
use std::path::PathBuf;

/// Environment variable that names the models directory.
pub const DIRECTORY_VARIABLE: &str = "SHIMING_MODELS_DIR";

/// Neither the variable nor a home directory is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no place for the models: set {DIRECTORY_VARIABLE} to a directory, or HOME")]
pub struct NoDirectory;

/// The models directory: `$SHIMING_MODELS_DIR`, else `$XDG_DATA_HOME/shiming/models`, else
/// `~/.local/share/shiming/models`.
///
/// `variable` looks an environment variable up; reading the environment is the program's business. Relative
/// and empty values of the XDG variables are ignored, as their specification asks.
pub fn default_directory(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, NoDirectory> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = set(DIRECTORY_VARIABLE) {
        return Ok(chosen);
    }
    let absolute = |path: &PathBuf| path.is_absolute();
    let data = set("XDG_DATA_HOME")
        .filter(absolute)
        .or_else(|| set("HOME").filter(absolute).map(|home| home.join(".local/share")));
    data.map(|data| data.join("shiming/models")).ok_or(NoDirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<PathBuf, NoDirectory> {
        default_directory(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_variable_wins_then_xdg_then_home() {
        let all = [(DIRECTORY_VARIABLE, "m"), ("XDG_DATA_HOME", "/data"), ("HOME", "/home/a")];
        assert_eq!(with(&all), Ok(PathBuf::from("m")));
        assert_eq!(with(&all[1..]), Ok(PathBuf::from("/data/shiming/models")));
        assert_eq!(with(&all[2..]), Ok(PathBuf::from("/home/a/.local/share/shiming/models")));
        assert_eq!(with(&[]), Err(NoDirectory));
    }

    #[test]
    fn empty_and_relative_values_are_ignored() {
        let values = [(DIRECTORY_VARIABLE, ""), ("XDG_DATA_HOME", "data"), ("HOME", "/h")];
        assert_eq!(with(&values), Ok(PathBuf::from("/h/.local/share/shiming/models")));
    }
}
