//! The keys a running process holds, and everything that is done with them.

use super::wrap::Role;
use super::{KeyError, KeyId, KeyState, Purpose, RootKey, SigningSeed, TenantSecret, WrappedKey};
use crate::entropy::Entropy;
use crate::parts::{BadName, name};
use crate::secret::Secret;
use std::collections::BTreeMap;
use std::fmt;

/// Root and tenant keys in memory. Data keys are opened one by one, when they are needed.
pub struct KeyRing {
    /// The present root; wraps anew.
    root: RootKey,
    /// Earlier roots, readable while a rotation is under way.
    older: Vec<RootKey>,
    tenants: BTreeMap<KeyId, TenantKey>,
}

struct TenantKey {
    tenant: String,
    state: KeyState,
    /// `None` once destroyed.
    key: Option<Secret>,
}

/// Whose data a data key seals, and why they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// Tenant id, 1 to 255 bytes.
    pub tenant: &'a str,
    /// Pseudonymous id of the person, 1 to 255 bytes.
    pub subject: &'a str,
    /// One key for each purpose.
    pub purpose: Purpose,
}

/// An unwrapped data key. Seals and opens content ([`crate::seal`]).
pub struct DataKey {
    pub(crate) id: KeyId,
    pub(crate) tenant: String,
    pub(crate) subject: String,
    pub(crate) purpose: Purpose,
    pub(crate) state: KeyState,
    pub(crate) key: Secret,
}

impl Owner<'_> {
    fn checked(self) -> Result<Self, BadName> {
        name("tenant", self.tenant)?;
        name("subject", self.subject)?;
        Ok(self)
    }

    fn role(&self) -> Role<'_> {
        Role::Data { subject: self.subject, purpose: self.purpose }
    }
}

impl KeyRing {
    /// A ring with nothing but the root.
    pub fn new(root: RootKey) -> Self {
        Self { root, older: Vec::new(), tenants: BTreeMap::new() }
    }

    /// Adds a former root, under which stored keys may still be wrapped.
    #[must_use]
    pub fn with_older_root(mut self, root: RootKey) -> Self {
        self.older.push(root);
        self
    }

    /// The root that wraps anew.
    pub fn root_id(&self) -> KeyId {
        self.root.id()
    }

    // Tenant keys.

    /// A new active tenant key. The previous active one becomes decrypt-only in the ring; the caller stores
    /// both facts.
    pub fn create_tenant_key(
        &mut self,
        tenant: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        let (wrapped, key) = self.create(name("tenant", tenant)?, Role::Tenant, entropy);
        for other in self.tenants.values_mut().filter(|other| other.tenant == tenant) {
            if other.state == KeyState::Active {
                other.state = KeyState::DecryptOnly;
            }
        }
        let key = TenantKey { tenant: tenant.to_owned(), state: KeyState::Active, key: Some(key) };
        self.tenants.insert(wrapped.id(), key);
        Ok(wrapped)
    }

    /// Takes a stored tenant key into the ring. Of a destroyed one only the id is kept, so that whatever
    /// still points to it is told so.
    pub fn load_tenant_key(
        &mut self,
        tenant: &str,
        wrapped: &WrappedKey,
        state: KeyState,
    ) -> Result<(), KeyError> {
        let id = wrapped.id();
        let tenant = name("tenant", tenant)?;
        if self.tenants.contains_key(&id) {
            return Err(KeyError::Conflict(id));
        }
        if state == KeyState::Active
            && let Some((first, _)) = self.active(tenant)
        {
            return Err(KeyError::TwoActive { first, second: id });
        }
        let key = match state {
            KeyState::Destroyed => None,
            KeyState::Active | KeyState::DecryptOnly => Some(self.open(tenant, Role::Tenant, wrapped)?),
        };
        self.tenants.insert(id, TenantKey { tenant: tenant.to_owned(), state, key });
        Ok(())
    }

    /// Moves a tenant key along its life; a destroyed one is wiped from memory at once.
    pub fn move_tenant_key(&mut self, id: KeyId, to: KeyState) -> Result<(), KeyError> {
        let held = self.tenants.get_mut(&id).ok_or(KeyError::Missing(id))?;
        held.state = held.state.move_to(to).map_err(|step| KeyError::Step(id, step))?;
        if held.state == KeyState::Destroyed {
            held.key = None;
        }
        Ok(())
    }

    /// The state of a tenant key in the ring.
    pub fn tenant_key_state(&self, id: KeyId) -> Result<KeyState, KeyError> {
        self.tenants.get(&id).map(|held| held.state).ok_or(KeyError::Missing(id))
    }

    /// The tenant's active key. A stored data key whose parent is another one waits for re-wrapping.
    pub fn active_tenant_key(&self, tenant: &str) -> Option<KeyId> {
        self.active(tenant).map(|(id, _)| id)
    }

    /// The same tenant key under the present root: root rotation.
    pub fn rewrap_tenant_key(
        &self,
        tenant: &str,
        wrapped: &WrappedKey,
        entropy: &mut dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        self.rewrap_under_root(tenant, Role::Tenant, wrapped, entropy)
    }

    // Data keys.

