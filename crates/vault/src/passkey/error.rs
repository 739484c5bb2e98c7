//! Why a passkey was refused.

/// Why a passkey was refused. Nothing of what was sent is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// Something has more bytes than it can need.
    #[error("a part of the answer has more bytes than it can need")]
    TooLarge,
    /// The client data are not the JSON they must be.
    #[error("the client data cannot be read")]
    ClientData,
    /// A registration where a sign-in is due, or the other way around.
    #[error("the answer is for another ceremony")]
    Ceremony,
    /// Another challenge than the one that was given out.
    #[error("the challenge is another")]
    Challenge,
    /// From a page of somebody else.
    #[error("the answer comes from another origin")]
    Origin,
    /// For somebody else's passkeys.
    #[error("the passkey belongs to another relying party")]
    RelyingParty,
    /// Nobody touched the authenticator.
    #[error("nobody was present at the authenticator")]
    UserPresence,
    /// The authenticator did not ask who it is.
    #[error("the authenticator did not verify its user")]
    UserVerification,
    /// Flags about copies that contradict each other or the stored passkey.
    #[error("the authenticator contradicts itself about copies of the passkey")]
    Backup,
    /// The authenticator's data are malformed.
    #[error("the authenticator's data cannot be read")]
    AuthenticatorData,
    /// The attestation object is malformed, or has another format than `none`.
    #[error("the attestation cannot be read, or is not of format none")]
    Attestation,
    /// Another algorithm than was offered, or a malformed key.
    #[error("the key is malformed or of an algorithm that was not offered")]
    PublicKey,
    /// Too short, too long, or not the one named beside it.
    #[error("the credential id is not acceptable")]
    CredentialId,
    /// The signature does not fit.
    #[error("the signature does not fit")]
    Signature,
    /// The authenticator has signed less often than before: there may be a second one with its key.
    #[error("the signature counter went back")]
    Counter,
}

impl PasskeyError {
    /// A stable word for logs and audit rows.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "passkey_too_large",
            Self::ClientData => "passkey_client_data",
            Self::Ceremony => "passkey_ceremony",
            Self::Challenge => "passkey_challenge",
            Self::Origin => "passkey_origin",
            Self::RelyingParty => "passkey_relying_party",
            Self::UserPresence => "passkey_user_presence",
            Self::UserVerification => "passkey_user_verification",
            Self::Backup => "passkey_backup",
            Self::AuthenticatorData => "passkey_authenticator_data",
            Self::Attestation => "passkey_attestation",
            Self::PublicKey => "passkey_public_key",
            Self::CredentialId => "passkey_credential_id",
            Self::Signature => "passkey_signature",
            Self::Counter => "passkey_counter",
        }
    }
}
