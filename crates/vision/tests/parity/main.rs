//! The shipped networks, for real: both engines against each other and against known answers.
//!
//! Needs the weights that `cargo xtask setup` installs (or `SHIMING_MODELS_DIR`).

#[cfg(test)]
mod engines;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod installed;
