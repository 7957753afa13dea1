/** Sizes and durations for people, as docker/go-units writes and reads them; Go's time.Duration. */

const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** `About a minute`, `3 weeks`. */
export function humanDuration(wholeSeconds: number): string {
  const seconds = Math.trunc(wholeSeconds);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < MINUTE) return `${seconds} seconds`;
  const minutes = Math.trunc(wholeSeconds / MINUTE);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(wholeSeconds / HOUR + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(wholeSeconds / HOUR / 24 / 365)} years`;
}

/** %.Ng */
function significant(value: number, digits: number): string {
  if (value === 0) return "0";
  const text = value.toPrecision(digits);
  if (text.includes("e")) {
    const [mantissa = "", exponent = ""] = text.split("e");
    const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    return `${short}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
  }
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function scaled(size: number, base: number, units: readonly string[], digits: number): string {
  let value = size;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit += 1;
  }
  return significant(value, digits) + (units[unit] ?? "");
}

const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** `4.42MB`: decimal, three digits unless said. */
export const humanSize = (bytes: number, digits = 4) => scaled(bytes, 1000, DECIMAL, digits);
/** `15.58GiB`: binary, four digits. */
export const bytesSize = (bytes: number) => scaled(bytes, 1024, BINARY, 4);

const RAM_UNIT: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  p: 1024 ** 5,
};

/** units.RAMInBytes: `512m`, `1.5GiB`; undefined: `invalid size: 'x'`. */
export function ramInBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtpKMGTP]?)(?:i?[bB])?$/.exec(text);
  if (match === null) return undefined;
  return Math.trunc(Number(match[1]) * (RAM_UNIT[(match[2] ?? "").toLowerCase()] ?? 1));
}

const DURATION_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** time.ParseDuration: nanoseconds; undefined: not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+|0)$/.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [, number, unit] of (match[2] as string).matchAll(
    /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g,
  )) {
    total += Number(number) * (DURATION_NS[unit as string] ?? 0);
  }
  return Math.round(match[1] === "-" ? -total : total);
}

/** Why time.ParseDuration refuses a text; undefined: it does not. */
export function durationProblem(text: string): string | undefined {
  if (parseDuration(text) !== undefined) return undefined;
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return `time: missing unit in duration "${text}"`;
  const unit = /^[+-]?(?:\d+\.?\d*|\.\d+)([^0-9.]+)/.exec(text)?.[1];
  if (unit !== undefined) return `time: unknown unit "${unit}" in duration "${text}"`;
  return `time: invalid duration "${text}"`;
}
