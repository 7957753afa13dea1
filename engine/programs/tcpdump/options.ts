import { getopt } from "../support/getopt.ts";

export interface TcpdumpOptions {
  readonly device: string | undefined;
  readonly count: number | undefined;
  readonly promiscuous: boolean;
  readonly numeric: boolean;
  readonly linkHeader: boolean;
  readonly verbosity: number;
  readonly quiet: boolean;
  /** How many -t. */
  readonly timeStyle: number;
  /** How many -x, -X. */
  readonly hex: number;
  readonly hexAscii: number;
  readonly ascii: boolean;
  readonly absoluteSequences: boolean;
  readonly skipChecksums: boolean;
  readonly numbered: boolean;
  readonly countOnly: boolean;
  readonly writeFile: string | undefined;
  readonly readFile: string | undefined;
  readonly filterFile: string | undefined;
  readonly snapshotLength: number;
  readonly direction: "in" | "out" | "inout";
  readonly listDevices: boolean;
  readonly expression: string;
}

export type ParsedOptions =
  | { readonly kind: "run"; readonly options: TcpdumpOptions }
  | { readonly kind: "version" | "help" }
  | { readonly kind: "usage" | "error"; readonly error: string };

const SHORT = "AbB:c:C:dDeE:fF:G:hHi:IJj:KlLM:m:nNOpqQ:r:s:StT:uUvV:w:W:xXy:Yz:Z:#";
const LONG = {
  count: "none",
  "list-interfaces": "none",
  interface: "required",
  "no-promiscuous-mode": "none",
  number: "none",
  "packet-buffered": "none",
  "snapshot-length": "required",
  direction: "required",
  "absolute-tcp-sequence-numbers": "none",
  "dont-verify-checksums": "none",
  "immediate-mode": "none",
  version: "none",
  help: "none",
} as const;

/** Long names that stand for a letter. */
const ALIASES: Readonly<Record<string, string>> = {
  "list-interfaces": "D",
  interface: "i",
  "no-promiscuous-mode": "p",
  number: "#",
  "packet-buffered": "U",
  "snapshot-length": "s",
  direction: "Q",
  "absolute-tcp-sequence-numbers": "S",
  "dont-verify-checksums": "K",
  "immediate-mode": "U",
};

/** Accepted without effect: output is written at once. */
const WITHOUT_EFFECT = ["l", "U", "O", "B", "f", "Z"];
const DEFAULT_SNAPSHOT_LENGTH = 262144;

export function parseOptions(argv: readonly string[]): ParsedOptions {
  const parsed = getopt(argv, { short: SHORT, long: LONG, stopAtOperand: true });
  if (!parsed.ok) return { kind: "usage", error: parsed.error };

  const times = new Map<string, number>();
  const values = new Map<string, string>();
  for (const option of parsed.options) {
    const name = ALIASES[option.name] ?? option.name;
    if (name === "version") return { kind: "version" };
    if (name === "h" || name === "help") return { kind: "help" };
    times.set(name, (times.get(name) ?? 0) + 1);
    if (option.value !== undefined) values.set(name, option.value);
  }
  const has = (name: string): boolean => times.has(name);
  const error = (text: string): ParsedOptions => ({ kind: "error", error: text });

  const known = [
    "A",
    "c",
    "D",
    "e",
    "F",
    "i",
    "K",
    "p",
    "n",
    "q",
    "Q",
    "r",
    "s",
    "S",
    "t",
    "v",
    "w",
    "x",
    "X",
    "#",
    "count",
  ];
  const refused = [...times.keys()].find(
    (name) => !known.includes(name) && !WITHOUT_EFFECT.includes(name),
  );
  if (refused !== undefined) return error(`Podwire does not model the option -${refused}`);

  const count = values.get("c");
  if (count !== undefined && !/^[1-9]\d*$/.test(count))
    return error(`invalid packet count ${count}`);
  const snapshot = values.get("s");
  if (
    snapshot !== undefined &&
    !(/^\d+$/.test(snapshot) && Number(snapshot) <= DEFAULT_SNAPSHOT_LENGTH)
  ) {
    return error(`invalid snaplen ${snapshot} (must be >= 0 and <= ${DEFAULT_SNAPSHOT_LENGTH})`);
  }
  const buffer = values.get("B");
  if (buffer !== undefined && !(Number.parseInt(buffer, 10) > 0)) {
    return error(`invalid packet buffer size ${buffer}`);
  }
  const direction = values.get("Q") ?? "inout";
  if (direction !== "in" && direction !== "out" && direction !== "inout") {
    return error(`unknown capture direction \`${direction}'`);
  }
  return {
    kind: "run",
    options: {
      device: values.get("i"),
      count: count === undefined ? undefined : Number(count),
      numeric: has("n"),
      linkHeader: has("e"),
      verbosity: times.get("v") ?? 0,
      quiet: has("q"),
      timeStyle: times.get("t") ?? 0,
      hex: times.get("x") ?? 0,
      hexAscii: times.get("X") ?? 0,
      ascii: has("A"),
      absoluteSequences: has("S"),
      skipChecksums: has("K"),
      promiscuous: !has("p"),
      numbered: has("#"),
      countOnly: has("count"),
      writeFile: values.get("w"),
      readFile: values.get("r"),
      filterFile: values.get("F"),
      snapshotLength:
        snapshot === undefined || snapshot === "0" ? DEFAULT_SNAPSHOT_LENGTH : Number(snapshot),
      direction,
      listDevices: has("D"),
      expression: parsed.operands.join(" "),
    },
  };
}
