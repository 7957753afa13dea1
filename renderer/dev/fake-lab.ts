/** A lab without an engine: enough behaviour to look at the interface and to test it. */
import type {
  CableEnd,
  CableView,
  Edit,
  EditResult,
  GroupView,
  ItemRef,
  LabView,
  LooseEnd,
  NodeView,
  NoteView,
  Outcome,
  Point,
} from "../../engine/session.ts";

export const EMPTY_LAB: LabView = {
  name: "Untitled lab",
  description: "",
  nodes: [],
  cables: [],
  notes: [],
  groups: [],
  terminals: [],
};

const PLAIN_CABLE = { latencyMs: 0, bandwidthMbit: 0, lossPercent: 0, cut: false };

/** What an edit makes of a view. */
export function applyEdit(view: LabView, edit: Edit): Outcome<EditResult & { view: LabView }> {
  switch (edit.kind) {
    case "rename-lab":
      return done({
        ...view,
        name: edit.name,
        description: edit.description ?? view.description,
      });
    case "add-node": {
      const name = edit.name ?? freeName(view, edit.node);
      const node = { name, kind: edit.node, image: "debian-12", at: edit.at, ...fresh(edit.node) };
      return done({ ...view, nodes: [...view.nodes, node] }, [{ kind: "node", id: name }]);
    }
    case "rename-node":
      return rename(view, edit.node, edit.name);
    case "move":
      return done(edit.positions.reduce((moved, { item, at }) => place(moved, item, at), view));
    case "connect":
      return connect(view, edit);
    case "configure-cable":
      return done(
        relit({ ...view, cables: change<CableView>(view.cables, edit.cable, edit.properties) }),
      );
    case "set-power":
      return done(relit(changeNode(view, edit.node, { poweredOn: edit.on })));
    case "set-addresses": {
      const interfaces = machineOf(view, edit.node).interfaces.map((nic) =>
        nic.name === edit.interface ? { ...nic, addresses: edit.addresses } : nic,
      );
      return done(changeNode(view, edit.node, { interfaces }));
    }
    case "add-note": {
      const id = `n${view.notes.length + 1}`;
      const size = { width: 192, height: 96 };
      const note = { id, text: edit.text, at: edit.at, size, colour: "yellow" };
      return done({ ...view, notes: [...view.notes, note] }, [{ kind: "note", id }]);
    }
    case "edit-note": {
      const { note, text, colour, size } = edit;
      return done({
        ...view,
        notes: change<NoteView>(view.notes, note, given({ text, colour, size })),
      });
    }
    case "add-group":
      return addGroup(view, edit.members, edit.label);
    case "edit-group": {
      const { group, label, members, size } = edit;
      return done({
        ...view,
        groups: change<GroupView>(view.groups, group, given({ label, members, size })),
      });
    }
    case "remove":
      return done(remove(view, edit.items));
    case "paste":
      return paste(view, edit.clipboard, edit.offset);
  }
}

export function copyItems(view: LabView, items: readonly ItemRef[]): string {
  const names = new Set(items.filter(({ kind }) => kind === "node").map(({ id }) => id));
  return JSON.stringify({
    nodes: view.nodes.filter(({ name }) => names.has(name)),
    cables: view.cables.filter(({ ends }) => ends.every(({ node }) => names.has(node))),
  });
}

/** Cables are lit and interfaces up when nothing is cut or switched off. */
function relit(view: LabView): LabView {
  const on = new Set(view.nodes.filter(({ poweredOn }) => poweredOn).map(({ name }) => name));
  const cables = view.cables.map((cable) => ({
    ...cable,
    lit: !cable.cut && cable.ends.every(({ node }) => on.has(node)),
  }));
  const lit = new Set(cables.filter((cable) => cable.lit).map(({ id }) => id));
  const nodes = view.nodes.map((node) => ({
    ...node,
    interfaces: node.interfaces.map((nic) => ({
      ...nic,
      operState: lit.has(nic.cable ?? "") ? ("UP" as const) : ("DOWN" as const),
    })),
  }));
  return { ...view, nodes, cables };
}

function done(view: LabView, created: readonly ItemRef[] = []) {
  return { ok: true as const, value: { created, view } };
}

