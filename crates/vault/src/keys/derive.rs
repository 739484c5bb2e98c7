//! Keys that may be derived: those that find or check, never those that hide content.

use super::KeyId;
use crate::audit::CommitKey;
use crate::index::IndexKey;
use crate::mac::expand;
use crate::parts::{BadName, encode_names, name};
use crate::password::Pepper;
use crate::secret::Secret;
use crate::token::CodeKey;
use std::fmt;

/// A tenant's random secret from which look-up keys are derived by HKDF-Expand(SHA-256, secret, info, 32),
/// info = the parts `shiming/v1/derive`, tenant, two words for the use, version (`hkdf.json`).
///
/// Versions start at 1. A new version rotates one key; on suspicion the secret itself is replaced, and the
/// versions go on counting, so that a version always means one key.
pub struct TenantSecret {
    pub(super) id: KeyId,
    pub(super) tenant: String,
    pub(super) secret: Secret,
}

impl TenantSecret {
    /// The id of the wrapped key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The tenant it belongs to.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// For the blind index of a field such as `id_number`, `phone` or `email`.
    pub fn index_key(&self, field: &str, version: u32) -> Result<IndexKey, BadName> {
        let field = name("field", field)?;
        Ok(IndexKey::new(&self.tenant, field, version, self.derive("index", field, version)))
    }

    /// For passwords.
    pub fn pepper(&self, version: u32) -> Pepper {
        Pepper::new(version, self.derive("password", "pepper", version))
    }

    /// For commitments in audit rows.
    pub fn commit_key(&self, version: u32) -> CommitKey {
        CommitKey::new(version, self.derive("audit", "commit", version))
    }

    /// For one-time codes.
    pub fn code_key(&self, version: u32) -> CodeKey {
        CodeKey::new(version, self.derive("token", "code", version))
    }

    fn derive(&self, group: &str, use_: &str, version: u32) -> Secret {
        let version = version.to_string();
        let parts = ["shiming/v1/derive", &self.tenant, group, use_, &version];
        expand(&self.secret, &encode_names(&parts.map(str::as_bytes)))
    }
}

impl fmt::Debug for TenantSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantSecret({})", self.id)
    }
}

#[cfg(test)]
pub(crate) fn from_vectors(tenant: &str, secret: &str) -> TenantSecret {
    TenantSecret {
        id: KeyId::from_bytes([1; 16]),
        tenant: tenant.to_owned(),
        secret: Secret::copy_of(&crate::text::unhex(secret).unwrap()).unwrap(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{hex, unhex};
    use crate::vectors::{self, text};

    #[test]
    fn keys_are_derived_as_published() {
        let file = vectors::load("hkdf");
        let derived = &file["proposal"]["derived_keys"];
        for case in vectors::list(derived, "cases") {
            let context: Vec<&str> =
                case["context"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
            let [label, tenant, group, use_, version] = context[..] else { panic!("{case}") };
            assert_eq!(label, "shiming/v1/derive");
            let parts: Vec<&[u8]> = context.iter().map(|part| part.as_bytes()).collect();
            assert_eq!(encode_names(&parts), unhex(text(case, "info_hex")).unwrap());
            let secret = from_vectors(tenant, text(derived, "tenant_secret_hex"));
            let key = secret.derive(group, use_, version.parse().unwrap());
            assert_eq!(hex(key.bytes()), text(case, "key"), "{case}");
        }
    }

    #[test]
    fn each_use_has_its_own_key() {
        let secret = from_vectors("t_01", &"5a".repeat(32));
        let mut keys = Vec::new();
        for (group, use_) in [
            ("index", "phone"),
            ("index", "email"),
            ("password", "pepper"),
            ("audit", "commit"),
            ("token", "code"),
        ] {
            for version in [1, 2] {
                keys.push(hex(secret.derive(group, use_, version).bytes()));
            }
        }
        keys.push(hex(from_vectors("t_02", &"5a".repeat(32)).derive("index", "phone", 1).bytes()));
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 11);
        assert_eq!(secret.index_key("", 1).unwrap_err().what, "field");
    }
}
