//! A PostgreSQL server of our own for the tests: made anew, on a free port of this machine, ended afterwards.

use crate::process::{capture, run, say, works};
use crate::setup::is_root;
use crate::workspace::Metadata;
use anyhow::{Context, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where Debian and Ubuntu put the server's programs, one folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The user that the package makes. The server refuses to run as root.
const USER: &str = "postgres";
/// Tests on one server at the same time open many pools.
const CONNECTIONS_MAX: u32 = 300;

/// A running server. It ends, and its data go, when this is dropped.
pub(crate) struct Server {
    programs: PathBuf,
    data: PathBuf,
    port: u16,
}

/// What a server does for the day the power fails.
#[derive(Clone, Copy)]
pub(crate) enum Durability {
    /// Every commit is on the disk, as where it is meant to be used: what is measured, and what stays.
    Full,
    /// The disk is not waited for: for tests, whose databases end with the server.
    None,
}

/// The folder with `initdb` and `pg_ctl`, of the newest version there is.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|entry| entry.path());
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest =
        versions.filter(|path| number(path).is_some()).max_by_key(number).map(|path| path.join("bin"));
    let elsewhere = || capture(Command::new("pg_config").arg("--bindir")).ok().map(|text| text.trim().into());
    let found: Option<PathBuf> = newest.or_else(elsewhere);
    found.filter(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

impl Server {
    /// Makes a cluster in the target folder and starts it. `name` keeps it apart from those of other tasks.
    pub(crate) fn start(root: &Path, name: &str, durability: Durability) -> anyhow::Result<Self> {
        Self::start_in(&Metadata::read(root)?.target_directory, name, durability)
    }

    fn start_in(target: &Path, name: &str, durability: Durability) -> anyhow::Result<Self> {
        let programs = programs().context("PostgreSQL is not installed; run: cargo xtask setup")?;
        let folder = folder(target, name)?;
        // The system gives a port that is free now; nobody else is told of it.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { data: folder.join("data"), programs, port };
        server.stop_old();
        if server.data.exists() {
            std::fs::remove_dir_all(&server.data)
                .with_context(|| format!("removing the old cluster in {}", server.data.display()))?;
        }
        let mut init = server.program("initdb");
        // Trust is for loopback alone: no other address and no socket is listened on.
        init.args(["--username", USER, "--auth", "trust", "--no-locale", "--encoding", "UTF8"]);
        quiet(init.arg("--pgdata").arg(&server.data))?;
        // A short log of changes: it would take more disk than all databases of the tests.
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
             -c max_connections={CONNECTIONS_MAX} -c max_wal_size=256MB{}",
            match durability {
                Durability::Full => "",
                Durability::None => " -c fsync=off -c full_page_writes=off",
            }
        );
        let mut start = server.control("start");
        start.args(["--wait", "--timeout", "60", "--options", &options]);
        quiet(start.arg("--log").arg(folder.join("log"))).with_context(|| {
            format!("PostgreSQL did not start; it says why in {}", folder.join("log").display())
        })?;
        say(&format!("PostgreSQL runs on 127.0.0.1:{port}"));
        Ok(server)
    }

    /// As `TEST_POSTGRES_URL` names it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends the server when we are gone, however that comes: Ctrl-C leaves us no time to do it.
    pub(crate) fn watch(&self) -> anyhow::Result<()> {
        const SCRIPT: &str = r#"trap '' INT TERM HUP
pid=$1
shift
while kill -0 "$pid" 2>/dev/null; do sleep 1; done
cd / && "$@" >/dev/null 2>&1"#;
        let mut stop = self.control("stop");
        stop.args(["--mode", "fast"]);
        let mut watch = Command::new("sh");
        watch.args(["-c", SCRIPT, "watch"]).arg(std::process::id().to_string());
        watch.arg(stop.get_program()).args(stop.get_args());
        watch.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        watch.spawn().context("starting the watch over PostgreSQL")?;
        Ok(())
    }

    /// A server that an interrupted run left behind.
    fn stop_old(&self) {
        if self.data.join("postmaster.pid").exists() {
            // It may have died with the machine; then there is nothing to stop.
            let _ = quiet(self.control("stop").args(["--mode", "immediate"]));
        }
    }

    fn program(&self, name: &str) -> Command {
        as_server_user(self.programs.join(name).as_ref())
    }

    fn control(&self, what: &str) -> Command {
        let mut command = self.program("pg_ctl");
        command.arg(what).arg("--pgdata").arg(&self.data);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = quiet(self.control("stop").args(["--mode", "fast"])) {
            say(&format!("PostgreSQL could not be stopped: {error:#}"));
            return;
        }
        // The databases of a whole run are a gigabyte or two that nobody reads again.
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// A program as the user the server may run as: ourselves, or the package's user if we are root.
fn as_server_user(program: &std::ffi::OsStr) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", USER, "--"]).arg(program);
    // Our own folder may be closed to that user.
    command.current_dir("/");
    command
}

/// The folder of the cluster, which the server's user can write to.
fn folder(target: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let inside = target.join(format!("postgres-{name}"));
    std::fs::create_dir_all(&inside)?;
    if !is_root() {
        return Ok(inside);
    }
    if !works("runuser", &["-u", USER, "--", "true"]) {
        bail!("as root the tests need `runuser` and the user `{USER}`; run: apt-get install postgresql");
    }
    // Under a home that is closed to others the server's user cannot get at the target folder.
    let reachable = |folder: &Path| {
        let mut test = as_server_user("test".as_ref());
        test.arg("-x").arg(folder).status().is_ok_and(|status| status.success())
    };
    let chosen = if reachable(target) {
        inside
    } else {
        std::env::temp_dir().join(format!("shiming-postgres-{name}"))
    };
    std::fs::create_dir_all(&chosen)?;
    run(Command::new("chown").arg("-R").arg(USER).arg(&chosen))?;
    run(Command::new("chmod").arg("700").arg(&chosen))?;
    Ok(chosen)
}

/// Runs a program whose output matters only when it fails.
fn quiet(command: &mut Command) -> anyhow::Result<()> {
    let line = crate::process::shown(command);
    say(&format!("$ {line}"));
    // Not through pipes: the server inherits them, and reading would wait for its end.
    let log = tempfile()?;
    let status = command
        .stdin(Stdio::null())
        .stdout(log.1.try_clone()?)
        .stderr(log.1)
        .status()
        .with_context(|| format!("`{line}` could not be started"))?;
    let text = std::fs::read_to_string(&log.0).unwrap_or_default();
    let _ = std::fs::remove_file(&log.0);
    if !status.success() {
        say(text.trim_end());
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// A file for the output of one program.
fn tempfile() -> anyhow::Result<(PathBuf, std::fs::File)> {
    let path = std::env::temp_dir().join(format!("shiming-xtask-{}.log", std::process::id()));
    let file = std::fs::File::create(&path).with_context(|| format!("creating {}", path.display()))?;
    Ok((path, file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn a_server_starts_answers_and_ends() {
        if programs().is_none() {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is missing; run: cargo xtask setup");
            return;
        }
        // Not where a running `cargo xtask test` has its own.
        let target = std::env::temp_dir().join(format!("shiming-xtask-test-{}", std::process::id()));
        let server = Server::start_in(&target, "test", Durability::None).unwrap();
        let address = format!("127.0.0.1:{}", server.port);
        assert!(server.url().contains(&address));
        assert!(TcpStream::connect(&address).is_ok());
        drop(server);
        assert!(TcpStream::connect(&address).is_err());
        std::fs::remove_dir_all(&target).unwrap();
    }
}
