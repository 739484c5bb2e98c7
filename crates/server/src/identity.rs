//! Who asks: read once a request from cookies and the `Authorization` header.

use crate::cookies;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use shiming_domain::id::ApplicationId;
use shiming_engine::account;
use shiming_engine::application::handoff;
use shiming_engine::service::{Caller, Principal};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What a request says of who sent it. A person may hold both cookies; the route decides which one counts.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// Nobody: always true.
    pub(crate) anyone: Caller,
    /// The owner of an account.
    pub(crate) applicant: Option<Caller>,
    /// Somebody of the operator's.
    pub(crate) staff: Option<Caller>,
    /// A phone that was handed the pictures of one application.
    pub(crate) phone: Option<Caller>,
    /// A machine.
    pub(crate) machine: Option<Caller>,
}

impl Identity {
    /// The strongest claim, a machine's first: whoever sends a key means it.
    pub(crate) fn foremost(&self) -> &Caller {
        let all = [&self.machine, &self.applicant, &self.staff, &self.phone];
        all.into_iter().flatten().next().unwrap_or(&self.anyone)
    }

    /// Whether it is anybody's at all.
    pub(crate) fn is_known(&self) -> bool {
        self.foremost().principal != Principal::Anyone
    }

    /// Who sends a picture for this application. A phone may belong to somebody with an account of their own, which
    /// is not the one that it was handed the pictures of.
    pub(crate) fn sender(&self, id: ApplicationId) -> Option<&Caller> {
        let own = self.applicant.as_ref().and_then(Caller::account);
        let handed = |caller: &&Caller| match caller.principal {
            Principal::Phone { application, account, .. } => application == id && own != Some(account),
            _ => false,
        };
        let phone = self.phone.as_ref().filter(handed);
        self.machine.as_ref().or(phone).or(self.applicant.as_ref()).or(self.phone.as_ref())
    }
}

/// Reads the identity. A key or cookie that is not known is nobody's; the route then says 401.
pub(crate) async fn identify(State(state): State<AppState>, request: Request, next: Next) -> Response {
    // A body cannot be lent to another thread, so only the head is.
    let (mut parts, body) = request.into_parts();
    match read(&state, &parts).await {
        Ok(identity) => {
            parts.extensions.insert(identity);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => error.into_response(),
    }
}

async fn read(state: &AppState, request: &Parts) -> Result<Identity, ApiError> {
    let headers = &request.headers;
    let service = &state.service;
    let request_id = request.extensions.get::<crate::log::RequestId>().map(|id| id.0.clone());
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let network = match address(headers, peer, &state.options.trusted_proxies) {
        Some(address) => Some(service.bucket("network", &prefix(address))?),
        None => None,
    };
    let anyone = Caller::anyone(request_id.clone(), network.clone());

    let machine = match bearer(headers) {
        Some(key) => account::authenticate_key(service, key, request_id.clone(), network.clone()).await?,
        None => None,
    };
    let mut applicant = None;
    let mut staff = None;
    // Whoever sends a key means it: a cookie beside it counts for nothing.
    let names: &[&str] = if machine.is_some() { &[] } else { &[cookies::APPLICANT, cookies::STAFF] };
    for name in names.iter().copied() {
        let Some(token) = cookies::read(headers, name) else { continue };
        let caller =
            account::authenticate_session(service, token, request_id.clone(), network.clone()).await?;
        // A token counts only in its own cookie.
        match caller {
            Some(caller)
                if name == cookies::APPLICANT && matches!(caller.principal, Principal::Applicant { .. }) =>
            {
                applicant = Some(caller);
            }
            Some(caller) if name == cookies::STAFF && matches!(caller.principal, Principal::Staff { .. }) => {
                staff = Some(caller);
            }
            _ => {}
        }
    }
    let phone = match cookies::read(headers, cookies::PHONE).filter(|_| machine.is_none()) {
        Some(token) => handoff::authenticate(service, token, request_id, network).await?,
        None => None,
    };
    if applicant.is_some() || staff.is_some() || phone.is_some() {
        from_own_page(request)?;
    }
    Ok(Identity { anyone, applicant, staff, phone, machine })
}

/// An unsafe request that a cookie stands for comes from our own page.
pub(crate) fn from_own_page(request: &Parts) -> Result<(), ApiError> {
    if is_safe(&request.method) || is_own_page(&request.headers) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "A request with a cookie comes from our own page and carries the header `X-Shiming: 1`.",
    ))
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Another site can neither set the custom header without being asked first, nor forge `Sec-Fetch-Site`.
fn is_own_page(headers: &HeaderMap) -> bool {
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    headers.contains_key("x-shiming") && matches!(from, None | Some(b"same-origin" | b"none"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The address the request came from: the peer's, or what the nearest trusted proxy saw.
fn address(headers: &HeaderMap, peer: Option<IpAddr>, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = peer?;
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<IpAddr> =
        lines.flat_map(|line| line.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.into_iter().rev().find(|hop| !trusted.contains(hop)).or(Some(peer))
}

/// The network for rates: /24 or /56, because one household or attacker holds that much.
fn prefix(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(v6) => {
            let bits = u128::from(v6) & !((1 << 72) - 1);
            format!("{}/56", Ipv6Addr::from(bits))
        }
    }
}

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident = |$identity:ident| $pick:expr;)+) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name(pub(crate) Caller);

            impl<S: Send + Sync> FromRequestParts<S> for $name {
                type Rejection = ApiError;

                async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
                    let $identity = parts.extensions.get::<Identity>().ok_or_else(ApiError::internal)?;
                    let picked: Option<&Caller> = $pick;
                    picked.cloned().map(Self).ok_or_else(ApiError::unauthenticated)
                }
            }
        )+
    };
}

callers! {
    /// The owner of an account.
    Applicant = |identity| identity.applicant.as_ref();
    /// A phone that was handed the pictures of one application.
    Phone = |identity| identity.phone.as_ref();
    /// Somebody of the operator's.
    StaffMember = |identity| identity.staff.as_ref();
    /// A machine.
    Machine = |identity| identity.machine.as_ref();
    /// The owner of an account, or a machine that acts for its applicants.
    ApplicantOrMachine = |identity| identity.machine.as_ref().or(identity.applicant.as_ref());
    /// Whoever it is.
    Anyone = |identity| Some(identity.foremost());
    /// An applicant or staff, for what both see in their own way (tickets, notices).
    ApplicantOrStaff = |identity| identity.applicant.as_ref().or(identity.staff.as_ref());
}
