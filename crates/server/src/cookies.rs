//! The cookies: of people, of those who work for the operator, and of devices.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// Of people who want to be verified.
pub(crate) const APPLICANT: &str = "__Host-shiming";
/// Of staff.
pub(crate) const STAFF: &str = "__Host-shiming-staff";

/// Of phones that were handed the pictures of one application.
pub(crate) const PHONE: &str = "__Host-shiming-phone";

/// Of devices: who they are, and no person.
pub(crate) const DEVICE: &str = "__Host-shiming-device";

/// The value of a cookie.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// Sets one: `__Host-` binds it to this host, HTTPS and `/`.
pub(crate) fn set(name: &str, token: &str) -> Option<HeaderValue> {
    let same_site = if name == APPLICANT { "Lax" } else { "Strict" };
    HeaderValue::from_str(&format!("{name}={token}; Path=/; Secure; HttpOnly; SameSite={same_site}")).ok()
}

/// Sets the name of a device, which outlives sessions.
pub(crate) fn set_device(cookie: &str, seconds: i64) -> Option<HeaderValue> {
    let line = format!("{DEVICE}={cookie}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}");
    HeaderValue::from_str(&line).ok()
}

/// Takes it away.
pub(crate) fn clear(name: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")).ok()
}
