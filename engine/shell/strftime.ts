import { strftime } from "../programs/support/calendar.ts";

/** What date(1) adds to strftime(3): to the C library, and so to bash, these are plain text. */
const OF_DATE_ONLY = /%%|%[-_0^#]*\d*(?:N|q|:{1,3}z)/g;

/** strftime(3) in UTC and the C locale, for prompts, `printf '%(…)T'` and `history`. */
export function formatTime(unixSeconds: number, format: string): string {
  const known = format.replace(OF_DATE_ONLY, (text) => (text === "%%" ? text : `%${text}`));
  return strftime(known, Math.floor(unixSeconds));
}
