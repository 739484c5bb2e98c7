//! The keys in use: opened once, from the store and the root key.

use super::ports::Draw;
use super::{Error, Ports, Refused, Service, TENANT};
use shiming_store::keys::{self as stored, Role};
use shiming_store::{Store, Tx};
use shiming_vault::audit::NoteSigner;
use shiming_vault::index::{IndexError, IndexKey};
use shiming_vault::keys::{KeyError, KeyRing, Owner, Purpose, RootKey, TenantSecret};
use shiming_vault::password::{Cost, Passwords};
use shiming_vault::seal::{Address, Plain, SealError, Sealed};
use shiming_vault::token::CodeKey;

/// The version of every derived key. Rotation will count it up.
const VERSION: u32 = 1;

/// Keys are missing, or do not fit.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A sealed value.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A name too long or empty, which is a mistake of ours.
    #[error(transparent)]
    Name(#[from] shiming_vault::BadName),
    /// The data key that a value names is not in the store.
    #[error("the data key {0} is not in the store")]
    Missing(String),
    /// The name of the installation cannot sign.
    #[error("the name of the installation cannot sign checkpoints")]
    Origin,
}

impl KeysError {
    /// What was sealed is gone for good, as somebody decided.
    pub(crate) const fn is_destroyed(&self) -> bool {
        matches!(self, Self::Key(KeyError::Destroyed(_)))
    }
}

impl From<SealError> for Error {
    fn from(error: SealError) -> Self {
        KeysError::from(error).into()
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        KeysError::from(error).into()
    }
}

impl From<IndexError> for Error {
    fn from(error: IndexError) -> Self {
        KeysError::from(error).into()
    }
}

impl From<shiming_vault::BadName> for Error {
    fn from(error: shiming_vault::BadName) -> Self {
        KeysError::from(error).into()
    }
}

/// Opened keys.
pub(super) struct Keys {
    ring: KeyRing,
    secret: TenantSecret,
    signer: NoteSigner,
}

impl Keys {
    /// Reads the keys, making them at the first start. Two processes that start at once agree on one set.
    pub(super) async fn open(
        store: &Store,
        root: RootKey,
        older: Vec<RootKey>,
        ports: &Ports,
    ) -> Result<Self, Error> {
        let mut draw = Draw(&*ports.randomness);
        let now = ports.clock.now();
        let mut tx = store.housekeep().await?;
        let fresh = KeyRing::new(root);
        let mut ring = older.into_iter().fold(fresh, KeyRing::with_older_root);

        if stored::of_role(&mut tx, Role::Tenant, TENANT).await?.is_empty() {
            let wrapped = ring.create_secret(TENANT, &mut draw)?.1;
            stored::insert(&mut tx, Role::Secret, TENANT, &wrapped, now).await?;
            let wrapped = ring.create_signing_seed(TENANT, &mut draw)?.1;
            stored::insert(&mut tx, Role::Signing, TENANT, &wrapped, now).await?;
            let wrapped = ring.create_tenant_key(TENANT, &mut draw)?;
            if !stored::insert(&mut tx, Role::Tenant, TENANT, &wrapped, now).await? {
                // Another process was first; its keys are read at the next try.
                return Err(Refused::busy().into());
            }
        } else {
            for key in stored::of_role(&mut tx, Role::Tenant, TENANT).await? {
                if let Some(wrapped) = &key.wrapped {
                    ring.load_tenant_key(TENANT, wrapped, key.state)?;
                }
            }
        }
        let mut secrets = stored::of_role(&mut tx, Role::Secret, TENANT).await?;
        let secret = secrets.pop().and_then(|key| key.wrapped).ok_or(Error::Internal("secret_missing"))?;
        let secret = ring.open_secret(TENANT, &secret)?;
        let mut seeds = stored::of_role(&mut tx, Role::Signing, TENANT).await?;
        let seed = seeds.pop().and_then(|key| key.wrapped).ok_or(Error::Internal("signing_key_missing"))?;
        let seed = ring.open_signing_seed(TENANT, &seed)?;
        tx.commit().await?;
        let origin = format!("shiming/{}", secret.id());
        let signer = NoteSigner::new(&origin, &seed).map_err(|_| KeysError::Origin)?;
        Ok(Self { ring, secret, signer })
    }
}

