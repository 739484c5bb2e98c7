//! The page of one verification.

use super::photo::{Photo, legend};
use super::{brand, checks, fields, footer, models, page as whole, plot, reasons};
use crate::human;
use crate::json::FaceJson;
use crate::lang::Lang;
use crate::words;
use maud::{Markup, html};
use shiming_domain::check::Subject;
use shiming_domain::policy::Policy;
use shiming_domain::{Decision, Outcome};
use shiming_engine::{Verified, VerifyTimings};
use std::path::Path;

/// Everything a person needs to follow the decision.
pub(crate) fn page(verified: &Verified, policy: &Policy, models_dir: &Path, lang: Lang) -> String {
    let record = &verified.record;
    let decision = &record.decision;
    let title = format!("{} · Shiming 实名", words::outcome(decision.outcome).of(lang));
    let body = html! {
        (brand(lang.pick("核验报告", "verification report")))
        (banner(decision, lang))
        @if decision.specimen {
            div class="specimen" { "样本 SPECIMEN · " (lang.pick("不是任何人的证件", "nobody's document")) }
        }
        @if !decision.reasons.is_empty() {
            h2 { (lang.pick("原因与下一步", "Why, and what to do")) }
            (reasons(&decision.reasons, lang))
        }
        @if !decision.tips.is_empty() {
            h2 { (lang.pick("提示（不影响结论）", "Tips (they changed nothing)")) }
            (reasons(&decision.tips, lang))
        }
        h2 { (lang.pick("图片", "Pictures")) }
        (photos(verified, lang))
        (legend(lang))
        h2 { (lang.pick("填写与证件", "Typed and read")) }
        (fields::table(record, lang))
        div class="two" {
            div { h2 { (lang.pick("人脸", "Face")) } (face(verified, policy, lang)) }
            div { h2 { (lang.pick("用时", "Time")) } (time(&verified.timings, lang)) }
        }
        h2 { (lang.pick("全部检查", "All checks")) }
        (checks::tree(&decision.checks, lang))
        h2 { (lang.pick("策略与模型", "Policy and models")) }
        (policy_box(verified, lang))
        (models::table(&decision.models, models_dir, lang))
        (footer(lang))
    };
    whole(&title, lang, &body)
}

fn banner(decision: &Decision, lang: Lang) -> Markup {
    let class = match decision.outcome {
        Outcome::Approve => "approve",
        Outcome::Resubmit => "resubmit",
        Outcome::Review => "review",
        Outcome::Reject => "reject",
    };
    let outcome = words::outcome(decision.outcome);
    let other = match lang {
        Lang::ZhCn => outcome.1,
        Lang::En => outcome.0,
    };
    let steps: Vec<&str> = decision.steps.iter().map(|s| words::step(*s).of(lang)).collect();
    html! {
        header class={ "banner " (class) } {
            div class="sign" aria-hidden="true" { (words::outcome_sign(decision.outcome)) }
            h1 { (outcome.of(lang)) " " span class="other" { (other) } }
            p {
                (words::outcome_meaning(decision.outcome).of(lang))
                @if !steps.is_empty() {
                    " " strong { (lang.pick("请重做：", "To do again: ")) (steps.join(lang.pick("、", ", "))) }
                }
            }
        }
    }
}

fn photos(verified: &Verified, lang: Lang) -> Markup {
    let evidence = &verified.record.evidence;
    let (faults, shown) = (&verified.faults, &verified.shown);
    let photo = |evidence, fault, shown, subject| {
        let checks = verified.record.decision.checks.as_slice();
        Photo { title: words::subject(subject).of(lang), evidence, fault, shown, checks, subject }
            .render(lang)
    };
    html! {
        div class="pictures three" {
            (photo(&evidence.portrait_side, faults.portrait_side.as_ref(), shown.portrait_side.as_ref(), Subject::PortraitSide))
            (photo(&evidence.emblem_side, faults.emblem_side.as_ref(), shown.emblem_side.as_ref(), Subject::EmblemSide))
            (photo(&evidence.selfie, faults.selfie.as_ref(), shown.selfie.as_ref(), Subject::Selfie))
        }
    }
}

fn face(verified: &Verified, policy: &Policy, lang: Lang) -> Markup {
    let face = FaceJson::of(verified.record.evidence.face_match.map(|m| m.distance), policy);
    html! {
        div class="box" {
            (plot::similarity(face.similarity, face.borderline, face.threshold, lang))
            @if face.similarity.is_none() {
                p { (lang.pick("没有可比对的两张人脸。", "There were not two faces to compare.")) }
            }
            p class="small" {
                (lang.pick("阈值 ", "Threshold ")) strong { (format!("{:.3}", face.threshold)) } ": "
                (face.fmr_words(lang)) "."
            }
            p class="small soft" {
                (lang.pick(
                    "相似度不是概率。测量所用的是少量普通肖像，没有真实证件照；东亚人脸上的误差据报道更大。\
                     它不能证明照片来自活人，也不应单独决定任何人的结果。",
                    "Similarity is no probability. It was measured on few ordinary portraits, none from an ID card; \
                     errors are reported to be higher on East Asian faces. It does not show that a living person was \
                     before the camera, and should not decide about anybody alone."
                ))
            }
        }
    }
}

fn time(timings: &VerifyTimings, lang: Lang) -> Markup {
    let row = |zh, en, ms: shiming_engine::Milliseconds| (lang.pick(zh, en), ms.0, human::time(ms));
    let rows = [
        row("解码", "decode", timings.decode),
        row("人像面", "portrait side", timings.portrait_side),
        row("国徽面", "emblem side", timings.emblem_side),
        row("自拍", "selfie", timings.selfie),
        row("比对", "match", timings.face_match),
        row("判断", "decide", timings.decide),
        row("总计", "total", timings.total),
    ];
    html! {
        div class="box" {
            (plot::bars(&rows, lang.pick("各阶段用时", "time per stage")))
            p class="small soft" {
                (lang.pick("图片并行处理，各阶段之和大于总计。", "Pictures are worked on side by side, so stages add up to more."))
            }
        }
    }
}

fn policy_box(verified: &Verified, lang: Lang) -> Markup {
    let record = &verified.record;
    html! {
        div class="box" {
            p {
                strong { (record.policy.label) }
                span class="soft" {
                    " · " (lang.pick("判断日期 ", "judged for ")) (record.context.today.to_string())
                    " · " (lang.pick("原因表 ", "reason table ")) (record.decision.catalogue_version)
                    @if record.context.live { " · " (lang.pick("实时模式", "live")) }
                }
            }
            p class="hash soft" { "SHA-256 " (record.policy.sha256) }
        }
        br;
    }
}
