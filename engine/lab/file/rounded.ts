/** Places and sizes are whole pixels. */
export function rounded(pair: readonly [number, number]): [number, number] {
  return [Math.round(pair[0]) || 0, Math.round(pair[1]) || 0];
}
