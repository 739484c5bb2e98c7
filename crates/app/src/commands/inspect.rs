//! `shiming inspect`.

use crate::cli::InspectArgs;
use crate::context::Style;
use crate::exit::{Exit, Failure};
use crate::input::Input;
use crate::json::InspectJson;
use crate::{human, output, report};
use shiming_engine::{gate, inspect};

pub(crate) fn run(args: &InspectArgs, style: Style) -> Result<Exit, Failure> {
    let policy = args.policy.load()?;
    let file = Input::picture(&args.image);
    let toolbox = args.engine.open()?;
    let inspected = if args.gate {
        gate(&toolbox, &policy, file.given())?
    } else {
        inspect(&toolbox, &policy, file.given(), args.report.is_some())?
    };
    if let Some(path) = &args.report {
        let page = report::inspect::page(&inspected, &toolbox, &args.engine.models_dir()?, style.lang);
        output::file(path, page.as_bytes())?;
    }
    if style.json {
        output::json(&InspectJson::new(&inspected, toolbox.engine()))?;
    } else {
        output::text(&human::inspect::text(&inspected, args.report.as_deref(), style.lang))?;
    }
    Ok(if inspected.fault.is_some() { Exit::UnusableInput } else { Exit::Answered })
}
