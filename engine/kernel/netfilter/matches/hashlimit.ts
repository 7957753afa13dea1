/** A limit for each address or port. Linux net/netfilter/xt_hashlimit.c; the tables are in hashlimit-table.ts. */
import { netmask, type Ipv4 } from "../../../net/address.ts";
import { networkLength } from "../../../net/length.ts";
import { SECOND } from "../../../sim/clock.ts";
import { defineMatch, UsageError, type TypedOption } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { missingOption, outOfRange, parseUnsigned, requireUnsigned } from "../xtables/options.ts";
import { HashlimitTable, type HashlimitKey, type HashlimitRate } from "./hashlimit-table.ts";

/** In the order in which they are listed. */
const MODES = ["srcip", "srcport", "dstip", "dstport"] as const;
type Mode = (typeof MODES)[number];

interface HashlimitTest extends Omit<HashlimitRate, "expireNs"> {
  readonly how: "upto" | "above";
  readonly modes: readonly Mode[];
  readonly name: string;
  readonly srcMask: number;
  readonly dstMask: number;
  /** 0: as many as the kernel likes. */
  readonly size: number;
  readonly gcMs: number;
  readonly expireMs: number;
}

const UNITS = [
  ["second", "sec", 1],
  ["minute", "min", 60],
  ["hour", "hour", 3600],
  ["day", "day", 86400],
] as const;
const SCALE = 1_000_000;
const DEFAULT_BURST = 5;
const MAX_BURST = 1_000_000;
const DEFAULT_GC_MS = 1000;
const BYTES_EXPIRE_MS = 15_000;
const BYTES_BURST_EXPIRE_MS = 60_000;
const DEFAULT_MAX_ENTRIES = 8192;
const BYTE_SUFFIXES = [
  ["mb", 1024 * 1024],
  ["kb", 1024],
  ["b", 1],
] as const;

interface Average {
  readonly isBytes: boolean;
  readonly average: number;
  /** Seconds of the unit that was typed. */
  readonly unit: number;
}

const bytesToCost = (bytes: number): number => Math.floor(0xffffffff / ((bytes >>> 4) + 1));
const costToBytes = (cost: number): number => (Math.floor(0xffffffff / cost) - 1) * 16;

function parseBytes(text: string): number | undefined {
  const parts = /^(\d+)([kmKM]?[bB])$/.exec(text);
  const suffix = BYTE_SUFFIXES.find(([name]) => name === parts?.[2]?.toLowerCase());
  return parts && suffix ? Number(parts[1]) * suffix[1] : undefined;
}

function parseAverage(text: string): Average {
  const [count = "", unit = "second"] = text.split("/");
  const bytes = parseBytes(count);
  if (bytes !== undefined && (unit === "s" || unit === "second")) {
    return { isBytes: true, average: bytesToCost(bytes), unit: 0 };
  }
  const found = UNITS.find(([name]) => unit !== "" && name.startsWith(unit.toLowerCase()));
  const rate = /^\d+$/.test(count) ? Number(count) : 0;
  if (rate === 0 || !found) throw new UsageError(`bad rate "${text}"'`);
  const average = Math.floor((SCALE * found[2]) / rate);
  if (average === 0) throw new UsageError(`Rate too fast "${text}"`);
  return { isBytes: false, average, unit: found[2] };
}

/** The unit in which it is printed; print_rate() in libxt_hashlimit. */
function unitOf(average: number): (typeof UNITS)[number] {
  const largestFirst = UNITS.toReversed();
  let chosen = largestFirst[0] as (typeof UNITS)[number];
  for (const unit of largestFirst.slice(1)) {
    const ticks = unit[2] * SCALE;
    if (average > ticks || Math.floor(ticks / average) < ticks % average) break;
    chosen = unit;
  }
  return chosen;
}

function formatBytes(bytes: number): string {
  const [suffix, unit] = BYTE_SUFFIXES.find(([, size]) => bytes >= size && bytes % size === 0) ?? [
    "b",
    1,
  ];
  return `${bytes / unit}${suffix}`;
}

function formatAverage({ isBytes, average }: HashlimitTest): string {
  if (isBytes) return `${formatBytes(costToBytes(average))}/s`;
  const [, name, seconds] = unitOf(average);
  return `${Math.floor((seconds * SCALE) / average)}/${name}`;
}

/** Empty: a limit in bytes without a burst. */
function formatBurst({ isBytes, average, burst }: HashlimitTest, label: string): string {
  if (!isBytes) return ` ${label} ${burst}`;
  return burst === 0 ? "" : ` ${label} ${formatBytes(burst * costToBytes(average))}`;
}

/** What differs from what it would be anyway. */
function tableOptions(test: HashlimitTest, prefix: string): string {
  const usualMs = test.isBytes
    ? test.burst === 0
      ? BYTES_EXPIRE_MS
      : BYTES_BURST_EXPIRE_MS
    : unitOf(test.average)[2] * 1000;
  let text = test.size === 0 ? "" : ` ${prefix}htable-size ${test.size}`;
  if (test.maxEntries !== 0) text += ` ${prefix}htable-max ${test.maxEntries}`;
  if (test.gcMs !== DEFAULT_GC_MS) text += ` ${prefix}htable-gcinterval ${test.gcMs}`;
  if (test.expireMs !== usualMs) text += ` ${prefix}htable-expire ${test.expireMs}`;
  return text;
}

function parseModes(value: string): Mode[] {
  const words = value.split(",").map((word) => {
    const found = MODES.find((mode) => mode === word);
    if (found) return found;
    throw new UsageError(`hashlimit: Bad value for "--hashlimit-mode" option: "${value}"`);
  });
  return MODES.filter((mode) => words.includes(mode));
}

