/** Arithmetic on 32-bit sequence numbers, which wrap around. RFC 9293 §3.4. */

/** `a` − `b`, from −2^31 to 2^31 − 1. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}

export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

export function after(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

export function advance(seq: number, by: number): number {
  return (seq + by) >>> 0;
}
