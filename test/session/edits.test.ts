import { describe, expect, test } from "vitest";
import type { Edit, ItemRef } from "../../engine/session.ts";
import { TestSession, value } from "../support/session.ts";

const at = (x: number, y: number) => ({ x, y });
const node = (id: string): ItemRef => ({ kind: "node", id });

const PAIR = `
podwire: 1
nodes:
  - {name: h1, kind: host, at: [0, 0], interfaces: [{name: eth0, addresses: [10.0.0.1/24 brd +]}]}
  - {name: h2, kind: host, at: [300, 0], interfaces: [{name: eth0, addresses: [10.0.0.2/24 brd +]}]}
cables:
  - {ends: [h1:eth0, h2:eth0], latencyMs: 5}
notes:
  - {text: hello, at: [0, 200]}
groups:
  - {label: both, at: [-20, -20], size: [500, 200], members: [h1, h2]}
terminals:
  - {node: h2}
`;

const pair = () => TestSession.open(PAIR);

/** Undone, the lab is what it was; redone, what it became. Answers with the saved text between. */
function undoes(lab: TestSession, edit: Edit): string {
  const before = lab.session.save();
  lab.edit(edit);
  const after = lab.session.save();
  expect(after).not.toBe(before);
  lab.session.undo();
  expect(lab.session.save()).toBe(before);
  lab.session.redo();
  lab.pass(0.5);
  expect(lab.session.save()).toBe(after);
  return after;
}

describe("an edit, undone, leaves nothing behind; redone, it is as it was", () => {
  const cable = pair().view.cables[0]?.id as string;
  const note = pair().view.notes[0]?.id as string;
  const group = pair().view.groups[0]?.id as string;
  test.each<[string, Edit]>([
    ["rename-lab", { kind: "rename-lab", name: "Other", description: "text" }],
    ["add-node", { kind: "add-node", node: "router", at: at(10, 10) }],
    ["move", { kind: "move", positions: [{ item: node("h1"), at: at(7, 8) }] }],
    ["rename-node", { kind: "rename-node", node: "h2", name: "web" }],
    ["connect", { kind: "connect", from: { node: "h1" }, to: { node: "h2" } }],
    [
      "configure-cable",
      { kind: "configure-cable", cable, properties: { cut: true, lossPercent: 3 } },
    ],
    ["set-power", { kind: "set-power", node: "h1", on: false }],
    [
      "set-addresses",
      { kind: "set-addresses", node: "h1", interface: "eth0", addresses: ["10.9.0.1/16"] },
    ],
    ["add-note", { kind: "add-note", at: at(1, 1), text: "new" }],
    ["edit-note", { kind: "edit-note", note, text: "changed", colour: "pink" }],
    ["add-group", { kind: "add-group", members: ["h1"], label: "one" }],
    ["edit-group", { kind: "edit-group", group, label: "two", members: ["h2"] }],
    ["remove a node", { kind: "remove", items: [node("h2")] }],
    ["remove a cable", { kind: "remove", items: [{ kind: "cable", id: cable }] }],
    [
      "remove a note and a group",
      {
        kind: "remove",
        items: [
          { kind: "note", id: note },
          { kind: "group", id: group },
        ],
      },
    ],
  ])("%s", (_, edit) => {
    undoes(pair(), edit);
  });

  test("paste", () => {
    const lab = pair();
    const clipboard = lab.session.copy([node("h1"), node("h2")]);
    undoes(lab, { kind: "paste", clipboard, offset: at(0, 300) });
  });
});

describe("names", () => {
  test("new nodes are numbered by kind, filling gaps", () => {
    const lab = pair();
    lab.edit({ kind: "remove", items: [node("h1")] });
    for (const kind of ["host", "host", "router", "switch"] as const) {
      lab.edit({ kind: "add-node", node: kind, at: at(0, 0) });
    }
    expect(lab.view.nodes.map(({ name }) => name)).toEqual(["h2", "h1", "h3", "r1", "sw1"]);
  });

  test("a renamed node keeps its cables, group, terminals and hardware address", () => {
    const lab = pair();
    const mac = lab.session.inspectNode("h2")?.interfaces.find(({ name }) => name === "eth0")?.mac;
    lab.edit({ kind: "rename-node", node: "h2", name: "web" });
    expect(lab.view.cables[0]?.ends[1].node).toBe("web");
    expect(lab.view.groups[0]?.members).toEqual(["h1", "web"]);
    expect(lab.view.terminals).toEqual([{ node: "web" }]);
    expect(
      lab.session.inspectNode("web")?.interfaces.find(({ name }) => name === "eth0")?.mac,
    ).toBe(mac);
    expect(lab.terminal("web").types("cat /etc/hostname")).toBe("web\n");
  });

  test("names that are taken or no host names are refused", () => {
    const lab = pair();
    expect(lab.refused({ kind: "rename-node", node: "h1", name: "h2" })).toBe(
      'there is already a node "h2"',
    );
    expect(lab.refused({ kind: "rename-node", node: "h1", name: "my host" })).toContain(
      "expected a host name",
    );
    expect(lab.refused({ kind: "add-node", node: "host", at: at(0, 0), name: "h1" })).toContain(
      "already a node",
    );
    expect(lab.refused({ kind: "add-node", node: "host", at: at(0, 0), image: "plan9" })).toBe(
      'there is no disk image "plan9"',
    );
  });
});

