//! Applications as a table, one a line.

use super::style::{Role, Text};
use super::table::{Align, table};
use crate::fleet::{App, State};

/// Which columns the table has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AppColumns {
    /// Name, cluster, project, source, state.
    #[default]
    Usual,
    /// Also the parent, the namespace it deploys to, repository and revision.
    Wide,
}

/// The table of `apps`, in their order.
pub fn apps_table<'f>(apps: impl Iterator<Item = App<'f>>, columns: AppColumns) -> Text {
    let mut headings = vec![
        ("NAME", Align::Left),
        ("CLUSTER", Align::Left),
        ("PROJECT", Align::Left),
        ("SOURCE", Align::Left),
    ];
    if columns == AppColumns::Wide {
        headings.extend([
            ("NAMESPACE", Align::Left),
            ("PARENT", Align::Left),
            ("REPOSITORY", Align::Left),
            ("REVISION", Align::Left),
        ]);
    }
    headings.push(("CONTENT", Align::Left));
    table(&headings, apps.map(|app| row(app, columns)).collect())
}

fn row(app: App<'_>, columns: AppColumns) -> Vec<Text> {
    let cell = |role, text: &str| {
        let mut cell = Text::default();
        cell.push(role, text);
        cell
    };
    let destination = app.destination();
    let cluster = match app.cluster() {
        Some(cluster) => cell(Role::Plain, &cluster.name.to_str_lossy()),
        None if !destination.name.is_empty() => cell(Role::Error, &format!("✗ {}", destination.name)),
        None => cell(Role::Error, &format!("✗ {}", destination.server)),
    };
    let sources = app.sources();
    let join =
        |words: Vec<String>| words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" + ");
    let paths =
        sources.iter().map(|s| if s.chart.is_empty() { s.path.to_string() } else { s.chart.to_string() });
    let mut cells = vec![
        cell(Role::Name, &format!("{}/{}", app.namespace(), app.name())),
        cluster,
        cell(Role::Plain, &app.project()),
        cell(Role::Plain, &join(paths.collect())),
    ];
    if columns == AppColumns::Wide {
        let parent = app.parent().map(|p| format!("{} {}", p.kind.name(), p.name)).unwrap_or_default();
        cells.push(cell(Role::Plain, &destination.namespace));
        cells.push(cell(Role::Plain, &parent));
        cells.push(cell(Role::Plain, &join(sources.iter().map(|s| s.repo_url.to_string()).collect())));
        cells.push(cell(Role::Plain, &join(sources.iter().map(|s| s.target_revision.to_string()).collect())));
    }
    cells.push(match app.content().map(|c| (&c.state, c.manifests.len())) {
        Some((State::Rendered, n)) => {
            cell(Role::Plain, &format!("{n} manifest{}", if n == 1 { "" } else { "s" }))
        }
        Some((State::Unknown(gap), _)) => cell(Role::Warning, &format!("? {gap}")),
        Some((State::Failed(error), _)) => {
            cell(Role::Error, &format!("✗ {}", error.to_str_lossy().lines().next().unwrap_or_default()))
        }
        Some((State::Skipped, _)) | None => cell(Role::Faint, "not rendered"),
    });
    cells
}
