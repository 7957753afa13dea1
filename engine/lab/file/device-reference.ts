/** How one device of a node names another: `NAME`, `NETNS/NAME`, `/NAME` (see the schema). */
export interface DevicePlace {
  /** Undefined: the machine's own namespace. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** `from` is the namespace in which the reference is written. */
export function resolveReference(text: string, from: string | undefined): DevicePlace {
  const slash = text.lastIndexOf("/");
  if (slash < 0) return { namespace: from, name: text };
  return { namespace: slash === 0 ? undefined : text.slice(0, slash), name: text.slice(slash + 1) };
}

export function formatReference(to: DevicePlace, from: string | undefined): string {
  if (to.namespace === from) return to.name;
  return `${to.namespace ?? ""}/${to.name}`;
}

/** One key for a device of a node. */
export function placeKey(place: DevicePlace): string {
  return `${place.namespace ?? ""}/${place.name}`;
}
