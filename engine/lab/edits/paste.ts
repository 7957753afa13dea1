import type { Point } from "../../session.ts";
import { formatCableEnd, parseCableEnd } from "../file/cable-end.ts";
import { parseLab } from "../file/parse.ts";
import type { NetworkFile, NodeFile } from "../file/schema.ts";
import type { Lab } from "../lab.ts";
import { groupOf, noteOf } from "../model/drawing-file.ts";
import { EMPTY_FRAGMENT, type Fragment } from "../model/fragment.ts";
import { EditError, type Command } from "./command.ts";
import { Insert } from "./insert.ts";

/** Inserts copied things, shifted, under names of their own. */
export function paste(lab: Lab, clipboard: string, offset: Point): Command {
  const parsed = parseLab(clipboard);
  if (!parsed.ok) throw new EditError("the clipboard holds nothing from a lab");
  const { nodes = [], cables = [], notes = [], groups = [] } = parsed.value;
  const names = freshNames(lab, nodes);
  const nameOf = (name: string): string => names.get(name) ?? name;
  const shift = (at: readonly [number, number]): Point => ({
    x: at[0] + offset.x,
    y: at[1] + offset.y,
  });
  const fragment: Fragment = {
    ...EMPTY_FRAGMENT,
    nodes: nodes.map((node) => {
      const at = shift(node.at ?? [0, 0]);
      return { file: { ...withFreshMacs(node), name: nameOf(node.name), at: [at.x, at.y] } };
    }),
    cables: cables.map((cable) => ({
      id: lab.nextId("cable"),
      file: {
        ...cable,
        ends: cable.ends.map((end) => {
          const place = parseCableEnd(end);
          return formatCableEnd({ ...place, node: nameOf(place.node) });
        }) as [string, string],
      },
    })),
    notes: notes.map((note) => ({
      id: lab.nextId("note"),
      note: { ...noteOf(note), at: shift(note.at) },
    })),
    groups: groups.map((group) => ({
      id: lab.nextId("group"),
      group: {
        ...groupOf(group),
        at: shift(group.at),
        members: (group.members ?? []).map(nameOf),
      },
    })),
  };
  if (nodes.length + notes.length + groups.length === 0) {
    throw new EditError("the clipboard holds nothing from a lab");
  }
  return new Insert(lab, "Paste", fragment);
}

/** Copied name → the name that the copy gets: h1 becomes h3 when h1 and h2 are there. */
function freshNames(lab: Lab, nodes: readonly NodeFile[]): ReadonlyMap<string, string> {
  const given = new Set<string>();
  const names = new Map<string, string>();
  for (const { name } of nodes) {
    const fresh = lab.uniqueName(name, given);
    given.add(fresh);
    names.set(name, fresh);
  }
  return names;
}

/** Two machines must not have one hardware address: the copy's follow from its name. */
function withFreshMacs(node: NodeFile): NodeFile {
  const { hostname, ...rest } = node;
  void hostname;
  return {
    ...rest,
    ...networkWithFreshMacs(rest),
    ...(rest.namespaces
      ? {
          namespaces: rest.namespaces.map((namespace) => ({
            ...namespace,
            ...networkWithFreshMacs(namespace),
          })),
        }
      : {}),
  };
}

function networkWithFreshMacs(network: NetworkFile): Pick<NetworkFile, "interfaces" | "links"> {
  const withoutMac = <T extends { mac?: string | undefined }>(device: T): T => {
    const copy = { ...device };
    delete copy.mac;
    return copy;
  };
  return {
    ...(network.interfaces ? { interfaces: network.interfaces.map(withoutMac) } : {}),
    ...(network.links ? { links: network.links.map(withoutMac) } : {}),
  };
}
