//! Installs or lists the models, for working on the installer without the program around it:
//! `cargo run --release -p shiming-engine --example models -- DIR [install|list|load]`.

use shiming_engine::models::{self, Event, InstallOptions, Manifest, ModelFiles};
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or("usage: models DIR [install|list|load]")?);
    let manifest = Manifest::built_in()?;
    match arguments.next().as_deref() {
        Some("list") => {
            for row in models::list(&manifest, &directory) {
                println!("{:10} {:>10}  {:32} {}", row.state.as_str(), row.bytes, row.id, row.licence);
            }
        }
        Some("load") => {
            let started = std::time::Instant::now();
            let files = ModelFiles::load(&manifest, &directory)?;
            println!("verified in {:?}", started.elapsed());
            println!("library: {:?}", files.library().map(models::Library::version));
        }
        _ => {
            let options = InstallOptions { with_test_pictures: true, ..InstallOptions::default() };
            let done = models::install(&manifest, &directory, &options, &mut |event| {
                if !matches!(event, Event::Fetching { bytes_done: 1.., .. }) {
                    println!("{event:?}");
                }
            })?;
            println!("{done:?}");
        }
    }
    Ok(())
}
