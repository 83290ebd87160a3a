//! Which Applications run where: `cargo run --example apps_per_cluster -- FOLDER`

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use aoa_host::core::Resolver;
use aoa_host::{LoadOptions, load};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or(PathBuf::from("."), PathBuf::from);
    let loaded = load(&folder, &LoadOptions::default())?;
    let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
    let mut clusters: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for app in fleet.apps() {
        let cluster = app.cluster().map_or("no cluster".to_owned(), |cluster| cluster.name.to_string());
        clusters.entry(cluster).or_default().push(app.name());
    }
    for (cluster, apps) in clusters {
        println!("{cluster}: {}", apps.join(", "));
    }
    Ok(())
}
