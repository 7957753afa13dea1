/** Points in time as `--since` and `--until` take them (cli `timestamp.GetTimestamp`). */
import { secondsOf } from "./format/times.ts";

/** Unix seconds of a duration before now, a date and time, or Unix seconds; undefined: neither. */
export function momentOf(
  text: string,
  nowSeconds: number,
  parseDuration: (text: string) => number | undefined,
): number | undefined {
  const duration = parseDuration(text);
  if (duration !== undefined && text !== "0") return nowSeconds - duration / 1e9;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const match =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, date, hour = "00", minute = "00", second = "00", zone = "Z"] = match;
  const seconds = secondsOf(`${date}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(seconds) ? undefined : seconds;
}
