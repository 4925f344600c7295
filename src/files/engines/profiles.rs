//! Profiles of the user: which driver, and where the engine is.

use std::path::PathBuf;

use adbc_core::options::{OptionDatabase, OptionValue};
use adbc_driver_manager::profile::{
    ConnectionProfile, ConnectionProfileProvider, FilesystemProfileProvider, process_profile_value,
};

use crate::files::engines::drivers::{capital, config_folder};

/// What a profile says.
pub struct Profile {
    /// The driver: a name, or the path of a library or a manifest.
    pub driver: String,
    /// What the driver is given, values of the environment filled in.
    pub options: Vec<(OptionDatabase, OptionValue)>,
}

/// Reads a profile by its name or its path. A name never means a file of the working directory: who
/// writes the data there does not choose which library is loaded.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn read(name: &str) -> Result<Profile, String> {
    let path = match name.ends_with(".toml") {
        true => std::path::absolute(name).map_err(|e| e.to_string())?,
        false => find(name)?,
    };
    let profile = FilesystemProfileProvider::default().get_profile(&path.to_string_lossy());
    let profile = profile.map_err(|e| e.message)?;
    let driver = profile.get_driver_name().map_err(|e| e.message)?.0.to_string();
    let mut options = Vec::new();
    for (key, value) in profile.get_options().map_err(|e| e.message)? {
        let value = match value {
            OptionValue::String(text) => process_profile_value(&text).map_err(|e| e.message)?,
            other => other,
        };
        options.push((key, value));
    }
    options.sort_by(|a, b| a.0.as_ref().cmp(b.0.as_ref()));
    Ok(Profile { driver, options })
}

/// The file of a profile: in the folders of `ADBC_PROFILE_PATH`, else in the user's own.
fn find(name: &str) -> Result<PathBuf, String> {
    let folder = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let own = config_folder(&folder).map(|adbc| adbc.join(capital("profiles", "Profiles")));
    let named = std::env::var_os("ADBC_PROFILE_PATH").unwrap_or_default();
    let named = std::env::split_paths(&named).filter(|folder| folder.is_absolute());
    let folders = named.chain(own);
    let file = format!("{name}.toml");
    let mut files = folders.map(|folder| folder.join(&file));
    files.find(|file| file.is_file()).ok_or_else(|| format!("there is no profile `{name}`"))
}
