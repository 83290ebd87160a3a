//! Rows of Applications that are the same, columns of clusters or environments.

use std::collections::{BTreeMap, BTreeSet};

use aoa_lang::Value;

use super::By;
use super::version::Version;
use crate::fleet::{App, Fleet};

/// Which versions run where.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Matrix<'f> {
    /// What the columns are.
    pub by: By,
    /// Clusters or environments, sorted; where nothing is known of an Application's the name is empty.
    pub columns: Vec<String>,
    /// By name.
    pub rows: Vec<Row<'f>>,
}

/// Applications that are the same but for where they run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row<'f> {
    /// Their name without that of the cluster.
    pub name: String,
    /// By column and Application.
    pub cells: Vec<Cell<'f>>,
    /// Whether they run in different versions.
    pub is_skewed: bool,
}

/// One Application.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cell<'f> {
    /// The column.
    pub column: String,
    /// The Application.
    pub app: App<'f>,
    /// Its version.
    pub version: Version,
}

pub(super) fn matrix<'f>(fleet: &'f Fleet, by: &By) -> Matrix<'f> {
    let mut rows: BTreeMap<String, Vec<Cell<'f>>> = BTreeMap::new();
    let mut columns = BTreeSet::new();
    for app in fleet.apps() {
        let cluster = cluster_name(app);
        let labels = Labels::of(app, by);
        let column = match by {
            By::Cluster => cluster.clone(),
            By::Label(_) => labels.column.clone(),
        };
        // The cluster's name often begins with that of its environment.
        let parts = std::iter::once(cluster.as_str()).chain(labels.environments.iter().map(String::as_str));
        let name = without(app.name(), parts);
        let version = Version::of(app, &name);
        columns.insert(column.clone());
        rows.entry(name).or_default().push(Cell { column, app, version });
    }
    let rows = rows.into_iter().map(|(name, cells)| row(name, cells));
    Matrix { by: by.clone(), columns: columns.into_iter().collect(), rows: rows.collect() }
}

fn row(name: String, mut cells: Vec<Cell<'_>>) -> Row<'_> {
    cells.sort_by(|a, b| {
        (&a.column, a.app.namespace(), a.app.name()).cmp(&(&b.column, b.app.namespace(), b.app.name()))
    });
    let versions: BTreeSet<&str> =
        cells.iter().map(|cell| cell.version.shown.as_str()).filter(|version| !version.is_empty()).collect();
    let is_skewed = versions.len() > 1;
    Row { name, cells, is_skewed }
}

impl<'f> Matrix<'f> {
    /// The same with those cells only that run a version: `1.14` is also `v1.14.3`.
    #[must_use]
    pub fn who_runs(&self, version: &str) -> Matrix<'f> {
        self.with(|cell| cell.version.is(version))
    }

    /// The same with those rows only whose name holds a text.
    #[must_use]
    pub fn named(&self, text: &str) -> Matrix<'f> {
        let mut matrix = self.clone();
        matrix.rows.retain(|row| row.name.contains(text));
        matrix
    }

    /// The same with those rows only that run in different versions.
    #[must_use]
    pub fn skewed(&self) -> Matrix<'f> {
        let mut matrix = self.clone();
        matrix.rows.retain(|row| row.is_skewed);
        matrix
    }

    fn with(&self, is_wanted: impl Fn(&Cell<'f>) -> bool) -> Matrix<'f> {
        let mut matrix = self.clone();
        for row in &mut matrix.rows {
            row.cells.retain(|cell| is_wanted(cell));
        }
        matrix.rows.retain(|row| !row.cells.is_empty());
        let used: BTreeSet<&String> =
            matrix.rows.iter().flat_map(|row| &row.cells).map(|c| &c.column).collect();
        let used: BTreeSet<String> = used.into_iter().cloned().collect();
        matrix.columns.retain(|column| used.contains(column));
        matrix
    }
}

/// The name of an Application's cluster, or what its destination says.
fn cluster_name(app: App<'_>) -> String {
    match app.cluster() {
        Some(cluster) if !cluster.name.is_empty() => cluster.name.to_str_lossy().into_owned(),
        Some(cluster) => cluster.server_key().to_owned(),
        None => {
            let (server, name) = app.destination_texts();
            if name.is_empty() { server.to_owned() } else { name.to_owned() }
        }
    }
}

/// What labels say of where an Application runs.
struct Labels {
    column: String,
    /// All that may stand in its name.
    environments: Vec<String>,
}

impl Labels {
    fn of(app: App<'_>, by: &By) -> Self {
        let keys: Vec<&str> = match by {
            By::Cluster => vec!["environment", "env"],
            By::Label(label) if label == "environment" => vec!["environment", "env"],
            By::Label(label) => vec![label, "environment", "env"],
        };
        let own = app.application();
        let own = own.as_ref().and_then(|app| app.object.at(&["metadata", "labels"])?.as_map());
        let of_cluster = app.cluster().map(|cluster| &cluster.labels);
        let text = |map: Option<&aoa_lang::value::Map>, key: &str| {
            map.and_then(|map| map.get(key)).and_then(Value::as_str).map(str::to_owned)
        };
        let find = |key: &str| text(of_cluster, key).or_else(|| text(own, key));
        let column = match by {
            By::Label(label) if label != "environment" => find(label),
            _ => keys.iter().find_map(|key| find(key)),
        };
        let environments =
            keys.iter().filter_map(|key| find(key)).filter(|value| !value.is_empty()).collect();
        Labels { column: column.unwrap_or_default(), environments }
    }
}

/// `name` without the first of `parts` that stands in it between dashes; something always remains.
fn without<'p>(name: &str, parts: impl Iterator<Item = &'p str>) -> String {
    let mut name = name.to_owned();
    for part in parts.filter(|part| !part.is_empty()) {
        let behind = name.strip_suffix(part).and_then(|rest| rest.strip_suffix('-'));
        let before = name.strip_prefix(part).and_then(|rest| rest.strip_prefix('-'));
        if let Some(rest) = behind.or(before).filter(|rest| !rest.is_empty()) {
            name = rest.to_owned();
            continue;
        }
        let within = format!("-{part}-");
        if let Some((one, other)) =
            name.split_once(&within).filter(|(one, other)| !one.is_empty() && !other.is_empty())
        {
            name = format!("{one}-{other}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn names_lose_what_says_where() {
        let name = |name, parts: &[&str]| without(name, parts.iter().copied());
        assert_eq!(name("web-prod-eu", &["prod-eu"]), "web");
        assert_eq!(name("prod-eu-web", &["prod-eu"]), "web");
        assert_eq!(name("addon-prod-web", &["prod"]), "addon-web");
        assert_eq!(name("prod", &["prod"]), "prod");
        assert_eq!(name("products", &["prod"]), "products");
    }
}
