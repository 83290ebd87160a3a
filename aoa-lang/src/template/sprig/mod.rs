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

#[cfg(test)]
mod tests {

    use crate::template::{MissingKey, Template, TemplateOptions, sprig};
    use crate::{ErrorKind, Limits, Value};

    fn render(template: &str, options: &TemplateOptions) -> crate::Result<String> {
        Template::parse("t", template, &sprig::functions(), MissingKey::Invalid)?
            .render(&Value::Null, options)
    }

    #[test]
    fn there_are_as_many_functions_as_in_sprig() {
        assert_eq!(sprig::functions().iter().count(), 211);
    }

    #[test]
    fn the_seed_decides_every_draw() {
        let draw = "{{ randAlphaNum 20 }} {{ uuidv4 }} {{ shuffle \"abcdefgh\" }} {{ randInt 0 1000 }} {{ randBytes 8 }}";
        let with = |seed| render(draw, &TemplateOptions::default().with_seed(seed)).unwrap();
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2));
    }

    #[test]
    fn what_would_grow_without_end_ends_in_a_limit() {
        for template in [
            "{{ repeat 1000000000000 \"x\" }}",
            "{{ until 1000000000000 }}",
            "{{ untilStep 9223372036854775807 -9223372036854775807 -1 }}",
            "{{ seq 1 9223372036854775806 }}",
            "{{ indent 1000000000 \"a\\nb\" }}",
            "{{ wrapWith 1 (repeat 100000 \"y\") (repeat 100000 \"x\") }}",
            "{{ replace \"\" (repeat 100000 \"y\") (repeat 100000 \"x\") }}",
            "{{ join (repeat 100000 \"y\") (until 100000) }}",
            "{{ randAlpha 1000000000000 }}",
            "{{ regexReplaceAll \"x\" (repeat 100000 \"x\") (repeat 100000 \"y\") }}",
            "{{ range until 1000 }}{{ $x := bcrypt \"x\" }}{{ end }}",
            "{{ $d := dict }}{{ $x := set $d \"d\" $d }}{{ $d | toJson }}",
            "{{ $d := dict \"a\" (dict) }}{{ $x := set $d \"a\" $d }}{{ $e := dict \"a\" (dict) }}{{ $x := set $e \"a\" $e }}{{ merge $d $e }}",
        ] {
            let limits = Limits { template_steps: 5_000_000, ..Limits::default() };
            let error = render(template, &TemplateOptions::default().with_limits(limits)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Limit, "{template}: {error}");
        }
    }

    #[test]
    fn the_world_is_what_the_options_say() {
        let options = TemplateOptions::default()
            .with_now(1_709_210_096, 5)
            .with_environment([("HOME".to_owned(), "/home/aoa".to_owned())].into())
            .with_hosts([("db".to_owned(), vec!["10.0.0.1".to_owned()])].into());
        let world = "{{ env \"HOME\" }} {{ expandenv \"${HOME}/$X.\" }} {{ getHostByName \"db\" }} {{ now }}";
        assert_eq!(
            render(world, &options).unwrap(),
            "/home/aoa /home/aoa/. 10.0.0.1 2024-02-29 12:34:56.000000005 +0000 UTC"
        );
        let error = render("{{ getHostByName \"other\" }}", &options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }

    #[cfg(feature = "sprig-crypto")]
    #[test]
    fn certificates_are_read_again() {
        for kind in ["ecdsa", "ed25519"] {
            let template = format!(
                "{{{{ $ca := genCAWithKey \"ca\" 365 (genPrivateKey {kind:?}) }}}}\
                 {{{{ $c := genSignedCertWithKey \"svc\" (list \"10.0.0.1\" \"::1\") (list \"*.svc\") 30 $ca (genPrivateKey {kind:?}) }}}}\
                 {{{{ $d := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) }}}}{{{{ eq $c.Cert $d.Cert }}}}"
            );
            assert_eq!(render(&template, &TemplateOptions::default()).unwrap(), "true");
        }
        let rsa = "{{ $c := genCA \"ca\" 1 }}{{ hasPrefix \"-----BEGIN RSA PRIVATE KEY-----\\n\" $c.Key }}";
        assert_eq!(render(rsa, &TemplateOptions::default()).unwrap(), "true");
    }
}
