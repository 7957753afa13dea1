import { parseCableEnd } from "./cable-end.ts";
import type { CableFile } from "./schema.ts";

/** Names of the cards in each machine's own namespace that have a cable. */
export function cabledCards(cables: readonly CableFile[]): Map<string, string[]> {
  const cards = new Map<string, string[]>();
  for (const { ends } of cables) {
    for (const end of ends) {
      const place = parseCableEnd(end);
      if (place.namespace !== undefined) continue;
      const names = cards.get(place.node);
      if (names) names.push(place.card);
      else cards.set(place.node, [place.card]);
    }
  }
  return cards;
}