describe("cables", () => {
  test("take the next free interface, or make one", () => {
    const lab = pair();
    lab.edit({ kind: "add-node", node: "router", at: at(0, 0) });
    lab.edit({ kind: "connect", from: { node: "h1" }, to: { node: "r1" } });
    lab.edit({ kind: "connect", from: { node: "h1" }, to: { node: "r1" } });
    lab.edit({ kind: "connect", from: { node: "r1" }, to: { node: "h2" } });
    expect(
      lab.view.cables.map(({ ends }) =>
        ends.map((end) => `${end.node}:${end.interface}`).join(" "),
      ),
    ).toEqual(["h1:eth0 h2:eth0", "h1:eth1 r1:eth0", "h1:eth2 r1:eth1", "r1:eth2 h2:eth1"]);
    expect(lab.view.cables.every((cable) => cable.lit)).toBe(true);
  });

  test("a switch's new port joins its bridge", () => {
    const lab = pair();
    lab.edit({ kind: "add-node", node: "switch", at: at(0, 0) });
    lab.edit({ kind: "connect", from: { node: "h1" }, to: { node: "sw1" } });
    const port = lab.session.inspectNode("sw1")?.interfaces.find(({ name }) => name === "p1");
    expect(port).toMatchObject({ master: "br0", up: true, operState: "UP" });
  });

  test("a taken or missing interface is refused", () => {
    const lab = pair();
    const connect = (one: string, two: string) =>
      lab.refused({
        kind: "connect",
        from: { node: "h1", interface: one },
        to: { node: "h2", interface: two },
      });
    expect(connect("eth0", "eth0")).toBe("h1:eth0 has a cable already");
    expect(connect("eth9", "eth0")).toBe("h1 has no interface eth9");
    expect(lab.refused({ kind: "connect", from: { node: "h1" }, to: { node: "h9" } })).toBe(
      'there is no node "h9"',
    );
  });

  test("values out of range are refused", () => {
    const lab = pair();
    const cable = lab.cable("h1", "h2").id;
    expect(
      lab.refused({ kind: "configure-cable", cable, properties: { lossPercent: 101 } }),
    ).toContain("loss");
    expect(
      lab.refused({ kind: "configure-cable", cable, properties: { latencyMs: Number.NaN } }),
    ).toContain("latency");
    expect(lab.cable("h1", "h2")).toMatchObject({ lossPercent: 0, latencyMs: 5 });
  });
});

describe("addresses", () => {
  test("only what differs is changed", () => {
    const lab = pair();
    lab.edit({
      kind: "set-addresses",
      node: "h1",
      interface: "eth0",
      addresses: ["10.0.0.1/24 brd +", "10.7.0.1/16"],
    });
    expect(lab.node("h1").interfaces[0]?.addresses).toEqual(["10.0.0.1/24", "10.7.0.1/16"]);
  });

  test("what is no address is refused, and nothing is changed", () => {
    const lab = pair();
    const set = (addresses: string[], name = "eth0") =>
      lab.refused({ kind: "set-addresses", node: "h1", interface: name, addresses });
    expect(set(["10.0.0.300/24"])).toContain('"10.0.0.300/24" is not an address');
    expect(set([], "eth7")).toBe("h1 has no interface eth7");
    expect(lab.node("h1").interfaces[0]?.addresses).toEqual(["10.0.0.1/24"]);
  });
});

describe("copy and paste", () => {
  test("the copy has its own names, places and hardware addresses, and the cable between", () => {
    const lab = pair();
    const created = lab.edit({
      kind: "paste",
      clipboard: lab.session.copy([node("h1"), node("h2")]),
      offset: at(0, 300),
    });
    expect(created.filter((item) => item.kind === "node").map((item) => item.id)).toEqual([
      "h3",
      "h4",
    ]);
    expect(lab.node("h4").at).toEqual(at(300, 300));
    expect(lab.cable("h3", "h4")).toMatchObject({ latencyMs: 5, lit: true });
    const macs = ["h1", "h2", "h3", "h4"].map(
      (name) => lab.session.inspectNode(name)?.interfaces.find((one) => one.name === "eth0")?.mac,
    );
    expect(new Set(macs).size).toBe(4);
  });

  test("a cable to something that was not copied stays behind", () => {
    const lab = pair();
    expect(lab.session.copy([node("h1")])).not.toContain("cables");
  });

  test("text that is no lab is refused", () => {
    const paste = (clipboard: string) =>
      pair().refused({ kind: "paste", clipboard, offset: at(0, 0) });
    expect(paste("hello")).toContain("nothing from a lab");
    expect(paste("podwire: 1")).toContain("nothing from a lab");
  });
});

