//! Who brings whom, for Graphviz: `cargo run --example graph -- FOLDER | dot -Tsvg > fleet.svg`

use std::error::Error;
use std::path::PathBuf;

use aoa_host::core::Resolver;
use aoa_host::{LoadOptions, load};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or(PathBuf::from("."), PathBuf::from);
    let loaded = load(&folder, &LoadOptions::default())?;
    let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
    println!("digraph fleet {{\n  rankdir=LR; node [shape=box];");
    for set in fleet.sets() {
        println!("  \"set {}\" [shape=diamond];", set.name());
        if let Some(parent) = set.parent() {
            println!("  \"{}\" -> \"set {}\";", parent.name, set.name());
        }
    }
    for app in fleet.apps() {
        match (app.origin(), app.parent()) {
            (Some(set), _) => println!("  \"set {}\" -> \"{}\";", set.name, app.name()),
            (None, Some(parent)) => println!("  \"{}\" -> \"{}\";", parent.name, app.name()),
            (None, None) => println!("  \"{}\" [style=bold];", app.name()),
        }
    }
    println!("}}");
    Ok(())
}
