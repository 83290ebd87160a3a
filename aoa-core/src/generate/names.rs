//! Names made safe: `normalize` (`SanitizeName`) and the slugs of pull request branches.

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
    let lower = name.to_str_lossy().to_lowercase();
    let mut safe: String = lower.chars().map(|c| if u8::try_from(c).is_ok_and(|b| plain(&b)) { c } else { '-' }).collect();
    safe.truncate(LONGEST_NAME);
    Text::from(safe.trim_matches(['-', '.']))
}
