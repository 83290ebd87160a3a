//! Charts that want too much: each ends in a typed error, on a small stack, soon.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::io::Write;
use std::time::{Duration, Instant};

use aoa_helm::{Chart, LoadLimits, Release, Rendered, Values};
use aoa_lang::source::Tree;
use aoa_lang::{Error, ErrorKind, Result};

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

/// Runs on a stack of 2 MB, and not for ever.
fn bounded<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let start = Instant::now();
    let done = std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
    done
}

fn render(files: &[(&str, &str)], values: &str) -> Result<Rendered> {
    let mut all = vec![("Chart.yaml", CHART)];
    all.extend_from_slice(files);
    let tree = Tree::in_memory(all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    let values = Values::new().with_file("values.yaml", values.as_bytes())?;
    Chart::load(&tree)?.render(&values, &Release::new("web", "shop"))
}

fn template(text: &str) -> Error {
    let text = text.to_owned();
    bounded(move || render(&[("templates/a.yaml", &text)], "a: 1")).expect_err("it wants too much")
}

#[test]
fn endless_includes_end() {
    let error = template(r#"{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}"#);
    assert!(error.message().contains("rendering template has a nested reference name: a"), "{error}");
    let error = template(r#"{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}"#);
    assert!(matches!(error.kind(), ErrorKind::Limit | ErrorKind::Invalid), "{error}");
}

#[test]
fn templates_that_run_themselves_end() {
    let text = r#"{{ $t := "{{ tpl .t . }}" }}{{ tpl $t (dict "t" $t "Template" .Template) }}"#;
    let error = template(text);
    assert!(matches!(error.kind(), ErrorKind::Limit | ErrorKind::Invalid), "{error}");
}

#[test]
fn huge_ranges_and_texts_end() {
    for text in [
        "{{ range until 2000000000 }}x{{ end }}",
        "{{ range $i := until 100000 }}{{ range $j := until 100000 }}x{{ end }}{{ end }}",
        r#"{{ repeat 1000000000 "x" }}"#,
        r#"{{ $x := "xxxxxxxxxx" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}{{ $x }}"#,
        r#"{{ $d := dict "a" "xxxxxxxxxxxxxxxx" }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toYaml $d }}"#,
        r#"{{ $d := dict "a" "xxxxxxxxxxxxxxxx" }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toToml $d }}"#,
        r#"{{ $d := dict "a" "xxxxxxxxxxxxxxxx" }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toJson $d }}"#,
    ] {
        let error = template(text);
        assert_eq!(error.kind(), ErrorKind::Limit, "{text}: {error}");
    }
}

#[test]
fn aliases_that_multiply_end() {
    let mut values = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for at in 1..12 {
        let before = at - 1;
        values.push_str(&format!("a{at}: &a{at} [{}]\n", vec![format!("*a{before}"); 10].join(", ")));
    }
    let error =
        bounded(move || render(&[("templates/a.yaml", "a: b")], &values)).expect_err("too many values");
    assert!(matches!(error.kind(), ErrorKind::Limit | ErrorKind::Syntax | ErrorKind::Invalid), "{error}");
}

#[test]
fn deep_values_end() {
    for values in ["{a: ".repeat(20_000) + "1" + &"}".repeat(20_000), "[".repeat(20_000)] {
        let error = bounded(move || render(&[("templates/a.yaml", "a: {{ toToml .Values }}")], &values));
        assert!(error.is_err());
    }
    // What Helm's own bounds allow is answered, whatever with.
    for function in ["toYaml", "toToml", "toJson", "toYamlPretty", "quote", "deepCopy"] {
        let text = format!("a: {{{{ {function} .Values }}}}");
        let values = "{a: ".repeat(5_000) + "1" + &"}".repeat(5_000);
        let _ = bounded(move || render(&[("templates/a.yaml", &text)], &values));
    }
}

#[test]
fn flags_that_ask_for_much_end() {
    for flag in [
        "a[1000000000]=x".to_owned(),
        format!("{}=x", "a.".repeat(100_000)),
        format!("a{}=x", "[0]".repeat(100_000)),
        format!("a={}", "{".repeat(100_000)),
    ] {
        let done = bounded(move || Values::new().with_set(&flag).map(|_| ()));
        if let Err(error) = done {
            assert_ne!(error.kind(), ErrorKind::Internal, "{error}");
        }
    }
}

fn packed(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best()));
    for (path, content) in entries {
        let mut header = tar::Header::new_gnu();
        let name = header.as_gnu_mut().unwrap();
        name.name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(u64::try_from(content.len()).unwrap());
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, content.as_slice()).unwrap();
    }
    let mut gzip = archive.into_inner().unwrap();
    gzip.flush().unwrap();
    gzip.finish().unwrap()
}

#[test]
fn archives_that_grow_or_lead_outside_are_refused() {
    let chart = ("web/Chart.yaml", CHART.as_bytes().to_vec());
    let limits = LoadLimits::default();
    assert!(Chart::unpack(&packed(std::slice::from_ref(&chart)), &limits).is_ok());
    let large = packed(&[chart.clone(), ("web/large", vec![0; 200 << 20])]);
    assert!(large.len() < 1 << 20);
    for (archive, words) in [
        (large, "larger than the maximum"),
        (
            packed(&[chart.clone(), ("web/../../etc/passwd", b"x".to_vec())]),
            "illegally references parent directory",
        ),
        (packed(&[chart.clone(), ("web//etc/passwd", b"x".to_vec())]), "absolute paths"),
        (packed(&[("Chart.yaml", CHART.as_bytes().to_vec())]), "outside the base directory"),
        (b"no archive".to_vec(), "gzip"),
        (Vec::new(), "EOF"),
    ] {
        let error = bounded(move || Chart::unpack(&archive, &LoadLimits::default())).expect_err(words);
        assert!(error.message().contains(words), "{error}, wanted {words}");
    }
}

#[test]
fn charts_within_charts_end() {
    let mut archive = packed(&[("web/Chart.yaml", CHART.as_bytes().to_vec())]);
    for _ in 0..60 {
        archive =
            packed(&[("web/Chart.yaml", CHART.as_bytes().to_vec()), ("web/charts/web-1.0.0.tgz", archive)]);
    }
    let error = bounded(move || Chart::unpack(&archive, &LoadLimits::default())).expect_err("too deep");
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
}

#[test]
fn schemas_with_hard_patterns_take_linear_time() {
    let schema = r#"{"properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}"#;
    let values = format!("a: {}!", "a".repeat(50_000));
    let files = [("values.schema.json", schema), ("templates/a.yaml", "a: b")];
    let error = bounded(move || render(&files, &values)).expect_err("it does not match");
    assert!(error.message().starts_with("values don't meet the specifications"), "{}", error.message().len());
}
