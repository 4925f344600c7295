//! Drivers: which are known, where they are looked for, and how to get the others.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A driver that is known by name.
#[derive(Debug)]
pub struct Known {
    /// Its name in rule files.
    pub name: &'static str,
    /// What it reaches.
    pub about: &'static str,
    /// How its library is called, without what a system puts around it.
    library: &'static str,
    /// The folder of its Python wheel; none where there is no wheel that can be loaded from outside.
    wheel: Option<&'static str>,
    /// The function that it begins with.
    entry: &'static str,
    /// How to get it.
    pub get: &'static str,
}

/// The drivers that are known; others are found by their manifest.
pub static KNOWN: &[Known] = &[
    Known {
        name: "duckdb",
        about: "DuckDB, and files that it reads",
        library: "duckdb",
        wheel: None,
        entry: "duckdb_adbc_init",
        get: "dbc install duckdb, or DuckDB's own libduckdb",
    },
    Known {
        name: "postgresql",
        about: "PostgreSQL, and what speaks its protocol",
        library: "adbc_driver_postgresql",
        wheel: Some("adbc_driver_postgresql"),
        entry: "AdbcDriverPostgresqlInit",
        get: "pip install adbc-driver-postgresql, or dbc install postgresql",
    },
    Known {
        name: "sqlite",
        about: "SQLite",
        library: "adbc_driver_sqlite",
        wheel: Some("adbc_driver_sqlite"),
        entry: "AdbcDriverSqliteInit",
        get: "pip install adbc-driver-sqlite, or dbc install sqlite",
    },
    Known {
        name: "mariadb",
        about: "MariaDB, by ODBC",
        library: "adbc_driver_odbc",
        wheel: Some("adbcbridge"),
        entry: "AdbcDriverOdbcInit",
        get: "pip install adbcbridge, with the ODBC driver of MariaDB",
    },
    Known {
        name: "spark",
        about: "Spark and Sail, by Spark Connect",
        library: "adbc_driver_spark",
        wheel: Some("adbc_driver_spark"),
        entry: "AdbcDriverSparkInit",
        get: "pip install adbc-driver-spark",
    },
    Known {
        name: "flightsql",
        about: "Flight SQL: Dremio, Doris, GizmoSQL and others",
        library: "adbc_driver_flightsql",
        wheel: Some("adbc_driver_flightsql"),
        entry: "AdbcDriverFlightsqlInit",
        get: "pip install adbc-driver-flightsql, or dbc install flightsql",
    },
    Known {
        name: "snowflake",
        about: "Snowflake",
        library: "adbc_driver_snowflake",
        wheel: Some("adbc_driver_snowflake"),
        entry: "AdbcDriverSnowflakeInit",
        get: "pip install adbc-driver-snowflake, or dbc install snowflake",
    },
    Known {
        name: "bigquery",
        about: "BigQuery",
        library: "adbc_driver_bigquery",
        wheel: Some("adbc_driver_bigquery"),
        entry: "AdbcDriverBigqueryInit",
        get: "pip install adbc-driver-bigquery, or dbc install bigquery",
    },
];

/// A driver that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its manifest or its library.
    pub path: PathBuf,
    /// Where it was found, in words.
    pub by: &'static str,
    /// The function that it begins with; none where the manifest says it.
    pub entry: Option<&'static str>,
}

/// A driver that is known.
pub fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// How to get a driver.
pub fn how_to_get(name: &str) -> String {
    match known(name) {
        Some(known) => format!("get it by {}", known.get),
        None => format!("get it, such as by dbc install {name}"),
    }
}

/// Finds a driver by its name, in the places of this machine.
pub fn find(name: &str) -> Option<Found> {
    Places::of_machine().find(name)
}

