//! From a configuration to an open service.

use super::{keys, ports};
use crate::config::Config;
use crate::context;
use crate::exit::Failure;
use anyhow::{Context as _, anyhow};
use shiming_engine::Toolbox;
use shiming_engine::service::{Eyes, NoEyes, Parts, Service, Settings};
use shiming_store::blobs::Blobs;
use shiming_store::{Options, Store};
use std::sync::Arc;

/// Tries to open the keys while another process makes them.
const TRIES_MAX: u32 = 20;
/// Between two tries.
const TRY_AGAIN: std::time::Duration = std::time::Duration::from_millis(250);

/// What the process will do with the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Look at pictures.
    Pictures,
    /// Only keys and database.
    Keys,
}

/// The database, opened and not yet migrated. Makes the data folder.
pub(crate) async fn database(config: &Config) -> Result<Store, Failure> {
    keys::make_private(&config.data)
        .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
    let options = match &config.database.url {
        Some(url) => Options::url(url.reveal()).connections_max(config.database.connections_max),
        None => Options::sqlite(&config.data.join("shiming.db")),
    };
    Store::open(&options).await.map_err(|error| {
        Failure::from(error).hint("shiming doctor, and see that database.url names a server that answers")
    })
}

/// Everything a service is made of, checked.
pub(crate) async fn open(config: &Config, migrate: bool, need: Need) -> Result<Service, Failure> {
    // What needs no database comes first: a mistake should be found before anything is changed.
    let policy = match (&config.policy, need) {
        (Some(choice), _) => context::policy(choice)?,
        // Keys do not depend on the rules.
        (None, Need::Keys) => context::policy("generic")?,
        (None, Need::Pictures) => {
            return Err(Failure::usage(anyhow!(
                "no policy is chosen: policy.choice decides who is approved and what levels allow"
            ))
            .hint("--policy cn_pboc, --policy generic, or a file of your own"));
        }
    };
    let store = database(config).await?;
    if migrate {
        store.migrate().await?;
    }
    let (schema, wanted) = (store.health().await?.schema, store.schema_wanted());
    if schema < wanted {
        return Err(Failure::from(anyhow!(
            "the database has schema {schema}, and this program needs {wanted}"
        ))
        .hint("shiming migrate, after a backup"));
    }
    let eyes: Arc<dyn Eyes> = match need {
        Need::Pictures => {
            let models = config.models.clone();
            let loaded = tokio::task::spawn_blocking(move || networks(&models)).await;
            Arc::new(loaded.context("loading the models failed")??)
        }
        Need::Keys => Arc::new(NoEyes),
    };
    let mut tries = 0;
    loop {
        let has_keys = has_keys(&store).await?;
        let (root, older) = keys::load(config, has_keys)?;
        let parts = Parts {
            store: store.clone(),
            blobs: Blobs::open(config.data.join("blobs")).await?,
            policy: policy.clone(),
            eyes: Arc::clone(&eyes),
            ports: ports::ports(config)?,
            settings: Settings {
                public_url: config.server.public_url.clone(),
                product_name: config.product_name.clone(),
                live: config.live,
                inference_slots: config.models.slots as usize,
                challenges_max: config.models.challenges as usize,
                staff_second_factor: config.accounts.staff_second_factor,
                holidays: config.holidays.clone(),
            },
        };
        match Service::open(parts, root, older).await {
            Err(error) if error.is_passing() && tries < TRIES_MAX => {
                tries += 1;
                tokio::time::sleep(TRY_AGAIN).await;
            }
            other => return Ok(other?),
        }
    }
}

async fn has_keys(store: &Store) -> Result<bool, Failure> {
    use shiming_store::keys::{Role, of_role};
    let mut tx = store.read().await?;
    Ok(!of_role(&mut tx, Role::Tenant, shiming_engine::service::TENANT).await?.is_empty())
}

fn networks(models: &crate::config::Models) -> Result<Toolbox, Failure> {
    let folder = context::models_dir(models.folder.as_ref())?;
    let threads = models.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        |threads| threads as usize,
    );
    context::toolbox(&folder, models.engine, threads)
}
