//! Where something was seen that another account has as well.

use super::columns::Place;
use crate::Error;
use shiming_domain::id::{AccountId, ApplicationId};

/// Places read at once.
pub(super) const ELSEWHERE_MAX: i64 = 20;

/// An application of another account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Which.
    pub application: ApplicationId,
    /// Whose.
    pub account: AccountId,
}

#[derive(sqlx::FromRow)]
pub(super) struct ElsewhereRow {
    application: String,
    account: String,
}

impl ElsewhereRow {
    pub(super) fn read(self, table: &'static str) -> Result<Elsewhere, Error> {
        let place = Place { table, id: &self.application };
        Ok(Elsewhere {
            application: place.parse("application", &self.application)?,
            account: place.parse("account", &self.account)?,
        })
    }
}
