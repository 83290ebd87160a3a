//! The pieces that versions and constraints share.

/// Splits off the longest start of `text` whose bytes are all `accepted`; `None` if it is empty.
pub(super) fn run(text: &str, accepted: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(|b| accepted(*b)).count();
    text.split_at_checked(length).filter(|(run, _)| !run.is_empty())
}

/// Splits off `mark` and the run behind it; gives the run without the mark.
pub(super) fn marked(text: &str, mark: char, accepted: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    run(text.strip_prefix(mark)?, accepted)
}

/// Splits off `mark` and the identifiers behind it, which dots separate.
pub(super) fn identifiers(text: &str, mark: char) -> Option<(&str, &str)> {
    let whole = text.strip_prefix(mark)?;
    let (_, mut rest) = run(whole, is_identifier)?;
    while let Some((_, tail)) = marked(rest, '.', is_identifier) {
        rest = tail;
    }
    whole.split_at_checked(whole.len().saturating_sub(rest.len()))
}

/// The bytes of pre-releases and metadata.
pub(super) fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}
