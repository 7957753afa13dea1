/** Times as docker's lists show them. */
import { toCalendar, daysFromCivil } from "../../../programs/support/calendar.ts";
import { humanDuration } from "../../../programs/support/go/units.ts";

const two = (value: number) => String(value).padStart(2, "0");

/** Unix seconds of RFC 3339; NaN: not one. */
export function secondsOf(rfc3339: string): number {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(?:Z|([+-])(\d\d):(\d\d))?$/.exec(
      rfc3339,
    );
  if (match === null) return NaN;
  const [, year, month, day, hour, minute, second = "0", sign, zoneHour, zoneMinute] = match;
  const days = daysFromCivil(Number(year), Number(month) - 1, Number(day));
  const zone = sign === undefined ? 0 : (Number(zoneHour) * 60 + Number(zoneMinute)) * 60;
  const local = days * 86400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return sign === "-" ? local + zone : local - zone;
}

function parts(seconds: number) {
  const c = toCalendar(seconds);
  return {
    date: `${String(c.year).padStart(4, "0")}-${two(c.month + 1)}-${two(c.day)}`,
    time: `${two(c.hour)}:${two(c.minute)}:${two(c.second)}`,
  };
}

/** `2026-11-24 02:02:53 +0000 UTC` */
export function goTime(seconds: number): string {
  const { date, time } = parts(seconds);
  return `${date} ${time} +0000 UTC`;
}

/** `2026-11-24T02:02:53Z` */
export function rfc3339(seconds: number): string {
  const { date, time } = parts(seconds);
  return `${date}T${time}Z`;
}

/** `3 seconds ago` */
export function ago(nowSeconds: number, thenSeconds: number): string {
  return `${humanDuration(nowSeconds - thenSeconds)} ago`;
}
