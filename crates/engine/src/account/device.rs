//! Devices: a random name that a browser keeps, signed so that nobody makes one up.
//!
//! It names no person. It counts how often one device registers, and it tells a device on which somebody has signed
//! in with this very contact before: strangers who try passwords for that contact spend their own tries, not those
//! of its owner (the device cookies of OWASP).

use crate::service::{Error, Service};
use shiming_domain::moment::Span;
use shiming_store::Tx;
use shiming_store::account as stored;
use shiming_vault::digest::Sha256;
use shiming_vault::token::{Token, TokenHash};

/// A browser keeps its name so long; a device that was not used for so long is a stranger again.
pub const DEVICE_LASTS: Span = Span::days(180);

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device(String);

impl Device {
    /// Counts what this device does. It is hashed with a key before it is stored.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new device, and what its browser keeps.
pub fn new_device(service: &Service) -> Result<(Device, String), Error> {
    let name = Token::generate(&mut service.draw()).reveal();
    let signature = Sha256::from_bytes(*mac(service, &name)?.as_bytes());
    let cookie = format!("{name}.{signature}");
    Ok((Device(name), cookie))
}

/// The device that a browser names; `None` if the name is not one of ours.
pub fn device(service: &Service, cookie: &str) -> Result<Option<Device>, Error> {
    let Some((name, signature)) = cookie.split_once('.') else { return Ok(None) };
    let (Ok(_), Ok(signature)) = (Token::parse(name), signature.parse::<Sha256>()) else { return Ok(None) };
    let fits = TokenHash::from_bytes(*signature.as_bytes()) == mac(service, name)?;
    Ok(fits.then(|| Device(name.to_owned())))
}

/// The signature of a name: a keyed hash, compared in constant time.
fn mac(service: &Service, name: &str) -> Result<TokenHash, Error> {
    Ok(TokenHash::from_bytes(service.blind_index("device_cookie", name)?))
}

/// What is counted for this device and this contact, whoever has it.
fn place(service: &Service, device: &Device, door: &str, typed: &str) -> Result<String, Error> {
    service.bucket("known_device", &format!("{door}\n{typed}\n{}", device.as_str()))
}

/// Whether somebody has signed in on this device with this contact. Asked before anybody knows whether the contact
/// has an account, and answered without looking.
pub(super) async fn is_known(
    service: &Service,
    device: &Device,
    door: &str,
    typed: &str,
) -> Result<bool, Error> {
    let place = place(service, device, door, typed)?;
    let mut tx = service.store().read().await?;
    Ok(stored::device_since(&mut tx, &place).await?.is_some_and(|at| service.now() - DEVICE_LASTS < at))
}

/// Somebody has signed in on it.
pub(super) async fn remember(
    service: &Service,
    tx: &mut Tx,
    device: &Device,
    door: &str,
    typed: &str,
    owner: &str,
) -> Result<(), Error> {
    let place = place(service, device, door, typed)?;
    Ok(stored::remember_device(tx, &place, owner, service.now()).await?)
}
