import type { ContainerView } from "../../engine/session.ts";

/** Containers that see the same interfaces, drawn in one frame. */
export interface SharedNamespace {
  /** Whose it is: a container's name, or `host`. */
  readonly key: string;
  /** Its first address, or in words why it has none. */
  readonly label: string;
  /** The one that owns it first. */
  readonly containers: readonly ContainerView[];
}

/** Groups containers by network namespace, in the order in which the owners were created. */
export function sharedNamespaces(containers: readonly ContainerView[]): readonly SharedNamespace[] {
  const byName = new Map(containers.map((container) => [container.name, container]));
  const members = new Map<string, ContainerView[]>();
  for (const container of containers) {
    const key = ownerOf(container, byName);
    members.set(key, [...(members.get(key) ?? []), container]);
  }
  return [...members].map(([key, all]) => {
    const sorted = all.toSorted((a, b) => Number(b.name === key) - Number(a.name === key));
    return { key, label: labelOf(key, sorted), containers: sorted };
  });
}

/** `host` may also be a container's name: then they would share a frame, never an address. */
function ownerOf(container: ContainerView, byName: ReadonlyMap<string, ContainerView>): string {
  let owner = container;
  for (let hops = 0; hops < byName.size; hops++) {
    const { namespace } = owner;
    if (namespace.of === "own") return owner.name;
    if (namespace.of === "host") return "host";
    const next = byName.get(namespace.name);
    if (next === undefined) return namespace.name;
    owner = next;
  }
  return owner.name;
}

function labelOf(key: string, containers: readonly ContainerView[]): string {
  const [address, ...more] = containers.flatMap(({ addresses }) => addresses);
  if (address !== undefined) return more.length > 0 ? `${address} +${more.length}` : address;
  if (key === "host") return "host network";
  return containers.some(({ state }) => state === "running") ? "no address" : "";
}
