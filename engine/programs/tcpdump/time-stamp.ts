import { toCalendar } from "../support/calendar.ts";

/** A moment: whole Unix seconds and microseconds. */
export interface Instant {
  readonly seconds: number;
  readonly microseconds: number;
}

/** What -t, given `style` times, puts before a line; with its trailing space. */
export function formatStamp(
  style: number,
  at: Instant,
  others: { readonly first: Instant; readonly previous: Instant },
): string {
  switch (style) {
    case 1:
      return "";
    case 2:
      return `${at.seconds}.${six(at.microseconds)} `;
    case 3:
      return `${difference(others.previous, at)} `;
    case 4: {
      const { year, month, day } = toCalendar(at.seconds);
      return `${year}-${two(month + 1)}-${two(day)} ${clock(at)} `;
    }
    case 5:
      return `${difference(others.first, at)} `;
    default:
      return `${clock(at)} `;
  }
}

function clock(at: Instant): string {
  const ofDay = ((at.seconds % 86400) + 86400) % 86400;
  const parts = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(two);
  return `${parts.join(":")}.${six(at.microseconds)}`;
}

function difference(from: Instant, to: Instant): string {
  let us = (to.seconds - from.seconds) * 1e6 + to.microseconds - from.microseconds;
  const sign = us < 0 ? "-" : " ";
  us = Math.abs(us);
  return sign + clock({ seconds: Math.floor(us / 1e6), microseconds: us % 1e6 });
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function six(value: number): string {
  return String(value).padStart(6, "0");
}
