//! A source as Go prints it, which is how one error names it: `{URL path revision helm kustomize ...}`.

use aoa_lang::{Value, yaml};

/// `fmt.Sprintf("%s", source)` of an `ApplicationSource`: its fields in the order of Argo CD 3.5.7's Go type, options by the
/// `String` methods that gogo-protobuf generates.
pub(super) fn source_text(source: &Value) -> String {
    let fields = [
        text_of(source, "repoURL"),
        text_of(source, "path"),
        text_of(source, "targetRevision"),
        pointer(source.get("helm"), &HELM),
        pointer(source.get("kustomize"), &KUSTOMIZE),
        pointer(source.get("directory"), &DIRECTORY),
        pointer(source.get("plugin"), &PLUGIN),
        text_of(source, "chart"),
        text_of(source, "ref"),
        text_of(source, "name"),
        text_of(source, "tagPrefix"),
    ];
    format!("{{{}}}", fields.join(" "))
}

/// A Go struct: its name and its fields.
struct Record {
    name: &'static str,
    fields: &'static [Field],
}

/// A field: its name in Go, its key in JSON, and how it is printed.
struct Field(&'static str, &'static str, Shape);

enum Shape {
    Text,
    Flag,
    Texts,
    TextMap,
    FlagMap,
    /// `*string`
    TextPointer,
    /// `intstr.IntOrString`
    Number,
    /// A struct behind a pointer.
    Pointer(&'static Record),
    /// The same, printed without its `&`.
    BarePointer(&'static Record),
    /// A struct whose fields stand among those of the outer one.
    Embedded(&'static Record),
    /// As `Embedded`, but there only if its one field is.
    EmbeddedPointer(&'static Record),
    Records(&'static Record),
    /// Structs behind pointers.
    Pointers(&'static Record),
    /// `*runtime.RawExtension`, printed as YAML.
    ValuesObject,
}

use Shape::{
    BarePointer, Embedded, EmbeddedPointer, Flag, FlagMap, Number, Pointer, Pointers, Records, Text, TextMap,
    TextPointer, Texts, ValuesObject,
};

const HELM: Record = Record {
    name: "ApplicationSourceHelm",
    fields: &[
        Field("ValueFiles", "valueFiles", Texts),
        Field("Parameters", "parameters", Records(&HELM_PARAMETER)),
        Field("ReleaseName", "releaseName", Text),
        Field("Values", "values", Text),
        Field("FileParameters", "fileParameters", Records(&HELM_FILE_PARAMETER)),
        Field("Version", "version", Text),
        Field("PassCredentials", "passCredentials", Flag),
        Field("IgnoreMissingValueFiles", "ignoreMissingValueFiles", Flag),
        Field("SkipCrds", "skipCrds", Flag),
        Field("ValuesObject", "valuesObject", ValuesObject),
        Field("Namespace", "namespace", Text),
        Field("KubeVersion", "kubeVersion", Text),
        Field("APIVersions", "apiVersions", Texts),
        Field("SkipTests", "skipTests", Flag),
        Field("SkipSchemaValidation", "skipSchemaValidation", Flag),
    ],
};

const HELM_PARAMETER: Record = Record {
    name: "HelmParameter",
    fields: &[
        Field("Name", "name", Text),
        Field("Value", "value", Text),
        Field("ForceString", "forceString", Flag),
    ],
};

const HELM_FILE_PARAMETER: Record =
    Record { name: "HelmFileParameter", fields: &[Field("Name", "name", Text), Field("Path", "path", Text)] };

const KUSTOMIZE: Record = Record {
    name: "ApplicationSourceKustomize",
    fields: &[
        Field("NamePrefix", "namePrefix", Text),
        Field("NameSuffix", "nameSuffix", Text),
        Field("Images", "images", Texts),
        Field("CommonLabels", "commonLabels", TextMap),
        Field("Version", "version", Text),
        Field("CommonAnnotations", "commonAnnotations", TextMap),
        Field("ForceCommonLabels", "forceCommonLabels", Flag),
        Field("ForceCommonAnnotations", "forceCommonAnnotations", Flag),
        Field("Namespace", "namespace", Text),
        Field("CommonAnnotationsEnvsubst", "commonAnnotationsEnvsubst", Flag),
        Field("Replicas", "replicas", Records(&REPLICA)),
        Field("Patches", "patches", Records(&PATCH)),
        Field("Components", "components", Texts),
        Field("LabelWithoutSelector", "labelWithoutSelector", Flag),
        Field("KubeVersion", "kubeVersion", Text),
        Field("APIVersions", "apiVersions", Texts),
        Field("IgnoreMissingComponents", "ignoreMissingComponents", Flag),
        Field("LabelIncludeTemplates", "labelIncludeTemplates", Flag),
    ],
};

const REPLICA: Record = Record {
    name: "KustomizeReplica",
    fields: &[Field("Name", "name", Text), Field("Count", "count", Number)],
};

const PATCH: Record = Record {
    name: "KustomizePatch",
    fields: &[
        Field("Path", "path", Text),
        Field("Patch", "patch", Text),
        Field("Target", "target", Pointer(&SELECTOR)),
        Field("Options", "options", FlagMap),
    ],
};

const SELECTOR: Record = Record {
    name: "KustomizeSelector",
    fields: &[
        Field("KustomizeResId", "", Embedded(&RES_ID)),
        Field("AnnotationSelector", "annotationSelector", Text),
        Field("LabelSelector", "labelSelector", Text),
    ],
};

const RES_ID: Record = Record {
    name: "KustomizeResId",
    fields: &[
        Field("KustomizeGvk", "", Embedded(&GVK)),
        Field("Name", "name", Text),
        Field("Namespace", "namespace", Text),
    ],
};

const GVK: Record = Record {
    name: "KustomizeGvk",
    fields: &[Field("Group", "group", Text), Field("Version", "version", Text), Field("Kind", "kind", Text)],
};

const DIRECTORY: Record = Record {
    name: "ApplicationSourceDirectory",
    fields: &[
        Field("Recurse", "recurse", Flag),
        Field("Jsonnet", "jsonnet", BarePointer(&JSONNET)),
        Field("Exclude", "exclude", Text),
        Field("Include", "include", Text),
    ],
};

const JSONNET: Record = Record {
    name: "ApplicationSourceJsonnet",
    fields: &[
        Field("ExtVars", "extVars", Records(&JSONNET_VARIABLE)),
        Field("TLAs", "tlas", Records(&JSONNET_VARIABLE)),
        Field("Libs", "libs", Texts),
    ],
};

const JSONNET_VARIABLE: Record = Record {
    name: "JsonnetVar",
    fields: &[Field("Name", "name", Text), Field("Value", "value", Text), Field("Code", "code", Flag)],
};

const PLUGIN: Record = Record {
    name: "ApplicationSourcePlugin",
    fields: &[
        Field("Name", "name", Text),
        Field("Env", "env", Pointers(&ENVIRONMENT)),
        Field("Parameters", "parameters", Records(&PLUGIN_PARAMETER)),
    ],
};

const ENVIRONMENT: Record =
    Record { name: "EnvEntry", fields: &[Field("Name", "name", Text), Field("Value", "value", Text)] };

const PLUGIN_PARAMETER: Record = Record {
    name: "ApplicationSourcePluginParameter",
    fields: &[
        Field("Name", "name", Text),
        Field("OptionalMap", "map", EmbeddedPointer(&OPTIONAL_MAP)),
        Field("OptionalArray", "array", EmbeddedPointer(&OPTIONAL_ARRAY)),
        Field("String_", "string", TextPointer),
    ],
};

const OPTIONAL_MAP: Record = Record { name: "OptionalMap", fields: &[Field("Map", "map", TextMap)] };

const OPTIONAL_ARRAY: Record = Record { name: "OptionalArray", fields: &[Field("Array", "array", Texts)] };

fn pointer(value: Option<&Value>, of: &Record) -> String {
    value
        .filter(|value| !value.is_null())
        .map_or_else(|| "nil".to_owned(), |value| format!("&{}", record(value, of)))
}

fn record(value: &Value, of: &Record) -> String {
    let mut out = format!("{}{{", of.name);
    for Field(name, key, shape) in of.fields {
        out.push_str(&format!("{name}:{},", field(value, key, shape)));
    }
    out.push('}');
    out
}

fn field(object: &Value, key: &str, shape: &Shape) -> String {
    let value = object.get(key).filter(|value| !value.is_null());
    match shape {
        Text => text_of(object, key),
        Flag => (value.and_then(Value::as_bool) == Some(true)).to_string(),
        Texts => format!("[{}]", items(value).map(plain).collect::<Vec<_>>().join(" ")),
        TextMap => map(value, "string"),
        FlagMap => map(value, "bool"),
        TextPointer => value.map_or_else(|| "nil".to_owned(), |value| format!("*{}", plain(value))),
        // The type is 0 for a number and 1 for a text; the other of the two is empty.
        Number => match value {
            Some(Value::String(text)) => format!("{{1 0 {text}}}"),
            Some(number) => format!("{{0 {} }}", plain(number)),
            None => "{0 0 }".to_owned(),
        },
        Pointer(of) => pointer(value, of),
        BarePointer(of) => value.map_or_else(|| "nil".to_owned(), |value| record(value, of)),
        Embedded(of) => record(object, of),
        EmbeddedPointer(of) => value.map_or_else(|| "nil".to_owned(), |_| format!("&{}", record(object, of))),
        Records(of) => list(value, of, ""),
        Pointers(of) => list(value, of, "*"),
        ValuesObject => value.map_or_else(|| "nil".to_owned(), values_object),
    }
}

fn list(value: Option<&Value>, of: &Record, star: &str) -> String {
    let amp = if star.is_empty() { "" } else { "&" };
    let items: String = items(value).map(|item| format!("{amp}{},", record(item, of))).collect();
    format!("[]{star}{}{{{items}}}", of.name)
}

fn map(value: Option<&Value>, of: &str) -> String {
    let entries = value.and_then(Value::as_map).into_iter().flat_map(|map| map.iter());
    let entries: String = entries.map(|(key, value)| format!("{key}: {},", plain(value))).collect();
    format!("map[string]{of}{{{entries}}}")
}

fn values_object(value: &Value) -> String {
    let text = yaml::emit(value).unwrap_or_default();
    format!("&runtime.RawExtension{{{}}}", text.strip_suffix('\n').unwrap_or(&text))
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_list).into_iter().flatten()
}

fn text_of(object: &Value, key: &str) -> String {
    object.str_at(&[key]).unwrap_or_default().to_owned()
}

fn plain(value: &Value) -> String {
    aoa_lang::fmt::display(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_printed_as_go_prints_them() {
        let replicas =
            Value::list(vec![Value::map([("name", Value::from("a")), ("count", Value::int64(3))])]);
        let source = Value::map([
            ("repoURL", Value::from("https://x")),
            (
                "kustomize",
                Value::map([
                    ("images", Value::list(vec![Value::from("a"), Value::from("b")])),
                    ("replicas", replicas),
                ]),
            ),
            ("directory", Value::map([("recurse", Value::Bool(true))])),
        ]);
        let text = source_text(&source);
        assert!(text.starts_with("{https://x   nil &ApplicationSourceKustomize{NamePrefix:,NameSuffix:,Images:[a b],CommonLabels:map[string]string{},"), "{text}");
        assert!(
            text.contains("Replicas:[]KustomizeReplica{KustomizeReplica{Name:a,Count:{0 3 },},},"),
            "{text}"
        );
        assert!(
            text.ends_with(
                " &ApplicationSourceDirectory{Recurse:true,Jsonnet:nil,Exclude:,Include:,} nil    }"
            ),
            "{text}"
        );
    }
}
