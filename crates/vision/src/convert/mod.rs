//! Turns the published face network into an ONNX file, and reads properties out of ONNX files.
//!
//! The weights of dlib's ResNet-29 are published as 8-bit tensors for a browser library. Converting them
//! here, at installation, keeps Python and any converter of others out of the trusted path, and writes the
//! same bytes every time, so that the result can be pinned by its hash like every other file.

mod golden;
mod graph;
mod metadata;
mod protobuf;
mod tfjs;

pub use golden::check_face_network;
pub use metadata::onnx_metadata;

/// Why a file could not be converted or read. Nothing here depends on personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    /// The list of tensors is not the JSON expected.
    #[error("the list of tensors cannot be read: {0}")]
    Manifest(String),
    /// The list of tensors is well-formed, but not that of this network.
    #[error("the tensor {name}: {problem}")]
    Tensor {
        /// Name as published.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The weights do not have the length the list of tensors asks for.
    #[error("the weights are {found} bytes long, their list describes {expected}")]
    Length {
        /// Bytes described.
        expected: u64,
        /// Bytes there.
        found: u64,
    },
    /// The bytes are no protocol buffer, or not an ONNX model.
    #[error("not a readable ONNX file: {0}")]
    Onnx(&'static str),
    /// The converted network computes something else than the published one.
    #[error("the converted face network gives wrong values: {0}")]
    Golden(String),
}

impl ConvertError {
    /// Stable code for logs and machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Manifest(_) => "convert_manifest",
            Self::Tensor { .. } => "convert_tensor",
            Self::Length { .. } => "convert_length",
            Self::Onnx(_) => "onnx_unreadable",
            Self::Golden(_) => "convert_golden",
        }
    }
}

/// The face network as an ONNX file: input `input` `[N,3,150,150]` RGB 0…255, output `embedding` `[N,128]`.
///
/// `tensors_json` is the published list of tensors, `weights` the file it describes. Anything unexpected in
/// either is refused; equal input gives equal bytes.
pub fn face_network(tensors_json: &[u8], weights: &[u8]) -> Result<Vec<u8>, ConvertError> {
    graph::build(tfjs::read(tensors_json, weights)?)
}
