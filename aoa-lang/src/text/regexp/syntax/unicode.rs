//! Unicode as Go 1.26 knows it: version 15.0.
//!
//! The tables come from `regex-syntax`, which knows a newer version; what is newer than 15.0 is taken out.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::class::{MAX_RUNE, RuneClass};

/// The names of `unicode.Categories`, in the spelling that the lookup asks for.
const CATEGORIES: &[&str] = &[
    "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Lc", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N",
    "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl",
    "Zp", "Zs",
];

/// The long names of categories, without underscores.
const CATEGORY_ALIASES: &[(&str, &str)] = &[
    ("Casedletter", "Lc"),
    ("Closepunctuation", "Pe"),
    ("Combiningmark", "M"),
    ("Connectorpunctuation", "Pc"),
    ("Control", "Cc"),
    ("Currencysymbol", "Sc"),
    ("Dashpunctuation", "Pd"),
    ("Decimalnumber", "Nd"),
    ("Enclosingmark", "Me"),
    ("Finalpunctuation", "Pf"),
    ("Format", "Cf"),
    ("Initialpunctuation", "Pi"),
    ("Letter", "L"),
    ("Letternumber", "Nl"),
    ("Lineseparator", "Zl"),
    ("Lowercaseletter", "Ll"),
    ("Mark", "M"),
    ("Mathsymbol", "Sm"),
    ("Modifierletter", "Lm"),
    ("Modifiersymbol", "Sk"),
    ("Nonspacingmark", "Mn"),
    ("Number", "N"),
    ("Openpunctuation", "Ps"),
    ("Other", "C"),
    ("Otherletter", "Lo"),
    ("Othernumber", "No"),
    ("Otherpunctuation", "Po"),
    ("Othersymbol", "So"),
    ("Paragraphseparator", "Zp"),
    ("Privateuse", "Co"),
    ("Punctuation", "P"),
    ("Separator", "Z"),
    ("Spaceseparator", "Zs"),
    ("Spacingmark", "Mc"),
    ("Surrogate", "Cs"),
    ("Symbol", "S"),
    ("Titlecaseletter", "Lt"),
    ("Unassigned", "Cn"),
    ("Uppercaseletter", "Lu"),
    ("Cntrl", "Cc"),
    ("Digit", "Nd"),
    ("Punct", "P"),
];

/// The names of `unicode.Scripts` that can be asked for. Since Go 1.25 the name is looked up without its
/// underscores and capitals, so that scripts of two words (`Old_Italic`) are never found.
const SCRIPTS: &[&str] = &[
    "Adlam",
    "Ahom",
    "Arabic",
    "Armenian",
    "Avestan",
    "Balinese",
    "Bamum",
    "Batak",
    "Bengali",
    "Bhaiksuki",
    "Bopomofo",
    "Brahmi",
    "Braille",
    "Buginese",
    "Buhid",
    "Carian",
    "Chakma",
    "Cham",
    "Cherokee",
    "Chorasmian",
    "Common",
    "Coptic",
    "Cuneiform",
    "Cypriot",
    "Cyrillic",
    "Deseret",
    "Devanagari",
    "Dogra",
    "Duployan",
    "Elbasan",
    "Elymaic",
    "Ethiopic",
    "Georgian",
    "Glagolitic",
    "Gothic",
    "Grantha",
    "Greek",
    "Gujarati",
    "Gurmukhi",
    "Han",
    "Hangul",
    "Hanunoo",
    "Hatran",
    "Hebrew",
    "Hiragana",
    "Inherited",
    "Javanese",
    "Kaithi",
    "Kannada",
    "Katakana",
    "Kawi",
    "Kharoshthi",
    "Khmer",
    "Khojki",
    "Khudawadi",
    "Lao",
    "Latin",
    "Lepcha",
    "Limbu",
    "Lisu",
    "Lycian",
    "Lydian",
    "Mahajani",
    "Makasar",
    "Malayalam",
    "Mandaic",
    "Manichaean",
    "Marchen",
    "Medefaidrin",
    "Miao",
    "Modi",
    "Mongolian",
    "Mro",
    "Multani",
    "Myanmar",
    "Nabataean",
    "Nandinagari",
    "Newa",
    "Nko",
    "Nushu",
    "Ogham",
    "Oriya",
    "Osage",
    "Osmanya",
    "Palmyrene",
    "Phoenician",
    "Rejang",
    "Runic",
    "Samaritan",
    "Saurashtra",
    "Sharada",
    "Shavian",
    "Siddham",
    "Sinhala",
    "Sogdian",
    "Soyombo",
    "Sundanese",
    "Syriac",
    "Tagalog",
    "Tagbanwa",
    "Takri",
    "Tamil",
    "Tangsa",
    "Tangut",
    "Telugu",
    "Thaana",
    "Thai",
    "Tibetan",
    "Tifinagh",
    "Tirhuta",
    "Toto",
    "Ugaritic",
    "Vai",
    "Vithkuqi",
    "Wancho",
    "Yezidi",
    "Yi",
];

