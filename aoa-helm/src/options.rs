//! What a rendering is told besides values: the release, the cluster, and what to leave out.

use std::sync::Arc;

use aoa_lang::template::TemplateOptions;
use aoa_lang::{Error, Result, strconv};

/// A release, and how its chart is rendered.
///
/// ```
/// use aoa_helm::{Crds, Release};
/// let release = Release::new("prod", "shop").with_crds(Crds::Include);
/// assert_eq!((release.name.as_str(), release.namespace.as_str()), ("prod", "shop"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Release {
    /// `.Release.Name`
    pub name: String,
    /// `.Release.Namespace`
    pub namespace: String,
    /// Whether this is an upgrade or the first installation.
    pub action: Action,
    /// The cluster, as templates see it.
    pub capabilities: Arc<Capabilities>,
    /// Whether what is in `crds/` stands before the manifests: `--include-crds`.
    pub crds: Crds,
    /// Whether hooks that are tests are printed: `--skip-tests`.
    pub tests: Tests,
    /// Whether values are checked against the schemas of charts: `--skip-schema-validation`.
    pub schema: SchemaCheck,
    /// Clock, randomness and budgets.
    pub template: TemplateOptions,
}

/// `.Release.IsInstall` or `.Release.IsUpgrade`.
///
/// ```
/// use aoa_helm::{Action, Chart, Release, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("templates/a.yaml", "kind: Pod\nmetadata: {name: a}\nspec: {is: {{ .Release.IsUpgrade }}}")]);
/// let release = Release::new("prod", "shop").with_action(Action::Upgrade);
/// let rendered = Chart::load(&tree)?.render(&Values::new(), &release)?;
/// assert!(rendered.manifests[0].content.as_str().unwrap().ends_with("{is: true}"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// The first installation.
    #[default]
    Install,
    /// `--is-upgrade`
    Upgrade,
}

/// What happens to the files in `crds/`.
///
/// ```
/// use aoa_helm::{Chart, Crds, Release, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("crds/a.yaml", "kind: CustomResourceDefinition")]);
/// let chart = Chart::load(&tree)?;
/// let release = Release::new("prod", "shop");
/// assert!(chart.render(&Values::new(), &release)?.crds.is_empty());
/// assert_eq!(chart.render(&Values::new(), &release.with_crds(Crds::Include))?.crds.len(), 1);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crds {
    /// They are left out.
    #[default]
    Skip,
    /// They stand before all manifests.
    Include,
}

/// What happens to hooks that are tests.
///
/// ```
/// use aoa_helm::{Chart, Release, Tests, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("templates/a.yaml", "kind: Pod\nmetadata: {name: a, annotations: {helm.sh/hook: test}}")]);
/// let release = Release::new("prod", "shop").with_tests(Tests::Skip);
/// let rendered = Chart::load(&tree)?.render(&Values::new(), &release)?;
/// assert!(rendered.hooks[0].is_test());
/// assert_eq!(rendered.documents().count(), 0);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tests {
    /// They are printed as all hooks.
    #[default]
    Include,
    /// They are left out of the text.
    Skip,
}

/// What happens to `values.schema.json`.
///
/// ```
/// use aoa_helm::{Chart, Release, SchemaCheck, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("values.schema.json", "{\"required\": [\"image\"]}")]);
/// let chart = Chart::load(&tree)?;
/// let release = Release::new("prod", "shop");
/// assert!(chart.render(&Values::new(), &release).is_err());
/// assert!(chart.render(&Values::new(), &release.with_schema(SchemaCheck::Skip)).is_ok());
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchemaCheck {
    /// Values that it does not accept are an error.
    #[default]
    Check,
    /// It is not looked at.
    Skip,
}

impl Release {
    /// A release as `helm template NAME --namespace NAMESPACE` has it.
    #[must_use]
    pub fn new(name: impl Into<String>, namespace: impl Into<String>) -> Self {
        Release {
            name: name.into(),
            namespace: namespace.into(),
            action: Action::default(),
            capabilities: Arc::default(),
            crds: Crds::default(),
            tests: Tests::default(),
            schema: SchemaCheck::default(),
            template: TemplateOptions::default(),
        }
    }

