//! A picture as a caller hands it over: bytes, or the reason there are none.

use shiming_domain::evidence::FileFault;
use shiming_domain::reason::Text;
use shiming_vision::decode::{DecodeError, Limits, decode};
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

    /// What is wrong and what to do about it, without personal data.
    pub(crate) fn explain(&self) -> Text {
        match self {
            Self::Missing => Text {
                zh_cn: "找不到该文件，请检查路径。".into(),
                en: "There is no such file. Check its path.".into(),
            },
            Self::Unreadable => Text {
                zh_cn: "无法读取该文件，请确认它是普通文件，并有读取权限。".into(),
                en: "The file cannot be read. Check that it is no folder and that you may read it.".into(),
            },
            Self::Decode(error) => {
                let advice = error.advice();
                Text { zh_cn: advice.zh_cn.into(), en: format!("{}. {}", sentence(error), advice.en) }
            }
        }
    }
}

/// An error's words with a capital.
fn sentence(error: &DecodeError) -> String {
    let words = error.to_string();
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
