//! Who may do what with cases, and how refusals of the domain become answers.

use crate::service::{Caller, Error, Kind, Refused, Service, Strength};
use shiming_domain::case::{self, CaseType, Role, Staff};
use shiming_store::audit::Audit;

/// The member of staff who asks, with two factors. The operator works on no case and no ticket.
pub(crate) fn staff(caller: &Caller) -> Result<Staff, Error> {
    let (id, role) = caller.staff().ok_or_else(Error::not_found)?;
    if caller.strength < Strength::TwoFactors {
        let detail = "Work on cases and tickets needs a sign-in with two factors.";
        return Err(Refused::new(Kind::Forbidden, "second_factor_needed", detail).into());
    }
    if role == Role::Operator {
        return Err(refused(&case::Refused::Role));
    }
    Ok(Staff { id, role })
}

/// Whether this person may take a case of their own choice. Reviewers get theirs from the queue: chance
/// hinders collusion.
pub(super) fn may_choose(staff: Staff) -> Result<(), Error> {
    if staff.role == Role::Supervisor {
        return Ok(());
    }
    let detail = "Take the next case; only a supervisor chooses one.";
    Err(Refused::new(Kind::Forbidden, "case_choice", detail).into())
}

/// Whether a role may see cases of a type at all, whatever queue they are in.
pub(super) fn sees(role: Role, kind: CaseType) -> bool {
    kind.is_for(role) || kind.arbiter() == role
}

/// The domain's refusal as an answer.
pub(super) fn refused(why: &case::Refused) -> Error {
    use case::Refused as R;
    let kind = match why {
        R::NotPossible
        | R::Leased
        | R::NotHolder
        | R::LeaseOver
        | R::LeaseLive
        | R::Stale { .. }
        | R::TooMany
        | R::UndoOver => Kind::Conflict,
        R::Role | R::Barred => Kind::Forbidden,
        R::ReasonMissing | R::Decision(_) => Kind::Unacceptable,
    };
    Refused::new(kind, why.code(), why.to_string()).into()
}

/// Somebody else saved the case in between: the same answer as for an old version.
pub(super) fn stale(error: shiming_store::Error) -> Error {
    if matches!(error, shiming_store::Error::Conflict { .. }) {
        let detail = "The case has changed since you saw it; nothing was saved.";
        return Refused::new(Kind::Conflict, "case_stale", detail).into();
    }
    error.into()
}

/// What may not be done is remembered: who tried to work on what is not theirs, or to be their own second person.
pub(crate) async fn remember_refusal(
    service: &Service,
    caller: &Caller,
    action: &'static str,
    (kind, object): (&'static str, impl ToString),
    error: Error,
) -> Error {
    let Error::Refused(why) = &error else { return error };
    if why.kind != Kind::Forbidden && why.code != "second_person_needed" {
        return error;
    }
    let row = Audit::new(&caller.actor(), action, kind, object).refused(why.code);
    let written = async {
        let mut tx = service.store().change().await?;
        tx.audit(&row, service.now()).await?;
        tx.commit().await
    };
    match written.await {
        Ok(()) => error,
        Err(failed) => failed.into(),
    }
}
