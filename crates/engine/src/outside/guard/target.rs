//! An address that was read once, the way it will be connected to.

use super::{GuardError, Rules};
use reqwest::Url;
use std::net::IpAddr;

/// An address longer than this is none.
const URL_BYTES_MAX: usize = 2048;

/// An address that may be asked, as far as one can tell before resolving its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Reads an address.
    pub fn parse(text: &str, rules: &Rules) -> Result<Self, GuardError> {
        // A backslash, a blank or a control character is read differently by different programs.
        let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
        if text.len() > URL_BYTES_MAX || text.contains(odd) {
            return Err(GuardError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| GuardError::Malformed)?;
        let written = authority(text).ok_or(GuardError::Malformed)?;
        if written.contains('@') || !url.username().is_empty() || url.password().is_some() {
            return Err(GuardError::UserInfo);
        }
        let host = url.host_str().ok_or(GuardError::Malformed)?;
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        // The parser turns `0x7f.1`, `2130706433` and full-width digits into an address; only what was
        // written as one is taken.
        if address.is_some() && host_of(written) != host {
            return Err(GuardError::Host);
        }
        let here = rules.allow_loopback
            && (address.is_some_and(|address| address.to_canonical().is_loopback()) || host == "localhost");
        match url.scheme() {
            "https" => {}
            "http" if here => {}
            _ => return Err(GuardError::Scheme),
        }
        let port = url.port_or_known_default().ok_or(GuardError::Port)?;
        if port != 443 && !rules.ports.contains(&port) && !here {
            return Err(GuardError::Port);
        }
        // Names are looked at when they are resolved; an address is never resolved.
        if address.is_some_and(|address| !rules.allows(None, address)) {
            return Err(GuardError::Address);
        }
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

/// An address may hold a secret path; only its host is shown.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.0.host_str().unwrap_or_default())
    }
}

/// What stands between `//` and the path.
fn authority(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}

/// The host as it was written, without a port.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use GuardError::{Address, Host, Malformed, Port, Scheme, UserInfo};

    fn judge(text: &str, rules: &Rules) -> Result<(), GuardError> {
        Target::parse(text, rules).map(|_| ())
    }

    #[test]
    fn an_address_says_plainly_where_it_leads() {
        let cases = [
            ("https://example.org/hook?x=1#y", Ok(())),
            ("https://example.org:443/", Ok(())),
            ("https://bücher.example/", Ok(())),
            ("https://1.1.1.1/", Ok(())),
            ("https://[2606:4700:4700::1111]/", Ok(())),
            ("http://example.org/", Err(Scheme)),
            ("ftp://example.org/", Err(Scheme)),
            ("file:///etc/passwd", Err(Malformed)),
            ("https:example.org", Err(Malformed)),
            ("https://example.org:8443/", Err(Port)),
            ("https://user@example.org/", Err(UserInfo)),
            ("https://user:word@example.org/", Err(UserInfo)),
            ("https://@example.org/", Err(UserInfo)),
            ("https://127.0.0.1/", Err(Address)),
            ("https://169.254.169.254/latest/meta-data", Err(Address)),
            ("https://[::1]/", Err(Address)),
            ("https://[::ffff:7f00:1]/", Err(Address)),
            ("https://[::ffff:127.0.0.1]/", Err(Host)),
            ("https://[0:0:0:0:0:0:0:1]/", Err(Host)),
            ("https://2130706433/", Err(Host)),
            ("https://0x7f.1/", Err(Host)),
            ("https://0177.0.0.1/", Err(Host)),
            ("https://127.1/", Err(Host)),
            ("https://127.0.0.1./", Err(Host)),
            ("https://１２７.0.0.1/", Err(Host)),
            ("https://127。0。0。1/", Err(Host)),
            ("https://%31%32%37.0.0.1/", Err(Host)),
            ("https://example.org\\@127.0.0.1/", Err(Malformed)),
            ("https://exam\tple.org/", Err(Malformed)),
            (" https://example.org/", Err(Malformed)),
            ("https://", Err(Malformed)),
            ("", Err(Malformed)),
        ];
        for (text, expected) in cases {
            assert_eq!(judge(text, &Rules::default()), expected, "{text}");
        }
        assert_eq!(
            judge(&format!("https://example.org/{}", "a".repeat(2048)), &Rules::default()),
            Err(Malformed)
        );
    }

    #[test]
    fn this_machine_is_asked_only_when_that_is_said() {
        let here = Rules { allow_loopback: true, ..Rules::default() };
        for text in
            ["http://127.0.0.1:8080/", "http://[::1]:9/", "http://localhost:1234/", "https://127.0.0.1:1/"]
        {
            assert_eq!(judge(text, &here), Ok(()), "{text}");
            assert!(judge(text, &Rules::default()).is_err(), "{text}");
        }
        assert_eq!(judge("http://10.0.0.1/", &here), Err(Scheme));
        assert_eq!(judge("http://example.org/", &here), Err(Scheme));
        let listed = Rules { ports: vec![8443], ..Rules::default() };
        assert_eq!(judge("https://example.org:8443/", &listed), Ok(()));
        assert_eq!(judge("https://example.org:8444/", &listed), Err(Port));
    }

    #[test]
    fn a_target_shows_its_host_only() {
        let target = Target::parse("https://example.org/secret", &Rules::default()).unwrap();
        assert_eq!(format!("{target:?}"), "Target(example.org)");
    }
}
