/** How much a connection has carried. Linux net/netfilter/xt_connbytes.c. */
import type { ConntrackEntry } from "../conntrack/entry.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { missingOption, not, outOfRange, parseUnsigned } from "../xtables/options.ts";

const MODES = ["packets", "bytes", "avgpkt"] as const;
const DIRECTIONS = ["original", "reply", "both"] as const;
type Mode = (typeof MODES)[number];
type Side = (typeof DIRECTIONS)[number];

interface ConnbytesTest {
  readonly from: number;
  /** Undefined: no upper end. */
  readonly to: number | undefined;
  readonly mode: Mode;
  readonly direction: Side;
  readonly negated: boolean;
}

function measure({ original, replied }: ConntrackEntry, mode: Mode, direction: Side): number {
  const sides =
    direction === "both" ? [original, replied] : direction === "reply" ? [replied] : [original];
  const packets = sides.reduce((sum, side) => sum + side.packets, 0);
  const bytes = sides.reduce((sum, side) => sum + side.bytes, 0);
  if (mode === "packets") return packets;
  if (mode === "bytes") return bytes;
  return packets === 0 ? 0 : Math.floor(bytes / packets);
}

const range = ({ from, to }: ConnbytesTest): string =>
  to === undefined ? `${from}` : `${from}:${to}`;

export const connbytes = defineMatch<ConnbytesTest>({
  name: "connbytes",
  docs: {
    summary: "how much the connection has carried",
    examples: ["-m connbytes --connbytes 1000:2000 --connbytes-mode bytes --connbytes-dir both"],
  },
  options: { connbytes: "argument", "connbytes-dir": "argument", "connbytes-mode": "argument" },
  negatable: ["connbytes"],
  tracksConnections: true,
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name);
    const bytes = find("connbytes");
    if (!bytes) throw missingOption("connbytes", "connbytes");
    const [low = "", high] = bytes.value.split(":");
    const number = (text: string): number => {
      const value = parseUnsigned(text, Number.MAX_SAFE_INTEGER);
      if (value === undefined)
        throw outOfRange("connbytes", "connbytes", 0, "18446744073709551615");
      return value;
    };
    const from = low === "" && high !== undefined ? 0 : number(low);
    const to = high === undefined || high === "" ? undefined : number(high);
    if (to !== undefined && from > to) throw new UsageError(`${from} should be less than ${to}`);
    const direction = find("connbytes-dir")?.value;
    const mode = find("connbytes-mode")?.value;
    if (direction === undefined) throw missingOption("connbytes", "connbytes-dir");
    if (mode === undefined) throw missingOption("connbytes", "connbytes-mode");
    const knownDirection = DIRECTIONS.find((one) => one === direction);
    const knownMode = MODES.find((one) => one === mode);
    if (!knownDirection) throw new UsageError(`Unknown --connbytes-dir \`${direction}'`);
    if (!knownMode) throw new UsageError(`Unknown --connbytes-mode \`${mode}'`);
    return { from, to, mode: knownMode, direction: knownDirection, negated: bytes.negated };
  },
  save: (test) =>
    `${not(test.negated)} --connbytes ${range(test)} --connbytes-mode ${test.mode} --connbytes-dir ${test.direction}`,
  list: (test) =>
    `${not(test.negated)} connbytes ${range(test)} connbytes mode ${test.mode} connbytes direction ${test.direction}`,
  evaluate({ from, to, mode, direction, negated }, { track }) {
    const entry = track?.entry;
    if (!entry) return false;
    const value = measure(entry, mode, direction);
    return (value >= from && (to === undefined || value <= to)) !== negated;
  },
});
