/** The units of tc(8): parameters as they are typed and printed. */
import { MICROSECOND, MILLISECOND, SECOND, type Ns } from "../../../sim/clock.ts";
import { QDISC_INGRESS, QDISC_ROOT } from "../../../kernel/rtnetlink/messages.ts";

const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(.*)$/i;

/** A number and its suffix in lower case, or undefined. */
function split(text: string): readonly [number, string] | undefined {
  const match = NUMBER.exec(text);
  const value = Number(match?.[1]);
  return match && value >= 0 ? [value, (match[2] ?? "").toLowerCase()] : undefined;
}

/** `10`, `10us`, `10ms`, `10s`: microseconds without a unit. */
export function parseTime(text: string): Ns | undefined {
  const [value, unit] = split(text) ?? [0, "?"];
  const factor = {
    "": MICROSECOND,
    ns: 1,
    nsec: 1,
    nsecs: 1,
    us: MICROSECOND,
    usec: MICROSECOND,
    usecs: MICROSECOND,
    ms: MILLISECOND,
    msec: MILLISECOND,
    msecs: MILLISECOND,
    s: SECOND,
    sec: SECOND,
    secs: SECOND,
  }[unit];
  return factor === undefined ? undefined : Math.round(value * factor);
}

/** `25%` as 0.25, 0 to 1. */
export function parsePercent(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))%?$/.exec(text);
  const value = Number(match?.[1]) / 100;
  return value >= 0 && value <= 1 ? value : undefined;
}

/** `1mbit`, `10kbps` (bytes), `1gibit`, bare bits: bytes a second. */
export function parseRate(text: string): number | undefined {
  const [value, unit] = split(text) ?? [0, "?"];
  const match = /^([kmgt]?)(i?)(bit|bps)?$/.exec(unit);
  if (!match) return undefined;
  const [, prefix = "", binary = "", what] = match;
  if (what === undefined && unit !== "") return undefined;
  const power = prefix === "" ? 0 : "kmgt".indexOf(prefix) + 1;
  const bytes = (value * (binary === "" ? 1000 : 1024) ** power) / (what === "bps" ? 1 : 8);
  return Math.floor(bytes);
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  kbit: 1024 / 8,
  mbit: 1024 ** 2 / 8,
  gbit: 1024 ** 3 / 8,
};

/** `32kbit`, `10k`, `1600`: bytes. */
export function parseSize(text: string): number | undefined {
  const [value, unit] = split(text) ?? [0, "?"];
  const factor = SIZE_UNITS[unit];
  return factor === undefined ? undefined : Math.floor(value * factor);
}

/** What the kernel counts time in; PSCHED_SHIFT. */
const TICK_NS = 64;

export function ticksOf(ns: Ns): number {
  return Math.floor(ns / TICK_NS);
}

/** How long bytes take, in whole microseconds and then in whole ticks, as tc rounds. */
export function timeToSend(bytes: number, bytesPerSecond: number): Ns {
  const microseconds = Math.floor((bytes * 1e6) / bytesPerSecond);
  return ticksOf(microseconds * MICROSECOND) * TICK_NS;
}

/** The bytes of that time, by way of whole microseconds again. */
export function bytesSentIn(ns: Ns, bytesPerSecond: number): number {
  return Math.floor((Math.floor(ns / MICROSECOND) * bytesPerSecond) / 1e6);
}

/** A time as it comes back from the kernel: whole ticks, shown in whole microseconds. */
export function tickTimeText(ns: Ns): string {
  return timeText(Math.floor((ticksOf(ns) * TICK_NS) / MICROSECOND) * MICROSECOND);
}

export function timeText(ns: Ns): string {
  if (ns >= SECOND) return `${threeDigits(ns / SECOND)}s`;
  if (ns >= MILLISECOND) return `${threeDigits(ns / MILLISECOND)}ms`;
  if (ns >= MICROSECOND) return `${threeDigits(ns / MICROSECOND)}us`;
  return `${Math.floor(ns)}ns`;
}

/** printf's %.3g for what is at least 1. */
function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

export function percentText(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(6))}%`;
}

const PREFIXES = ["", "K", "M", "G", "T"] as const;

/** `1Mbit`, `1500Kbit`: as large a unit as leaves a whole number, or from a thousand on. */
export function rateText(bytesPerSecond: number): string {
  let rate = bytesPerSecond * 8;
  let unit = 0;
  while (unit < PREFIXES.length - 1) {
    if (rate < 1000 || (rate % 1000 !== 0 && rate < 1_000_000)) break;
    rate = Math.floor(rate / 1000);
    unit += 1;
  }
  return `${rate}${PREFIXES[unit]}bit`;
}

export function sizeText(bytes: number): string {
  const mega = 1024 ** 2;
  if (bytes >= mega && Math.abs(mega * Math.round(bytes / mega) - bytes) < 1024) {
    return `${Math.round(bytes / mega)}Mb`;
  }
  if (bytes >= 1024 && Math.abs(1024 * Math.round(bytes / 1024) - bytes) < 16) {
    return `${Math.round(bytes / 1024)}Kb`;
  }
  return `${bytes}b`;
}

/** `1:`, `1:10`, `root`: hexadecimal numbers of 16 bits. */
export function parseClassId(text: string): number | undefined {
  if (text === "root") return QDISC_ROOT;
  if (text === "none") return 0;
  const match = /^([0-9a-f]{0,4}):([0-9a-f]{0,4})$/i.exec(text);
  if (!match) return undefined;
  return Number.parseInt(match[1] || "0", 16) * 0x10000 + Number.parseInt(match[2] || "0", 16);
}

/** `1:` or `1`; what follows the colon is not looked at. */
export function parseHandle(text: string): number | undefined {
  const match = /^([0-9a-f]{1,4})(:.*)?$/i.exec(text);
  return match ? Number.parseInt(match[1] as string, 16) * 0x10000 : undefined;
}

export function handleText(handle: number): string {
  return `${(handle >>> 16).toString(16)}:`;
}

export function classIdText(id: number): string {
  if (id === QDISC_ROOT) return "root";
  if (id === QDISC_INGRESS) return "ffff:fff1";
  const minor = id & 0xffff;
  return `${(id >>> 16).toString(16)}:${minor === 0 ? "" : minor.toString(16)}`;
}
