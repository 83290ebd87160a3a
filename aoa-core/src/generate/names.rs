//! Names made safe: those of folders and branches, and the slugs of pull requests.

use aoa_lang::template::argo::sanitize_name;
use aoa_lang::text::slug::{Cut, slug};
use aoa_lang::value::Text;

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
    Text::from(sanitize_name(name))
}

/// The slug that the pull request generator makes of a branch: at most 50 bytes, so that there is room for a suffix.
///
/// Upstream keeps this length for other slugs of the process; here each slug is its own.
pub(super) fn branch_slug(branch: &Text) -> Text {
    Text::from(slug(&branch.to_str_lossy(), true, Cut::Smart(50)))
}
