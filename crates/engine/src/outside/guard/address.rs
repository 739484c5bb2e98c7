//! Which addresses are public, and which inner ones the operator lists.

use super::Rules;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An inner name or range that may be asked nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exception {
    /// Whatever this name resolves to.
    Name(String),
    /// Every address whose first bits are these.
    Range(IpAddr, u8),
}

/// A text that names neither a host nor a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an exception is a host name, an address, or a range such as `10.20.0.0/16`")]
pub struct ExceptionError;

impl FromStr for Exception {
    type Err = ExceptionError;

    fn from_str(text: &str) -> Result<Self, ExceptionError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| ExceptionError)?)),
            None => (text, None),
        };
        if let Ok(address) = address.parse::<IpAddr>() {
            let widest = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.unwrap_or(widest);
            return if bits <= widest { Ok(Self::Range(address, bits)) } else { Err(ExceptionError) };
        }
        let is_name = !text.is_empty()
            && text.len() <= 253
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        if is_name && bits.is_none() {
            Ok(Self::Name(text.to_ascii_lowercase()))
        } else {
            Err(ExceptionError)
        }
    }
}

impl Rules {
    /// Whether a host's address may be asked. `name` is none if the host is the address itself.
    pub(super) fn allows(&self, name: Option<&str>, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address)
            || (self.allow_loopback && address.is_loopback())
            || self.exceptions.iter().any(|exception| match exception {
                Exception::Name(listed) => name.is_some_and(|name| name.eq_ignore_ascii_case(listed)),
                Exception::Range(base, bits) => holds(*base, *bits, address),
            })
    }
}

fn holds(base: IpAddr, bits: u8, address: IpAddr) -> bool {
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            first(u128::from(base.to_bits()) << 96, bits) == first(u128::from(address.to_bits()) << 96, bits)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            first(base.to_bits(), bits) == first(address.to_bits(), bits)
        }
        _ => false,
    }
}

/// The first bits of an address.
const fn first(address: u128, bits: u8) -> u128 {
    if bits == 0 { 0 } else { address >> (128 - bits as u32) }
}

/// IPv4 ranges that are not the public net: this network, private, shared by carriers, this machine, the
/// link (metadata services live there), protocols, documentation, 6to4 relays, benchmarks, multicast,
/// reserved with broadcast.
const INNER_V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Parts of `2000::/3`, the public net of IPv6, that are not public: protocols and documentation.
const INNER_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

const PUBLIC_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);
const TEREDO: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32);
const SIX_TO_FOUR: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16);

/// Whether an address belongs to the public net. An address that carries another is judged by that one.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !INNER_V4.iter().any(|(base, bits)| holds((*base).into(), *bits, address.into()))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |(base, bits): (Ipv6Addr, u8)| holds(base.into(), bits, address.into());
    let bits = address.to_bits();
    let carried = |shift: u32| Ipv4Addr::from_bits((bits >> shift) as u32);
    if within(NAT64) {
        return is_public_v4(carried(0));
    }
    if within(SIX_TO_FOUR) {
        return is_public_v4(carried(80));
    }
    if within(TEREDO) {
        // The server as it is, the client with all bits turned.
        return is_public_v4(carried(64)) && is_public_v4(Ipv4Addr::from_bits(!carried(0).to_bits()));
    }
    within(PUBLIC_V6) && !INNER_V6.iter().any(|range| within(*range))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_public_net_is_public() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2400:3200::1",
            "2606:4700:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2002:101:101::1",
            "2001:0:101:101::fefe:fefe",
        ] {
            assert!(is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_in_every_dress() {
        let inner = [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
        ];
        for text in inner {
            let v4: Ipv4Addr = text.parse().unwrap();
            let bits = u128::from(v4.to_bits());
            let dressed = [
                IpAddr::V4(v4),
                v4.to_ipv6_mapped().into(),
                v4.to_ipv6_compatible().into(),
                Ipv6Addr::from_bits(NAT64.0.to_bits() | bits).into(),
                Ipv6Addr::from_bits((0x64_ff9b_0001 << 80) | bits).into(),
                Ipv6Addr::from_bits(SIX_TO_FOUR.0.to_bits() | (bits << 80) | 1).into(),
                Ipv6Addr::from_bits(TEREDO.0.to_bits() | (bits << 64) | 0xfefe_fefe).into(),
                Ipv6Addr::from_bits(TEREDO.0.to_bits() | (0x0101_0101 << 64) | u128::from(!v4.to_bits()))
                    .into(),
            ];
            for address in dressed {
                assert!(!is_public(address), "{address}");
            }
        }
        for text in [
            "::",
            "::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff::1",
            "2001:db8::1",
            "3fff::1",
            "5f00::1",
            "4000::1",
        ] {
            assert!(!is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn the_operator_lists_what_is_asked_nevertheless() {
        let exceptions = ["10.20.0.0/16", "fd00::/8", "inner.example", "192.168.1.7"];
        let rules =
            Rules { exceptions: exceptions.iter().map(|e| e.parse().unwrap()).collect(), ..Rules::default() };
        assert!(rules.allows(None, ip("10.20.255.1")));
        assert!(rules.allows(None, ip("::ffff:10.20.0.1")));
        assert!(rules.allows(None, ip("fd12::1")));
        assert!(rules.allows(None, ip("192.168.1.7")));
        assert!(rules.allows(Some("Inner.Example"), ip("10.99.0.1")));
        assert!(!rules.allows(Some("other.example"), ip("10.99.0.1")));
        assert!(!rules.allows(None, ip("10.21.0.1")));
        assert!(!rules.allows(None, ip("192.168.1.8")));
        assert!(!rules.allows(None, ip("127.0.0.1")));
        let loopback = Rules { allow_loopback: true, ..Rules::default() };
        assert!(loopback.allows(None, ip("127.0.0.1")) && loopback.allows(None, ip("::1")));
        assert!(!loopback.allows(None, ip("10.0.0.1")));
    }

    #[test]
    fn what_is_no_exception_is_refused() {
        for text in ["", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "a b", "name/8", "名字"] {
            assert_eq!(text.parse::<Exception>(), Err(ExceptionError), "{text}");
        }
        assert_eq!("0.0.0.0/0".parse(), Ok(Exception::Range(ip("0.0.0.0"), 0)));
    }
}
