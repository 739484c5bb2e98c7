//! The only crate that touches cryptography.
//!
//! So far it holds what file verification needs: [`digest`]. Keys, sealing and the blind index join it with
//! the data they protect.

pub mod digest;
