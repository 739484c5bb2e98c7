//! `shiming verify` for people.

use super::{Table, emblem_rows, field_table, one_line, portrait_rows, reasons, time};
use crate::json::{FaceJson, emblem_fields, portrait_fields};
use crate::lang::Lang;
use crate::words;
use shiming_domain::check::Status;
use shiming_domain::policy::Policy;
use shiming_engine::Verified;
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn text(verified: &Verified, policy: &Policy, report: Option<&Path>, lang: Lang) -> String {
    let decision = &verified.record.decision;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} {} — {}",
        words::outcome_sign(decision.outcome),
        words::outcome(decision.outcome).of(lang),
        words::outcome_meaning(decision.outcome).of(lang)
    );
    if decision.specimen {
        out.push_str(lang.pick("  样本证件，不是任何人的证件。\n", "  A specimen, nobody's document.\n"));
    }
    faults(&mut out, verified, lang);
    section(&mut out, lang.pick("原因", "Why"), &reasons(&decision.reasons, lang));
    section(&mut out, lang.pick("提示", "Tips"), &reasons(&decision.tips, lang));
    let steps: Vec<&str> = decision.steps.iter().map(|s| words::step(*s).of(lang)).collect();
    if !steps.is_empty() {
        let _ = writeln!(
            out,
            "\n{}{}",
            lang.pick("需要重做：", "To do again: "),
            steps.join(lang.pick("、", ", "))
        );
    }
    read(&mut out, verified, lang);
    face(&mut out, verified, policy, lang);
    let count = |status| decision.checks.iter().filter(|c| c.status == status).count();
    let _ = writeln!(
        out,
        "\n{}  {} {} · {} {} · {} {} · {} {}",
        lang.pick("检查", "Checks"),
        count(Status::Pass),
        words::status(Status::Pass).of(lang),
        count(Status::Warn),
        words::status(Status::Warn).of(lang),
        count(Status::Fail),
        words::status(Status::Fail).of(lang),
        count(Status::NotApplicable) + count(Status::Error),
        words::status(Status::NotApplicable).of(lang),
    );
    let engine = decision.models.first().map_or("", |m| m.engine.as_str());
    let _ = writeln!(
        out,
        "{}  {} · {} · {engine}",
        lang.pick("策略", "Policy"),
        one_line(&decision.policy.label),
        time(verified.timings.total)
    );
    if let Some(report) = report {
        let _ = writeln!(out, "{}  {}", lang.pick("报告", "Report"), report.display());
    }
    out
}

fn section(out: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(out, "\n{title}\n{body}");
    }
}

fn faults(out: &mut String, verified: &Verified, lang: Lang) {
    let names = ["portrait_side", "emblem_side", "selfie"];
    for (name, fault) in names.into_iter().zip(verified.faults.iter()) {
        if let Some(fault) = fault {
            let option = name.replace('_', "-");
            let _ = writeln!(out, "  --{option}: {}", lang.of(fault));
        }
    }
}

fn read(out: &mut String, verified: &Verified, lang: Lang) {
    let evidence = &verified.record.evidence;
    let portrait = portrait_fields(evidence);
    let emblem = emblem_fields(evidence);
    let rows = portrait_rows(&portrait).into_iter().chain(emblem_rows(&emblem));
    section(out, lang.pick("读到的内容", "Read from the card"), &field_table(rows, lang).render(2));
}

fn face(out: &mut String, verified: &Verified, policy: &Policy, lang: Lang) {
    let face = FaceJson::of(verified.record.evidence.face_match.map(|m| m.distance), policy);
    let mut table = Table::default();
    super::compare::rows(&mut table, &face, lang);
    section(out, lang.pick("人脸", "Face"), &table.render(2));
}
