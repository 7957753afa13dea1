/** Dates as people type them to date(1), touch(1) and find(1): the everyday part of gnulib parse_datetime. */
import { DAYS, daysFromCivil, MONTHS, toCalendar, type Calendar } from "./calendar.ts";

const UNITS: Record<string, number> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: 86400,
  week: 604800,
  fortnight: 1209600,
};

const ORDINALS: Record<string, number> = {
  last: -1,
  this: 0,
  next: 1,
  first: 1,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
  eleventh: 11,
  twelfth: 12,
};

/** Hours east of Greenwich. */
const ZONES: Record<string, number> = {
  utc: 0,
  gmt: 0,
  z: 0,
  wet: 0,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  jst: 9,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

interface Draft {
  date?: { readonly year: number; readonly month: number; readonly day: number };
  /** Seconds of the day. */
  time?: number;
  zoneSeconds?: number;
  weekday?: { readonly day: number; readonly ordinal: number };
  months: number;
  seconds: number;
}

/** Unix seconds, or undefined: not a date. `now` is Unix seconds. */
export function parseDate(text: string, now: number): number | undefined {
  const epoch = /^\s*@\s*(-?\d+(?:[.,]\d+)?)\s*$/.exec(text);
  if (epoch) return Number((epoch[1] as string).replace(",", "."));
  const draft: Draft = { months: 0, seconds: 0 };
  let rest = text
    .toLowerCase()
    .replace(/\([^)]*\)/g, " ")
    .trim();
  while (rest !== "") {
    const taken = takeOne(rest, draft, toCalendar(now));
    if (taken === 0) return undefined;
    rest = rest.slice(taken).replace(/^[\s,]+/, "");
  }
  return resolve(draft, now, text.trim() === "");
}

function resolve(draft: Draft, now: number, empty: boolean): number {
  const today = toCalendar(now);
  const dated = draft.date !== undefined || draft.weekday !== undefined || empty;
  const date = draft.date ?? today;
  // A date without a time means midnight; a mere shift keeps the time of day.
  const clock =
    draft.time ??
    (dated ? 0 : today.hour * 3600 + today.minute * 60 + today.second + (now - Math.floor(now)));
  let days = daysFromCivil(date.year, date.month + draft.months, date.day);
  // A weekday beside a date is no more than a remark.
  if (draft.weekday && !draft.date) {
    const current = (((days + 4) % 7) + 7) % 7;
    const { day, ordinal } = draft.weekday;
    days += (day - current + 7) % 7;
    if (ordinal > 0 && day !== current) days += 7 * (ordinal - 1);
    else if (ordinal !== 0) days += 7 * ordinal;
  }
  return days * 86400 + clock - (draft.zoneSeconds ?? 0) + draft.seconds;
}

type Taker = readonly [RegExp, (found: RegExpExecArray, draft: Draft, today: Calendar) => boolean];

const month = (name: string): number =>
  MONTHS.findIndex((full) => full.toLowerCase().startsWith(name.slice(0, 3)));
const MONTH_NAMES =
  "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?(?![a-z])";

