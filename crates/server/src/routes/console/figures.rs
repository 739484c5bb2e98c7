//! `GET /api/v1/figures`

use super::word;
use crate::identity::StaffMember;
use crate::input::Query;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shiming_engine::console::{self, DAYS_MAX, Taken};

/// Of which days.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Today and the days before, 1 to 366; 30 if nothing is said.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
}

/// What happened, in numbers.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FiguresBody {
    /// Always `figures`.
    object: &'static str,
    since: When,
    until: When,
    /// There was more than is read at once; the decisions counted are the newest.
    partial: bool,
    /// Applications begun.
    begun: i64,
    /// Of these, submitted at least once.
    submitted: i64,
    /// Of these, where they stand now.
    standing: Vec<Count>,
    /// Answers by who gave them.
    decisions: Vec<DecisionCount>,
    /// Why not approved, most frequent first.
    reasons: Vec<Count>,
    /// Time from submission to an answer of the machine.
    system: TimeTaken,
    /// Time from submission to an answer of a person.
    staff: TimeTaken,
    /// Cases and their promises.
    promises: PromisesBody,
    /// Each day of the operator's calendar, oldest first.
    days: Vec<DayBody>,
}

/// So many of one kind.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Count {
    name: String,
    count: i64,
}

/// So many answers of one kind.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct DecisionCount {
    /// `staff` or `system`.
    by: &'static str,
    outcome: String,
    count: u32,
}

/// How long answers took.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TimeTaken {
    count: u32,
    /// Half were faster, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    p50_ms: Option<i64>,
    /// Nine in ten were, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    p90_ms: Option<i64>,
}

/// Cases and their promises.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PromisesBody {
    /// Done in time.
    kept: u32,
    /// Done late.
    broken: u32,
    /// Open, in time so far.
    open: u32,
    /// Open and late.
    overdue: u32,
}

/// One day.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct DayBody {
    /// `YYYY-MM-DD` in the operator's zone.
    #[schema(value_type = String)]
    day: shiming_domain::moment::Day,
    /// Answers.
    decided: u32,
    /// Of these, approvals.
    approved: u32,
    /// Of these, given by people.
    by_staff: u32,
}

impl From<Taken> for TimeTaken {
    fn from(taken: Taken) -> Self {
        let ms = |span: shiming_domain::moment::Span| span.us() / 1000;
        Self { count: taken.count, p50_ms: taken.p50.map(ms), p90_ms: taken.p90.map(ms) }
    }
}

/// What happened in the last days: how far people came, what was decided and why, how long it took.
#[utoipa::path(get, path = "/api/v1/figures", tag = "operations", params(Which), responses(
    (status = 200, description = "The figures", body = FiguresBody),
    (status = 400, description = "A parameter does not fit", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn figures(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Query(which): Query<Which>,
) -> Result<axum::Json<FiguresBody>, ApiError> {
    let days = which.days.unwrap_or(30);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "query", "`days` lies between 1 and 366."));
    }
    let found = console::figures(&state.service, &caller, days).await?;
    let decision = |(by_staff, outcome, count): &(bool, shiming_domain::Outcome, u32)| DecisionCount {
        by: if *by_staff { "staff" } else { "system" },
        outcome: word(outcome),
        count: *count,
    };
    let day = |day: &console::DayFigures| DayBody {
        day: day.day,
        decided: day.decided,
        approved: day.approved,
        by_staff: day.by_staff,
    };
    Ok(axum::Json(FiguresBody {
        object: "figures",
        since: When(found.since),
        until: When(found.until),
        partial: found.partial,
        begun: found.begun,
        submitted: found.submitted,
        standing: found
            .standing
            .iter()
            .map(|(state, count)| Count { name: word(state), count: *count })
            .collect(),
        decisions: found.decisions.iter().map(decision).collect(),
        reasons: found
            .reasons
            .iter()
            .map(|(code, count)| Count { name: word(code), count: (*count).into() })
            .collect(),
        system: found.system.into(),
        staff: found.staff.into(),
        promises: PromisesBody {
            kept: found.promises.kept,
            broken: found.promises.broken,
            open: found.promises.open,
            overdue: found.promises.overdue,
        },
        days: found.days.iter().map(day).collect(),
    }))
}
