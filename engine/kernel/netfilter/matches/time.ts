/** The time of day, the day and the date. Linux net/netfilter/xt_time.c; the time zone is UTC. */
import { defineMatch, UsageError, type TypedOption } from "../xtables/extension.ts";
import { parseUnsigned } from "../xtables/options.ts";

interface TimeTest {
  /** Seconds since 1970; the bounds are part of it. */
  readonly dateStart: number;
  readonly dateStop: number;
  /** Seconds of the day; the bounds are part of it. */
  readonly dayStart: number;
  readonly dayStop: number;
  /** Bit n: the n-th of the month. */
  readonly monthDays: number;
  /** Bit n: Monday is 1, Sunday is 7. */
  readonly weekDays: number;
  readonly kernelZone: boolean;
  readonly contiguous: boolean;
}

const LAST_DATE = 2 ** 31 - 1;
const DAY = 86_400;
const LAST_SECOND = DAY - 1;
const ALL_MONTH_DAYS = 0xfffffffe;
const ALL_WEEK_DAYS = 0xfe;
const WEEK_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const LOCALTZ_WARNING =
  'WARNING: --localtz is being replaced by --kerneltz, since "local" is ambiguous. ' +
  "Note the kernel timezone has caveats - see manpage for details.\n";

/** `2024-01-31T10:00:00`, in which what is left out is the first of its kind. */
function parseDate(text: string): number {
  const pattern = /^(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:T(\d\d?)(?::(\d\d?)(?::(\d\d?))?)?)?)?)?$/;
  const parts = pattern
    .exec(text)
    ?.slice(1)
    .map((part) => (part ? Number(part) : undefined));
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts ?? [];
  const isInside = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (
    !parts ||
    year < 1970 ||
    year > 2038 ||
    !isInside ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    throw new UsageError(
      `Invalid date "${text}" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`,
    );
  }
  return daysFromCivil(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
}

function parseClock(text: string): number {
  const parts = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(text)?.slice(1).map(Number);
  const [hour = 24, minute = 0, second] = parts ?? [];
  if (!parts || hour > 23 || minute > 59 || (second || 0) > 59) {
    throw new UsageError(
      `invalid time "${text}" specified, should be hh:mm[:ss] format and within the boundaries`,
    );
  }
  return hour * 3600 + minute * 60 + (second || 0);
}

function bitsOf({ value, negated }: TypedOption, all: number, bit: (word: string) => number) {
  const bits = value.split(",").reduce((sum, word) => sum | (1 << bit(word)), 0) >>> 0;
  return negated ? (all & ~bits) >>> 0 : bits;
}

function monthDay(word: string): number {
  const day = parseUnsigned(word, 31);
  if (!day) throw new UsageError(`${word} is not a valid day for --monthdays`);
  return day;
}

function weekDay(word: string): number {
  const number = parseUnsigned(word, 7);
  if (number) return number;
  const at = WEEK_DAYS.findIndex((name) => name.slice(0, 2) === word.slice(0, 2));
  if (at < 0) throw new UsageError(`${word} is not a valid day specifier`);
  return at + 1;
}

