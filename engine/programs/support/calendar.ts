/** Calendar arithmetic and strftime(3), in UTC: an emulated machine has no other time zone. */

export const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

export interface Calendar {
  readonly year: number;
  /** 0 to 11 */
  readonly month: number;
  /** 1 to 31 */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0: Sunday */
  readonly weekday: number;
  /** 0 to 365 */
  readonly yearDay: number;
}

/** Days since 1970-01-01 of a proleptic Gregorian date; the month may overflow. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = year + Math.floor(month / 12);
  const m = ((month % 12) + 12) % 12;
  const shifted = m < 2 ? y - 1 : y;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((m + 10) % 12) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

export function toCalendar(unixSeconds: number): Calendar {
  const whole = Math.floor(unixSeconds);
  const days = Math.floor(whole / 86400);
  const rest = whole - days * 86400;
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36524) -
      Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * mp + 2) / 5) + 1;
  const month = (mp + 2) % 12;
  const year = yearOfEra + era * 400 + (month < 2 ? 1 : 0);
  return {
    year,
    month,
    day,
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysFromCivil(year, 0, 1),
  };
}

/** ISO 8601 week: its year and number. */
function isoWeek(at: Calendar): readonly [year: number, week: number] {
  const weekday = (at.weekday + 6) % 7;
  const thursday = at.yearDay - weekday + 3;
  if (thursday < 0) {
    const days = daysFromCivil(at.year, 0, 1) - daysFromCivil(at.year - 1, 0, 1);
    return [at.year - 1, Math.floor((thursday + days) / 7) + 1];
  }
  const length = daysFromCivil(at.year + 1, 0, 1) - daysFromCivil(at.year, 0, 1);
  if (thursday >= length) return [at.year + 1, 1];
  return [at.year, Math.floor(thursday / 7) + 1];
}

const PAD: Record<string, string> = { "0": "0", _: " ", "-": "" };

/** GNU strftime: the conversions of date(1), the flags `- _ 0 ^ #` and a width. */
export function strftime(format: string, unixSeconds: number): string {
  const at = toCalendar(unixSeconds);
  const nanoseconds = Math.round((unixSeconds - Math.floor(unixSeconds)) * 1e9) % 1e9;
  const hour12 = at.hour % 12 === 0 ? 12 : at.hour % 12;
  const number = (value: number, width: number, pad = "0") => ({ value, width, pad });
  const table: Record<string, () => string | { value: number; width: number; pad: string }> = {
    "%": () => "%",
    n: () => "\n",
    t: () => "\t",
    a: () => (DAYS[at.weekday] as string).slice(0, 3),
    A: () => DAYS[at.weekday] as string,
    b: () => (MONTHS[at.month] as string).slice(0, 3),
    h: () => (MONTHS[at.month] as string).slice(0, 3),
    B: () => MONTHS[at.month] as string,
    c: () => strftime("%a %b %e %H:%M:%S %Y", unixSeconds),
    C: () => number(Math.floor(at.year / 100), 2),
    d: () => number(at.day, 2),
    D: () => strftime("%m/%d/%y", unixSeconds),
    e: () => number(at.day, 2, " "),
    F: () => strftime("%Y-%m-%d", unixSeconds),
    g: () => number(isoWeek(at)[0] % 100, 2),
    G: () => number(isoWeek(at)[0], 4),
    H: () => number(at.hour, 2),
    I: () => number(hour12, 2),
    j: () => number(at.yearDay + 1, 3),
    k: () => number(at.hour, 2, " "),
    l: () => number(hour12, 2, " "),
    m: () => number(at.month + 1, 2),
    M: () => number(at.minute, 2),
    N: () => number(nanoseconds, 9),
    p: () => (at.hour < 12 ? "AM" : "PM"),
    P: () => (at.hour < 12 ? "am" : "pm"),
    q: () => number(Math.floor(at.month / 3) + 1, 1),
    r: () => strftime("%I:%M:%S %p", unixSeconds),
    R: () => strftime("%H:%M", unixSeconds),
    s: () => number(Math.floor(unixSeconds), 1),
    S: () => number(at.second, 2),
    T: () => strftime("%H:%M:%S", unixSeconds),
    u: () => number(at.weekday === 0 ? 7 : at.weekday, 1),
    U: () => number(Math.floor((at.yearDay + 7 - at.weekday) / 7), 2),
    V: () => number(isoWeek(at)[1], 2),
    w: () => number(at.weekday, 1),
    W: () => number(Math.floor((at.yearDay + 7 - ((at.weekday + 6) % 7)) / 7), 2),
    x: () => strftime("%m/%d/%y", unixSeconds),
    X: () => strftime("%H:%M:%S", unixSeconds),
    y: () => number(((at.year % 100) + 100) % 100, 2),
    Y: () => number(at.year, 1),
    z: () => "+0000",
    Z: () => "UTC",
  };
  const conversion = /%([-_0^#]*)(\d*)(:{0,3}z|[EO]?[A-Za-z%])/g;
  return format.replace(conversion, (whole: string, flags: string, width: string, name: string) => {
    if (name.startsWith(":"))
      return { ":": "+00:00", "::": "+00:00:00", ":::": "+00" }[name.slice(0, -1)] ?? whole;
    const make = table[name.replace(/^[EO]/, "")];
    if (!make) return whole;
    const made = make();
    let text: string;
    if (typeof made === "string") {
      text = width === "" ? made : made.padStart(Number(width), flags.includes("0") ? "0" : " ");
    } else if (name === "N" && flags.includes("-")) {
      text = String(made.value).padStart(9, "0").replace(/0+$/, "") || "0";
    } else if (name === "N" && width !== "") {
      text = String(made.value).padStart(9, "0").slice(0, Number(width)).padEnd(Number(width), "0");
    } else {
      const flag = [...flags].findLast((char) => char in PAD);
      const pad = flag === undefined ? made.pad : (PAD[flag] as string);
      const digits = String(Math.abs(made.value));
      const wanted = pad === "" ? 0 : width === "" ? made.width : Number(width);
      text = (made.value < 0 ? "-" : "") + digits.padStart(wanted, pad || " ");
    }
    if (flags.includes("^")) return text.toUpperCase();
    if (flags.includes("#"))
      return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
    return text;
  });
}
