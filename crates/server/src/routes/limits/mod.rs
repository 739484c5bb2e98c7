//! To come.

use crate::access::Row;
use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;

pub(crate) const ACCESS: &[Row] = &[];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