function parseBurst(option: TypedOption | undefined, { isBytes, average }: Average): number {
  if (!isBytes) return option ? requireUnsigned("hashlimit", option, MAX_BURST, 1) : DEFAULT_BURST;
  if (!option) return 0;
  const bytes = parseBytes(option.value) ?? parseUnsigned(option.value);
  if (bytes === undefined) throw outOfRange("hashlimit", option.name, 1, MAX_BURST);
  const each = costToBytes(average);
  if (each > bytes) throw new UsageError(`burst cannot be smaller than ${each}b`);
  return Math.ceil(bytes / each);
}

function keyOf(
  { modes, srcMask, dstMask }: HashlimitTest,
  { ip, packet }: HookContext,
): HashlimitKey {
  const { transport } = packet;
  const ports = transport && transport.kind !== "icmp" ? transport : undefined;
  const has = (mode: Mode): boolean => modes.includes(mode);
  return {
    src: (has("srcip") ? (ip.src & netmask(srcMask)) >>> 0 : 0) as Ipv4,
    srcPort: has("srcport") ? (ports?.srcPort ?? 0) : 0,
    dst: (has("dstip") ? (ip.dst & netmask(dstMask)) >>> 0 : 0) as Ipv4,
    dstPort: has("dstport") ? (ports?.dstPort ?? 0) : 0,
  };
}

const pathOf = ({ name }: HashlimitTest): string => `ipt_hashlimit/${name}`;

export const hashlimit = defineMatch<HashlimitTest>({
  name: "hashlimit",
  docs: {
    summary: "at most so many packets or bytes of each address or port",
    examples: [
      "-m hashlimit --hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name pings",
    ],
  },
  options: {
    "hashlimit-upto": "argument",
    "hashlimit-above": "argument",
    "hashlimit-srcmask": "argument",
    "hashlimit-dstmask": "argument",
    "hashlimit-burst": "argument",
    "hashlimit-htable-size": "argument",
    "hashlimit-htable-max": "argument",
    "hashlimit-htable-expire": "argument",
    "hashlimit-htable-gcinterval": "argument",
    "hashlimit-mode": "argument",
    "hashlimit-name": "argument",
  },
  aliases: { hashlimit: "hashlimit-upto" },
  negatable: ["hashlimit-upto", "hashlimit-above"],
  exclusive: [["hashlimit-upto", "hashlimit-above"]],
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === `hashlimit-${name}`);
    const number = (name: string, otherwise: number): number => {
      const option = find(name);
      return option ? requireUnsigned("hashlimit", option) : otherwise;
    };
    const mask = (name: string): number => {
      const option = find(name);
      return option ? requireUnsigned("hashlimit", option, 128) : 32;
    };
    const limit = find("upto") ?? find("above");
    const name = find("name")?.value;
    if (name === undefined) throw missingOption("hashlimit", "hashlimit-name");
    if (!limit) throw new UsageError("You have to specify --hashlimit");
    const average = parseAverage(limit.value);
    const burst = parseBurst(find("burst"), average);
    const byteExpireMs = burst === 0 ? BYTES_EXPIRE_MS : BYTES_BURST_EXPIRE_MS;
    const usualMs = average.isBytes ? byteExpireMs : average.unit * 1000;
    const modes = find("mode");
    return {
      how: (limit.name === "hashlimit-above") !== limit.negated ? "above" : "upto",
      isBytes: average.isBytes,
      average: average.average,
      burst,
      modes: modes ? parseModes(modes.value) : [],
      name,
      srcMask: mask("srcmask"),
      dstMask: mask("dstmask"),
      size: number("htable-size", 0),
      maxEntries: number("htable-max", 0),
      gcMs: number("htable-gcinterval", DEFAULT_GC_MS),
      expireMs: number("htable-expire", usualMs),
    };
  },
  save(test) {
    let text = ` --hashlimit-${test.how} ${formatAverage(test)}`;
    text += formatBurst(test, "--hashlimit-burst");
    if (test.modes.length > 0) text += ` --hashlimit-mode ${test.modes.join(",")}`;
    text += ` --hashlimit-name ${test.name}`;
    text += tableOptions(test, "--hashlimit-");
    if (test.srcMask !== 32) text += ` --hashlimit-srcmask ${test.srcMask}`;
    return test.dstMask === 32 ? text : `${text} --hashlimit-dstmask ${test.dstMask}`;
  },
  list(test) {
    let text = ` limit: ${test.how === "upto" ? "up to" : "above"} ${formatAverage(test)}`;
    text += formatBurst(test, "burst");
    if (test.modes.length > 0) text += ` mode ${test.modes.join("-")}`;
    text += tableOptions(test, "");
    if (test.srcMask !== 32) text += ` srcmask ${test.srcMask}`;
    return test.dstMask === 32 ? text : `${text} dstmask ${test.dstMask}`;
  },
  check: ({ srcMask, dstMask, name }) => srcMask <= 32 && dstMask <= 32 && !name.includes("/"),
  named: {
    path: pathOf,
    create: (test, netns) =>
      new HashlimitTable(
        {
          isBytes: test.isBytes,
          average: test.average,
          burst: test.burst,
          maxEntries: test.maxEntries || DEFAULT_MAX_ENTRIES,
          expireNs: (test.expireMs / 1000) * SECOND,
        },
        netns,
      ),
  },
  evaluate(test, context) {
    const table = context.netns.netfilter.named.get(pathOf(test)) as HashlimitTable;
    const isWithin = table.takes(keyOf(test, context), networkLength(context.packet));
    return isWithin === (test.how === "upto");
  },
});
