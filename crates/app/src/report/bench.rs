//! The page of a measurement: plots, each with its table.

use super::{brand, page as whole, plot};
use crate::human::bench::{rows, share};
use crate::lang::Lang;
use crate::words;
use maud::{Markup, html};
use shiming_engine::bench::{BenchReport, FaceErrors, FaultRecall, GRADE_FAULTY, Share};

/// Recall every fault should reach.
const RECALL_GOAL: f64 = 0.95;

pub(crate) fn page(report: &BenchReport, lang: Lang) -> String {
    let title = lang.pick("准确率与速度", "Accuracy and speed");
    let body = html! {
        (brand(lang.pick("测量报告", "measurement report")))
        header class="banner review" {
            div class="sign" aria-hidden="true" { "∑" }
            h1 { (title) }
            p {
                (report.pictures) " " (lang.pick("张图片", "pictures")) " · " (report.policy) " · "
                (report.engine.name) " " (report.engine.version) " · "
                (report.engine.threads) " " (lang.pick("线程", "threads"))
                @if let Some(bytes) = report.peak_memory_bytes {
                    " · " (lang.pick("内存峰值 ", "peak memory ")) (bytes / (1 << 20)) " MiB"
                }
            }
        }
        p class="small soft" {
            (lang.pick(
                "区间均为 95 %：比例用 Wilson，人脸错误率用 Clopper–Pearson（ISO/IEC 19795-1）。",
                "All intervals are 95 %: Wilson for shares, Clopper–Pearson for face errors (ISO/IEC 19795-1)."
            ))
        }
        @if !report.fields.is_empty() { (fields(report, lang)) }
        @if !report.faults.is_empty() { (faults(report, lang)) }
        @if let Some(faces) = &report.faces { (face(faces, lang)) }
        (recognition(report, lang))
        (times(report, lang))
    };
    whole(title, lang, &body)
}

fn cells(value: &Share) -> Markup {
    let [rate, count, interval] = share(value);
    html! { td class="num" { strong { (rate) } } td class="num" { (count) } td class="num soft" { (interval) } }
}

fn share_heads(what: &str) -> Markup {
    html! { th class="num" { (what) } th class="num" { "k/n" } th class="num" { "95 %" } }
}

fn fields(report: &BenchReport, lang: Lang) -> Markup {
    html! {
        h2 { (lang.pick("字段完全正确", "Fields read exactly")) }
        div class="two" {
            div class="box scroll" { table {
                thead { tr {
                    th { (lang.pick("字段", "field")) } th { (lang.pick("条件", "condition")) }
                    (share_heads(lang.pick("正确", "exact"))) th class="num" { (lang.pick("未读到", "missing")) }
                } }
                tbody { @for row in &report.fields {
                    tr {
                        th { (words::field(row.field).of(lang)) } td { (row.condition) }
                        (cells(&row.exact)) td class="num" { (row.missing) }
                    }
                } }
            } }
            div class="box" {
                h3 { (lang.pick("置信度的可靠性", "Reliability of confidence")) }
                (plot::reliability(&report.reliability, lang))
                table {
                    thead { tr { th { (lang.pick("置信度自", "confidence from")) } (share_heads(lang.pick("正确", "right"))) } }
                    tbody { @for bin in &report.reliability {
                        tr { th { (format!("{:.1}", bin.from)) } (cells(&bin.right)) }
                    } }
                }
            }
        }
    }
}

fn faults(report: &BenchReport, lang: Lang) -> Markup {
    html! {
        h2 { (lang.pick("质量问题检出", "Faults noticed")) }
        p class="small soft" {
            (lang.pick(
                "检出：强度 ≥ 0.3 的图片中，相应检查不通过的比例。误报：无问题的证件图片中，相应检查不通过的比例。",
                "Noticed: of pictures with a grade of 0.3 and more, those that fail the check. \
                 False alarms: of document pictures without fault, those that fail it."
            ))
        }
        div class="plots" { @for row in report.faults.iter().filter(|row| row.by_grade.len() > 1) { (fault_plot(row, lang)) } }
        br;
        div class="box scroll" { table {
            thead { tr {
                th { (lang.pick("问题", "fault")) } th { (lang.pick("原因代码", "reason")) }
                (share_heads(lang.pick("检出", "noticed"))) th class="num" { (lang.pick("含提醒", "with warnings")) }
                th class="num" { (lang.pick("任一原因拦下", "stopped by any")) }
                (share_heads(lang.pick("误报", "false alarms")))
            } }
            tbody { @for row in &report.faults {
                tr {
                    th { (row.fault) } td class="small soft" { (row.code.as_str()) } (cells(&row.recall))
                    td class="num" { (share(&row.recall_with_warnings)[0]) } td class="num" { (share(&row.stopped)[0]) }
                    (cells(&row.false_alarms))
                }
            } }
        } }
        h3 { (lang.pick("按强度检出", "Noticed, by grade")) }
        (by_grade(&report.faults, lang))
        @if report.good_pictures_stopped.n > 0 {
        p class="small" {
            (lang.pick("没有问题却被拦下的证件图片：", "Good document pictures that were stopped: "))
            strong { (share(&report.good_pictures_stopped)[0]) } " (" (share(&report.good_pictures_stopped)[1]) ")"
        }
        }
    }
}

