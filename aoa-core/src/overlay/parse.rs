//! Edits as people type them.

use aoa_lang::source::TreePath;
use aoa_lang::text::selector::{label_key_problems, label_value_problems};
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::{Edit, Named, Overlay};
use crate::config::closest;
use crate::model::{Cluster, Kind};

/// What was typed of each kind of edit: one field for each flag.
///
/// ```
/// use aoa_core::overlay::OverlayWords;
///
/// let mut words = OverlayWords::default();
/// words.label = vec!["prod-eu:environment=stage".into()];
/// words.delete_set = vec!["argocd/workloads".into()];
/// assert_eq!(words.overlay(Vec::new())?.to_string(), "--label prod-eu:environment=stage --delete-set argocd/workloads");
/// words.label = vec!["prod-eu".into()];
/// assert_eq!(words.overlay(Vec::new()).unwrap_err().message(), "`--label prod-eu` names no label");
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OverlayWords {
    /// `CLUSTER:KEY=VALUE` or `CLUSTER:KEY-`.
    pub label: Vec<String>,
    /// `CLUSTER:KEY=VALUE` or `CLUSTER:KEY-`.
    pub annotate: Vec<String>,
    /// Files of the inventory; who reads files hands their clusters to [`OverlayWords::overlay`].
    pub add_cluster: Vec<String>,
    /// `NAME`
    pub remove_cluster: Vec<String>,
    /// `APP=REVISION`, `APP:NUMBER=REVISION`
    pub revision: Vec<String>,
    /// `CLUSTER=VERSION`
    pub kube_version: Vec<String>,
    /// `NAME` or `NAMESPACE/NAME`
    pub delete_app: Vec<String>,
    /// `NAME` or `NAMESPACE/NAME`
    pub delete_set: Vec<String>,
    /// `NAME` or `NAMESPACE/NAME`
    pub delete_project: Vec<String>,
    /// Files and folders of the first repository.
    pub remove_file: Vec<String>,
}

impl OverlayWords {
    /// Reads words as data: `{"label": ["prod:env=stage"], "deleteApp": ["web"]}`.
    ///
    /// # Errors
    ///
    /// `Invalid` for an unknown key (with the likeliest known one as help) or for what is no list of strings.
    pub fn read(data: &Value) -> Result<Self> {
        let mut words = OverlayWords::default();
        for (key, value) in data.as_map().into_iter().flat_map(|map| map.iter()) {
            let key = key.to_str_lossy();
            let list = match key.as_ref() {
                "label" => &mut words.label,
                "annotate" => &mut words.annotate,
                "addCluster" => &mut words.add_cluster,
                "removeCluster" => &mut words.remove_cluster,
                "revision" => &mut words.revision,
                "kubeVersion" => &mut words.kube_version,
                "deleteApp" => &mut words.delete_app,
                "deleteSet" => &mut words.delete_set,
                "deleteProject" => &mut words.delete_project,
                "removeFile" => &mut words.remove_file,
                other => {
                    let error = Error::invalid(format!("there is no edit `{other}`"));
                    return Err(match closest(other, &KEYS) {
                        Some(close) => error.with_help(format!("did you mean `{close}`?")),
                        None => error.with_help(format!("there are {}", KEYS.join(", "))),
                    });
                }
            };
            let wrong = || Error::invalid(format!("`{key}` is not a list of strings"));
            for item in value.as_list().ok_or_else(wrong)?.iter() {
                list.push(item.as_str().ok_or_else(wrong)?.to_owned());
            }
        }
        Ok(words)
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == OverlayWords::default()
    }

