//! `syncPolicy.syncOptions`: texts like `CreateNamespace=true`.

use aoa_lang::Value;

/// The sync options of an Application, in their order (`SyncOptions` of Argo CD 3.5.7).
///
/// Options are compared as texts: `Validate` and `Validate=true` are two, and case matters.
///
/// ```
/// use aoa_core::model::SyncOptions;
///
/// let options = SyncOptions::new(["CreateNamespace=true", "Prune="]);
/// assert!(options.has("CreateNamespace=true"));
/// assert_eq!(options.value("Prune"), Some(""));
/// assert_eq!(options.value("Validate"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncOptions {
    options: Vec<String>,
}

impl SyncOptions {
    /// These options.
    pub fn new(options: impl IntoIterator<Item = impl Into<String>>) -> Self {
        SyncOptions { options: options.into_iter().map(Into::into).collect() }
    }

    /// The options of an Application's spec.
    #[must_use]
    pub fn of_spec(spec: &Value) -> Self {
        let list = spec.at(&["syncPolicy", "syncOptions"]).and_then(Value::as_list);
        SyncOptions::new(list.into_iter().flatten().filter_map(Value::as_str))
    }

    /// The options, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.options.iter().map(String::as_str)
    }

    /// Whether exactly this option is among them.
    #[must_use]
    pub fn has(&self, option: &str) -> bool {
        self.iter().any(|other| other == option)
    }

    /// The value of the first option `key=value`; it may itself have a `=`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.iter().find_map(|option| option.strip_prefix(key)?.strip_prefix('='))
    }

    /// Appends `option` unless it is there.
    pub fn add(&mut self, option: &str) {
        if !self.has(option) {
            self.options.push(option.to_owned());
        }
    }

    /// Removes the first `option`.
    pub fn remove(&mut self, option: &str) {
        if let Some(at) = self.options.iter().position(|other| other == option) {
            self.options.remove(at);
        }
    }
}
