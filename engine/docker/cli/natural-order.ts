/** Names in the order in which people count: n2 stands before n10. */
export function naturalOrder(one: string, two: string): number {
  const others = pieces(two);
  for (const [index, piece] of pieces(one).entries()) {
    const other = others[index];
    if (other === undefined) return 1;
    if (piece === other) continue;
    const difference = Number(piece) - Number(other);
    if (Number.isNaN(difference) || difference === 0) return piece < other ? -1 : 1;
    return difference;
  }
  return one === two ? 0 : -1;
}

/** Numbers, and what stands between them. */
function pieces(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}
