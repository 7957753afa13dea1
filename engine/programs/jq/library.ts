/** The functions that are written in jq itself. */
import type { Env } from "./evaluator.ts";
import { parseDefinitions } from "./parser.ts";

const SOURCE = `
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def select(f): if f then . else empty end;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type == "array" or type == "object");
def scalars: select(type != "array" and type != "object");
def recurse(f; cond): def again: ., (f | select(cond) | again); again;
def recurse_down: recurse;
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries:
  map({((if .key == false then false else .key // .k // .name // .Name // .K // .Key end)
        | if type == "string" then . else tojson end):
       (if has("value") then .value elif has("v") then .v else .Value end)})
  | add // {};
def with_entries(f): to_entries | map(f) | from_entries;
def add: reduce .[] as $x (null; . + $x);
def any(source; f): isempty(first(source | f or empty)) | not;
def any(f): any(.[]; f);
def any: any(.);
def all(source; f): isempty(first(source | f and empty));
def all(f): isempty(first(.[] | f | select(. | not)));
def all: all(.);
def flatten: flatten(1000000000);
def first: .[0];
def last: .[-1];
def nth($n): .[$n];
def nth($n; f):
  if $n < 0 then error("nth doesn't support negative indices") else last(limit($n + 1; f)) end;
def range($n): range(0; $n; 1);
def range($from; $to): range($from; $to; 1);
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def IN(s): any(s == .; .);
def IN(source; s): any(source == s; .);
def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] |= $row);
def INDEX(f): INDEX(.[]; f);
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def todateiso8601: todate;
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def fromdate: fromdateiso8601;
def date: todate;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);
def del(f): delpaths([path(f)]);
def join($sep): reduce .[] as $x (null;
  (if . == null then "" else . + $sep end) + ($x | if type == "boolean" or type == "number" then tojson else . // "" end)) // "";
def ascii_downcase: explode | map(if 65 <= . and . <= 90 then . + 32 else . end) | implode;
def ascii_upcase: explode | map(if 97 <= . and . <= 122 then . - 32 else . end) | implode;
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $rest | [$x] + $rest end;
def combinations(n): . as $all | [range(n)] | map($all) | combinations;
def walk(f):
  if type == "object" then
    . as $in | reduce keys_unsorted[] as $key ({}; . + {($key): ($in[$key] | walk(f))}) | f
  elif type == "array" then map(walk(f)) | f
  else f end;
def transpose:
  if . == [] then [] else . as $rows | (map(length) | max) as $width
  | [range(0; $width) as $j | [range(0; $rows | length) as $i | $rows[$i][$j]]] end;
def tostream:
  path(def again: (.[]? | again), .; again) as $p | getpath($p)
  | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f): {x: null, e: false} as $init
  | foreach f as $i ($init;
      if .e then $init else . end
      | if $i | length == 2
        then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1])
        else setpath(["e"]; $i[0] | length == 1) end;
      if .e then .x else empty end);
def truncate_stream(stream): . as $n | null | stream | . as $input
  | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;
def test(re): test(re; null);
def match(re): match(re; null);
def capture(re; flags): match(re; flags)
  | [.captures | .[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def capture(re): capture(re; null);
def scan(re): match(re; "g")
  | if (.captures | length) > 0 then [.captures | .[] | .string] else .string end;
def splits(re; flags): split(re; flags) | .[];
def splits(re): splits(re; null);
def sub(re; str): sub(re; str; "");
def gsub(re; str; flags): sub(re; str; flags + "g");
def gsub(re; str): sub(re; str; "g");
def halt_error: halt_error(5);
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def unique: unique_by(.);
def group_by(f): _group_by(map([f]));
def unique_by(f): [group_by(f)[] | .[0]];
def sort_by(f): _sort_by(map([f]));
def min_by(f): _min_by(map([f]));
def max_by(f): _max_by(map([f]));
`;

let definitions: Env;

/** Made when it is first needed. */
export function library(): Env {
  definitions ??= parseDefinitions(SOURCE).reduce<Env>(
    (outer, definition) => ({
      name: `${definition.name}/${definition.parameters.length}`,
      outer,
      kind: "function",
      definition,
    }),
    undefined,
  );
  return definitions;
}
