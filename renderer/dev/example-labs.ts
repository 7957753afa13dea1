/** Labs to look at. */
import type { Edit, LabView } from "../../engine/session.ts";
import { fakeContainer } from "./fake-docker.ts";
import { EMPTY_LAB, applyEdit } from "./fake-lab.ts";

function lab(name: string, description: string, edits: readonly Edit[]): LabView {
  return edits.reduce<LabView>(
    (view, edit) => {
      const outcome = applyEdit(view, edit);
      if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
      return outcome.value.view;
    },
    { ...EMPTY_LAB, name, description },
  );
}

const node = (kind: "host" | "router" | "switch", name: string, x: number, y: number): Edit => ({
  kind: "add-node",
  node: kind,
  name,
  at: { x, y },
});
const cable = (a: string, b: string, properties = {}): Edit => ({
  kind: "connect",
  from: { node: a },
  to: { node: b },
  properties,
});
const address = (host: string, nic: string, ...addresses: string[]): Edit => ({
  kind: "set-addresses",
  node: host,
  interface: nic,
  addresses,
});

export const twoHosts = lab("Two hosts and a switch", "The smallest network there is.", [
  node("host", "pc1", 0, 160),
  node("host", "pc2", 480, 160),
  node("switch", "sw1", 240, 0),
  cable("pc1", "sw1"),
  cable("pc2", "sw1"),
  address("pc1", "eth0", "10.0.0.1/24"),
  address("pc2", "eth0", "10.0.0.2/24"),
]);

export const office = lab("Two networks and a router", "Routing between two switched networks.", [
  node("router", "gw", 320, 0),
  node("switch", "sw-left", 96, 160),
  node("switch", "sw-right", 544, 160),
  node("host", "alice", 0, 336),
  node("host", "bob", 208, 336),
  node("host", "carol", 448, 336),
  node("host", "web", 656, 336),
  cable("gw", "sw-left"),
  cable("gw", "sw-right", { latencyMs: 20, bandwidthMbit: 100 }),
  cable("alice", "sw-left"),
  cable("bob", "sw-left"),
  cable("carol", "sw-right"),
  cable("web", "sw-right", { cut: true }),
  address("gw", "eth0", "10.0.1.1/24"),
  address("gw", "eth1", "10.0.2.1/24"),
  address("alice", "eth0", "10.0.1.10/24"),
  address("bob", "eth0", "10.0.1.11/24"),
  address("carol", "eth0", "10.0.2.10/24"),
  { kind: "set-power", node: "carol", on: false },
  { kind: "add-note", at: { x: -240, y: 0 }, text: "The right-hand network is far away: 20 ms." },
  { kind: "add-group", members: ["alice", "bob", "sw-left"], label: "Office" },
]);

export const ring = lab("A ring of switches", "Watch what a loop does.", [
  node("switch", "sw1", 240, 0),
  node("switch", "sw2", 480, 160),
  node("switch", "sw3", 0, 160),
  node("host", "pc1", 240, 320),
  cable("sw1", "sw2"),
  cable("sw2", "sw3"),
  cable("sw3", "sw1"),
  cable("sw1", "sw2"),
  cable("pc1", "sw2"),
]);

/** A machine with containers, two of which share a namespace. */
export const docker = withContainers(
  lab("Containers that share a namespace", "What the four containers of two machines see.", [
    node("host", "dockerhost", 0, 160),
    node("host", "build", 480, 160),
    node("switch", "sw1", 260, 0),
    cable("dockerhost", "sw1"),
    cable("build", "sw1"),
    address("dockerhost", "eth0", "10.0.2.15/24"),
    address("build", "eth0", "10.0.2.16/24"),
  ]),
);

function withContainers(view: LabView): LabView {
  const containers = [
    fakeContainer("nginx", "nginx", { addresses: ["172.17.0.2"], ports: ["0.0.0.0:8080->80/tcp"] }),
    fakeContainer("client", "busybox", {
      addresses: [],
      namespace: { of: "container", name: "nginx" },
    }),
    fakeContainer("box", "busybox", { addresses: ["172.17.0.3"], state: "paused" }),
    fakeContainer("once", "busybox", { addresses: [], state: "exited" }),
  ];
  const nodes = view.nodes.map((machine) => {
    if (machine.kind !== "host") return machine;
    return {
      ...machine,
      runsContainers: true,
      containers: machine.name === "dockerhost" ? containers : [],
    };
  });
  return { ...view, nodes };
}

/** Hosts on switches on one router, five switches a row. */
export function largeLab(hosts: number): LabView {
  const perSwitch = 24;
  const corner = (s: number) => ({ x: (s % 5) * 1500, y: Math.floor(s / 5) * 900 });
  const switches = Array.from({ length: Math.ceil(hosts / perSwitch) }, (_, s) => s);
  const nodes: Edit[] = [node("router", "core", 3500, -300)];
  const cables: Edit[] = [];
  for (const s of switches) {
    nodes.push(node("switch", `sw${s}`, corner(s).x + 560, corner(s).y));
    cables.push(cable(`sw${s}`, "core"));
  }
  for (let h = 0; h < hosts; h++) {
    const s = Math.floor(h / perSwitch);
    const i = h % perSwitch;
    const { x, y } = corner(s);
    nodes.push(node("host", `h${h}`, x + (i % 6) * 224, y + 200 + Math.floor(i / 6) * 128));
    cables.push(cable(`h${h}`, `sw${s}`));
  }
  return lab(`${hosts} hosts`, "A large lab.", [...nodes, ...cables]);
}
