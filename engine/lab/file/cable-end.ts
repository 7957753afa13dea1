/** `h1:eth0`, or `h1:red/eth0` for a card that was moved into the namespace `red`. */
export interface CardPlace {
  readonly node: string;
  /** Undefined: the machine's own namespace. */
  readonly namespace?: string;
  readonly card: string;
}

export function parseCableEnd(text: string): CardPlace {
  const colon = text.indexOf(":");
  const slash = text.lastIndexOf("/");
  const node = text.slice(0, colon);
  if (slash < 0) return { node, card: text.slice(colon + 1) };
  return { node, namespace: text.slice(colon + 1, slash), card: text.slice(slash + 1) };
}

export function formatCableEnd(place: CardPlace): string {
  const namespace = place.namespace === undefined ? "" : `${place.namespace}/`;
  return `${place.node}:${namespace}${place.card}`;
}
