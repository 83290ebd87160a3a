//! `kustomize FOLDER [PATH]`: builds PATH (or its top) of a folder, as `kustomize build FOLDER/PATH` does.

use std::error::Error;
use std::fs;
use std::path::Path;

use aoa_kustomize::{Options, build};
use aoa_lang::source::{Tree, TreePath};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: kustomize FOLDER [PATH]")?;
    let path = TreePath::new(&arguments.next().unwrap_or_default()).ok_or("the path leaves the folder")?;
    let mut files = Vec::new();
    read(Path::new(&folder), "", &mut files)?;
    print!("{}", build(&Tree::in_memory(files), &path, &Options::default())?.to_yaml()?);
    Ok(())
}

/// All files below a folder, by their paths from the top. Links are left out; `aoa-host` reads folders with them.
fn read(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() && name != ".git" {
            read(&entry.path(), &format!("{name}/"), files)?;
        } else if kind.is_file() {
            files.push((name, fs::read(entry.path())?));
        }
    }
    Ok(())
}
