//! `cargo xtask bench`: what the program achieves on freshly painted pictures, without any peer.

use crate::process::{run, say};
use crate::setup;
use crate::workspace::Metadata;
use std::path::Path;

/// How much to paint.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Pictures of each fault at each of five strengths
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    per_grade: u16,
    /// Faultless photographs to count false alarms on
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    negatives: u16,
    /// People whose cards are read: half clean, half photographed
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u16).range(2..=1000))]
    cards: u16,
    /// How often every kind of document in every position, two cards and no card
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    rounds: u16,
    /// Everything painted follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Paints faults, cards and faces, and runs `shiming bench` on each folder.
pub(crate) fn bench(root: &Path, options: &Options) -> anyhow::Result<()> {
    say("── set-up");
    let programs = setup::setup(root)?;
    let faces = programs.test_pictures()?;
    let out = Metadata::read(root)?.target_directory.join("bench");
    let seed = options.seed.to_string();
    let number = |n: u16| n.to_string();
    let folders: [(&str, Vec<String>); 5] = [
        (
            "faults",
            vec![
                "--per-grade".into(),
                number(options.per_grade),
                "--negatives".into(),
                number(options.negatives),
            ],
        ),
        ("set", vec!["--cards".into(), number(options.cards)]),
        ("zoo", vec!["--rounds".into(), number(options.rounds)]),
        ("people", Vec::new()),
        ("selfies", vec!["--per-grade".into(), number(options.per_grade)]),
    ];
    for (name, arguments) in folders {
        say(&format!("\n── painting: {name}"));
        let folder = out.join(name);
        if folder.exists() {
            // A folder of an older painter would be a silent lie.
            std::fs::remove_dir_all(&folder)?;
        }
        let mut paint = programs.paint();
        paint.arg(name).args(arguments).args(["--seed", &seed]).arg("--faces").arg(&faces);
        run(paint.arg("--out").arg(&folder))?;
        say(&format!("\n── measuring: {name}"));
        let report = out.join(format!("{name}.html"));
        run(programs.shiming().arg("bench").arg(&folder).arg("--report").arg(&report))?;
    }
    say(&format!(
        "\nThe pages with plots: {}/faults.html, set.html, zoo.html, people.html, selfies.html",
        out.display()
    ));
    Ok(())
}
