use super::*;
use std::fs;

/// Inputs with a home, so that defaults have a place.
fn inputs() -> Inputs {
    Inputs { environment: [("HOME".to_owned(), "/home/op".to_owned())].into(), ..Inputs::default() }
}

fn with_file(text: &str) -> (tempfile::TempDir, Inputs) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my.toml");
    fs::write(&path, text).unwrap();
    (folder, Inputs { file: Some(path), ..inputs() })
}

fn error_of(inputs: &Inputs) -> String {
    load(inputs).unwrap_err().to_string()
}

fn error_in_file(text: &str) -> String {
    let (folder, inputs) = with_file(text);
    error_of(&inputs).replace(folder.path().to_str().unwrap(), "DIR")
}

#[test]
fn the_defaults_are_a_sandbox_on_this_machine() {
    let config = load(&inputs()).unwrap().config;
    assert!(!config.live && config.policy.is_none() && config.sources.is_empty());
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.public_url, "http://127.0.0.1:8080");
    assert_eq!(config.data, PathBuf::from("/home/op/.local/share/shiming/data"));
    let RootKeyFrom::File(root) = config.keys.root else { panic!("a file") };
    assert_eq!(root, PathBuf::from("/home/op/.local/share/shiming/data-keys/root.key"));
}

#[test]
fn a_later_layer_wins_and_is_named() {
    let (_folder, mut inputs) =
        with_file("[server]\nlisten = \"127.0.0.1:1\"\nshutdown_seconds = 1\n[worker]\ncount = 1\n");
    inputs.environment.insert("SHIMING__SERVER__LISTEN".into(), "127.0.0.1:2".into());
    inputs.environment.insert("SHIMING__SERVER__SHUTDOWN_SECONDS".into(), "2".into());
    inputs.environment.insert("SHIMING_LOG".into(), "debug".into());
    inputs.flags.push(("server.listen".into(), "127.0.0.1:3".into()));
    let loaded = load(&inputs).unwrap();
    assert_eq!(loaded.config.server.listen.port(), 3);
    assert_eq!(loaded.config.server.shutdown_seconds, 2);
    assert_eq!(loaded.config.worker.count, 1);
    let origin = |key: &str| shown(&loaded).into_iter().find(|one| one.key == key).unwrap().origin;
    assert_eq!(origin("server.listen"), "option");
    assert_eq!(origin("server.shutdown_seconds"), "environment variable SHIMING__SERVER__SHUTDOWN_SECONDS");
    assert!(origin("worker.count").ends_with("my.toml"));
    assert_eq!(origin("mode"), "default");
}

#[test]
fn unknown_settings_are_errors_wherever_they_stand() {
    let in_file = error_in_file("[server]\nlisten_on = \"x\"\n");
    assert_eq!(
        in_file,
        "there is no setting `server.listen_on` (in DIR/my.toml); did you mean `server.listen`?"
    );
    assert!(error_in_file("[sever]\nlisten = \"x\"\n").contains("did you mean `server`?"));
    assert!(error_in_file("[sources_]\n").contains("`sources_`"));
    let mut env = inputs();
    env.environment.insert("SHIMING__SERVER__LISEN".into(), "x".into());
    assert!(
        error_of(&env)
            .contains("(environment variable SHIMING__SERVER__LISEN); did you mean `server.listen`?")
    );
    let mut flags = inputs();
    flags.flags.push(("color".into(), "red".into()));
    assert_eq!(error_of(&flags), "there is no setting `color` (option)");
}

#[test]
fn types_and_values_are_checked_where_they_were_set() {
    assert_eq!(
        error_in_file("[worker]\ncount = \"two\"\n"),
        "`worker.count` must be a whole number (in DIR/my.toml)"
    );
    assert_eq!(error_in_file("worker = 3\n"), "`worker` must be a section with settings (in DIR/my.toml)");
    assert!(error_in_file("[worker]\ncount = 65\n").contains("must be from 0 to 64"));
    assert!(error_in_file("[server]\nlisten = \"8080\"\n").contains("an address and a port"));
    assert!(error_in_file("[server]\npublic_url = \"https://a/b\"\n").contains("no path"));
    assert!(error_in_file("[server]\ntrusted_proxies = [\"10.0.0.0/8\"]\n").contains("must hold addresses"));
    assert!(error_in_file("[server]\ntls_key_file = \"k\"\n").contains("tls_certificate_file"));
    assert!(error_in_file("[log]\nformat = \"xml\"\n").contains("`text` or `json`"));
    assert!(error_in_file("mode = \"production\"\n").contains("`sandbox` or `live`"));
    assert!(error_in_file("[mail]\nurl = \"http://a\"\n").contains("smtp://"));
    assert!(error_in_file("a = [\n").contains("near line"));
    let mut env = inputs();
    env.environment.insert("SHIMING__WORKER__COUNT".into(), "many".into());
    assert_eq!(
        error_of(&env),
        "`worker.count` must be a whole number (environment variable SHIMING__WORKER__COUNT)"
    );
}

