/** The options that iptables knows before extensions add theirs. Linux iptables/xshared.c, original_opts. */

export type CommandLetter =
  "A" | "D" | "C" | "I" | "R" | "L" | "S" | "F" | "Z" | "N" | "X" | "P" | "E" | "V" | "h";

export const COMMANDS: Readonly<Record<string, CommandLetter>> = {
  append: "A",
  delete: "D",
  check: "C",
  insert: "I",
  replace: "R",
  list: "L",
  "list-rules": "S",
  flush: "F",
  zero: "Z",
  "new-chain": "N",
  "delete-chain": "X",
  policy: "P",
  "rename-chain": "E",
  version: "V",
  help: "h",
};

const SHORT: Readonly<Record<string, string>> = {
  A: "append",
  D: "delete",
  C: "check",
  I: "insert",
  R: "replace",
  L: "list",
  S: "list-rules",
  F: "flush",
  Z: "zero",
  N: "new-chain",
  X: "delete-chain",
  P: "policy",
  E: "rename-chain",
  V: "version",
  h: "help",
  s: "source",
  d: "destination",
  p: "protocol",
  i: "in-interface",
  o: "out-interface",
  j: "jump",
  g: "goto",
  m: "match",
  n: "numeric",
  v: "verbose",
  x: "exact",
  t: "table",
  w: "wait",
  W: "wait-interval",
  f: "fragments",
  c: "set-counters",
  4: "ipv4",
  6: "ipv6",
  M: "modprobe",
};

const LONG: Readonly<Record<string, "none" | "required" | "optional">> = {
  append: "required",
  delete: "required",
  check: "required",
  insert: "required",
  replace: "required",
  list: "optional",
  "list-rules": "optional",
  flush: "optional",
  zero: "optional",
  "new-chain": "required",
  "delete-chain": "optional",
  policy: "required",
  "rename-chain": "required",
  version: "none",
  help: "optional",
  source: "required",
  destination: "required",
  src: "required",
  dst: "required",
  protocol: "required",
  "in-interface": "required",
  "out-interface": "required",
  jump: "required",
  goto: "required",
  match: "required",
  numeric: "none",
  verbose: "none",
  exact: "none",
  table: "required",
  wait: "optional",
  "wait-interval": "required",
  fragments: "none",
  "set-counters": "required",
  "line-numbers": "none",
  ipv4: "none",
  ipv6: "none",
  modprobe: "required",
};

/** Two spellings of one option; either may be cut short. */
export const ALIASES: Readonly<Record<string, string>> = {
  src: "source",
  dst: "destination",
  "src-ip": "source-ip",
  "dst-ip": "destination-ip",
};

/** Options that only some commands take, in the order in which they are checked. */
export const RESTRICTED: readonly (readonly [option: string, shown: string, letters: string])[] = [
  ["numeric", "n", "L"],
  ["source", "s", "ACDIR"],
  ["destination", "d", "ACDIR"],
  ["protocol", "p", "ACDIR"],
  ["jump", "j", "ACDIR"],
  ["exact", "x", "L"],
  ["in-interface", "i", "ACDIR"],
  ["out-interface", "o", "ACDIR"],
  ["line-numbers", "0", "L"],
  ["set-counters", "c", "AIR"],
  ["fragments", "f", "ACDIR"],
];

/** Options whose argument is the last word read, be it the option itself (`-jACCEPT`). */
export const TAKES_WORD: ReadonlySet<string> = new Set([
  "source",
  "src",
  "source-ip",
  "src-ip",
  "destination",
  "dst",
  "destination-ip",
  "dst-ip",
  "protocol",
  "in-interface",
  "out-interface",
  "jump",
  "goto",
]);

export const NEGATABLE: ReadonlySet<string> = new Set([
  "source",
  "src",
  "source-ip",
  "src-ip",
  "destination",
  "dst",
  "destination-ip",
  "dst-ip",
  "protocol",
  "in-interface",
  "out-interface",
  "fragments",
]);

/** A program's own options, by letter and by name. */
export interface OptionTables {
  readonly letters: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, "none" | "required" | "optional">>;
  /** Letters for options of what is there unasked. */
  readonly extensionLetters: Readonly<Record<string, string>>;
}

export const IPTABLES_OPTIONS: OptionTables = {
  letters: SHORT,
  options: LONG,
  extensionLetters: {},
};

const without = <T>(table: Readonly<Record<string, T>>, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(table).filter(([key]) => !keys.includes(key)));

/** Those of arptables; what it can ask of a message it has from its own match. */
export const ARPTABLES_OPTIONS: OptionTables = {
  letters: without(SHORT, ["g", "m", "w", "W", "f", "4", "6"]),
  extensionLetters: { l: "h-length" },
  options: {
    ...without(LONG, [
      "source",
      "src",
      "destination",
      "dst",
      "protocol",
      "goto",
      "wait",
      "wait-interval",
      "fragments",
      "ipv4",
      "ipv6",
    ]),
    "source-ip": "required",
    "src-ip": "required",
    "destination-ip": "required",
    "dst-ip": "required",
  },
};
