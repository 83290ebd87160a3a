//! Templates with ten interpolations, in both dialects, and their parameters.

use aoa_lang::value::Map;
use aoa_lang::{Value, yaml};

/// Ten placeholders.
pub const PLACEHOLDERS: &str = "{{name}}-{{env}}-{{region}} {{path}}/{{path.basename}} {{cluster}}.{{zone}}.example.com \
                                {{team}}:{{version}}@{{server}}";

/// Ten fields.
pub const GO: &str = "{{.name}}-{{.env}}-{{.region}} {{.path.path}}/{{.path.basename}} \
                      {{.cluster}}.{{.zone}}.example.com {{.team}}:{{.version}}@{{.server}}";

/// Ten actions as templates of ApplicationSets have them: functions, conditions, quotes.
pub const GO_FUNCTIONS: &str = "{{ .name | lower }}-{{ normalize .env }}-{{ .region | upper }} {{ .path.path }}/{{ index \
                                .path.segments 1 }} {{ printf \"%s.%s\" .cluster .zone }}.example.com {{ default \
                                \"nobody\" .team }}:{{ if eq .env \"prod\" }}{{ .version }}{{ else }}latest{{ end }}@{{ \
                                .server | quote }}";

/// The parameters of [`PLACEHOLDERS`].
#[must_use]
pub fn flat() -> Map {
    let mut params = common();
    params.push(("path", "apps/web"));
    params.push(("path.basename", "web"));
    params.into_iter().map(|(key, value)| (key, Value::from(value))).collect()
}

/// The parameters of [`GO`] and [`GO_FUNCTIONS`].
#[must_use]
pub fn nested() -> Value {
    let path = yaml::load(b"{path: apps/web, basename: web, segments: [apps, web]}").unwrap_or_default();
    let texts = common().into_iter().map(|(key, value)| (key, Value::from(value)));
    Value::Map(texts.chain([("path", path)]).collect())
}

fn common() -> Vec<(&'static str, &'static str)> {
    vec![
        ("name", "web"),
        ("env", "prod"),
        ("region", "eu-west"),
        ("cluster", "workload-017"),
        ("zone", "a"),
        ("team", "shop"),
        ("version", "1.4.2"),
        ("server", "https://10.0.0.17:6443"),
    ]
}
