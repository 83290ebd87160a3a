//! Hostile templates end in an error of a kind, quickly, in bounded memory, and on the stack of a small thread.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_lang::template::{Functions, MissingKey, Template, TemplateOptions, sprig};
use aoa_lang::value::Text;
use aoa_lang::{ErrorKind, Limits, Result, Value};

/// What the run of a template on `data` gives; on a small stack, and within seconds.
fn render_on_small_stack(text: String, data: Value, limits: fn(&mut Limits)) -> Result<Text> {
    let run = move || {
        let options = {
            let mut tight = Limits::default();
            tight.template_steps = 2_000_000;
            tight.template_output = 4 << 20;
            limits(&mut tight);
            TemplateOptions::default().with_limits(tight)
        };
        let functions: Functions = sprig::functions();
        Template::parse("t", &text, &functions, MissingKey::Invalid)
            .and_then(|template| template.render_text(&data, &options))
    };
    std::thread::Builder::new().stack_size(512 << 10).spawn(run).unwrap().join().unwrap()
}

fn outcome(text: impl Into<String>) -> std::result::Result<usize, ErrorKind> {
    let text =
        render_on_small_stack(text.into(), Value::map([("l", Value::list(vec![Value::Null; 100]))]), |_| {});
    text.map(|t| t.len()).map_err(|e| e.kind())
}

#[test]
fn deep_nesting_is_read_and_run() {
    let n = 100_000;
    let ifs = "{{if 1}}".repeat(n) + "x" + &"{{end}}".repeat(n);
    assert_eq!(outcome(ifs), Ok(1));
    let withs = "{{with 1}}".repeat(n) + "x" + &"{{end}}".repeat(n);
    assert_eq!(outcome(withs), Ok(1));
    let chain = "{{if 0}}".to_owned() + &"{{else if 0}}".repeat(n) + "{{end}}";
    assert_eq!(outcome(chain), Ok(0));
    let blocks = "{{block \"x\" .}}".repeat(n) + &"{{end}}".repeat(n);
    assert_eq!(outcome(blocks), Err(ErrorKind::Syntax));
    let parentheses = |n: usize| "{{".to_owned() + &"(".repeat(n) + "1" + &")".repeat(n) + "}}";
    assert_eq!(outcome(parentheses(10_000)), Ok(1));
    assert_eq!(outcome(parentheses(10_001)), Err(ErrorKind::Syntax));
    assert_eq!(outcome("{{if".repeat(n)), Err(ErrorKind::Syntax));
    assert_eq!(
        outcome("{{ ".to_owned() + &"print (".repeat(9_999) + &")".repeat(9_999) + " }}"),
        Err(ErrorKind::Syntax)
    );
    assert_eq!(
        outcome("{{ not (".to_owned() + &"not (".repeat(9_998) + "1" + &")".repeat(9_999) + " }}"),
        Ok(5)
    );
}

#[test]
fn long_templates_are_read_and_run() {
    let n = 100_000;
    assert_eq!(outcome("{{/* x */}}".repeat(n)), Ok(0));
    assert_eq!(outcome("{{$x := 1}}".repeat(n)), Ok(0));
    // Every use looks through all that was declared since.
    let searched = "{{$y := 1}}".to_owned() + &"{{$x := 1}}".repeat(n / 2) + &"{{$y}}".repeat(n / 2);
    assert_eq!(outcome(searched), Err(ErrorKind::Limit));
    let fields = "{{".to_owned() + &".a".repeat(n) + "}}";
    assert_eq!(outcome(fields), Ok("<no value>".len()));
    let arguments = "{{print".to_owned() + &" 1".repeat(n) + "}}";
    assert_eq!(outcome(arguments), Ok(2 * n - 1));
    let logic = "{{and".to_owned() + &" 1".repeat(n) + "}}";
    assert_eq!(outcome(logic), Ok(1));
    let stages = "{{1".to_owned() + &" | print".repeat(n) + "}}";
    assert_eq!(outcome(stages), Ok(1));
    let defines: String = (0..20_000).map(|i| format!("{{{{define \"{i}\"}}}}x{{{{end}}}}")).collect();
    assert_eq!(outcome(defines), Ok(0));
}