    /// A new data key for a subject and purpose, wrapped by the tenant's active key.
    pub fn create_data_key(
        &self,
        owner: Owner<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<(DataKey, WrappedKey), KeyError> {
        let owner = owner.checked()?;
        let parent = self.active(owner.tenant).ok_or_else(|| KeyError::NoActive(owner.tenant.to_owned()))?;
        let (id, key) = (KeyId::random(entropy), Secret::random(entropy));
        let wrapped = WrappedKey::wrap(parent, (id, &key), (owner.tenant, owner.role()), entropy);
        Ok((DataKey::new(id, owner, KeyState::Active, key), wrapped))
    }

    /// Opens a stored data key.
    pub fn open_data_key(
        &self,
        owner: Owner<'_>,
        wrapped: &WrappedKey,
        state: KeyState,
    ) -> Result<DataKey, KeyError> {
        let owner = owner.checked()?;
        let id = wrapped.id();
        if state == KeyState::Destroyed {
            return Err(KeyError::Destroyed(id));
        }
        let key = self.unwrap_data(owner, wrapped)?;
        Ok(DataKey::new(id, owner, state, key))
    }

    /// The same data key under the tenant's active key: tenant rotation. Content stays as it is.
    pub fn rewrap_data_key(
        &self,
        owner: Owner<'_>,
        wrapped: &WrappedKey,
        entropy: &mut dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        let owner = owner.checked()?;
        let key = self.unwrap_data(owner, wrapped)?;
        let parent = self.active(owner.tenant).ok_or_else(|| KeyError::NoActive(owner.tenant.to_owned()))?;
        Ok(WrappedKey::wrap(parent, (wrapped.id(), &key), (owner.tenant, owner.role()), entropy))
    }

    // Secrets to derive from, and seeds to sign with.

    /// A new secret to derive look-up keys from.
    pub fn create_secret(
        &self,
        tenant: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<(TenantSecret, WrappedKey), KeyError> {
        let (wrapped, secret) = self.create(name("tenant", tenant)?, Role::Derive, entropy);
        Ok((TenantSecret { id: wrapped.id(), tenant: tenant.to_owned(), secret }, wrapped))
    }

    /// Opens a stored tenant secret.
    pub fn open_secret(&self, tenant: &str, wrapped: &WrappedKey) -> Result<TenantSecret, KeyError> {
        let secret = self.open(name("tenant", tenant)?, Role::Derive, wrapped)?;
        Ok(TenantSecret { id: wrapped.id(), tenant: tenant.to_owned(), secret })
    }

    /// The same tenant secret under the present root.
    pub fn rewrap_secret(
        &self,
        tenant: &str,
        wrapped: &WrappedKey,
        entropy: &mut dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        self.rewrap_under_root(tenant, Role::Derive, wrapped, entropy)
    }

    /// A new signing key. `scope` is the tenant, or the installation for what belongs to no tenant.
    pub fn create_signing_seed(
        &self,
        scope: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<(SigningSeed, WrappedKey), KeyError> {
        let (wrapped, seed) = self.create(name("scope", scope)?, Role::Sign, entropy);
        Ok((SigningSeed { id: wrapped.id(), seed }, wrapped))
    }

    /// Opens a stored signing key.
    pub fn open_signing_seed(&self, scope: &str, wrapped: &WrappedKey) -> Result<SigningSeed, KeyError> {
        let seed = self.open(name("scope", scope)?, Role::Sign, wrapped)?;
        Ok(SigningSeed { id: wrapped.id(), seed })
    }

    /// The same signing key under the present root.
    pub fn rewrap_signing_seed(
        &self,
        scope: &str,
        wrapped: &WrappedKey,
        entropy: &mut dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        self.rewrap_under_root(scope, Role::Sign, wrapped, entropy)
    }

    // Shared steps.

    fn create(&self, tenant: &str, role: Role<'_>, entropy: &mut dyn Entropy) -> (WrappedKey, Secret) {
        let (id, key) = (KeyId::random(entropy), Secret::random(entropy));
        let parent = (self.root.id(), self.root.key());
        (WrappedKey::wrap(parent, (id, &key), (tenant, role), entropy), key)
    }

    fn open(&self, tenant: &str, role: Role<'_>, wrapped: &WrappedKey) -> Result<Secret, KeyError> {
        let parent = wrapped.parent();
        let root = std::iter::once(&self.root).chain(&self.older).find(|root| root.id() == parent);
        wrapped.unwrap(root.ok_or(KeyError::Missing(parent))?.key(), (tenant, role))
    }

    fn rewrap_under_root(
        &self,
        tenant: &str,
        role: Role<'_>,
        wrapped: &WrappedKey,
        entropy: &mut dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        let key = self.open(name("tenant", tenant)?, role, wrapped)?;
        let parent = (self.root.id(), self.root.key());
        Ok(WrappedKey::wrap(parent, (wrapped.id(), &key), (tenant, role), entropy))
    }

    fn active(&self, tenant: &str) -> Option<(KeyId, &Secret)> {
        let found =
            self.tenants.iter().find(|(_, held)| held.tenant == tenant && held.state == KeyState::Active);
        found.and_then(|(id, held)| Some((*id, held.key.as_ref()?)))
    }

    fn unwrap_data(&self, owner: Owner<'_>, wrapped: &WrappedKey) -> Result<Secret, KeyError> {
        let parent = wrapped.parent();
        let held = self.tenants.get(&parent).ok_or(KeyError::Missing(parent))?;
        let key = held.key.as_ref().ok_or(KeyError::Destroyed(parent))?;
        wrapped.unwrap(key, (owner.tenant, owner.role()))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing(root {}, {} tenant keys)", self.root.id(), self.tenants.len())
    }
}

impl DataKey {
    fn new(id: KeyId, owner: Owner<'_>, state: KeyState, key: Secret) -> Self {
        let (tenant, subject) = (owner.tenant.to_owned(), owner.subject.to_owned());
        Self { id, tenant, subject, purpose: owner.purpose, state, key }
    }

    /// The id that values sealed with it carry.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What it may do.
    pub fn state(&self) -> KeyState {
        self.state
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({}, {}, {})", self.id, self.purpose, self.state)
    }
}
