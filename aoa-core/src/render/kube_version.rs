//! Versions of Kubernetes as the repo-server hands them to Helm (`parseKubeVersion` of Argo CD 3.5.7).

use aoa_lang::strconv;

/// The numbers of a version, joined by dots; `v` before and everything behind them is dropped. An empty version stays empty.
///
/// # Errors
/// Argo CD's text, if it does not begin with two numbers (`ParseGeneric` of Kubernetes' `util/version`).
pub(super) fn parse_kube_version(version: &str) -> Result<String, String> {
    if version.is_empty() {
        return Ok(String::new());
    }
    let failed = |why: String| format!("could not parse kubernetes version {version}: {why}");
    let quoted = |text: &str| strconv::quote(text.as_bytes());
    let unparsable = || failed(format!("could not parse {} as version", quoted(version)));
    let rest = version.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
    let rest = rest.strip_prefix('v').unwrap_or(rest);
    let mut components: Vec<&str> = Vec::new();
    let mut tail = rest;
    loop {
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (digits, behind) = tail.split_at_checked(end).unwrap_or((tail, ""));
        if digits.is_empty() {
            break;
        }
        components.push(digits);
        tail = behind;
        match behind.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => tail = next,
            _ => break,
        }
    }
    if components.is_empty() || tail.contains('\n') {
        return Err(unparsable());
    }
    if components.len() < 2 {
        return Err(failed(format!("illegal version string {}", quoted(version))));
    }
    let mut numbers = Vec::with_capacity(components.len());
    for (at, component) in components.iter().enumerate() {
        if at == 0 && component.starts_with('0') && *component != "0" {
            let (component, version) = (quoted(component), quoted(version));
            return Err(failed(format!("illegal zero-prefixed version component {component} in {version}")));
        }
        let number: u64 = component.parse().map_err(|_| {
            let why = format!("strconv.ParseUint: parsing {}: value out of range", quoted(component));
            let (component, version) = (quoted(component), quoted(version));
            failed(format!("illegal non-numeric version component {component} in {version}: {why}"))
        })?;
        numbers.push(number.to_string());
    }
    Ok(numbers.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_kept() {
        let cases = [
            ("", ""),
            ("v1.27.3-eks-1", "1.27.3"),
            (" 1.027", "1.27"),
            ("1.2.3.4+x", "1.2.3.4"),
            ("1.30.", "1.30"),
        ];
        for (version, want) in cases {
            assert_eq!(parse_kube_version(version).as_deref(), Ok(want));
        }
    }

    #[test]
    fn errors_are_those_of_kubernetes() {
        let error = |version| parse_kube_version(version).unwrap_err();
        assert_eq!(error("x"), "could not parse kubernetes version x: could not parse \"x\" as version");
        assert_eq!(error("1"), "could not parse kubernetes version 1: illegal version string \"1\"");
        assert!(error("01.2").ends_with("illegal zero-prefixed version component \"01\" in \"01.2\""));
        assert!(error("1.2\n").ends_with("could not parse \"1.2\\n\" as version"));
    }
}
