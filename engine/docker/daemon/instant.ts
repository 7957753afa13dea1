/** Instants of the engine: lab time, told as Go's time package tells them. */
import { SECOND, type Ns } from "../../sim/clock.ts";

/** What Go prints for the zero time. */
export const NEVER = "0001-01-01T00:00:00Z";

/** Turns lab time into the calendar's. */
export class Clock {
  constructor(private readonly sim: { readonly nowNs: Ns; readonly epochSeconds: number }) {}

  get nowNs(): Ns {
    return this.sim.nowNs;
  }

  /** Whole Unix seconds. */
  unixSeconds(atNs: Ns): number {
    return Math.floor(this.sim.epochSeconds + Math.floor(atNs / SECOND));
  }

  /** Unix nanoseconds. */
  unixNano(atNs: Ns): bigint {
    const whole = Math.floor(atNs / SECOND);
    return (
      BigInt(this.unixSeconds(atNs)) * 1_000_000_000n + BigInt(Math.round(atNs - whole * SECOND))
    );
  }

  /** Lab time of an instant in Unix seconds. */
  fromUnixSeconds(unixSeconds: number): Ns {
    return Math.round((unixSeconds - this.sim.epochSeconds) * SECOND);
  }

  /** time.RFC3339Nano: a fraction without trailing zeros. Undefined: never. */
  rfc3339Nano(atNs: Ns | undefined): string {
    if (atNs === undefined) return NEVER;
    const text = this.logTime(atNs);
    return text.replace(/\.?0*Z$/, "Z");
  }

  /** With all nine digits, as log lines have it. */
  logTime(atNs: Ns): string {
    const unix = this.unixSeconds(atNs);
    const nanos = Math.round(atNs - Math.floor(atNs / SECOND) * SECOND);
    return `${isoSeconds(unix)}.${String(nanos).padStart(9, "0")}Z`;
  }
}

/** `2026-11-24T01:42:21` */
export function isoSeconds(unixSeconds: number): string {
  const days = Math.floor(unixSeconds / 86_400);
  const rest = unixSeconds - days * 86_400;
  const { year, month, day } = civilDate(days);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  return `${date}T${two(rest / 3600)}:${two((rest / 60) % 60)}:${two(rest % 60)}`;
}

/** Proleptic Gregorian date of a day counted from 1970-01-01; Howard Hinnant, "date algorithms". */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** units.HumanDuration of docker/go-units: `3 seconds`, `About a minute`, `2 weeks`. */
export function humanDuration(durationNs: Ns): string {
  const seconds = Math.floor(durationNs / SECOND);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(seconds / 3600 + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(seconds / 3600 / 24 / 365)} years`;
}