/// The names of all drivers whose manifests are there, and that are not known.
pub fn others() -> Vec<String> {
    let places = Places::of_machine();
    let folders = places.manifests.iter().filter_map(|(folder, _)| folder.read_dir().ok());
    let paths = folders.flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let names = paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let names = names.filter_map(|path| Some(path.file_stem()?.to_str()?.to_string()));
    let mut names: Vec<String> = names.filter(|name| known(name).is_none()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Where drivers are looked for, in order.
#[derive(Debug, Default)]
struct Places {
    /// Folders of manifests, and of libraries beside them.
    manifests: Vec<(PathBuf, &'static str)>,
    /// Folders of Python packages.
    packages: Vec<PathBuf>,
    /// Folders of the libraries of the system.
    libraries: Vec<PathBuf>,
}

impl Places {
    fn of_machine() -> Places {
        let paths = |variable: &str| -> Vec<PathBuf> {
            env::var_os(variable).map_or(Vec::new(), |list| env::split_paths(&list).collect())
        };
        let folder =
            |variable: &str| env::var_os(variable).filter(|v| !v.is_empty()).map(PathBuf::from);
        let prefixes: Vec<PathBuf> =
            ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(folder).collect();
        let own = paths("ADBC_DRIVER_PATH").into_iter().map(|path| (path, "ADBC_DRIVER_PATH"));
        let within = prefixes.iter().map(|p| (p.join("etc/adbc/drivers"), "manifest"));
        let of_user = user_folder(&folder).into_iter().map(|path| (path, "manifest of the user"));
        let of_system = SYSTEM.iter().map(|path| (PathBuf::from(path), "manifest of the system"));
        let libraries =
            paths("LD_LIBRARY_PATH").into_iter().chain(STANDARD.iter().map(PathBuf::from));
        Places {
            manifests: own.chain(within).chain(of_user).chain(of_system).collect(),
            packages: packages(prefixes, &folder),
            libraries: libraries.collect(),
        }
    }

    fn find(&self, name: &str) -> Option<Found> {
        self.manifest(name).or_else(|| {
            let known = known(name)?;
            self.wheel(known).or_else(|| self.library(known))
        })
    }

    fn manifest(&self, name: &str) -> Option<Found> {
        self.manifests.iter().find_map(|(folder, by)| {
            let manifest = folder.join(format!("{name}.toml"));
            if manifest.is_file() {
                return Some(Found { path: manifest, by, entry: None });
            }
            let known = known(name)?;
            let path = library_in(folder, known.library)?;
            Some(Found { path, by, entry: Some(known.entry) })
        })
    }

    fn wheel(&self, known: &Known) -> Option<Found> {
        let wheel = known.wheel?;
        let path = self.packages.iter().find_map(|packages| {
            let folder = packages.join(wheel);
            let of_all = folder.join(format!("lib{}.so", known.library));
            library_in(&folder, known.library).or_else(|| of_all.is_file().then_some(of_all))
        })?;
        Some(Found { path, by: "Python wheel", entry: Some(known.entry) })
    }

    fn library(&self, known: &Known) -> Option<Found> {
        let path = self.libraries.iter().find_map(|folder| library_in(folder, known.library))?;
        Some(Found { path, by: "library of the system", entry: Some(known.entry) })
    }
}

#[cfg(target_os = "macos")]
const SYSTEM: &[&str] = &["/Library/Application Support/ADBC/Drivers"];
#[cfg(not(target_os = "macos"))]
const SYSTEM: &[&str] = &["/etc/adbc/drivers"];

/// Where libraries of the system are.
const STANDARD: &[&str] = &[
    "/usr/local/lib",
    "/usr/local/lib64",
    "/opt/homebrew/lib",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
];

/// A library in a folder, as the system calls it.
fn library_in(folder: &Path, name: &str) -> Option<PathBuf> {
    let path = folder.join(format!("{}{name}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX));
    path.is_file().then_some(path)
}

/// Where a user keeps manifests.
fn user_folder(folder: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    config_folder(folder).map(|adbc| adbc.join(capital("drivers", "Drivers")))
}

/// Folders have capital letters where the system's own have.
pub(super) fn capital(small: &'static str, capital: &'static str) -> &'static str {
    if cfg!(any(windows, target_os = "macos")) { capital } else { small }
}

/// Where a user keeps what ADBC reads.
pub(super) fn config_folder(folder: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(folder("LOCALAPPDATA")?.join("ADBC"));
    }
    if cfg!(target_os = "macos") {
        return Some(folder("HOME")?.join("Library/Application Support/ADBC"));
    }
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))?;
    Some(config.join("adbc"))
}

/// The folders of Python packages: of the environments that are on, of the one that this program or
/// `python3` stands in, of the user, of the system.
fn packages(prefixes: Vec<PathBuf>, folder: &dyn Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let above = |program: PathBuf| {
        let program = program.canonicalize().ok()?;
        Some(program.parent()?.parent()?.to_path_buf())
    };
    let programs = env::var_os("PATH").unwrap_or_default();
    let python = env::split_paths(&programs).map(|at| at.join("python3")).find(|at| at.is_file());
    let mut all = prefixes;
    all.extend(env::current_exe().ok().and_then(above));
    all.extend(python.and_then(above));
    all.extend(folder("HOME").map(|home| home.join(".local")));
    all.extend(["/usr/local", "/usr"].map(PathBuf::from));
    let mut found: Vec<PathBuf> = all.iter().flat_map(|prefix| packages_below(prefix)).collect();
    found.push(PathBuf::from("/usr/lib/python3/dist-packages"));
    found
}

/// `lib/python3.11/site-packages` and the like.
fn packages_below(prefix: &Path) -> Vec<PathBuf> {
    let folders = prefix.join("lib").read_dir().into_iter().flatten().flatten();
    let is_python = |name: &OsString| name.to_string_lossy().starts_with("python3");
    let mut versions: Vec<PathBuf> =
        folders.filter(|entry| is_python(&entry.file_name())).map(|entry| entry.path()).collect();
    versions.sort();
    let kinds = ["site-packages", "dist-packages"];
    let all = versions.iter().rev().flat_map(|v| kinds.map(|kind| v.join(kind)));
    all.chain([prefix.join("Lib/site-packages")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_comes_before_a_wheel_and_a_wheel_before_a_library() {
        let root = tempfile::tempdir().expect("a folder");
        let (here, there) = (root.path().join("drivers"), root.path().join("packages"));
        let wheel = there.join("adbc_driver_sqlite");
        std::fs::create_dir_all(&here).expect("a folder");
        std::fs::create_dir_all(&wheel).expect("a folder");
        let places = Places {
            manifests: vec![(here.clone(), "manifest")],
            packages: vec![there],
            libraries: vec![root.path().to_path_buf()],
        };
        let by = |name: &str| places.find(name).map(|found| (found.by, found.entry.is_some()));
        let library =
            |name: &str| format!("{}{name}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
        let put = |path: PathBuf| std::fs::write(path, "").expect("a file");
        assert_eq!(by("sqlite"), None);
        put(root.path().join(library("adbc_driver_sqlite")));
        assert_eq!(by("sqlite"), Some(("library of the system", true)));
        put(wheel.join(library("adbc_driver_sqlite")));
        assert_eq!(by("sqlite"), Some(("Python wheel", true)));
        put(here.join("sqlite.toml"));
        assert_eq!(by("sqlite"), Some(("manifest", false)));
        // A driver that is not known has a manifest, or is not found.
        assert_eq!(by("oracle"), None);
        put(here.join("oracle.toml"));
        assert_eq!(by("oracle"), Some(("manifest", false)));
    }
}
