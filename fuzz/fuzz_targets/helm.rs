//! `values\nchart`, where the chart is files behind `=== path` lines: a chart gives one answer, whatever is in it.
#![no_main]

use aoa_fuzz::{checked, texts};
use aoa_helm::{Chart, Release, Values};
use aoa_lang::Limits;
use aoa_lang::source::Tree;
use aoa_lang::template::TemplateOptions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([values, files]) = texts(input) else { return };
    let mut tree = vec![("Chart.yaml".to_owned(), "apiVersion: v2\nname: web\nversion: 1.0.0\n".to_owned())];
    for part in files.split("=== ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        tree.push((path.to_owned(), text.to_owned()));
    }
    let Some(values) = checked(Values::new().with_file("values.yaml", values.as_bytes())) else { return };
    let Some(chart) = checked(Chart::load(&Tree::in_memory(tree))) else { return };
    let mut limits = Limits::default();
    limits.template_steps = 200_000;
    limits.template_output = 1 << 20;
    limits.output_bytes = 4 << 20;
    limits.alias_values = 100_000;
    let release = Release::new("web", "shop").with_template(TemplateOptions::default().with_limits(limits));
    let Some(rendered) = checked(chart.render(&values, &release)) else { return };
    let again = chart.render(&values, &release).expect("it was rendered before");
    assert_eq!(rendered.text(), again.text(), "a chart that was rendered before");
    assert_eq!(rendered.warnings, again.warnings);
});
