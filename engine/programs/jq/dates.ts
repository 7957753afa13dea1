/** "Broken down time" arrays: year, month from 0, day, hours, minutes, seconds, weekday, day of year. */
import { RE2JS } from "re2js";
import { DAYS, daysFromCivil, MONTHS, strftime, toCalendar } from "../support/calendar.ts";
import { array, isArray, JqError, type Json } from "./json.ts";

export function brokenDown(seconds: Json): Json {
  if (typeof seconds !== "number") throw new JqError("gmtime() requires a number");
  const whole = Math.floor(seconds);
  const { year, month, day, hour, minute, second, weekday, yearDay } = toCalendar(whole);
  return array([year, month, day, hour, minute, second + seconds - whole, weekday, yearDay]);
}

function toSeconds(value: Json, caller: string): number {
  if (!isArray(value)) throw new JqError(`${caller} requires array of 6 numbers`);
  const numbers = value.map((part) => {
    if (typeof part !== "number") throw new JqError(`${caller} requires parsed datetime inputs`);
    return part;
  });
  if (numbers.length < 6) throw new JqError(`${caller} requires array of 6 numbers`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  return daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + Math.floor(second);
}

export function formatDate(value: Json, format: Json): Json {
  if (typeof format !== "string") throw new JqError("strftime/1 requires a string format");
  if (typeof value === "number") return strftime(format, Math.floor(value));
  if (!isArray(value)) throw new JqError("strftime/1 requires parsed datetime inputs");
  return strftime(format, toSeconds(value, "strftime/1"));
}

/** The directives of strptime(3) that are read; each takes the text that it stands for. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: "(?<Y>\\d{4})",
  m: "(?<m>\\d{1,2})",
  d: "(?<d>\\d{1,2})",
  e: "\\s*(?<d>\\d{1,2})",
  H: "(?<H>\\d{1,2})",
  M: "(?<M>\\d{1,2})",
  S: "(?<S>\\d{1,2})",
  j: "(?<j>\\d{1,3})",
  Z: "[A-Z]+",
  z: "(?:Z|[-+]\\d\\d:?\\d\\d)",
  A: `(?:${DAYS.join("|")})`,
  a: `(?:${DAYS.map((day) => day.slice(0, 3)).join("|")})`,
  B: `(?<B>${MONTHS.join("|")})`,
  b: `(?<b>${MONTHS.map((month) => month.slice(0, 3)).join("|")})`,
  T: "(?<H>\\d{1,2}):(?<M>\\d{1,2}):(?<S>\\d{1,2})",
  F: "(?<Y>\\d{4})-(?<m>\\d{1,2})-(?<d>\\d{1,2})",
  n: "\\s*",
  t: "\\s*",
  "%": "%",
};

export function parseDate(value: Json, format: Json): Json {
  if (typeof value !== "string")
    throw new JqError(`strptime/1 requires string inputs and arguments`);
  if (typeof format !== "string")
    throw new JqError(`strptime/1 requires string inputs and arguments`);
  const pattern = format.replace(/%(.)|\s+|[^%\s]/g, (part: string, letter?: string) => {
    if (letter !== undefined) {
      const known = DIRECTIVES[letter];
      if (known === undefined) throw new JqError(`Podwire does not model %${letter} of strptime`);
      return known;
    }
    return /\s/.test(part) ? "\\s*" : part.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  });
  const matcher = compile(pattern, format).matcher(value);
  if (!matcher.find()) {
    throw new JqError(`date "${value}" does not match format "${format}"`);
  }
  const field = (name: string): string | null =>
    name in matcher.namedGroups ? matcher.group(name) : null;
  const number = (name: string, initial: number): number => Number(field(name) ?? initial);
  const named = MONTHS.findIndex(
    (month) => month === field("B") || month.slice(0, 3) === field("b"),
  );
  const year = number("Y", 1900);
  const month = named >= 0 ? named : number("m", 1) - 1;
  const day = number("d", 0);
  const days = daysFromCivil(year, month, day);
  return array([
    year,
    month,
    day,
    number("H", 0),
    number("M", 0),
    number("S", 0),
    (((days + 4) % 7) + 7) % 7,
    days - daysFromCivil(year, 0, 1),
  ]);
}

function compile(pattern: string, format: string): RE2JS {
  try {
    return RE2JS.compile(`^${pattern}$`);
  } catch {
    // The same directive twice.
    throw new JqError(`Podwire does not model the format "${format}" of strptime`);
  }
}

export function mktime(value: Json): Json {
  if (!isArray(value)) throw new JqError(`mktime requires array of 6 numbers`);
  return toSeconds(value, "mktime");
}
