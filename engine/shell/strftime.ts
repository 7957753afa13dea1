/** strftime(3) in UTC and the C locale, for prompts, `printf '%(…)T'` and `history`. */
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
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

interface CalendarTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0: Sunday. */
  readonly weekday: number;
  /** 0 to 365. */
  readonly yearday: number;
}

/** Days-to-civil after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function calendarTime(unixSeconds: number): CalendarTime {
  const total = Math.floor(unixSeconds);
  const days = Math.floor(total / 86400);
  const rest = total - days * 86400;
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36524) -
      Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1] as number;
  return {
    year,
    month,
    day,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearday: before + day - 1 + (leap && month > 2 ? 1 : 0),
  };
}

const COMPOSED: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  R: "%H:%M",
  r: "%I:%M:%S %p",
  T: "%H:%M:%S",
  X: "%H:%M:%S",
  x: "%m/%d/%y",
};

export function formatTime(unixSeconds: number, format: string): string {
  const time = calendarTime(unixSeconds);
  return format.replace(/%([%a-zA-Z])/g, (all, letter: string) => {
    const composed = COMPOSED[letter];
    return composed ? formatTime(unixSeconds, composed) : (field(time, unixSeconds, letter) ?? all);
  });
}

function field(time: CalendarTime, unixSeconds: number, letter: string): string | undefined {
  const two = (value: number, pad = "0"): string => String(value).padStart(2, pad);
  const twelve = time.hour % 12 === 0 ? 12 : time.hour % 12;
  switch (letter) {
    case "Y":
      return String(time.year);
    case "C":
      return two(Math.floor(time.year / 100));
    case "y":
      return two(time.year % 100);
    case "m":
      return two(time.month);
    case "d":
      return two(time.day);
    case "e":
      return two(time.day, " ");
    case "H":
      return two(time.hour);
    case "k":
      return two(time.hour, " ");
    case "I":
      return two(twelve);
    case "l":
      return two(twelve, " ");
    case "M":
      return two(time.minute);
    case "S":
      return two(time.second);
    case "p":
      return time.hour < 12 ? "AM" : "PM";
    case "P":
      return time.hour < 12 ? "am" : "pm";
    case "a":
      return (DAYS[time.weekday] as string).slice(0, 3);
    case "A":
      return DAYS[time.weekday];
    case "b":
    case "h":
      return (MONTHS[time.month - 1] as string).slice(0, 3);
    case "B":
      return MONTHS[time.month - 1];
    case "j":
      return String(time.yearday + 1).padStart(3, "0");
    case "u":
      return String(time.weekday === 0 ? 7 : time.weekday);
    case "w":
      return String(time.weekday);
    case "s":
      return String(Math.floor(unixSeconds));
    case "z":
      return "+0000";
    case "Z":
      return "UTC";
    case "n":
      return "\n";
    case "t":
      return "\t";
    case "%":
      return "%";
    default:
      return undefined;
  }
}
