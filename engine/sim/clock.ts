/**
 * Virtual time. Instants and durations are integer nanoseconds in a plain number, which is
 * exact up to 2^53 ns: 104 days of lab time, counted from the moment the lab was switched on.
 */
export type Ns = number;

export const MICROSECOND: Ns = 1_000;
export const MILLISECOND: Ns = 1_000_000;
export const SECOND: Ns = 1_000_000_000;

/** Seconds (may have a fraction) as whole nanoseconds. */
export function seconds(value: number): Ns {
  return Math.round(value * SECOND);
}

/** Milliseconds (may have a fraction) as whole nanoseconds. */
export function milliseconds(value: number): Ns {
  return Math.round(value * MILLISECOND);
}