/** Days since 1970-01-01 of a date of the Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const yearOfEra = y - era * 400;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

function civilFromDays(days: number): readonly [year: number, month: number, day: number] {
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysFromCivil(year, 1, 1) > days) year -= 1;
  while (daysFromCivil(year + 1, 1, 1) <= days) year += 1;
  let month = 1;
  while (month < 12 && daysFromCivil(year, month + 1, 1) <= days) month += 1;
  return [year, month, days - daysFromCivil(year, month, 1) + 1];
}

const two = (value: number): string => String(value).padStart(2, "0");

function formatClock(seconds: number): string {
  return [seconds / 3600, (seconds % 3600) / 60, seconds % 60]
    .map((part) => two(Math.floor(part)))
    .join(":");
}

function formatDate(seconds: number, separator: string): string {
  const days = Math.floor(seconds / DAY);
  const [year, month, day] = civilFromDays(days);
  return `${year}-${two(month)}-${two(day)}${separator}${formatClock(seconds - days * DAY)}`;
}

const setBits = (bits: number): number[] =>
  Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => bits & (1 << bit));

const weekDayNames = (bits: number): string =>
  setBits(bits)
    .map((day) => WEEK_DAYS[day - 1])
    .join(",");

function ordinal(day: number): string {
  const endings = ["th", "st", "nd", "rd"];
  return `${day}${(day >= 11 && day <= 13 ? undefined : endings[day % 10]) ?? "th"}`;
}

export const time = defineMatch<TimeTest>({
  name: "time",
  docs: {
    summary: "the time of day, the day of the week and the date",
    examples: [
      "-m time --timestart 09:00:00 --timestop 18:00:00 --weekdays Mon,Tue --datestop 2038-01-19T03:14:07",
    ],
  },
  options: {
    datestart: "argument",
    datestop: "argument",
    timestart: "argument",
    timestop: "argument",
    monthdays: "argument",
    weekdays: "argument",
    kerneltz: "flag",
    utc: "flag",
    localtz: "flag",
    contiguous: "flag",
  },
  negatable: ["monthdays", "weekdays"],
  parse(options, { warn }) {
    const find = (name: string) => options.find((option) => option.name === name);
    const value = <T>(name: string, read: (option: TypedOption) => T, otherwise: T): T => {
      const option = find(name);
      return option ? read(option) : otherwise;
    };
    if (find("localtz")) warn(LOCALTZ_WARNING);
    return {
      dateStart: value("datestart", (option) => parseDate(option.value), 0),
      dateStop: value("datestop", (option) => parseDate(option.value), LAST_DATE),
      dayStart: value("timestart", (option) => parseClock(option.value), 0),
      dayStop: value("timestop", (option) => parseClock(option.value), LAST_SECOND),
      monthDays: value(
        "monthdays",
        (option) => bitsOf(option, ALL_MONTH_DAYS, monthDay),
        ALL_MONTH_DAYS,
      ),
      weekDays: value(
        "weekdays",
        (option) => bitsOf(option, ALL_WEEK_DAYS, weekDay),
        ALL_WEEK_DAYS,
      ),
      kernelZone: find("kerneltz") !== undefined || find("localtz") !== undefined,
      contiguous: find("contiguous") !== undefined,
    };
  },
  save(test) {
    let text = "";
    if (test.dayStart !== 0 || test.dayStop !== LAST_SECOND) {
      text += ` --timestart ${formatClock(test.dayStart)} --timestop ${formatClock(test.dayStop)}`;
    }
    if (test.monthDays !== ALL_MONTH_DAYS) {
      text += ` --monthdays ${setBits(test.monthDays).join(",")}`;
    }
    if (test.weekDays !== ALL_WEEK_DAYS) text += ` --weekdays ${weekDayNames(test.weekDays)}`;
    if (test.dateStart !== 0) text += ` --datestart ${formatDate(test.dateStart, "T")}`;
    text += ` --datestop ${formatDate(test.dateStop, "T")}`;
    if (test.kernelZone) text += " --kerneltz";
    return test.contiguous ? `${text} --contiguous` : text;
  },
  list(test) {
    let text = " TIME";
    if (test.dayStart !== 0 || test.dayStop !== LAST_SECOND) {
      text += ` from ${formatClock(test.dayStart)} to ${formatClock(test.dayStop)}`;
    }
    if (test.weekDays !== ALL_WEEK_DAYS) text += ` on ${weekDayNames(test.weekDays)}`;
    if (test.monthDays !== ALL_MONTH_DAYS) {
      text += ` on ${setBits(test.monthDays).map(ordinal).join(",")}`;
    }
    if (test.dateStart !== 0) text += ` starting from ${formatDate(test.dateStart, " ")}`;
    if (test.dateStop !== LAST_DATE) text += ` until date ${formatDate(test.dateStop, " ")}`;
    if (!test.kernelZone) text += " UTC";
    return test.contiguous ? `${text} contiguous` : text;
  },
  evaluate(test, { netns }) {
    const now = Math.floor(netns.sim.epochSeconds + netns.sim.nowNs / 1e9);
    if (now < test.dateStart || now > test.dateStop) return false;
    let days = Math.floor(now / DAY);
    const second = now - days * DAY;
    if (test.dayStart < test.dayStop) {
      if (second < test.dayStart || second > test.dayStop) return false;
    } else {
      if (second < test.dayStart && second > test.dayStop) return false;
      // After midnight it is still the day before.
      if (test.contiguous && second <= test.dayStop) days -= 1;
    }
    // 1970-01-01 was a Thursday.
    const day = ((days + 3) % 7) + 1;
    if (!(test.weekDays & (1 << day))) return false;
    return (test.monthDays & (1 << civilFromDays(days)[2])) !== 0;
  },
});
