//! The functions of sprig 3.3.0, as its Go code and the libraries beneath it behave.
//!
//! One file for each family, each with a table that names its functions and their Go signatures:
//!
//! | file | functions |
//! |---|---|
//! | `strings`, `words` | `trim`, `trunc`, `indent`, `quote`, `replace` ...; `wrap`, `abbrev`, `camelcase`, `title` ... |
//! | `lists` | `list`, `append`, `first`, `uniq`, `slice`, `chunk` ... |
//! | `dicts`, `merge` | `dict`, `get`, `set`, `pick`, `dig`; `merge`, `mergeOverwrite` |
//! | `defaults`, `jsons` | `default`, `empty`, `coalesce`, `ternary`; `toJson`, `fromJson` ... |
//! | `numbers` | `int`, `add`, `div`, `addf`, `round`, `until`, `seq` ... |
//! | `dates` | `date`, `now`, `ago`, `toDate`, `dateModify` ... |
//! | `regexps`, `versions` | `regexMatch`, `regexReplaceAll` ...; `semver`, `semverCompare` |
//! | `paths`, `urls` | `base`, `dir`, `clean`; `urlParse`, `urlJoin` |
//! | `encoding`, `crypto` | `b64enc`, `sha256sum`; `bcrypt`, `derivePassword`, `encryptAES`; with the feature `sprig-crypto` keys and certificates |
//! | `random` | `randAlphaNum`, `shuffle`, `uuidv4` ... |
//! | `types` | `typeOf`, `kindIs`, `deepEqual` ... |
//! | `world` | `env`, `expandenv`, `getHostByName`, `fail` |
//!
//! What sprig takes from the world comes from [`TemplateOptions`](super::TemplateOptions): the present, the seed of
//! random numbers, the environment, addresses of hosts. Where Go is random, in the order of `keys` and `values`, ours
//! is sorted.

mod args;
mod cast;
mod decimal;
mod text;

mod crypto;
mod dates;
mod defaults;
mod dicts;
mod encoding;
mod jsons;
mod lists;
mod merge;
mod numbers;
mod paths;
mod random;
mod regexps;
mod strings;
mod types;
mod urls;
mod versions;
mod words;
mod world;

use super::Functions;

/// All functions of sprig: `sprig.TxtFuncMap()`.
///
/// ```
/// use aoa_lang::template::sprig;
/// let functions = sprig::functions();
/// assert!(functions.get("toJson").is_some());
/// // Helm and Argo CD leave out what looks at the machine.
/// let hermetic = functions.without(&["env", "expandenv", "getHostByName"]);
/// assert!(hermetic.get("env").is_none());
/// ```
#[must_use]
pub fn functions() -> Functions {
    [
        strings::TABLE,
        words::TABLE,
        lists::TABLE,
        dicts::TABLE,
        merge::TABLE,
        defaults::TABLE,
        jsons::TABLE,
        numbers::TABLE,
        dates::TABLE,
        regexps::TABLE,
        versions::TABLE,
        paths::TABLE,
        urls::TABLE,
        encoding::TABLE,
        crypto::TABLE,
        random::TABLE,
        types::TABLE,
        world::TABLE,
    ]
    .into_iter()
    .fold(Functions::new(), Functions::with)
}