impl Refused {
    pub(super) fn busy() -> Self {
        Self::new(super::Kind::Busy, "busy", "The service is busy. Try again in a moment.")
    }
}

impl Service {
    /// Seals a value for its place, with the subject's key for that purpose. The key is made when it is first
    /// needed, in the same transaction.
    pub(crate) async fn seal(
        &self,
        tx: &mut Tx,
        subject: &str,
        purpose: Purpose,
        kind: &str,
        id: &str,
        plain: &[u8],
    ) -> Result<Sealed, Error> {
        let mut draw = Draw(&*self.inner.ports.randomness);
        let owner = Owner { tenant: TENANT, subject, purpose };
        let ring = &self.inner.keys.ring;
        let stored = if let Some(key) = stored::active_data(tx, subject, purpose).await? {
            key
        } else {
            let (_, wrapped) = ring.create_data_key(owner, &mut draw)?;
            stored::insert_data(tx, subject, purpose, &wrapped, self.now()).await?;
            // Whoever was first, it is this one now.
            stored::active_data(tx, subject, purpose).await?.ok_or(Error::Internal("data_key_vanished"))?
        };
        let wrapped = stored.wrapped.ok_or(Error::Internal("active_key_without_bytes"))?;
        let key = ring.open_data_key(owner, &wrapped, stored.state)?;
        Ok(key.seal(Address { tenant: TENANT, subject, kind, id }, plain, &mut draw)?)
    }

    /// Opens a sealed value in its place. Named `unseal` because opening is what is audited.
    pub(crate) async fn unseal(
        &self,
        tx: &mut Tx,
        subject: &str,
        purpose: Purpose,
        kind: &str,
        id: &str,
        sealed: &Sealed,
    ) -> Result<Plain, Error> {
        let key_id = sealed.key_id().to_string();
        let stored = stored::data(tx, &key_id).await?.ok_or(KeysError::Missing(key_id))?;
        let owner = Owner { tenant: TENANT, subject, purpose };
        let wrapped = stored.wrapped.ok_or_else(|| KeyError::Destroyed(sealed.key_id()))?;
        let key = self.inner.keys.ring.open_data_key(owner, &wrapped, stored.state)?;
        Ok(key.open(Address { tenant: TENANT, subject, kind, id }, sealed)?)
    }

    /// Destroys a subject's keys for a purpose: nothing sealed with them opens again.
    pub(crate) async fn shred(&self, tx: &mut Tx, subject: &str, purpose: Purpose) -> Result<u64, Error> {
        Ok(stored::destroy_data(tx, subject, purpose, self.now()).await?)
    }

    /// The blind index of a normal form: equal values have equal bytes.
    pub(crate) fn blind_index(&self, field: &str, normal_form: &str) -> Result<[u8; 32], Error> {
        Ok(*self.index_key(field)?.index(normal_form)?.as_bytes())
    }

    fn index_key(&self, field: &str) -> Result<IndexKey, Error> {
        Ok(self.inner.keys.secret.index_key(field, VERSION)?)
    }

    /// The name of a bucket of rates: a keyed hash, so that no address and no account stands in the table.
    pub fn bucket(&self, what: &str, of: &str) -> Result<String, Error> {
        let index = self.blind_index("rate", &format!("{what}\n{of}"))?;
        Ok(index.iter().take(16).fold(format!("{what}:"), |text, byte| text + &format!("{byte:02x}")))
    }

    /// Hashes and checks passwords at this cost.
    pub(crate) fn passwords(&self, cost: Cost) -> Passwords {
        Passwords::new(cost, self.inner.keys.secret.pepper(VERSION))
    }

    /// For one-time codes.
    pub(crate) fn code_key(&self) -> CodeKey {
        self.inner.keys.secret.code_key(VERSION)
    }

    /// Signs checkpoints.
    pub(crate) fn signer(&self) -> &NoteSigner {
        &self.inner.keys.signer
    }

    /// For everything in `vault` that draws.
    pub(crate) fn draw(&self) -> Draw<'_> {
        Draw(&*self.inner.ports.randomness)
    }
}
