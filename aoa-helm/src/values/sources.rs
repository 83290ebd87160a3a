//! Values as users give them: files, and the flags of the command line (Helm 4.2.1, pkg/cli/values/options.go).

use aoa_lang::json::{self, Numbers};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, ErrorKind, Limits, Result, Value, yaml};

use super::strvals::{self, Mode};

/// Values that override those of a chart.
///
/// Later calls override earlier ones. Helm itself takes its flags in a fixed order, whatever their order on the command line:
/// `--values`, `--set-json`, `--set`, `--set-string`, `--set-file`, `--set-literal`.
///
/// ```
/// use aoa_helm::Values;
/// let values = Values::new()
///     .with_file("prod.yaml", b"image: {tag: \"1.2\"}\nreplicas: 3")?
///     .with_set("image.tag=1.3,hosts[0]=a.example.com")?
///     .with_set_string("port=80")?;
/// assert_eq!(values.as_map().get("image").unwrap().str_at(&["tag"]), Some("1.3"));
/// assert_eq!(values.as_map().get("port").unwrap().as_str(), Some("80"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Values {
    map: Map,
}

impl Values {
    /// No values.
    #[must_use]
    pub fn new() -> Self {
        Values { map: Map::new() }
    }

    /// The values as data.
    #[must_use]
    pub fn as_map(&self) -> &Map {
        &self.map
    }

    /// Lays the documents of a values file over these: maps deeply, everything else as a whole. `name` is for messages.
    ///
    /// # Errors
    /// `failed to parse NAME: ...`
    pub fn with_file(mut self, name: &str, text: &[u8]) -> Result<Self> {
        let over = yaml::load_helm_values(text)
            .map_err(|error| error.prefixed(&format!("failed to parse {name}: ")))?;
        self.map = if self.map.is_empty() { over } else { yaml::merge_values(self.map, over) };
        Ok(self)
    }

    /// Lays data over these, as a values file.
    #[must_use]
    pub fn with_map(mut self, over: Map) -> Self {
        self.map = yaml::merge_values(self.map, over);
        self
    }

    /// `--set`: `a.b=1,c[0]=x,d={x,y}`. Whole numbers, `true`, `false` and `null` are what they look like.
    ///
    /// # Errors
    /// `failed parsing --set data: ...`
    pub fn with_set(self, argument: &str) -> Result<Self> {
        self.with_argument(argument, "--set", &Mode::Typed)
    }

    /// `--set-string`: as [`with_set`](Values::with_set), but all values are strings.
    ///
    /// # Errors
    /// `failed parsing --set-string data: ...`
    pub fn with_set_string(self, argument: &str) -> Result<Self> {
        self.with_argument(argument, "--set-string", &Mode::Text)
    }

    /// `--set-file`: `a.b=path`; `read` gives the text of a path.
    ///
    /// # Errors
    /// `failed parsing --set-file data: ...`, and those of `read`.
    pub fn with_set_file(self, argument: &str, read: &dyn Fn(&str) -> Result<Text>) -> Result<Self> {
        self.with_argument(argument, "--set-file", &Mode::File(read))
    }

    /// `--set-literal`: `a.b=text`; the text is taken as it is.
    ///
    /// # Errors
    /// `failed parsing --set-literal data: ...`
    pub fn with_set_literal(self, argument: &str) -> Result<Self> {
        self.with_argument(argument, "--set-literal", &Mode::Literal)
    }

    /// `--set-json`: `a.b={"c":1},d=[1]`, or one JSON object.
    ///
    /// # Errors
    /// `failed parsing --set-json data ...`
    pub fn with_set_json(mut self, argument: &str) -> Result<Self> {
        // What is wrong in detail Helm does not say.
        let failed = |error: Error, what: &str| match error.kind() {
            ErrorKind::Limit => error,
            _ => Error::invalid(format!("failed parsing --set-json data {what}{argument}")),
        };
        let trimmed = argument.trim();
        if trimmed.starts_with('{') {
            let object = json::read_within(trimmed.as_bytes(), Numbers::Float64, &Limits::default())
                .map_err(|error| failed(error, "JSON: "))?;
            let Value::Map(object) = object else { return Ok(self) };
            self.map = yaml::merge_values(self.map, object);
            return Ok(self);
        }
        self.map = strvals::parse_into(argument, self.map, &Mode::Json).map_err(|error| failed(error, ""))?;
        Ok(self)
    }

    fn with_argument(mut self, argument: &str, flag: &str, mode: &Mode<'_>) -> Result<Self> {
        self.map = strvals::parse_into(argument, self.map, mode).map_err(|error| match error.kind() {
            ErrorKind::Limit => error,
            _ => error.prefixed(&format!("failed parsing {flag} data: ")),
        })?;
        Ok(self)
    }
}

impl From<Map> for Values {
    fn from(map: Map) -> Self {
        Values { map }
    }
}