#[test]
fn loops_run_out_of_steps() {
    assert_eq!(outcome("{{range 1000000000000}}{{end}}"), Err(ErrorKind::Limit));
    let loops = "{{range 100000}}".repeat(10) + &"{{end}}".repeat(10);
    assert_eq!(outcome(loops), Err(ErrorKind::Limit));
    assert_eq!(
        outcome("{{range .l}}{{range $.l}}{{range $.l}}{{range $.l}}{{end}}{{end}}{{end}}{{end}}"),
        Err(ErrorKind::Limit)
    );
    assert_eq!(outcome("{{range until 1000000000}}{{end}}"), Err(ErrorKind::Limit));
    assert_eq!(
        outcome("{{define \"x\"}}{{template \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}"),
        Err(ErrorKind::Invalid)
    );
    let fans = (0..40).fold(String::new(), |text, i| {
        format!(
            "{text}{{{{define \"t{i}\"}}}}{{{{template \"t{}\"}}}}{{{{template \"t{0}\"}}}}{{{{end}}}}",
            i + 1
        )
    });
    assert_eq!(outcome(fans + "{{define \"t40\"}}x{{end}}{{template \"t0\"}}"), Err(ErrorKind::Limit));
}

#[test]
fn recursion_ends_as_in_go() {
    let error = render_on_small_stack(
        "{{define \"x\"}}{{template \"x\" .}}{{end}}{{template \"x\" .}}".to_owned(),
        Value::Null,
        |_| {},
    );
    assert_eq!(
        error.unwrap_err().message(),
        "template: t:1:25: executing \"x\" at <{{template \"x\" .}}>: exceeded maximum template depth (100000)"
    );
    let limited = render_on_small_stack(
        "{{define \"x\"}}{{template \"x\" .}}{{end}}{{template \"x\" .}}".to_owned(),
        Value::Null,
        |limits| limits.template_depth = 100,
    );
    assert_eq!(limited.unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn output_is_bounded() {
    assert_eq!(outcome("{{range 1000}}{{printf \"%100000d\" 1}}{{end}}"), Err(ErrorKind::Limit));
    let wide = "{{printf \"".to_owned() + &"%1000000d".repeat(100) + "\"" + &" 1".repeat(100) + "}}";
    assert_eq!(outcome(wide), Err(ErrorKind::Limit));
    assert_eq!(outcome("{{printf \"%.1000000f\" 1.5}}"), Ok(1_000_002));
    assert_eq!(outcome("{{repeat 1000000000 \"xxxxxxxx\"}}"), Err(ErrorKind::Limit));
    let doubled = "{{$x := \"x\"}}".to_owned() + &"{{$x = print $x $x}}".repeat(60);
    assert_eq!(outcome(doubled), Err(ErrorKind::Limit));
    let list = "{{$x := list 1}}".to_owned() + &"{{$x = list $x $x}}".repeat(60) + "{{$x}}";
    assert_eq!(outcome(list), Err(ErrorKind::Limit));
}

#[test]
fn maps_that_contain_themselves_end() {
    assert_eq!(outcome("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{$d}}"), Err(ErrorKind::Limit));
    assert_eq!(outcome("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{toJson $d}}"), Err(ErrorKind::Limit));
    assert_eq!(outcome("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{deepCopy $d}}"), Err(ErrorKind::Limit));
    assert_eq!(outcome("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{merge $d $d}}"), Err(ErrorKind::Limit));
    assert_eq!(
        outcome("{{$d := dict}}{{range 100000}}{{$d = dict \"d\" $d}}{{end}}{{$_ := set $d \"a\" 1}}{{$d}}"),
        Err(ErrorKind::Limit)
    );
}

#[test]
fn broken_texts_are_refused() {
    for text in [
        "{{", "}}", "{{.}", "{{\"", "{{`", "{{'", "{{/*", "{{ - }}", "{{-}}", "{{$}", "{{(}}", "{{)}}",
        "{{1 2}}", "{{|}}",
    ] {
        let answer = outcome(text);
        assert!(answer.is_err() || text == "}}", "{text}: {answer:?}");
    }
}

#[test]
fn values_that_share_their_parts_many_times_over_end() {
    let built = |name: &str| {
        format!("{{{{$ {name} := list 1}}}}").replace("$ ", "$")
            + &format!("{{{{${name} = list ${name} ${name}}}}}").repeat(60)
    };
    let both = built("x") + &built("y");
    for call in [
        "print $x",
        "toJson $x",
        "deepEqual $x $y",
        "has $x (list $y)",
        "uniq (list $x $y)",
        "toString $x",
        "without (list $x) $y",
        "deepCopy $x",
        "merge (dict \"a\" $x) (dict \"a\" $y)",
        "html $x",
        "toPrettyJson $x",
        "printf \"%d\" $x",
        "eq $x $y",
        "join \",\" $x",
        "toStrings $x",
        "cat $x",
        "quote $x",
    ] {
        // An answer or an error: what counts is that both come, within the steps that the limits allow.
        let _ = outcome(format!("{both}{{{{$r := {call}}}}}"));
        let _ = outcome(format!("{both}{{{{$_ := set (dict) \"a\" 1}}}}{{{{$r := {call}}}}}"));
    }
}
