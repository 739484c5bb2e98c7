//! A picture as a caller hands it over: bytes, or the reason there are none.

use shiming_domain::evidence::FileFault;
use shiming_vision::decode::{Advice, DecodeError, Limits, decode};
use shiming_vision::picture::Picture;

/// A file, or why it could not be read. Either way the attempt goes on: a picture that is not there is a fact
/// about the attempt, not an error of the program.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// There is no such file.
    Missing,
    /// It exists and cannot be read: a folder, no permission, a broken disk.
    Unreadable,
}

/// Why there is no picture.
#[derive(Debug)]
pub(crate) enum Absent {
    Missing,
    Unreadable,
    Decode(DecodeError),
}

impl Given<'_> {
    pub(crate) fn decode(self) -> Result<Picture, Absent> {
        match self {
            Self::Bytes(bytes) => decode(bytes, &Limits::default()).map_err(Absent::Decode),
            Self::Missing => Err(Absent::Missing),
            Self::Unreadable => Err(Absent::Unreadable),
        }
    }

    /// Largest file that is looked at, bytes. Whoever reads files need not read more than one byte further.
    pub fn bytes_max() -> u64 {
        Limits::default().bytes_max
    }
}

impl Absent {
    pub(crate) fn fault(&self) -> FileFault {
        let code = match self {
            Self::Missing => "file_missing",
            Self::Unreadable => "file_unreadable",
            Self::Decode(error) => error.code(),
        };
        FileFault { code: code.to_owned() }
    }

    pub(crate) fn explain(&self) -> FaultText {
        match self {
            Self::Missing => FaultText {
                what: "there is no such file".into(),
                advice: Advice {
                    zh_cn: "请检查文件路径是否正确。",
                    en: "Check the path: no file was found there.",
                },
            },
            Self::Unreadable => FaultText {
                what: "the file cannot be read".into(),
                advice: Advice {
                    zh_cn: "请检查该文件是否存在读取权限，以及它是否为普通文件。",
                    en: "Check that it is a file, not a folder, and that you may read it.",
                },
            },
            Self::Decode(error) => FaultText { what: error.to_string(), advice: error.advice() },
        }
    }
}

/// What is wrong with a file, in words.
#[derive(Clone, Debug)]
pub struct FaultText {
    /// What is wrong, one English clause without personal data.
    pub what: String,
    /// What to do about it.
    pub advice: Advice,
}
