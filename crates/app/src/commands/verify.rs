//! `shiming verify`.

use crate::cli::VerifyArgs;
use crate::context::Style;
use crate::exit::{Exit, Failure};
use crate::input::Input;
use crate::json::VerifyJson;
use crate::{human, output, report};
use shiming_domain::personal::Personal;
use shiming_domain::{Context, Declared};
use shiming_engine::{Pictures, Verify, verify};

pub(crate) fn run(args: &VerifyArgs, style: Style) -> Result<Exit, Failure> {
    let policy = args.judging.policy.load()?;
    let today = args.judging.today.day(&policy.time.zone);
    let files = Pictures {
        portrait_side: Input::picture(&args.portrait_side),
        emblem_side: Input::picture(&args.emblem_side),
        selfie: Input::picture(&args.selfie),
    };
    let toolbox = args.engine.open()?;
    let attempt = Verify {
        pictures: Pictures {
            portrait_side: files.portrait_side.given(),
            emblem_side: files.emblem_side.given(),
            selfie: files.selfie.given(),
        },
        declared: Declared { name: Personal::new(&args.name), number: Personal::new(&args.id_number) },
        context: Context { live: args.live, ..Context::offline(today) },
        keep_pictures: args.report.is_some(),
    };
    let verified = verify(&toolbox, &policy, attempt)?;
    if let Some(path) = &args.report {
        let page = report::verify::page(&verified, &policy, &args.engine.models_dir()?, style.lang);
        output::file(path, page.as_bytes())?;
    }
    if style.json {
        output::json(&VerifyJson::new(&verified, &policy, toolbox.engine()))?;
    } else {
        output::text(&human::verify::text(&verified, &policy, args.report.as_deref(), style.lang))?;
    }
    let unusable = verified.faults.iter().any(Option::is_some);
    Ok(if unusable { Exit::UnusableInput } else { Exit::Answered })
}
