//! The functions of jq that are defined in jq.
//!
//! Which ones are is part of the imitation: paths go through these and not through native functions.

/// The definitions of `name`, if it is a function of this kind.
pub(super) fn definitions(name: &str) -> Option<&'static str> {
    let at = DEFINITIONS.binary_search_by(|(known, _)| known.cmp(&name)).ok()?;
    DEFINITIONS.get(at).map(|(_, text)| *text)
}

/// All of them, with their definitions.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    DEFINITIONS.iter().copied()
}

/// Sorted by name. Three are made of instructions: an empty text.
const DEFINITIONS: &[(&str, &str)] = &[
    ("IN", "def IN(xs): any(xs == .; .); def IN(source; xs): any(source == xs; .);"),
    (
        "INDEX",
        "def INDEX(rows; key): reduce rows as $each ({}; .[$each | key | tostring] = $each);
         def INDEX(key): INDEX(.[]; key);",
    ),
    (
        "JOIN",
        "def JOIN($table; key): [.[] | [., $table[key]]];
         def JOIN($table; rows; key): rows | [., $table[key]];
         def JOIN($table; rows; key; joined): rows | [., $table[key]] | joined;",
    ),
    ("_assign", ""),
    ("_last", ""),
    ("_modify", ""),
    ("add", "def add(xs): [xs] | add;"),
    (
        "all",
        "def all: all(.); def all(test): all(.[]; test);
         def all(xs; test): isempty(xs | select(test | not));",
    ),
    (
        "any",
        "def any: any(.); def any(test): any(.[]; test);
         def any(xs; test): isempty(xs | select(test)) | not;",
    ),
    ("arrays", "def arrays: select(type == \"array\");"),
    ("booleans", "def booleans: select(type == \"boolean\");"),
    (
        "capture",
        "def capture($re): capture($re; null);
         def capture($re; $flags): match($re; $flags) | .captures | _captures;",
    ),
    (
        "combinations",
        "def combinations:
           if length == 0 then [] else .[0][] as $head | [$head] + (.[1:] | combinations) end;
         def combinations(n): [limit(n; repeat(.))] | combinations;",
    ),
    ("del", "def del(places): delpaths([path(places)]);"),
    ("finites", "def finites: select(isfinite);"),
    ("first", "def first: .[0]; def first(xs): label $found | xs | ., break $found;"),
    (
        "from_entries",
        "def from_entries:
           map({ (.key // .Key // .name // .Name): if has(\"value\") then .value else .Value end }) | add // {};",
    ),
    ("fromdate", "def fromdate: fromdateiso8601;"),
    ("fromdateiso8601", "def fromdateiso8601: strptime(\"%Y-%m-%dT%H:%M:%S%z\") | mktime;"),
    (
        "fromstream",
        "def fromstream(events):
           foreach events as $event (null;
             if .done then null end |
             $event as [$at, $leaf] |
             if $event | length == 2 then
               setpath([\"value\"] + $at; $leaf) | setpath([\"done\"]; $at | length == 0)
             else
               setpath([\"done\"]; $at | length == 1)
             end;
             if .done then .value else empty end);",
    ),
    (
        "group_by",
        "def group_by(key): _group_by(map([key]));",
    ),
    (
        "gsub",
        "def gsub($re; text): sub($re; text; \"g\");
         def gsub($re; text; $flags): sub($re; text; $flags + \"g\");",
    ),
    ("in", "def in(whole): . as $key | whole | has($key);"),
    ("inputs", "def inputs: try repeat(input) catch if . == \"break\" then empty else error end;"),
    ("isempty", "def isempty(xs): label $found | (xs | false, break $found), true;"),
    ("iterables", "def iterables: select(type | . == \"array\" or . == \"object\");"),
    ("last", "def last: .[-1]; def last(xs): _last(xs);"),
    (
        "limit",
        "def limit($count; xs):
           if $count > 0 then
             label $enough |
             foreach xs as $each ($count; . - 1; $each, if . <= 0 then break $enough else empty end)
           elif $count == 0 then empty
           else error(\"limit doesn't support negative count\")
           end;",
    ),
    ("map", "def map(change): [.[] | change];"),
    ("map_values", "def map_values(change): .[] |= change;"),
    (
        "match",
        "def match($re): match($re; null);
         def match($re; $flags): _match($re; $flags; false)[];",
    ),
    ("max_by", "def max_by(key): _max_by(map([key]));"),
    ("min_by", "def min_by(key): _min_by(map([key]));"),
    ("normals", "def normals: select(isnormal);"),
    ("not", "def not: if . then false else true end;"),
    (
        "nth",
        "def nth($at): .[$at];
         def nth($at; xs):
           if $at >= 0 then first(skip($at; xs)) else error(\"nth doesn't support negative index\") end;",
    ),
    ("nulls", "def nulls: select(. == null);"),
    ("numbers", "def numbers: select(type == \"number\");"),
    ("objects", "def objects: select(type == \"object\");"),
    (
        "paths",
        "def paths: path(..) | select(. != []);
         def paths(test): path(.. | select(test)) | select(. != []);",
    ),
    (
        "pick",
        "def pick(places): . as $whole | reduce path(places) as $at (null; setpath($at; $whole | getpath($at)));",
    ),
    (
        "range",
        "def range($end): _range(0; $end; 1);
         def range($start; $end): _range($start; $end; 1);
         def range($start; $end; $step): _range($start; $end; $step);",
    ),
    (
        "recurse",
        "def recurse: recurse(.[]?);
         def recurse(next): def deeper: ., (next | deeper); deeper;
         def recurse(next; test): def deeper: ., (next | select(test) | deeper); deeper;",
    ),
    ("repeat", "def repeat(next): def again: next, again; again;"),
    ("scalars", "def scalars: select(type | . != \"array\" and . != \"object\");"),
    (
        "scan",
        "def scan($re): scan($re; null);
         def scan($re; $flags):
           match($re; $flags + \"g\") | if .captures == [] then .string else [.captures[].string] end;",
    ),
    ("select", "def select(test): if test then . else empty end;"),
    (
        "skip",
        "def skip($count; xs):
           if $count > 0 then foreach xs as $each ($count; . - 1; if . < 0 then $each else empty end)
           elif $count == 0 then xs
           else error(\"skip doesn't support negative count\")
           end;",
    ),
    ("sort_by", "def sort_by(key): _sort_by(map([key]));"),
    ("split", "def split($re; $flags): [splits($re; $flags)];"),
    (
        "splits",
        "def splits($re; $flags):
           .[foreach (match($re; $flags + \"g\"), null) as {$offset, $length}
              (null; {start: .next, end: $offset, next: $offset + $length})];
         def splits($re): splits($re; null);",
    ),
    ("strings", "def strings: select(type == \"string\");"),
    (
        "sub",
        "def sub($re; text): sub($re; text; null);
         def sub($re; text; $flags):
           reduce match($re; $flags) as {$offset, $length, $captures} ({s: ., r: []};
             reduce ($captures | _captures | text) as $new
               (.i = 0; .r[.i] += .s[.next:$offset] + $new | .i += 1) |
             .next = $offset + $length) |
           .r[] + .s[.next:] // .s;",
    ),
    (
        "test",
        "def test($re): test($re; null);
         def test($re; $flags): _match($re; $flags; true);",
    ),
    ("to_entries", "def to_entries: [keys[] as $key | {key: $key, value: .[$key]}];"),
    ("todate", "def todate: todateiso8601;"),
    ("todateiso8601", "def todateiso8601: strftime(\"%Y-%m-%dT%H:%M:%SZ\");"),
    (
        "tostream",
        "def tostream:
           path(def leaves: (.[]? | leaves), .; leaves) as $at |
           getpath($at) |
           reduce path(.[]?) as $below ([$at, .]; [$at + $below]);",
    ),
    (
        "truncate_stream",
        "def truncate_stream(events):
           . as $depth | null | events |
           if .[0] | length > $depth then .[0] |= .[$depth:] else empty end;",
    ),
    ("unique_by", "def unique_by(key): _unique_by(map([key]));"),
    ("until", "def until(test; next): def again: if test then . else next | again end; again;"),
    ("values", "def values: select(. != null);"),
    (
        "walk",
        "def walk(change):
           def inner: if type == \"array\" then map(inner) elif type == \"object\" then map_values(inner) end | change;
           inner;",
    ),
    (
        "while",
        "def while(test; next): def again: if test then ., (next | again) else empty end; again;",
    ),
    ("with_entries", "def with_entries(change): to_entries | map(change) | from_entries;"),
];