#[test]
fn a_syntax_error_repeats_no_line_that_may_hold_a_secret() {
    let error = error_in_file("[mail]\npassword = \"hunter2\n");
    assert!(!error.contains("hunter2") && error.contains("my.toml"), "{error}");
}

#[test]
fn secrets_are_given_as_they_are_or_by_a_file_but_not_both() {
    let (folder, inputs) = with_file(
        "[mail]\nurl = \"smtp://m\"\nfrom = \"a@b\"\nuser = \"u\"\npassword_file = \"pw\"\n\
         [sms]\nurl = \"https://s\"\ntoken = \"t0ken\"\n[database]\nurl_file = \"db\"\n",
    );
    let missing = error_of(&inputs);
    assert!(missing.contains("_file") && missing.contains("cannot be read"), "{missing}");
    fs::write(folder.path().join("pw"), "hunter2\n").unwrap();
    fs::write(folder.path().join("db"), "postgres://u:pw@h/d\n").unwrap();
    let loaded = load(&inputs).unwrap();
    let Mail::Smtp(Smtp { credentials: Some((user, password)), port, .. }) = &loaded.config.mail else {
        panic!("a password")
    };
    assert_eq!((user.as_str(), password.reveal(), *port), ("u", "hunter2", 587));
    assert_eq!(loaded.config.database.url.as_ref().unwrap().reveal(), "postgres://u:pw@h/d");
    let everything = format!("{loaded:?}{:?}", shown(&loaded)).replace("token = \"t0ken\"", "");
    assert!(!format!("{:?}", loaded.config).contains("t0ken") && !everything.contains("hunter2"));
    assert!(!format!("{:?}", shown(&loaded)).contains("t0ken"));

    fs::write(folder.path().join("pw"), "\n").unwrap();
    assert!(error_of(&inputs).contains("is empty"));
    let both = error_in_file("[sms]\nurl = \"https://s\"\ntoken = \"t\"\ntoken_file = \"f\"\n");
    assert!(both.contains("`sms.token` are both set"), "{both}");
}

#[test]
fn paths_in_a_file_count_from_its_folder() {
    let (folder, mut inputs) = with_file("[data]\nfolder = \"d\"\n[policy]\nchoice = \"mine.toml\"\n");
    let config = load(&inputs).unwrap().config;
    assert_eq!(config.data, folder.path().join("d"));
    assert_eq!(config.policy.unwrap(), folder.path().join("mine.toml").display().to_string());
    inputs.flags.push(("policy.choice".into(), "generic".into()));
    inputs.flags.push(("data.folder".into(), "elsewhere".into()));
    let config = load(&inputs).unwrap().config;
    assert_eq!((config.data, config.policy.as_deref()), (PathBuf::from("elsewhere"), Some("generic")));
}

#[test]
fn the_file_in_the_data_folder_is_read_when_no_other_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut inputs = inputs();
    inputs.flags.push(("data.folder".into(), folder.path().display().to_string()));
    fs::write(folder.path().join("shiming.toml"), "[worker]\ncount = 7\n").unwrap();
    let loaded = load(&inputs).unwrap();
    assert_eq!(loaded.config.worker.count, 7);
    assert_eq!(loaded.file, Some(folder.path().join("shiming.toml")));
    fs::write(folder.path().join("shiming.toml"), "[data]\nfolder = \"x\"\n").unwrap();
    inputs.flags.clear();
    inputs.environment.insert("SHIMING__DATA__FOLDER".into(), folder.path().display().to_string());
    // The environment is laid over the file, so that the file's word is lost, not obeyed.
    assert_eq!(load(&inputs).unwrap().config.data, folder.path());
}