/// The curves as a table: a row per fault, a column per grade.
fn by_grade(faults: &[FaultRecall], lang: Lang) -> Markup {
    let mut grades: Vec<f32> = faults.iter().flat_map(|f| &f.by_grade).map(|g| g.grade).collect();
    grades.sort_by(f32::total_cmp);
    grades.dedup();
    html! {
        div class="box scroll" { table {
            thead { tr {
                th { (lang.pick("问题", "fault")) }
                @for grade in &grades { th class="num" { (grade) } }
            } }
            tbody { @for row in faults {
                tr {
                    th { (row.fault) }
                    @for grade in &grades {
                        td class="num" {
                            @if let Some(found) = row.by_grade.iter().find(|g| g.grade.total_cmp(grade).is_eq()) {
                                (found.recall.k) "/" (found.recall.n)
                            }
                        }
                    }
                }
            } }
        } }
    }
}

fn fault_plot(row: &FaultRecall, lang: Lang) -> Markup {
    html! {
        div class="box" {
            h3 { (row.fault) }
            (plot::recall(&row.by_grade, RECALL_GOAL, GRADE_FAULTY, lang))
        }
    }
}

fn face(faces: &FaceErrors, lang: Lang) -> Markup {
    html! {
        h2 { (lang.pick("人脸比对错误率", "Errors of the face comparison")) }
        div class="two" {
            div class="box" {
                @if faces.curve.is_empty() {
                    p { (lang.pick("没有足够的人脸对。", "There are not enough pairs.")) }
                } @else { (plot::det(faces, lang)) }
                p class="small soft" {
                    (lang.pick(
                        "同一人出现在多对中，各对并不独立；人数少时区间偏窄。",
                        "Pairs that share a person are not independent: with few people the intervals are too narrow."
                    ))
                }
            }
            div class="box scroll" { table {
                thead { tr { th { (lang.pick("相似度阈值", "similarity from")) } th {} (share_heads(lang.pick("比率", "rate"))) } }
                tbody {
                    @for point in &faces.operating_points {
                        @for (name, rate) in [("FMR", &point.fmr), ("FNMR", &point.fnmr)] {
                            tr { th { (format!("{:.3} ({})", point.similarity, point.bound)) } td { (name) } (cells(rate)) }
                        }
                    }
                    tr { th { "FTA" } td {} (cells(&faces.failure_to_acquire)) }
                    tr {
                        th { "EER" } td {}
                        td class="num" { (faces.equal_error_rate.map_or("—".to_owned(), |e| format!("{:.1} %", e * 100.0))) }
                        td {} td {}
                    }
                    tr {
                        th { (lang.pick("样本", "sample")) } td {}
                        td class="num" colspan="3" {
                            (faces.genuine_pairs) " + " (faces.impostor_pairs) " " (lang.pick("对", "pairs")) ", "
                            (faces.people) " " (lang.pick("人", "people"))
                        }
                    }
                }
            } }
        }
    }
}

fn recognition(report: &BenchReport, lang: Lang) -> Markup {
    let number = |v: Option<f64>| v.map_or("—".to_owned(), |v| format!("{v:.3}"));
    html! {
        h2 { (lang.pick("类型与位置", "Kind and place")) }
        div class="two" {
            div class="box scroll" { table {
                thead { tr { th { (lang.pick("类型", "kind")) } (share_heads(lang.pick("正确", "right"))) th { (lang.pick("误认为", "taken for")) } } }
                tbody { @for row in &report.kinds {
                    tr {
                        th { (words::kind(row.kind).of(lang)) } (cells(&row.right))
                        td class="small" { @for (kind, n) in &row.taken_for { (kind) " " (n) " " } }
                    }
                } }
            } }
            @if !report.corners.is_empty() {
            div class="box scroll" { table {
                thead { tr {
                    th { (lang.pick("四角 IoU", "corner IoU")) } th class="num" { (lang.pick("中位数", "median")) }
                    th class="num" { "p5" } (share_heads("≥ 0.9"))
                } }
                tbody { @for row in &report.corners {
                    tr {
                        th { (row.condition) } td class="num" { (number(row.median)) } td class="num" { (number(row.p5)) }
                        (cells(&row.good))
                    }
                } }
            } }
            }
            @if !report.cases.outcomes.is_empty() {
                div class="box scroll" { table {
                    thead { tr { th { (lang.pick("完整核验", "complete cases")) } th class="num" { "n" } } }
                    tbody {
                        @for (outcome, n) in &report.cases.outcomes { tr { th { (outcome) } td class="num" { (n) } } }
                        @for (reason, n) in &report.cases.reasons {
                            tr { td class="small soft" { (reason) } td class="num" { (n) } }
                        }
                    }
                } }
            }
        }
    }
}

fn times(report: &BenchReport, lang: Lang) -> Markup {
    let rows = rows(report, lang);
    let number = |v: Option<f64>| v.map_or("—".to_owned(), |v| format!("{v:.0}"));
    html! {
        h2 { (lang.pick("用时", "Time")) }
        div class="plots" {
            @for (name, times) in rows.iter().filter(|(_, times)| times.n > 2) {
                div class="box" { h3 { (name) } (plot::histogram(&times.all, "")) }
            }
        }
        br;
        div class="box scroll" { table {
            thead { tr {
                th {} th class="num" { "n" } th class="num" { (lang.pick("中位数", "median")) } th class="num" { "p95" }
                th class="num" { (lang.pick("最短", "min")) } th class="num" { (lang.pick("最长", "max")) }
            } }
            tbody { @for (name, times) in &rows {
                tr {
                    th { (name) } td class="num" { (times.n) } td class="num" { (number(times.median)) " ms" }
                    td class="num" { (number(times.p95)) " ms" } td class="num" { (number(times.min)) }
                    td class="num" { (number(times.max)) }
                }
            } }
        } }
    }
}
