//! Installing models: what is right arrives, what is wrong leaves nothing behind and says what to do.
#![cfg(unix)]

mod fixture;

use fixture::{Client, Fixture, LIBRARY, MODEL_A, MODEL_B, MODEL_C, PICTURE, SDIST, TARBALL, WHEEL};
use shiming_engine::models::{Event, InstallError, LoadError, ModelFiles, State, list, verify};
use std::fs;

/// The error, as a person reads it, after making sure that the directory holds nothing.
fn refused(fixture: &Fixture, code: &str) -> String {
    let error = fixture.install().expect_err("nothing should have been installed");
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(fixture.files().into_keys().collect::<Vec<_>>(), Vec::<String>::new(), "{error}");
    assert!(!fixture.escaped());
    error.to_string()
}

#[test]
fn only_the_listed_files_arrive() {
    let fixture = Fixture::new();
    let mut events = Vec::new();
    let done = fixture.install_with(false, &mut |event| events.push(format!("{event:?}"))).unwrap();
    assert_eq!((done.new, done.kept), (5, 0));
    let files = fixture.files();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["a.onnx", "b.onnx", "c.onnx", "lib.so.9", "licences/README.txt", "licences/pkg"]);
    assert_eq!((&files["a.onnx"][..], &files["b.onnx"][..]), (MODEL_A, MODEL_B));
    assert_eq!((&files["c.onnx"][..], &files["lib.so.9"][..]), (MODEL_C, LIBRARY));
    let overview = String::from_utf8_lossy(&files["licences/README.txt"]).into_owned();
    assert!(overview.contains("a.onnx\n  from     PyPI pkg==1.0: pkg/a.onnx"), "{overview}");
    assert!(!fixture.escaped(), "a path of the package was followed");
    assert!(events[0].starts_with("Fetching { source: \"PyPI pkg==1.0\", bytes_done: 0"), "{events:?}");
    assert!(events.last().unwrap().starts_with("Installed { id: \"c\""), "{events:?}");
}

#[test]
fn the_clients_are_asked_for_pinned_packages_and_run_nothing() {
    let fixture = Fixture::new();
    fixture.install_with(true, &mut |_| {}).unwrap();
    let calls = fixture.calls();
    let [wheel, web, sdist] = calls.as_slice() else { panic!("{calls:?}") };
    assert!(
        wheel.starts_with("python3 -m pip download ") && wheel.contains(" --only-binary=:all:"),
        "{wheel}"
    );
    assert!(wheel.contains(" --no-deps ") && wheel.contains(" --require-hashes "), "{wheel}");
    assert!(web.starts_with("npm pack @scope/web@2.0 ") && web.contains(" --ignore-scripts "), "{web}");
    assert!(sdist.contains(" --no-build-isolation"), "{sdist}");
    assert_eq!(fixture.files()["test-pictures/face.png"], PICTURE);
}

#[test]
fn a_second_run_fetches_nothing_and_changes_nothing() {
    let fixture = Fixture::new();
    fixture.install().unwrap();
    let (files, calls) = (fixture.files(), fixture.calls().len());
    let again = fixture.install().unwrap();
    assert_eq!((again.new, again.kept), (0, 5));
    assert_eq!((fixture.files(), fixture.calls().len()), (files, calls));
}

#[test]
fn a_spoilt_file_is_repaired_and_the_others_stay() {
    let fixture = Fixture::new();
    fixture.install().unwrap();
    fixture::overwrite(&fixture.models(), "c.onnx", b"third network, from np!");
    let mut events = Vec::new();
    let done = fixture.install_with(false, &mut |event| {
        if !matches!(event, Event::Fetching { .. }) {
            events.push(format!("{event:?}"));
        }
    });
    let done = done.unwrap();
    assert_eq!((done.new, done.kept), (1, 4));
    assert_eq!(fixture.files()["c.onnx"], MODEL_C);
    assert!(events.iter().filter(|event| event.starts_with("Kept")).count() == 4, "{events:?}");
    assert_eq!(fixture.calls().len(), 3, "only npm ran again");
}

#[test]
fn a_changed_package_is_refused() {
    let fixture = Fixture::new();
    let mut bytes = fixture::zip(&[("pkg/a.onnx", MODEL_A)]);
    let pinned = fixture.manifest.lines().find_map(|l| l.strip_prefix("bytes = ")).unwrap().parse().unwrap();
    bytes.resize(pinned, 0);
    fixture.serve(WHEEL, &bytes);
    let said = refused(&fixture, "models_archive_wrong");
    assert!(said.contains("PyPI pkg==1.0") && said.contains("its sha256 is"), "{said}");
}

#[test]
fn a_truncated_package_is_refused() {
    let fixture = Fixture::new();
    fixture.serve(WHEEL, b"PK");
    let said = refused(&fixture, "models_archive_wrong");
    assert!(said.contains("it is 2 bytes long instead of"), "{said}");
}