/// The runes of `\p{name}`, or `None` where Go knows no such name.
pub(super) fn table(name: &str) -> Option<RuneClass> {
    let name = canonical(name);
    let category = CATEGORIES
        .iter()
        .find(|c| **c == name)
        .or_else(|| CATEGORY_ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, category)| category));
    match (name.as_str(), category) {
        ("Any", _) => Some(RuneClass::from_ranges(&[(0, MAX_RUNE)])),
        ("Assigned", _) => Some(category_table("Cn").negated()),
        ("Ascii", _) => Some(RuneClass::from_ranges(&[(0, 0x7F)])),
        (_, Some(category)) => Some(category_table(category)),
        (_, None) => {
            let script = SCRIPTS.iter().find(|s| **s == name)?;
            Some(known_of(&format!(r"\p{{Script={script}}}")))
        }
    }
}

fn category_table(category: &str) -> RuneClass {
    if category == "Cs" {
        return RuneClass::from_ranges(&[(0xD800, 0xDFFF)]);
    }
    let mut class = query(&format!(r"\p{{General_Category={category}}}"));
    // The one rune that has changed its category since.
    let moved = ClassUnicode::new([ClassUnicodeRange::new('\u{1171E}', '\u{1171E}')]);
    match category {
        "Mn" => class.union(&moved),
        "Mc" => class.difference(&moved),
        _ => {}
    }
    if matches!(category, "C" | "Cn") {
        let mut unknown = known();
        unknown.negate();
        class.union(&unknown);
    } else {
        class.intersect(&known());
    }
    RuneClass::from_unicode(&class)
}

/// The runes of a table of Go's `unicode` package by its exact name: a category, a script or a property.
pub(in crate::text::regexp) fn exact_table(name: &str) -> Option<RuneClass> {
    if name == "LC" || (name != "Lc" && CATEGORIES.contains(&name)) {
        return Some(category_table(name));
    }
    if SCRIPTS.contains(&name) || LONG_SCRIPTS.contains(&name) {
        return Some(known_of(&format!(r"\p{{Script={name}}}")));
    }
    PROPERTIES.contains(&name).then(|| known_of(&format!(r"\p{{{name}}}")))
}

/// Whether `c` is a mark of category `Mn`.
pub(in crate::text::regexp) fn is_nonspacing_mark(c: char) -> bool {
    static TABLE: LazyLock<RuneClass> = LazyLock::new(|| category_table("Mn"));
    !c.is_ascii() && TABLE.contains(u32::from(c))
}

fn known_of(pattern: &str) -> RuneClass {
    let mut class = query(pattern);
    class.intersect(&known());
    RuneClass::from_unicode(&class)
}

/// The scripts whose names have several words or capitals.
const LONG_SCRIPTS: &[&str] = &[
    "Anatolian_Hieroglyphs",
    "Bassa_Vah",
    "Canadian_Aboriginal",
    "Caucasian_Albanian",
    "Cypro_Minoan",
    "Dives_Akuru",
    "Egyptian_Hieroglyphs",
    "Gunjala_Gondi",
    "Hanifi_Rohingya",
    "Imperial_Aramaic",
    "Inscriptional_Pahlavi",
    "Inscriptional_Parthian",
    "Kayah_Li",
    "Khitan_Small_Script",
    "Linear_A",
    "Linear_B",
    "Masaram_Gondi",
    "Meetei_Mayek",
    "Mende_Kikakui",
    "Meroitic_Cursive",
    "Meroitic_Hieroglyphs",
    "Nag_Mundari",
    "New_Tai_Lue",
    "Nyiakeng_Puachue_Hmong",
    "Ol_Chiki",
    "Old_Hungarian",
    "Old_Italic",
    "Old_North_Arabian",
    "Old_Permic",
    "Old_Persian",
    "Old_Sogdian",
    "Old_South_Arabian",
    "Old_Turkic",
    "Old_Uyghur",
    "Pahawh_Hmong",
    "Pau_Cin_Hau",
    "Phags_Pa",
    "Psalter_Pahlavi",
    "SignWriting",
    "Sora_Sompeng",
    "Syloti_Nagri",
    "Tai_Le",
    "Tai_Tham",
    "Tai_Viet",
    "Warang_Citi",
    "Zanabazar_Square",
];

