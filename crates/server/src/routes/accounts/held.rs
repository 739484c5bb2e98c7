//! The session a request holds, also one that waits for its second factor, and the cookies that carry it.

use crate::cookies;
use crate::identity::{Identity, from_own_page};
use crate::input::Query;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use shiming_engine::account;
use shiming_engine::account::{Device, SignedIn};
use shiming_engine::service::{Caller, Strength};

/// Words for a device, of its `User-Agent`: what people recognise, and no more.
const BROWSERS: [&str; 7] = ["MicroMessenger", "Edg", "OPR", "Firefox", "Chrome", "Safari", "curl"];
const SYSTEMS: [&str; 7] = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "HarmonyOS", "Linux"];

/// Which of the two cookies counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Door {
    /// People who want to be verified.
    #[default]
    Applicant,
    /// Those who work for the operator.
    Staff,
}

/// `?as=staff` where the session of staff is meant.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct As {
    /// Whose session; `applicant` if nothing is said.
    #[serde(rename = "as")]
    #[param(rename = "as", inline)]
    pub(super) door: Door,
}

/// A session, also one that waits for its second factor.
pub(super) struct Held {
    pub(super) token: String,
    pub(super) caller: Caller,
    pub(super) door: Door,
}

/// Whoever is signed in at the door that is asked for, with every factor that is due there.
pub(super) struct SignedInAt(pub(super) Caller);

impl Door {
    pub(super) const fn cookie(self) -> &'static str {
        match self {
            Self::Applicant => cookies::APPLICANT,
            Self::Staff => cookies::STAFF,
        }
    }
}

impl FromRequestParts<AppState> for Held {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Query(As { door }) = Query::<As>::from_request_parts(parts, state).await?;
        let identity = parts.extensions.get::<Identity>().ok_or_else(ApiError::internal)?;
        // Whoever sends a key means it, and not the cookie beside it.
        if identity.machine.is_some() {
            return Err(ApiError::unauthenticated());
        }
        let anyone = identity.anyone.clone();
        let token = cookies::read(&parts.headers, door.cookie()).ok_or_else(ApiError::unauthenticated)?;
        let caller =
            account::authenticate_partial(&state.service, token, anyone.request_id, anyone.network).await?;
        let caller = caller.ok_or_else(ApiError::unauthenticated)?;
        // The identity has not asked this of a session that waits for its second factor.
        from_own_page(parts)?;
        // A token counts only in its own cookie.
        if caller.staff().is_some() != (door == Door::Staff) {
            return Err(ApiError::unauthenticated());
        }
        Ok(Self { token: token.to_owned(), caller, door })
    }
}

/// The device a request comes from: a name of ours that its browser keeps, or a new one for it to keep.
pub(super) struct KeptDevice {
    pub(super) device: Device,
    new: Option<String>,
}

impl FromRequestParts<AppState> for KeptDevice {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let kept = match cookies::read(&parts.headers, cookies::DEVICE) {
            Some(cookie) => account::device(&state.service, cookie)?,
            None => None,
        };
        if let Some(device) = kept {
            return Ok(Self { device, new: None });
        }
        let (device, cookie) = account::new_device(&state.service)?;
        Ok(Self { device, new: Some(cookie) })
    }
}

impl KeptDevice {
    /// Gives a new name to the browser, whatever the answer is.
    pub(super) fn keep(self, mut response: Response) -> Result<Response, ApiError> {
        if let Some(cookie) = self.new {
            let seconds = account::DEVICE_LASTS.us() / 1_000_000;
            let line = cookies::set_device(&cookie, seconds).ok_or_else(ApiError::internal)?;
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        Ok(response)
    }
}

impl FromRequestParts<AppState> for SignedInAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Query(As { door }) = Query::<As>::from_request_parts(parts, state).await?;
        let identity = parts.extensions.get::<Identity>().ok_or_else(ApiError::internal)?;
        let found = match door {
            Door::Applicant => identity.applicant.as_ref(),
            Door::Staff => identity.staff.as_ref().filter(|caller| caller.strength >= Strength::TwoFactors),
        };
        found.cloned().map(Self).ok_or_else(ApiError::unauthenticated)
    }
}

/// Gives the token to its owner.
pub(super) fn hand_over(mut response: Response, door: Door, token: &str) -> Result<Response, ApiError> {
    let cookie = cookies::set(door.cookie(), token).ok_or_else(ApiError::internal)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The same for a session that was begun or changed.
pub(super) fn signed_in(response: Response, door: Door, session: &SignedIn) -> Result<Response, ApiError> {
    hand_over(response, door, &session.token)
}

/// Takes the cookie away and lets the browser forget the rest.
pub(super) fn forget(mut response: Response, door: Door) -> Result<Response, ApiError> {
    let cookie = cookies::clear(door.cookie()).ok_or_else(ApiError::internal)?;
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, cookie);
    let all = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    headers.insert("clear-site-data", all);
    Ok(response)
}

/// Coarse words for the device that asks.
pub(super) fn device(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    let first = |words: &[&'static str]| words.iter().find(|word| agent.contains(**word)).copied();
    let words: Vec<&str> = [first(&BROWSERS), first(&SYSTEMS)].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_in_two_words() {
        let words = |agent: &'static str| {
            device(&HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(agent))]))
        };
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(words(firefox).as_deref(), Some("Firefox, Linux"));
        assert_eq!(words("something else"), None);
    }
}