#[test]
fn a_package_without_a_listed_file_is_refused() {
    let fixture = Fixture::new().repack(WHEEL, &fixture::zip(&[("pkg/b.onnx", MODEL_B)]));
    let said = refused(&fixture, "models_archive_unusable");
    assert!(said.contains("it has no file pkg/a.onnx"), "{said}");
}

#[test]
fn a_file_that_is_not_the_pinned_one_keeps_its_whole_package_out() {
    let spoilt = |b: &[u8]| {
        let licence: &[u8] = fixture::LICENCE;
        fixture::zip(&[
            ("pkg/a.onnx", MODEL_A),
            ("pkg/b.onnx", b),
            ("pkg/lib.so.9", LIBRARY),
            ("pkg/LICENSE", licence),
        ])
    };
    let said = refused(&Fixture::new().repack(WHEEL, &spoilt(b"second netw0rk")), "models_archive_unusable");
    assert!(said.contains("pkg/b.onnx has the sha256"), "{said}");
    let longer = [MODEL_B, &vec![0; 100_000]].concat();
    let said = refused(&Fixture::new().repack(WHEEL, &spoilt(&longer)), "models_archive_unusable");
    assert!(
        said.contains("pkg/b.onnx is 15 bytes long instead of 14"),
        "at most one byte too many is read: {said}"
    );
    refused(&Fixture::new().repack(WHEEL, b"no zip file at all"), "models_archive_unusable");
}

#[test]
fn links_and_doubles_in_a_tar_file_are_refused() {
    let npm_only = |bytes: &[u8]| {
        // Without the wheel's files, so that nothing may be there at the end.
        let fixture = Fixture::new().repack(TARBALL, bytes);
        let text = fixture
            .manifest
            .replace("enabled = true\narchive = \"pkg\"", "enabled = false\narchive = \"pkg\"");
        let (head, tail) = text.split_once("[[library]]").unwrap();
        let tail = tail.rsplit_once("[[test_picture]]").unwrap().1;
        Fixture { manifest: format!("{head}[[test_picture]]{tail}"), ..fixture }
    };
    let mut tar = tar::Builder::new(Vec::new());
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    tar.append_link(&mut link, "package/c.onnx", "/etc/passwd").unwrap();
    let said = refused(&npm_only(&fixture::gzip(&tar.into_inner().unwrap())), "models_archive_unusable");
    assert!(said.contains("is not a regular file"), "{said}");

    let twice = fixture::tar_gz(&[("package/c.onnx", MODEL_C), ("package/c.onnx", MODEL_C)]);
    let said = refused(&npm_only(&twice), "models_archive_unusable");
    assert!(said.contains("twice"), "{said}");

    let whole = fixture::tar_gz(&[("package/other", &[7; 5000]), ("package/c.onnx", MODEL_C)]);
    let cut = &whole[..whole.len() - 20];
    refused(&npm_only(cut), "models_archive_unusable");
}

#[test]
fn a_missing_client_is_named_with_its_remedy() {
    let said = refused(&Fixture::new().python(Client::Missing), "models_client_missing");
    assert!(said.contains("sudo apt-get install python3 python3-pip"), "{said}");
    let no_pip = Client::Fails("python3: No module named pip");
    let said = refused(&Fixture::new().python(no_pip), "models_client_missing");
    assert!(said.contains("pip is needed") && said.contains("sudo apt-get install python3-pip"), "{said}");

    // Nothing is fetched with the one that is there.
    let said = refused(&Fixture::new().npm(Client::Missing), "models_client_missing");
    assert!(said.contains("sudo apt-get install nodejs npm"), "{said}");
}

#[test]
fn what_is_whole_and_verified_stays_for_the_next_run() {
    let fixture = Fixture::new().npm(Client::LeavesNothing);
    let error = fixture.install().unwrap_err();
    assert_eq!(error.code(), "models_client_failed");
    assert!(!fixture.files().contains_key("c.onnx"));
    assert!(fixture.files().contains_key("a.onnx"));
}

#[test]
fn being_offline_is_told_from_other_failures() {
    let offline = Client::Fails("Temporary failure in name resolution");
    let said = refused(&Fixture::new().python(offline), "models_registry_unreachable");
    assert!(said.contains("check the network") && said.contains("pip download --no-deps pkg==1.0"), "{said}");
    let gone = Client::Fails("ERROR: No matching distribution found for pkg==1.0");
    refused(&Fixture::new().python(gone), "models_package_gone");
    let hash = Client::Fails("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.");
    refused(&Fixture::new().python(hash), "models_archive_wrong");
    let said = refused(&Fixture::new().python(Client::Fails("disk on fire")), "models_client_failed");
    assert!(said.contains("disk on fire"), "{said}");
    let said = refused(&Fixture::new().python(Client::LeavesNothing), "models_client_failed");
    assert!(said.contains(WHEEL), "{said}");
}