    /// The same for this cluster.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: impl Into<Arc<Capabilities>>) -> Self {
        self.capabilities = capabilities.into();
        self
    }

    /// The same as an installation or an upgrade.
    #[must_use]
    pub fn with_action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    /// The same with or without the files in `crds/`.
    #[must_use]
    pub fn with_crds(mut self, crds: Crds) -> Self {
        self.crds = crds;
        self
    }

    /// The same with or without tests.
    #[must_use]
    pub fn with_tests(mut self, tests: Tests) -> Self {
        self.tests = tests;
        self
    }

    /// The same with or without a check of the values.
    #[must_use]
    pub fn with_schema(mut self, schema: SchemaCheck) -> Self {
        self.schema = schema;
        self
    }

    /// The same with this clock, randomness and these budgets.
    #[must_use]
    pub fn with_template(mut self, template: TemplateOptions) -> Self {
        self.template = template;
        self
    }
}

/// `.Capabilities`: what templates know about the cluster.
///
/// ```
/// use aoa_helm::{Capabilities, Chart, Release, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("templates/a.yaml", "kind: Pod\nmetadata: {name: a}\nspec: {is: {{ .Capabilities.APIVersions.Has \"example.com/v1\" }}}")]);
/// let capabilities = Capabilities::default().with_api_versions(vec!["example.com/v1".to_owned()]);
/// let release = Release::new("prod", "shop").with_capabilities(capabilities);
/// let rendered = Chart::load(&tree)?.render(&Values::new(), &release)?;
/// assert!(rendered.manifests[0].content.as_str().unwrap().ends_with("{is: true}"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// `.Capabilities.KubeVersion`
    pub kube_version: KubeVersion,
    /// `--api-versions`: known besides those that Helm knows by itself.
    pub more_api_versions: Vec<String>,
    /// `.Capabilities.HelmVersion`
    pub helm_version: HelmVersion,
}

impl Default for Capabilities {
    /// What Helm 4.2.1 assumes when it only renders: Kubernetes 1.36 with its built-in APIs.
    fn default() -> Self {
        Capabilities {
            kube_version: KubeVersion::default(),
            more_api_versions: Vec::new(),
            helm_version: HelmVersion::default(),
        }
    }
}

impl Capabilities {
    /// The same for this version of Kubernetes: `--kube-version`.
    #[must_use]
    pub fn with_kube_version(mut self, version: KubeVersion) -> Self {
        self.kube_version = version;
        self
    }

    /// The same with more APIs: `--api-versions`.
    #[must_use]
    pub fn with_api_versions(mut self, versions: Vec<String>) -> Self {
        self.more_api_versions = versions;
        self
    }

    /// The same for a release of Helm that calls itself so.
    #[must_use]
    pub fn with_helm_version(mut self, version: HelmVersion) -> Self {
        self.helm_version = version;
        self
    }

    /// `.Capabilities.APIVersions`
    pub fn api_versions(&self) -> impl Iterator<Item = &str> {
        KNOWN_APIS.iter().copied().chain(self.more_api_versions.iter().map(String::as_str))
    }
}

/// A version of Kubernetes as Helm takes it apart.
///
/// ```
/// use aoa_helm::KubeVersion;
/// assert_eq!(KubeVersion::default().version(), "v1.36.0");
/// assert_eq!(KubeVersion::parse("1.33")?.minor(), "33");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    version: String,
    normalized: String,
    major: String,
    minor: String,
}

impl Default for KubeVersion {
    /// The version that Helm 4.2.1 is built for.
    fn default() -> Self {
        KubeVersion {
            version: "v1.36.0".to_owned(),
            normalized: "v1.36.0".to_owned(),
            major: "1".to_owned(),
            minor: "36".to_owned(),
        }
    }
}

