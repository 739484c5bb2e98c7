//! `GET /api/v1/reviews/statistics`

use crate::identity::StaffMember;
use crate::input::Query;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shiming_engine::review;

/// Over which time.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Period {
    /// Days back from now, 30 unless named.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
}

/// How decisions were made and how they held.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Statistics {
    /// Always `review_statistics`.
    object: &'static str,
    since: When,
    /// Everybody.
    all: Figures,
    /// Each person who decided or was looked at.
    staff: Vec<StaffFigures>,
    /// The machine's approvals that were looked at.
    machine: Figures,
}

/// Figures of one person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct StaffFigures {
    staff: String,
    #[serde(flatten)]
    figures: Figures,
}

/// Counts and shares.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Figures {
    /// Decisions that took effect.
    decided: u32,
    /// Median time from the opening of a case to the decision, seconds of the calendar.
    median_s: Option<i64>,
    /// Share decided before the promise, or without one the target, was over, 0–1.
    in_time_share: Option<f32>,
    /// Decisions that were looked at again.
    looked_at: u32,
    /// Of those, found different by a colleague and a supervisor.
    disagreed: u32,
    /// Share of those looked at, 0–1.
    disagreement_rate: Option<f32>,
}

impl From<review::Figures> for Figures {
    fn from(figures: review::Figures) -> Self {
        let share = |part: u32, whole: u32| (whole > 0).then(|| part as f32 / whole as f32);
        Self {
            decided: figures.decided,
            median_s: figures.median_s,
            in_time_share: share(figures.in_time, figures.decided),
            looked_at: figures.looked_at,
            disagreed: figures.disagreed,
            disagreement_rate: share(figures.disagreed, figures.looked_at),
        }
    }
}

/// How cases were decided and how the decisions held. For supervisors.
#[utoipa::path(get, path = "/api/v1/reviews/statistics", tag = "cases", params(Period), responses(
    (status = 200, description = "The figures", body = Statistics),
    (status = 400, description = "Too many days", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn statistics(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Query(period): Query<Period>,
) -> Result<Json<Statistics>, ApiError> {
    let found = review::statistics(&state.service, &caller, period.days.unwrap_or(30)).await?;
    let staff = |(staff, figures): (shiming_domain::id::StaffId, review::Figures)| StaffFigures {
        staff: staff.to_string(),
        figures: figures.into(),
    };
    Ok(Json(Statistics {
        object: "review_statistics",
        since: When(found.since),
        all: found.all.into(),
        staff: found.staff.into_iter().map(staff).collect(),
        machine: found.machine.into(),
    }))
}
