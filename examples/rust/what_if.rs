//! What another inventory would change: `cargo run --example what_if -- FOLDER CONFIGURATION`
//!
//! The configuration is a second `aoa.yaml` that names other clusters.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use aoa_host::core::lang::Value;
use aoa_host::core::{Fleet, Resolver};
use aoa_host::{LoadOptions, load};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(config)) = (args.next(), args.next()) else {
        return Err("usage: what_if FOLDER CONFIGURATION".into());
    };
    let resolve = |config: Option<PathBuf>| -> Result<Fleet, Box<dyn Error>> {
        let loaded = load(&folder, &LoadOptions::default().with_config(config))?;
        Ok(Resolver::new(loaded.options).resolve(&loaded.inputs)?)
    };
    let (now, then) = (resolve(None)?, resolve(Some(config))?);
    let (before, after) = (specs(&now), specs(&then));
    for (name, (cluster, _)) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
        println!("- {name} on {cluster}");
    }
    for (name, (cluster, _)) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        println!("+ {name} on {cluster}");
    }
    for (name, (cluster, spec)) in &after {
        if before.get(name).is_some_and(|(_, was)| was != spec) {
            println!("~ {name} on {cluster}");
        }
    }
    Ok(())
}

/// Cluster and spec of each Application.
fn specs(fleet: &Fleet) -> BTreeMap<&str, (String, Value)> {
    let cluster =
        |app: &aoa_host::core::fleet::App<'_>| app.cluster().map(|c| c.name.to_string()).unwrap_or_default();
    fleet.apps().map(|app| (app.name(), (cluster(&app), app.spec()))).collect()
}