/// The properties of `unicode.Properties` that `regex-syntax` knows.
const PROPERTIES: &[&str] = &[
    "ASCII_Hex_Digit",
    "Bidi_Control",
    "Dash",
    "Deprecated",
    "Diacritic",
    "Extender",
    "Hex_Digit",
    "Hyphen",
    "IDS_Binary_Operator",
    "IDS_Trinary_Operator",
    "Ideographic",
    "Join_Control",
    "Logical_Order_Exception",
    "Noncharacter_Code_Point",
    "Pattern_Syntax",
    "Pattern_White_Space",
    "Prepended_Concatenation_Mark",
    "Quotation_Mark",
    "Radical",
    "Regional_Indicator",
    "Sentence_Terminal",
    "Soft_Dotted",
    "Terminal_Punctuation",
    "Unified_Ideograph",
    "Variation_Selector",
    "White_Space",
];

/// What Unicode 15.0 assigns.
fn known() -> ClassUnicode {
    query(r"\p{Age=15.0}")
}

fn query(pattern: &str) -> ClassUnicode {
    match regex_syntax::parse(pattern).map(regex_syntax::hir::Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        Ok(HirKind::Literal(literal)) => std::str::from_utf8(&literal.0)
            .ok()
            .and_then(|text| text.chars().next())
            .map_or_else(ClassUnicode::empty, |c| ClassUnicode::new([ClassUnicodeRange::new(c, c)])),
        _ => ClassUnicode::empty(),
    }
}

/// `canonicalName` of regexp/syntax: a capital first, small letters then, no `_`, `-` or space.
fn canonical(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')) {
        out.push(if out.is_empty() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
    }
    out
}

/// Runes that fold in newer versions of Unicode only.
const NEWER_FOLDS: &[(u32, u32)] = &[
    (0x390, 0x390),
    (0x3B0, 0x3B0),
    (0x1C89, 0x1C8A),
    (0x1FD3, 0x1FD3),
    (0x1FE3, 0x1FE3),
    (0xA7CB, 0xA7CD),
    (0xA7DA, 0xA7DC),
    (0xFB05, 0xFB06),
    (0x10D50, 0x10D65),
    (0x10D70, 0x10D85),
];

/// Adds to `ranges`, which are in order, the runes that are equal to one of them but for case.
pub(super) fn fold(ranges: &mut Vec<(u32, u32)>) {
    if ranges.iter().all(|r| r.1 < 0x80) {
        fold_ascii(ranges);
        return;
    }
    let newer = RuneClass::from_ranges(NEWER_FOLDS).to_unicode();
    let mut folded = RuneClass::from_ranges(ranges).to_unicode();
    folded.difference(&newer);
    // Cannot fail: the case tables are compiled in.
    if folded.try_case_fold_simple().is_ok() {
        folded.difference(&newer);
        ranges.extend(folded.iter().map(|r| (u32::from(r.start()), u32::from(r.end()))));
    }
}

fn fold_ascii(ranges: &mut Vec<(u32, u32)>) {
    let mut extra = Vec::new();
    for &(lo, hi) in ranges.iter() {
        for (first, last, other) in [(0x41, 0x5A, 0x20_i64), (0x61, 0x7A, -0x20)] {
            let (from, to) = (lo.max(first), hi.min(last));
            if from <= to {
                let shift = |rune: u32| u32::try_from(i64::from(rune) + other).unwrap_or(rune);
                extra.push((shift(from), shift(to)));
            }
        }
        let holds = |c: char| (lo..=hi).contains(&u32::from(c));
        if holds('k') || holds('K') {
            extra.push((0x212A, 0x212A));
        }
        if holds('s') || holds('S') {
            extra.push((0x17F, 0x17F));
        }
    }
    ranges.extend(extra);
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// The digests were taken when each table and each fold had been compared with those of Go 1.26, rune by rune. A
    /// newer `regex-syntax` that moves old runes shows here.
    #[test]
    fn tables_are_those_of_go() {
        let mut lines = String::new();
        for name in CATEGORIES.iter().chain(SCRIPTS) {
            let class = table(name).unwrap();
            let (count, sum) = digest(&class);
            writeln!(lines, "{name} {count} {sum:x}").unwrap();
        }
        let folds = (0..=MAX_RUNE).filter_map(char::from_u32).fold(0u64, |sum, c| {
            let mut class = RuneClass::from_ranges(&[(u32::from(c), u32::from(c))]);
            class.fold();
            sum.wrapping_mul(31).wrapping_add(digest(&class).1)
        });
        let tables = lines.bytes().fold(0u64, |sum, b| sum.wrapping_mul(31).wrapping_add(u64::from(b)));
        assert_eq!((tables, folds), (15079983788441982779, 0x7ac1_b94a_9903_8560));
    }

    fn digest(class: &RuneClass) -> (u64, u64) {
        let (mut count, mut sum) = (0, 0u64);
        for range in class.to_unicode().ranges() {
            let (lo, hi) = (u64::from(u32::from(range.start())), u64::from(u32::from(range.end())));
            count += hi - lo + 1;
            sum = sum.wrapping_mul(31).wrapping_add(lo).wrapping_mul(31).wrapping_add(hi);
        }
        (count, sum)
    }
}