impl KubeVersion {
    /// Reads a version: at least two numbers with dots between them, perhaps a `v` before and anything behind.
    ///
    /// # Errors
    /// `invalid kube version '...': ...`
    ///
    /// ```
    /// use aoa_helm::KubeVersion;
    /// let version = KubeVersion::parse("1.33.4-gke.1245000")?;
    /// assert_eq!((version.version(), version.normalized()), ("v1.33.4-gke.1245000", "v1.33.4"));
    /// # Ok::<(), aoa_lang::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |why: String| Error::invalid(format!("invalid kube version '{text}': {why}"));
        let quoted = |text: &str| strconv::quote(text.as_bytes());
        let space = |c: char| matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ');
        let rest = text.trim_start_matches(space);
        let rest = rest.strip_prefix('v').unwrap_or(rest);
        let mut end = 0;
        let mut allowed_dot = false;
        for (at, c) in rest.char_indices() {
            match c {
                '0'..='9' => {
                    end = at + 1;
                    allowed_dot = true;
                }
                '.' if allowed_dot => allowed_dot = false,
                _ => break,
            }
        }
        let numbers = rest.get(..end).unwrap_or_default();
        let behind = rest.get(end..).unwrap_or_default();
        if numbers.is_empty() || behind.contains('\n') {
            return Err(invalid(format!("could not parse {} as version", quoted(text))));
        }
        let parts: Vec<&str> = numbers.split('.').collect();
        let [major, minor, ..] = parts.as_slice() else {
            return Err(invalid(format!("illegal version string {}", quoted(text))));
        };
        if major.starts_with('0') && *major != "0" {
            let why =
                format!("illegal zero-prefixed version component {} in {}", quoted(major), quoted(text));
            return Err(invalid(why));
        }
        let mut read = Vec::with_capacity(parts.len());
        for part in &parts {
            let number = strconv::parse_uint(part, 10, 64).map_err(|error| {
                let parsing = format!("strconv.ParseUint: parsing {}: {}", quoted(part), error.text());
                invalid(format!(
                    "illegal non-numeric version component {} in {}: {parsing}",
                    quoted(part),
                    quoted(text)
                ))
            })?;
            read.push(number.to_string());
        }
        let _ = minor;
        Ok(KubeVersion {
            version: if text.starts_with('v') { text.to_owned() } else { format!("v{text}") },
            normalized: format!("v{}", read.join(".")),
            major: read.first().cloned().unwrap_or_default(),
            minor: read.get(1).cloned().unwrap_or_default(),
        })
    }

    /// The whole version, with a `v` before it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The numbers alone, with a `v` before them; constraints are checked against these.
    #[must_use]
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The first number.
    #[must_use]
    pub fn major(&self) -> &str {
        &self.major
    }

    /// The second number.
    #[must_use]
    pub fn minor(&self) -> &str {
        &self.minor
    }
}

/// `.Capabilities.HelmVersion`: what the Helm that is imitated says about itself.
///
/// ```
/// use aoa_helm::{Capabilities, HelmVersion};
/// let mut version = HelmVersion::default();
/// assert_eq!(version.version, "v4.2.1");
/// version.git_tree_state = "dirty".to_owned();
/// let capabilities = Capabilities::default().with_helm_version(version);
/// assert_eq!(capabilities.helm_version.git_tree_state, "dirty");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmVersion {
    /// `v4.2.1`
    pub version: String,
    /// The commit of the build.
    pub git_commit: String,
    /// `clean`, or what else the build's checkout was.
    pub git_tree_state: String,
    /// The version of Go.
    pub go_version: String,
    /// The version of Kubernetes that its client is made for.
    pub kube_client_version: String,
}

impl Default for HelmVersion {
    /// What the published program says, which Argo CD's image has: it is built from the commit of the tag with the newest Go
    /// 1.26 of that day.
    fn default() -> Self {
        HelmVersion {
            version: "v4.2.1".to_owned(),
            git_commit: "d591a19b953bd9cfdf7d9ddd83c2f4ffdaeafb29".to_owned(),
            git_tree_state: "clean".to_owned(),
            go_version: "go1.26.4".to_owned(),
            kube_client_version: "v1.36".to_owned(),
        }
    }
}

/// The APIs that Helm knows without a cluster: those of client-go 0.36.1, in its order.
const KNOWN_APIS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];
