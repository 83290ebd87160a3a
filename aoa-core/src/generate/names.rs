//! Names made safe: `normalize` (`SanitizeName`) and the slugs of pull request branches.

use aoa_lang::text::slug::{Cut, slug};
use aoa_lang::unicode::to_lower;
use aoa_lang::value::Text;

/// The longest name that Kubernetes takes, in bytes.
const LONGEST_NAME: usize = 253;

/// Makes `name` a DNS name as Argo CD's `normalize` does: lower case, every character but `a-z`, `0-9`, `-` and `.`
/// replaced by `-`, cut to 253 bytes, `-` and `.` taken from both ends.
///
/// ```
/// use aoa_core::generate::normalize;
/// assert_eq!(normalize(&"_My App.v2!".into()), "my-app.v2");
/// assert_eq!(normalize(&"größe".into()), "gr--e");
/// ```
#[must_use]
pub fn normalize(name: &Text) -> Text {
    let plain = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    let trimmed = |b: Option<&u8>| matches!(b, Some(b'-' | b'.'));
    let bytes = name.as_bytes();
    if bytes.iter().all(plain)
        && bytes.len() <= LONGEST_NAME
        && !trimmed(bytes.first())
        && !trimmed(bytes.last())
    {
        return name.clone();
    }
    let safe = |c: char| if u8::try_from(c).is_ok_and(|b| plain(&b)) { c } else { '-' };
    let mut safe: String = name.to_str_lossy().chars().map(|c| safe(to_lower(c))).collect();
    safe.truncate(LONGEST_NAME);
    Text::from(safe.trim_matches(['-', '.']))
}

/// The slug that the pull request generator makes of a branch: at most 50 bytes, so that there is room for a suffix.
pub(super) fn branch_slug(branch: &Text) -> Text {
    Text::from(slug(&branch.to_str_lossy(), true, Cut::Smart(50)))
}

/// `slugify` of Argo CD's templates: `normalize`, then a slug of at most `size` bytes, cut between words if `smart`.
///
/// Upstream keeps the last sizes for other slugs of the process; here each call is its own.
///
/// # Errors
///
/// A negative size with a hard cut, where upstream crashes: Go's message.
///
/// ```
/// use aoa_core::generate::slugify;
/// assert_eq!(slugify(10, true, &"Feature/JIRA-1234".into()).unwrap(), "feature");
/// ```
pub fn slugify(size: i64, smart: bool, name: &Text) -> Result<Text, String> {
    let name = normalize(name);
    let cut = match usize::try_from(size) {
        Ok(size) if smart => Cut::Smart(size),
        Ok(size) => Cut::Hard(size),
        Err(_) if smart => Cut::Smart(0),
        Err(_) => return Err(format!("runtime error: slice bounds out of range [:{size}]")),
    };
    Ok(Text::from(slug(&name.to_str_lossy(), false, cut)))
}
