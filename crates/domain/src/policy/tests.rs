use super::*;

/// A preset with one text replaced; the replaced text must be there.
fn edited(preset: &str, from: &str, to: &str) -> Result<Policy, PolicyError> {
    let text = preset_text(preset).unwrap();
    assert!(text.contains(from), "{from} is not in {preset}");
    Policy::from_toml(&text.replacen(from, to, 1))
}

fn refusal(preset: &str, from: &str, to: &str) -> String {
    edited(preset, from, to).unwrap_err().to_string()
}

#[test]
fn both_presets_are_valid_and_keep_their_exact_text() {
    for name in PRESETS {
        let policy = Policy::preset(name).unwrap();
        assert_eq!(policy.text(), preset_text(name).unwrap());
        assert_eq!(policy.rules().preset, *name);
        assert!(policy.label().starts_with(name));
    }
}