#[test]
fn the_root_key_may_come_from_the_environment_and_is_not_shown() {
    let mut inputs = inputs();
    inputs.environment.insert("SHIMING_ROOT_KEY".into(), "deadbeef".into());
    let loaded = load(&inputs).unwrap();
    assert!(matches!(&loaded.config.keys.root, RootKeyFrom::Environment(key) if key.reveal() == "deadbeef"));
    assert!(!format!("{loaded:?}").contains("deadbeef"));
}

#[test]
fn real_people_need_mail_that_goes_out_and_an_encrypted_address() {
    assert!(error_in_file("mode = \"live\"\n").contains("`mail.url` must name a mail server"));
    let mail = "[mail]\nurl = \"smtp://m\"\nfrom = \"a@b\"\n";
    assert!(error_in_file(&format!("mode = \"live\"\n{mail}")).contains("https://"));
    let server = "[server]\npublic_url = \"https://id.example.org/\"\n";
    assert!(
        error_in_file(&format!("mode = \"live\"\n{mail}{server}[sms]\nurl = \"sandbox\"\n"))
            .contains("sms.url")
    );
    let (_folder, inputs) = with_file(&format!("mode = \"live\"\n{mail}{server}"));
    let config = load(&inputs).unwrap().config;
    assert!(config.live);
    assert_eq!(config.server.public_url, "https://id.example.org");
}

#[test]
fn sources_are_tables_with_secrets_of_their_own() {
    let table = |more: &str| {
        format!("[[sources]]\nname = \"police\"\nkind = \"population_db\"\norganisation = \"N\"\n{more}")
    };
    let (folder, inputs) = with_file(&table("url = \"https://s\"\ntoken_file = \"t\"\n"));
    fs::write(folder.path().join("t"), "s3cret").unwrap();
    let loaded = load(&inputs).unwrap();
    let [source] = loaded.config.sources.as_slice() else { panic!("one source") };
    assert_eq!((source.name.as_str(), source.token.reveal()), ("police", "s3cret"));
    assert_eq!(source.kind, ChannelKind::PopulationDb);
    assert!(error_in_file(&table("url = \"https://s\"\n")).contains("`token_file` must be set"));
    assert!(
        error_in_file(&table("url = \"ftp://s\"\n")).contains("`sources[0].url` must be an https address")
    );
    assert!(error_in_file(&table("url = \"https://s\"\ncolour = 1\n")).contains("`colour`"));
    assert!(error_in_file(&table("")).contains("url"));
    let odd = table("url = \"https://s\"\n").replace("population_db", "crystal_ball");
    assert!(error_in_file(&odd).contains("`sources[0].kind` is no kind of source"));
    let mut shown_secret = inputs.clone();
    shown_secret.environment.insert("SHIMING__SOURCES".into(), "[{ name = \"a\", kind = \"bank_card\", organisation = \"b\", url = \"https://c\", token = \"t0ken\" }]".into());
    let loaded = load(&shown_secret).unwrap();
    assert!(!format!("{:?}", shown(&loaded)).contains("t0ken"));
}

#[test]
fn holidays_are_a_file_whose_slips_are_named() {
    let (folder, inputs) = with_file("[calendar]\nholidays_file = \"days.toml\"\n");
    let days = folder.path().join("days.toml");
    let error = |inputs: &Inputs| error_of(inputs).replace(folder.path().to_str().unwrap(), "DIR");
    assert!(error(&inputs).contains("calendar.holidays_file"), "{}", error(&inputs));
    fs::write(&days, "schema = 1\n[[year]]\nyear = 2027\noff = []\non = []\n").unwrap();
    assert!(load(&inputs).unwrap().config.holidays.unwrap().covers(2027));
    fs::write(&days, "schema = 1\n[[year]]\nyear = 2027\noff = []\non = []\nopen = []\n").unwrap();
    assert!(error(&inputs).contains("unknown field `open`"), "{}", error(&inputs));
    fs::write(
        &days,
        "schema = 1\n[[year]]\nyear = 2027\noff = [[\"2026-01-01\", \"2026-01-01\"]]\non = []\n",
    )
    .unwrap();
    assert!(error(&inputs).contains("holidays of 2027"), "{}", error(&inputs));
}