#[test]
fn what_a_killed_run_left_is_removed() {
    let fixture = Fixture::new();
    let models = fixture.models();
    fs::create_dir_all(models.join(".installing-x/downloads")).unwrap();
    fs::create_dir_all(models.join("licences")).unwrap();
    fs::write(models.join("licences/.installing-y"), "half").unwrap();
    fixture.install().unwrap();
    let files = fixture.files();
    assert!(files.keys().all(|name| !name.contains(".installing")), "{:?}", files.keys());
    assert!(!models.join(".installing-x").exists());
}

#[test]
fn a_directory_that_cannot_be_written_is_an_error() {
    let fixture = Fixture::new();
    fs::write(fixture.models(), "a file is in the way").unwrap();
    let error = fixture.install().unwrap_err();
    assert!(matches!(error, InstallError::Io { .. }), "{error}");
}

#[test]
fn the_setup_code_of_a_source_package_never_runs() {
    let fixture = Fixture::new().python(Client::RealPip);
    // A sdist that would leave a trace next to the served packages, for the real pip to handle.
    let trace = fixture.models().with_file_name("trace");
    let code = format!(
        "open({:?}, 'w').close()\nfrom setuptools import setup\nsetup()\n",
        trace.display().to_string()
    );
    let sdist = fixture::tar_gz(&[
        ("pics-3.0/setup.py", code.as_bytes()),
        ("pics-3.0/PKG-INFO", b"Metadata-Version: 1.0\nName: pics\nVersion: 3.0\n"),
        ("pics-3.0/tests/face.png", PICTURE),
    ]);
    let fixture = fixture.repack(SDIST, &sdist);
    fixture.install_with(true, &mut |_| {}).unwrap();
    assert_eq!(fixture.files()["test-pictures/face.png"], PICTURE);
    assert!(!trace.exists(), "setup.py was executed");
}

#[test]
fn the_real_pip_refuses_another_hash() {
    let fixture = Fixture::new().python(Client::RealPip);
    fixture.serve(WHEEL, &fixture::zip(&[("pkg/a.onnx", MODEL_A)]));
    let said = refused(&fixture, "models_archive_wrong");
    assert!(said.contains("pip refused it"), "{said}");
}

#[test]
fn the_list_tells_every_state() {
    let fixture = Fixture::new();
    fixture.install().unwrap();
    fixture::overwrite(&fixture.models(), "a.onnx", b"longer than it was");
    fixture::overwrite(&fixture.models(), "b.onnx", b"sec0nd network");
    fs::remove_file(fixture.models().join("c.onnx")).unwrap();
    let rows = list(&fixture.manifest(), &fixture.models());
    let states: Vec<(&str, State)> = rows.iter().map(|row| (row.id.as_str(), row.state)).collect();
    assert_eq!(
        states,
        [
            ("a", State::WrongHash),
            ("b", State::WrongHash),
            ("c", State::Missing),
            ("off", State::Disabled),
            ("lib", State::Ok),
            ("pkg", State::Ok),
            ("face.png", State::Missing),
        ]
    );
    assert_eq!((rows[0].source.as_str(), rows[0].licence.as_str()), ("PyPI pkg==1.0", "MIT"));
    assert!(verify(&fixture.manifest(), &fixture.models()).is_err());
    fixture.install().unwrap();
    verify(&fixture.manifest(), &fixture.models()).unwrap();
}

#[test]
fn only_pinned_bytes_are_handed_out() {
    let fixture = Fixture::new();
    let manifest = fixture.manifest();
    let missing = ModelFiles::load(&manifest, &fixture.models()).unwrap_err();
    assert!(missing.to_string().contains("shiming models install"), "{missing}");
    fixture.install().unwrap();
    let files = ModelFiles::load(&manifest, &fixture.models()).unwrap();
    assert_eq!(files.model("a").unwrap().bytes, MODEL_A);
    assert_eq!(files.hashes().map(|(id, _)| id).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(files.model("off").is_none());
    fixture::overwrite(&fixture.models(), "a.onnx", b"first netw0rk");
    let wrong = ModelFiles::load(&manifest, &fixture.models()).unwrap_err();
    assert!(matches!(wrong, LoadError::WrongHash { ref id, .. } if id == "a"), "{wrong}");
}

#[test]
fn the_library_is_optional_but_never_wrong() {
    let fixture = Fixture::new();
    let manifest = fixture.manifest();
    fixture.install().unwrap();
    let files = ModelFiles::load(&manifest, &fixture.models()).unwrap();
    let library = files.library().unwrap();
    assert_eq!(library.version(), "1.0");
    // What is loaded is what was hashed, even if the name is taken over meanwhile.
    let path = fixture.models().join("lib.so.9");
    fs::rename(&path, path.with_extension("old")).unwrap();
    fs::write(&path, b"another library!").unwrap();
    assert_eq!(fs::read(library.path()).unwrap(), LIBRARY);

    let wrong = ModelFiles::load(&manifest, &fixture.models()).unwrap_err();
    assert_eq!(wrong.code(), "models_wrong_hash");
    fs::remove_file(&path).unwrap();
    assert!(ModelFiles::load(&manifest, &fixture.models()).unwrap().library().is_none());
}
