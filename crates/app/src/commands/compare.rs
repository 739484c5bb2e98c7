//! `shiming compare`.

use crate::cli::CompareArgs;
use crate::context::Style;
use crate::exit::{Exit, Failure};
use crate::input::Input;
use crate::json::{CompareJson, CompareReasonJson, FaceJson, FileJson, TotalJson};
use crate::{human, output};
use shiming_engine::compare;

pub(crate) fn run(args: &CompareArgs, style: Style) -> Result<Exit, Failure> {
    let policy = args.policy.load()?;
    let files = [Input::picture(&args.a), Input::picture(&args.b)];
    let toolbox = args.engine.open()?;
    let compared = compare(&toolbox, &policy, [files[0].given(), files[1].given()])?;
    if style.json {
        let face = FaceJson::of(compared.distance, &policy);
        let reasons = compared
            .reasons
            .iter()
            .map(|(place, reason)| CompareReasonJson { reason, picture: place.map(|place| place + 1) });
        output::json(&CompareJson {
            is_match: face.is_match(),
            face,
            faces: [compared.faces[0].len(), compared.faces[1].len()],
            reasons: reasons.collect(),
            files: std::array::from_fn(|i| FileJson::new(&compared.evidence[i], compared.faults[i].as_ref())),
            timings_ms: TotalJson { total: compared.total },
            engine: toolbox.engine(),
        })?;
    } else {
        output::text(&human::compare::text(&compared, &policy, style.lang))?;
    }
    let unusable = compared.faults.iter().any(Option::is_some);
    Ok(if unusable { Exit::UnusableInput } else { Exit::Answered })
}
