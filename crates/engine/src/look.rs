//! One picture: decoded, looked at, timed.

use crate::given::{Absent, Given};
use crate::picture::Shown;
use crate::timing::{Milliseconds, timed};
use shiming_domain::evidence::PictureEvidence;
use shiming_domain::reason::Text;
use shiming_vision::analyse::Seen;
use shiming_vision::face::Embedding;
use shiming_vision::models::Models;
use shiming_vision::picture::Picture;
use shiming_vision::runtime::EngineError;

/// What was seen in one file, pixels included.
pub(crate) struct Look {
    outcome: Result<(Picture, Seen), Absent>,
    pub(crate) decode: Milliseconds,
    pub(crate) analyse: Milliseconds,
}

/// Decodes a file and lets `analyse` look at it.
pub(crate) fn look(
    models: &Models,
    given: Given<'_>,
    analyse: impl FnOnce(&Models, &Picture) -> Result<Seen, EngineError>,
) -> Result<Look, EngineError> {
    let (decoded, decode) = timed(|| given.decode());
    let picture = match decoded {
        Ok(picture) => picture,
        Err(absent) => return Ok(Look { outcome: Err(absent), decode, analyse: Milliseconds::default() }),
    };
    let (seen, analyse) = timed(|| analyse(models, &picture));
    Ok(Look { outcome: Ok((picture, seen?)), decode, analyse })
}

impl Look {
    pub(crate) fn evidence(&self) -> PictureEvidence {
        match &self.outcome {
            Ok((_, seen)) => PictureEvidence::Seen(Box::new(seen.evidence.clone())),
            Err(absent) => PictureEvidence::Unusable(absent.fault()),
        }
    }

    pub(crate) fn embedding(&self) -> Option<&Embedding> {
        self.outcome.as_ref().ok().and_then(|(_, seen)| seen.embedding.as_ref())
    }

    pub(crate) fn fault(&self) -> Option<Text> {
        self.outcome.as_ref().err().map(Absent::explain)
    }

    pub(crate) fn shown(&self) -> Option<Shown> {
        self.outcome.as_ref().ok().and_then(|(picture, seen)| Shown::new(picture, seen))
    }
}
