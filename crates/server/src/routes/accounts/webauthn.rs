//! The shapes of Web Authentication Level 3 in JSON, as browsers read and write them
//! (`PublicKeyCredential.parseCreationOptionsFromJSON`, `credential.toJSON()`): names in camel case, bytes in
//! base64url. Members that browsers add and nobody here needs are let pass; the standard keeps adding some.

use crate::problem::ApiError;
use crate::when::When;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use shiming_engine::account::passkey::{CreationOptions, RequestOptions, timeout_ms};
use shiming_vault::passkey::{ALGORITHMS, Assertion, Attestation};

const KIND: &str = "public-key";

/// For `navigator.credentials.create()`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PasskeyCreation {
    /// Always `passkey_creation`.
    object: &'static str,
    /// The challenge is worth nothing from then on.
    expires_at: When,
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON()`.
    public_key: PublicKeyCredentialCreationOptionsJSON,
}

/// For `navigator.credentials.get()`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PasskeyRequest {
    /// Always `passkey_request`.
    object: &'static str,
    /// The challenge is worth nothing from then on.
    expires_at: When,
    /// For `PublicKeyCredential.parseRequestOptionsFromJSON()`.
    public_key: PublicKeyCredentialRequestOptionsJSON,
}

/// What a passkey is to be made with.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PublicKeyCredentialCreationOptionsJSON {
    rp: RelyingPartyJSON,
    user: UserJSON,
    challenge: String,
    pub_key_cred_params: Vec<ParametersJSON>,
    timeout: i64,
    exclude_credentials: Vec<DescriptorJSON>,
    authenticator_selection: SelectionJSON,
    attestation: &'static str,
}

/// What a passkey is to be shown with.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PublicKeyCredentialRequestOptionsJSON {
    challenge: String,
    timeout: i64,
    rp_id: String,
    allow_credentials: Vec<DescriptorJSON>,
    user_verification: &'static str,
}

/// The service.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RelyingPartyJSON {
    id: String,
    name: String,
}

/// The owner: random, and masked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserJSON {
    id: String,
    name: String,
    display_name: String,
}

/// An algorithm.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ParametersJSON {
    #[serde(rename = "type")]
    kind: &'static str,
    alg: i64,
}

/// A credential.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DescriptorJSON {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
}

/// Which authenticators.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct SelectionJSON {
    resident_key: &'static str,
    require_resident_key: bool,
    user_verification: &'static str,
}

/// `credential.toJSON()` of a new passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegistrationResponseJSON {
    /// base64url.
    #[schema(max_length = 1364)]
    raw_id: String,
    /// Always `public-key`.
    #[serde(rename = "type")]
    kind: String,
    response: AttestationResponseJSON,
}

/// What the authenticator says of a new passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct AttestationResponseJSON {
    /// base64url.
    #[serde(rename = "clientDataJSON")]
    #[schema(max_length = 5462)]
    client_data_json: String,
    /// base64url.
    #[schema(max_length = 10923)]
    attestation_object: String,
}

/// `credential.toJSON()` of a passkey that was shown.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthenticationResponseJSON {
    /// base64url.
    #[schema(max_length = 1364)]
    raw_id: String,
    /// Always `public-key`.
    #[serde(rename = "type")]
    kind: String,
    response: AssertionResponseJSON,
}

/// What the authenticator signs.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct AssertionResponseJSON {
    /// base64url.
    #[serde(rename = "clientDataJSON")]
    #[schema(max_length = 5462)]
    client_data_json: String,
    /// base64url.
    #[schema(max_length = 2731)]
    authenticator_data: String,
    /// base64url.
    #[schema(max_length = 1366)]
    signature: String,
    /// base64url.
    #[serde(default)]
    #[schema(max_length = 86)]
    user_handle: Option<String>,
}

impl PasskeyCreation {
    pub(super) fn of(options: &CreationOptions, product: &str) -> Self {
        let verification = verification(options.user_verification);
        let public_key = PublicKeyCredentialCreationOptionsJSON {
            rp: RelyingPartyJSON { id: options.party.clone(), name: product.to_owned() },
            user: UserJSON {
                id: text(&options.user_handle),
                name: options.user_name.clone(),
                display_name: options.user_name.clone(),
            },
            challenge: options.challenge.clone(),
            pub_key_cred_params: ALGORITHMS.map(|alg| ParametersJSON { kind: KIND, alg }).into(),
            timeout: timeout_ms(),
            exclude_credentials: descriptors(&options.known),
            authenticator_selection: SelectionJSON {
                resident_key: "preferred",
                require_resident_key: false,
                user_verification: verification,
            },
            attestation: "none",
        };
        Self { object: "passkey_creation", expires_at: options.expires_at.into(), public_key }
    }
}

impl From<&RequestOptions> for PasskeyRequest {
    fn from(options: &RequestOptions) -> Self {
        let public_key = PublicKeyCredentialRequestOptionsJSON {
            challenge: options.challenge.clone(),
            timeout: timeout_ms(),
            rp_id: options.party.clone(),
            allow_credentials: descriptors(&options.known),
            user_verification: verification(options.user_verification),
        };
        Self { object: "passkey_request", expires_at: options.expires_at.into(), public_key }
    }
}

impl TryFrom<RegistrationResponseJSON> for Attestation {
    type Error = ApiError;

    fn try_from(json: RegistrationResponseJSON) -> Result<Self, ApiError> {
        let RegistrationResponseJSON { raw_id, kind, response } = json;
        is_passkey(&kind)?;
        Ok(Self {
            credential: bytes(&raw_id)?,
            client_data: bytes(&response.client_data_json)?,
            object: bytes(&response.attestation_object)?,
        })
    }
}

impl TryFrom<AuthenticationResponseJSON> for Assertion {
    type Error = ApiError;

    fn try_from(json: AuthenticationResponseJSON) -> Result<Self, ApiError> {
        let AuthenticationResponseJSON { raw_id, kind, response } = json;
        is_passkey(&kind)?;
        Ok(Self {
            credential: bytes(&raw_id)?,
            client_data: bytes(&response.client_data_json)?,
            authenticator_data: bytes(&response.authenticator_data)?,
            signature: bytes(&response.signature)?,
            user_handle: response.user_handle.as_deref().map(bytes).transpose()?,
        })
    }
}

const fn verification(required: bool) -> &'static str {
    if required { "required" } else { "preferred" }
}

fn descriptors(credentials: &[Vec<u8>]) -> Vec<DescriptorJSON> {
    credentials.iter().map(|id| DescriptorJSON { kind: KIND, id: text(id) }).collect()
}

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn is_passkey(kind: &str) -> Result<(), ApiError> {
    if kind == KIND { Ok(()) } else { Err(malformed()) }
}

fn bytes(text: &str) -> Result<Vec<u8>, ApiError> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed())
}

fn malformed() -> ApiError {
    let detail = "`credential` is what `toJSON()` of a public-key credential writes; bytes are base64url.";
    ApiError::new(axum::http::StatusCode::BAD_REQUEST, "credential_malformed", detail)
}
