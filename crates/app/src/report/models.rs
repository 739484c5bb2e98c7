//! What the answer was made with: models, engine, policy, time.

use crate::lang::Lang;
use maud::{Markup, html};
use shiming_domain::evidence::ModelUse;
use shiming_engine::models::{Manifest, Row, list};
use std::path::Path;

/// Every model with its hash, licence and engine.
pub(super) fn table(models: &[ModelUse], models_dir: &Path, lang: Lang) -> Markup {
    // Licences are in the manifest; a report is made either way.
    let rows = Manifest::of(models_dir).map(|manifest| list(&manifest, models_dir)).unwrap_or_default();
    let known = |id: &str| rows.iter().find(|row: &&Row| row.id == id);
    html! {
        div class="box scroll" { table {
            thead { tr {
                th { (lang.pick("模型", "model")) } th { "SHA-256" }
                th { (lang.pick("许可", "licence")) } th { (lang.pick("引擎", "engine")) }
            } }
            tbody {
                @for model in models {
                    tr {
                        th { (model.id) }
                        td { span class="hash" { (model.sha256) } }
                        td class="text small" {
                            @if let Some(row) = known(&model.id) {
                                (row.licence) br; span class="soft" { (row.attribution) }
                            }
                        }
                        td class="small" { (model.engine) }
                    }
                }
            }
        } }
    }
}