const TAKERS: readonly Taker[] = [
  [
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)t?/,
    (f, d) => setDate(d, Number(f[1]), Number(f[2]) - 1, Number(f[3])),
  ],
  [
    /^(\d{4})(\d{2})(\d{2})(?![\d:])/,
    (f, d) => setDate(d, Number(f[1]), Number(f[2]) - 1, Number(f[3])),
  ],
  [
    /^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,4}))?(?![\d:])/,
    (f, d, today) =>
      setDate(d, f[3] === undefined ? today.year : fullYear(f[3]), Number(f[1]) - 1, Number(f[2])),
  ],
  [
    new RegExp(`^(\\d{1,2})[-\\s]*${MONTH_NAMES}(?:[-\\s,]*(\\d{4})(?![\\d:]))?`),
    (f, d, today) =>
      setDate(
        d,
        f[3] === undefined ? today.year : Number(f[3]),
        month(f[2] as string),
        Number(f[1]),
      ),
  ],
  [
    new RegExp(`^${MONTH_NAMES}\\s*(\\d{1,2})(?![\\d:])(?:\\s*,?\\s*(\\d{4})(?![\\d:]))?`),
    (f, d, today) =>
      setDate(
        d,
        f[3] === undefined ? today.year : Number(f[3]),
        month(f[1] as string),
        Number(f[2]),
      ),
  ],
  [
    /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([ap]\.?m\.?)?(?:\s*([-+]\d{2}:?\d{2})(?!\d))?/,
    (f, d) => setTime(d, f),
  ],
  [
    /^(\d{1,2})\s*([ap])\.?m\.?(?![a-z])/,
    (f, d) => setTime(d, [f[0], f[1], "0", undefined, undefined, f[2]]),
  ],
  [/^(now|today)(?![a-z])/, () => true],
  [/^tomorrow(?![a-z])/, (_, d) => shift(d, 1, "day", false)],
  [/^yesterday(?![a-z])/, (_, d) => shift(d, -1, "day", false)],
  [
    /^([-+]?\s*\d+|last|this|next|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|)\s*(sec|second|min|minute|hour|day|week|fortnight|month|year)s?(?![a-z])(\s*ago(?![a-z]))?/,
    (f, d) => {
      const word = (f[1] ?? "").replace(/\s/g, "");
      const count = word === "" ? 1 : (ORDINALS[word] ?? Number(word));
      return shift(d, count, f[2] as string, f[3] !== undefined);
    },
  ],
  [
    /^(last|this|next|)\s*(sun|mon|tue|wed|thu|fri|sat)(?:s|rs|nes|ur|r)?(?:day)?\.?(?![a-z])/,
    (f, d) => {
      const day = DAYS.findIndex((name) => name.toLowerCase().startsWith(f[2] as string));
      d.weekday = { day, ordinal: f[1] === "" ? 0 : (ORDINALS[f[1] as string] ?? 0) };
      return true;
    },
  ],
  [
    /^([a-z]{1,4})(?:([-+]\d{1,2})(?!\d))?(?![a-z])/,
    (f, d) => {
      const hours = ZONES[f[1] as string];
      if (hours === undefined) return false;
      d.zoneSeconds = (hours + Number(f[2] ?? 0)) * 3600;
      return true;
    },
  ],
  [/^[-+]\d{2}:?\d{2}(?!\d)/, (f, d) => setZone(d, f[0])],
];

function takeOne(rest: string, draft: Draft, today: Calendar): number {
  for (const [pattern, apply] of TAKERS) {
    const found = pattern.exec(rest);
    if (found && found[0] !== "" && apply(found, draft, today)) return found[0].length;
  }
  return 0;
}

function fullYear(text: string): number {
  const year = Number(text);
  return text.length > 2 ? year : year < 69 ? 2000 + year : 1900 + year;
}

function setDate(draft: Draft, year: number, monthIndex: number, day: number): boolean {
  if (draft.date || monthIndex < 0 || monthIndex > 11 || day < 1) return false;
  if (day > daysFromCivil(year, monthIndex + 1, 1) - daysFromCivil(year, monthIndex, 1))
    return false;
  draft.date = { year, month: monthIndex, day };
  return true;
}

function setTime(draft: Draft, found: ArrayLike<string | undefined>): boolean {
  let hour = Number(found[1]);
  const minute = Number(found[2]);
  const second = Number(found[3] ?? 0) + Number(`0.${found[4] ?? 0}`);
  const half = found[5]?.[0];
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return false;
    hour = (hour % 12) + (half === "p" ? 12 : 0);
  }
  if (draft.time !== undefined || hour > 23 || minute > 59 || second >= 61) return false;
  draft.time = hour * 3600 + minute * 60 + second;
  return found[6] === undefined || setZone(draft, found[6]);
}

function setZone(draft: Draft, text: string): boolean {
  const found = /^([-+])(\d{2}):?(\d{2})$/.exec(text);
  if (!found) return false;
  draft.zoneSeconds =
    (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 3600 + Number(found[3]) * 60);
  return true;
}

function shift(draft: Draft, count: number, unit: string, ago: boolean): boolean {
  const signed = ago ? -count : count;
  if (unit === "month") draft.months += signed;
  else if (unit === "year") draft.months += 12 * signed;
  else draft.seconds += signed * (UNITS[unit] ?? 0);
  return true;
}

/** `[[CC]YY]MMDDhhmm[.ss]` of touch -t. */
export function parseStamp(text: string, now: number): number | undefined {
  const found = /^(\d{2}|\d{4})?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(text);
  if (!found) return undefined;
  const year = found[1] === undefined ? toCalendar(now).year : fullYear(found[1]);
  const draft: Draft = { months: 0, seconds: 0 };
  if (!setDate(draft, year, Number(found[2]) - 1, Number(found[3]))) return undefined;
  if (!setTime(draft, ["", found[4], found[5], found[6]])) return undefined;
  return resolve(draft, now, false);
}
