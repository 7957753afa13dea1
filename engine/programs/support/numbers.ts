/** Numbers with suffixes, as coreutils reads and prints them. */

const POWERS = "KMGTPEZY";

/**
 * `10`, `2K` (1024), `2kB` (1000), `3MiB`, `1b` (512). Undefined: not a number.
 * gnulib xstrtol with the suffixes of head, tail, dd and split.
 */
export function parseSize(text: string): number | undefined {
  const found = /^(\d+)(?:(b)|([kKMGTPEZY])(B|iB)?)?$/.exec(text);
  if (!found) return undefined;
  const count = Number(found[1]);
  if (found[2]) return count * 512;
  if (!found[3]) return count;
  const power = POWERS.indexOf(found[3].toUpperCase()) + 1;
  return count * (found[4] === "B" ? 1000 : 1024) ** power;
}

/** `4.0K`, `12M`, `512`: a size for people, always rounded up (gnulib human_readable). */
export function humanSize(bytes: number, base: 1000 | 1024 = 1024): string {
  if (bytes < base) return String(bytes);
  let value = bytes;
  let power = 0;
  while (value >= base && power < POWERS.length) {
    value /= base;
    power += 1;
  }
  const rounded = value < 10 ? Math.ceil(value * 10 - 1e-9) / 10 : Math.ceil(value - 1e-9);
  const unit = base === 1000 && power === 1 ? "k" : (POWERS[power - 1] as string);
  if (rounded >= base && power < POWERS.length) return `1.0${POWERS[power]}`;
  return `${rounded < 10 ? rounded.toFixed(1) : rounded}${unit}`;
}

/** `2.5`, `10s`, `1m`, `2h`, `1d`, `infinity` in seconds; undefined: not a time. */
export function parseDuration(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Infinity;
  const found = /^(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)([smhd]?)$/i.exec(text);
  if (!found) return undefined;
  const unit = { "": 1, s: 1, m: 60, h: 3600, d: 86400 }[found[2] as string];
  return unit === undefined ? undefined : Number(found[1]) * unit;
}

/** Seconds as the clock's nanoseconds; what is longer than 100 years is for ever. */
export function secondsToNs(seconds: number): number {
  return Math.round(Math.min(seconds, 3.2e9) * 1e9);
}