/** The properties that have a value. */
function given<T extends object>(part: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(part).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function refused(message: string) {
  return { ok: false as const, problems: [{ message }] };
}

function fresh(
  kind: NodeView["kind"],
): Pick<NodeView, "interfaces" | "containers" | "runsContainers" | "poweredOn"> {
  const ports = { host: 1, router: 3, switch: 8 }[kind];
  const named = Array.from({ length: ports }, (_, i) => ({
    name: kind === "switch" ? `port${i + 1}` : `eth${i}`,
    operState: "DOWN" as const,
    addresses: [],
  }));
  return { interfaces: named, containers: [], runsContainers: false, poweredOn: true };
}

function freeName(view: LabView, kind: string): string {
  const stem = { host: "host", router: "router", switch: "switch" }[kind] ?? kind;
  for (let i = 1; ; i++) {
    if (!view.nodes.some(({ name }) => name === `${stem}${i}`)) return `${stem}${i}`;
  }
}

function rename(view: LabView, from: string, to: string) {
  if (view.nodes.some(({ name }) => name === to)) return refused(`${to} is already taken`);
  if (!/^[a-z][a-z0-9-]*$/i.test(to)) return refused(`“${to}” is no host name`);
  const cables = view.cables.map((cable) => {
    const [a, b] = cable.ends;
    const end = (e: typeof a) => (e.node === from ? { ...e, node: to } : e);
    return { ...cable, ends: [end(a), end(b)] as const };
  });
  return done({ ...changeNode(view, from, { name: to }), cables });
}

function connect(view: LabView, edit: Edit & { kind: "connect" }) {
  const id = `c${view.cables.reduce((most, cable) => Math.max(most, Number(cable.id.slice(1))), 0) + 1}`;
  let next = view;
  const plugIn = ({ node, interface: wanted }: LooseEnd) => {
    const machine = machineOf(next, node);
    const free = machine.interfaces.find((nic) => nic.cable === undefined && nic.name !== "lo");
    const name = wanted ?? free?.name ?? `eth${machine.interfaces.length}`;
    const known = machine.interfaces.some((nic) => nic.name === name);
    const interfaces = known
      ? machine.interfaces.map((nic) => (nic.name === name ? { ...nic, cable: id } : nic))
      : [...machine.interfaces, { name, cable: id, operState: "UP" as const, addresses: [] }];
    next = changeNode(next, node, { interfaces });
    return { node, interface: name };
  };
  const ends = [plugIn(edit.from), plugIn(edit.to)] as const;
  const cable: CableView = {
    ...PLAIN_CABLE,
    ...edit.properties,
    id,
    ends,
    lit: true,
  };
  return done(relit({ ...next, cables: [...next.cables, cable] }), [{ kind: "cable", id }]);
}

function addGroup(view: LabView, members: readonly string[], label: string) {
  const id = `g${view.groups.length + 1}`;
  const places = view.nodes.filter(({ name }) => members.includes(name)).map(({ at }) => at);
  const left = Math.min(...places.map(({ x }) => x)) - 32;
  const top = Math.min(...places.map(({ y }) => y)) - 48;
  const right = Math.max(...places.map(({ x }) => x)) + 176 + 32;
  const bottom = Math.max(...places.map(({ y }) => y)) + 56 + 32;
  const size = { width: right - left, height: bottom - top };
  const group = { id, label, at: { x: left, y: top }, size, members };
  return done({ ...view, groups: [...view.groups, group] }, [{ kind: "group", id }]);
}

function remove(view: LabView, items: readonly ItemRef[]): LabView {
  const gone = (kind: ItemRef["kind"], id: string) =>
    items.some((item) => item.kind === kind && item.id === id);
  const cables = view.cables.filter(
    ({ id, ends }) => !gone("cable", id) && !ends.some(({ node }) => gone("node", node)),
  );
  const kept = new Set(cables.map(({ id }) => id));
  return relit({
    ...view,
    nodes: view.nodes
      .filter(({ name }) => !gone("node", name))
      .map((node) => ({
        ...node,
        interfaces: node.interfaces.map(({ cable, ...nic }) =>
          cable !== undefined && kept.has(cable) ? { ...nic, cable } : nic,
        ),
      })),
    cables,
    notes: view.notes.filter(({ id }) => !gone("note", id)),
    groups: view.groups.filter(({ id }) => !gone("group", id)),
  });
}

function paste(view: LabView, clipboard: string, offset: Point) {
  const copied = JSON.parse(clipboard) as Pick<LabView, "nodes" | "cables">;
  let next = view;
  const names = new Map<string, string>();
  for (const node of copied.nodes) {
    const name = freeName(next, node.kind);
    names.set(node.name, name);
    const at = { x: node.at.x + offset.x, y: node.at.y + offset.y };
    const interfaces = node.interfaces.map(({ cable: _cable, ...nic }) => nic);
    next = { ...next, nodes: [...next.nodes, { ...node, name, at, interfaces }] };
  }
  for (const { ends } of copied.cables) {
    const renamed = (end: CableEnd) => ({ ...end, node: names.get(end.node) ?? end.node });
    const [from, to] = [renamed(ends[0]), renamed(ends[1])];
    const outcome = connect(next, { kind: "connect", from, to });
    next = outcome.value.view;
  }
  return done(
    relit(next),
    [...names.values()].map((id) => ({ kind: "node" as const, id })),
  );
}

function machineOf(view: LabView, node: string): NodeView {
  const machine = view.nodes.find(({ name }) => name === node);
  if (machine === undefined) throw new Error(`no such machine: ${node}`);
  return machine;
}

function place(view: LabView, { kind, id }: ItemRef, at: Point): LabView {
  if (kind === "node") return changeNode(view, id, { at });
  if (kind === "note") return { ...view, notes: change(view.notes, id, { at }) };
  return { ...view, groups: change(view.groups, id, { at }) };
}

function changeNode(view: LabView, name: string, part: Partial<NodeView>): LabView {
  return {
    ...view,
    nodes: view.nodes.map((node) => (node.name === name ? { ...node, ...part } : node)),
  };
}

function change<T extends { readonly id: string }>(
  list: readonly T[],
  id: string,
  part: Partial<T>,
): readonly T[] {
  return list.map((item) => (item.id === id ? { ...item, ...part } : item));
}
