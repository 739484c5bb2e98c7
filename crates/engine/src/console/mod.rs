//! What staff look up beside their cases: people by what they say of themselves, and what happened in numbers.

mod figures;
mod people;

pub use figures::{DAYS_MAX, DayFigures, Figures, Promises, Taken, figures};
pub use people::{AccountFound, ApplicationFound, SoughtBy, people};

use crate::service::{Caller, Error, Kind, Refused, Strength};
use shiming_domain::case::Role;

/// Staff in one of these roles, with two factors.
fn only(caller: &Caller, roles: &[Role]) -> Result<Role, Error> {
    let (_, role) = caller.staff().ok_or_else(Error::not_found)?;
    if caller.strength == Strength::TwoFactors && roles.contains(&role) {
        return Ok(role);
    }
    let detail = "This is not for your role, or needs a sign-in with two factors.";
    Err(Refused::new(Kind::Forbidden, "role", detail).into())
}
