//! Pictures of orders are such as Mermaid and Graphviz read.

use super::scenario::Scenario;

/// What is wrong with a picture.
type Read = fn(&str) -> Result<(), String>;

#[test]
fn every_picture_can_be_read() {
    let mut seen = [0, 0];
    for scenario in Scenario::all().iter().filter(|scenario| scenario.verb() == "order") {
        let formats: [(&str, Read); 2] = [("mermaid", mermaid), ("dot", dot)];
        for (count, (format, read)) in seen.iter_mut().zip(formats) {
            let Some(picture) = scenario.printed_as(format) else { continue };
            read(&picture).unwrap_or_else(|why| panic!("{}: {why}\n{picture}", scenario.name));
            *count += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 60), "{seen:?}");
}

#[test]
fn what_is_wrong_with_a_picture_is_seen() {
    for wrong in [
        "graph",
        "flowchart TD\n  a0[\"a\"b\"]\n",
        "flowchart TD\n  a0 --> a1\n",
        "flowchart TD\n  a0[\"a;#quot\"]\n",
    ] {
        assert!(mermaid(wrong).is_err(), "{wrong}");
    }
    for wrong in [
        "digraph order {\n",
        "digraph order {\n  a0 [label=\"a\"b\"]\n}\n",
        "digraph order {\n  a0 [label=\"a\\\"]\n}\n",
    ] {
        assert!(dot(wrong).is_err(), "{wrong}");
    }
}

/// A flow chart: nodes with quoted texts, then arrows between them.
fn mermaid(picture: &str) -> Result<(), String> {
    let mut lines = picture.lines();
    if lines.next() != Some("flowchart TD") {
        return Err("is no flow chart".to_owned());
    }
    let mut nodes = Vec::new();
    for line in lines {
        let words = line.strip_prefix("  ").ok_or_else(|| format!("`{line}` is not indented"))?;
        if words.starts_with("%% ") || words.starts_with("classDef deadlock ") {
            continue;
        }
        let end = words.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(words.len());
        let (node, rest) = words.split_at(end);
        if let Some(text) = rest.strip_prefix("[\"") {
            let (text, class) = text.rsplit_once("\"]").ok_or_else(|| format!("`{line}` does not end"))?;
            if !matches!(class, "" | ":::deadlock") {
                return Err(format!("`{line}`: what is `{class}`?"));
            }
            quoted(text)?;
            nodes.push(node.to_owned());
            continue;
        }
        let arrows = [" -->|\"", " -.->|\""].iter().find_map(|arrow| rest.strip_prefix(arrow));
        let to = match (arrows, rest.strip_prefix(" ==> ")) {
            (Some(labelled), _) => {
                let (text, to) =
                    labelled.rsplit_once("\"| ").ok_or_else(|| format!("`{line}` has no end"))?;
                quoted(text)?;
                to
            }
            (None, Some(to)) => to,
            (None, None) => return Err(format!("`{line}` is no arrow")),
        };
        if [node, to].iter().any(|end| !nodes.iter().any(|node| node == end)) {
            return Err(format!("`{line}`: no such node"));
        }
    }
    Ok(())
}

/// A text between quotes: marks that would end it or mean something are written by name.
fn quoted(text: &str) -> Result<(), String> {
    let names = ["#quot;", "#35;", "#lt;", "#gt;", "#amp;", "#96;"];
    let plain = names.iter().fold(text.to_owned(), |text, name| text.replace(name, ""));
    match plain.find(['"', '#', '<', '>', '`']) {
        Some(at) => Err(format!("`{text}`: a mark at {at}")),
        None if text.chars().any(char::is_control) => Err(format!("`{text}`: is not of one line")),
        None => Ok(()),
    }
}

/// A graph: a statement a line, each a node or an arrow with attributes.
fn dot(picture: &str) -> Result<(), String> {
    let inner = picture.strip_prefix("digraph order {\n").and_then(|rest| rest.strip_suffix("}\n"));
    for line in inner.ok_or("is no graph")?.lines() {
        let words = line.trim_start();
        if words.starts_with("//") {
            continue;
        }
        let (ends, attributes) =
            words.split_once(" [").ok_or_else(|| format!("`{line}` has no attributes"))?;
        let is_name =
            |name: &str| name == "node" || name.strip_prefix('a').is_some_and(|n| n.parse::<u32>().is_ok());
        if !ends.split(" -> ").all(is_name) {
            return Err(format!("`{line}`: ends"));
        }
        let attributes = attributes.strip_suffix(']').ok_or_else(|| format!("`{line}` is not closed"))?;
        attributes_of(attributes).map_err(|why| format!("`{line}`: {why}"))?;
    }
    Ok(())
}

/// `key=word`, `key="text"`, between commas.
fn attributes_of(mut text: &str) -> Result<(), String> {
    loop {
        let (key, value) = text.split_once('=').ok_or("an attribute without value")?;
        if !key.chars().all(|c| c.is_ascii_lowercase()) {
            return Err(format!("`{key}` is no attribute"));
        }
        let end = match value.strip_prefix('"') {
            Some(inside) => {
                let mut is_escaped = false;
                let closing = inside.char_indices().find(|(_, c)| {
                    let closes = *c == '"' && !is_escaped;
                    is_escaped = *c == '\\' && !is_escaped;
                    closes
                });
                closing.ok_or("a text without end")?.0 + 2
            }
            None => value.find(',').unwrap_or(value.len()),
        };
        text = match value.get(end..) {
            Some("") | None => return Ok(()),
            Some(rest) => rest.strip_prefix(", ").ok_or_else(|| format!("`{rest}` after an attribute"))?,
        };
    }
}
