//! Whose passkeys they are.

use std::net::Ipv4Addr;

/// The relying party: the service under the name at which people reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origin: String,
}

impl RelyingParty {
    /// The one at an address such as `https://id.example.org`. `None` where no browser offers passkeys: without
    /// TLS, except on `localhost`, and under figures instead of a name.
    pub fn of(public_url: &str) -> Option<Self> {
        let url = public_url.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, authority) = url.split_once("://")?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
            None => (authority, None),
        };
        let usual = match scheme {
            "https" => 443,
            "http" if host == "localhost" => 80,
            _ => return None,
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if host.is_empty() || !host.chars().all(is_name) || host.parse::<Ipv4Addr>().is_ok() {
            return None;
        }
        // Browsers leave the usual port out.
        let origin = match port {
            Some(port) if port != usual => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        };
        Some(Self { id: host.to_owned(), origin })
    }

    /// The `rp.id`: the name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The origin of its pages, as browsers write it.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}