describe("power", () => {
  test("a machine that is off has no carrier; on again, it is configured as before", () => {
    const lab = pair();
    lab.edit({ kind: "set-power", node: "h2", on: false });
    expect(lab.cable("h1", "h2").lit).toBe(false);
    expect(lab.node("h2")).toMatchObject({ poweredOn: false });
    expect(lab.session.openTerminal("h2", { columns: 80, rows: 24 })).toEqual({
      ok: false,
      problems: [{ message: "h2 is switched off" }],
    });
    lab.edit({ kind: "set-power", node: "h2", on: true });
    lab.pass(1);
    expect(lab.terminal("h1").types("ping -c 1 10.0.0.2")).toContain("1 received");
  });

  test("its open terminals are closed", () => {
    const lab = pair();
    const terminal = lab.terminal("h2");
    lab.edit({ kind: "set-power", node: "h2", on: false });
    expect(lab.listen()).toContainEqual({
      kind: "terminal-closed",
      terminal: terminal.id,
      exitCode: 129,
    });
  });
});

describe("history", () => {
  test("moves of the same things are one step", () => {
    const lab = pair();
    for (const x of [10, 20, 30]) {
      lab.edit({ kind: "move", positions: [{ item: node("h1"), at: at(x, 0) }] });
    }
    lab.session.undo();
    expect(lab.node("h1").at).toEqual(at(0, 0));
    expect(lab.session.redo()).toEqual({ undo: "Move h1" });
    expect(lab.node("h1").at).toEqual(at(30, 0));
  });

  test("a refused edit is no step, and a new edit forgets what was undone", () => {
    const lab = pair();
    lab.edit({ kind: "add-node", node: "host", at: at(0, 0) });
    lab.refused({ kind: "rename-node", node: "h1", name: "h2" });
    expect(lab.session.undo()).toEqual({ redo: "Add h3" });
    lab.edit({ kind: "add-note", at: at(0, 0), text: "x" });
    expect(lab.session.redo()).toEqual({ undo: "Add note" });
  });

  test("the lab is dirty until it is saved, and clean again when undone back to there", () => {
    const lab = pair();
    const dirty = () => {
      const views = lab.listen().filter((notice) => notice.kind === "view");
      return views.at(-1)?.dirty;
    };
    lab.edit({ kind: "add-node", node: "host", at: at(0, 0) });
    expect(dirty()).toBe(true);
    lab.session.markSaved();
    expect(dirty()).toBe(false);
    lab.edit({ kind: "add-node", node: "host", at: at(0, 0) });
    lab.session.undo();
    expect(dirty()).toBe(false);
  });

  test("what is configured inside a machine makes the lab dirty", () => {
    const lab = pair();
    lab.session.markSaved();
    const h1 = lab.terminal("h1");
    lab.listen();
    h1.types("ip addr add 10.8.0.1/24 dev eth0");
    expect(lab.notices.findLast((notice) => notice.kind === "view")).toMatchObject({ dirty: true });
  });
});

describe("opening", () => {
  test("a broken file is refused, and the open lab is untouched", () => {
    const lab = pair();
    const before = lab.session.save();
    const outcome = lab.session.open("podwire: 1\nnodes:\n  - {name: h1, kind: toaster}");
    expect(outcome).toMatchObject({ ok: false, problems: [{ line: 3, path: "nodes[0].kind" }] });
    expect(lab.session.save()).toBe(before);
    expect(lab.terminal("h1").types("ping -c 1 10.0.0.2")).toContain("1 received");
  });

  test("what a kernel refuses is told with its line", () => {
    const outcome = new TestSession().session.open(
      "podwire: 1\nnodes:\n  - name: h1\n    kind: host\n    routes:\n      - default via 10.0.0.9 dev eth0",
    );
    expect(outcome).toEqual({
      ok: false,
      problems: [
        {
          line: 6,
          column: 9,
          path: "nodes[0].routes[0]",
          message: "the kernel refuses: Nexthop has invalid gateway",
        },
      ],
    });
  });

  test("an image that does not exist is refused by name", () => {
    const outcome = new TestSession().session.open(
      "podwire: 1\nnodes: [{name: h1, kind: host, image: plan9}]",
    );
    expect(outcome).toMatchObject({ ok: false, problems: [{ path: "nodes[0].image" }] });
  });

  test("every template opens", () => {
    const { session } = new TestSession();
    for (const { id, nodes, preview } of session.templates()) {
      expect(value(session.openTemplate(id)).nodes, id).toHaveLength(nodes);
      expect(preview?.nodes, id).toHaveLength(nodes);
    }
    expect(session.openTemplate("nothing")).toMatchObject({ ok: false });
  });
});