    /// The edits: clusters are added first and removed last, objects go at the end.
    ///
    /// # Errors
    ///
    /// `Invalid` for what has not the form that its flag asks for.
    pub fn overlay(&self, added: Vec<Cluster>) -> Result<Overlay> {
        let mut edits: Vec<Edit> = added.into_iter().map(Edit::AddCluster).collect();
        for word in &self.label {
            edits.push(pair(word, "label", Some(label_value_problems))?);
        }
        for word in &self.annotate {
            edits.push(pair(word, "annotate", None)?);
        }
        for word in &self.kube_version {
            edits.push(kube_version(word)?);
        }
        let named = self.remove_cluster.iter();
        edits.extend(named.map(|word| Edit::RemoveCluster { cluster: word.into() }));
        for word in &self.remove_file {
            let wrong = || Error::invalid(format!("`--remove-file {word}` leads out of the repository"));
            let path = TreePath::new(word.trim_end_matches('/')).filter(|path| !path.as_str().is_empty());
            edits.push(Edit::RemoveFile { repository: Text::EMPTY, path: path.ok_or_else(wrong)? });
        }
        for word in &self.revision {
            edits.push(revision(word)?);
        }
        for (kind, words) in [
            (Kind::Application, &self.delete_app),
            (Kind::ApplicationSet, &self.delete_set),
            (Kind::AppProject, &self.delete_project),
        ] {
            edits.extend(words.iter().map(|word| Edit::Delete { kind, object: Named::parse(word) }));
        }
        Ok(Overlay::of(edits))
    }
}

const KEYS: [&str; 10] = [
    "label",
    "annotate",
    "addCluster",
    "removeCluster",
    "revision",
    "kubeVersion",
    "deleteApp",
    "deleteSet",
    "deleteProject",
    "removeFile",
];

type Problems = fn(&str) -> Vec<String>;

fn pair(word: &str, flag: &str, value_problems: Option<Problems>) -> Result<Edit> {
    let form = format!("write --{flag} CLUSTER:KEY=VALUE, or --{flag} CLUSTER:KEY- to take it off");
    let wrong = |why: String| Error::invalid(format!("`--{flag} {word}` {why}")).with_help(form.clone());
    // Addresses of clusters hold colons, and so may values: the label begins behind the last colon before the sign.
    let (front, value) = match word.split_once('=') {
        Some((front, value)) => (front, Some(value)),
        None => (word, None),
    };
    let what = if flag == "label" { "label" } else { "annotation" };
    let (cluster, key) = front.rsplit_once(':').ok_or_else(|| wrong(format!("names no {what}")))?;
    let key = match (value, key.strip_suffix('-')) {
        (Some(_), _) => key,
        (None, Some(key)) => key,
        (None, None) => return Err(wrong("gives no value".to_owned())),
    };
    if cluster.is_empty() {
        return Err(wrong("names no cluster".to_owned()));
    }
    if let Some(problem) = label_key_problems(key).into_iter().next() {
        return Err(wrong(format!("is no {what}: {problem}")));
    }
    let problem = value_problems.zip(value).and_then(|(problems, value)| problems(value).into_iter().next());
    if let Some(problem) = problem {
        return Err(wrong(format!("has a value that no {what} can have: {problem}")));
    }
    let (cluster, key, value) = (Text::from(cluster), Text::from(key), value.map(Text::from));
    Ok(match flag {
        "label" => Edit::Label { cluster, key, value },
        _ => Edit::Annotate { cluster, key, value },
    })
}

fn kube_version(word: &str) -> Result<Edit> {
    let parts = word.rsplit_once('=').filter(|(cluster, version)| !cluster.is_empty() && !version.is_empty());
    let (cluster, version) = parts.ok_or_else(|| {
        Error::invalid(format!("`--kube-version {word}` gives no version"))
            .with_help("write --kube-version CLUSTER=1.35.0")
    })?;
    Ok(Edit::KubeVersion { cluster: cluster.into(), version: version.trim_start_matches('v').into() })
}

fn revision(word: &str) -> Result<Edit> {
    let parts = word.split_once('=').filter(|(app, _)| !app.is_empty());
    let (app, revision) = parts.ok_or_else(|| {
        Error::invalid(format!("`--revision {word}` gives no revision"))
            .with_help("write --revision APP=REVISION, or APP:2=REVISION for the second of several sources")
    })?;
    let (app, source) = match app.rsplit_once(':') {
        None => (app, None),
        Some((app, number)) => {
            let number = number.parse().ok().filter(|number| *number > 0);
            let number = number.ok_or_else(|| {
                Error::invalid(format!("`--revision {word}` names a source by something that is no number"))
                    .with_help("sources are counted from 1")
            })?;
            (app, Some(number))
        }
    };
    Ok(Edit::Revision { app: Named::parse(app), source, revision: revision.into() })
}
