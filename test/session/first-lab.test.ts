/** The story of the first lab: build, type, cut, restore, save, open again, undo. */
import { expect, test } from "vitest";
import { TestSession } from "../support/session.ts";

const at = (x: number, y: number) => ({ x, y });

/** Two hosts and a switch, cabled; nothing is configured. */
function built(): TestSession {
  const lab = new TestSession();
  lab.edit({ kind: "add-node", node: "host", at: at(0, 0) });
  lab.edit({ kind: "add-node", node: "host", at: at(400, 0) });
  lab.edit({ kind: "add-node", node: "switch", at: at(200, 0) });
  lab.edit({ kind: "connect", from: { node: "h1" }, to: { node: "sw1" } });
  lab.edit({ kind: "connect", from: { node: "h2" }, to: { node: "sw1" } });
  lab.pass(1);
  return lab;
}

/** The same, with addresses typed into terminals. */
function configured(): TestSession {
  const lab = built();
  lab.terminal("h1").types("ip addr add 10.0.0.1/24 dev eth0");
  lab.terminal("h2").types("ip addr add 10.0.0.2/24 dev eth0");
  return lab;
}

test("two hosts and a switch are built by five edits, with link lights", () => {
  const lab = built();
  expect(lab.view.nodes.map(({ name, kind }) => [name, kind])).toEqual([
    ["h1", "host"],
    ["h2", "host"],
    ["sw1", "switch"],
  ]);
  expect(
    lab.view.cables.map(({ ends, lit }) => [
      ...ends.map((end) => `${end.node}:${end.interface}`),
      lit,
    ]),
  ).toEqual([
    ["h1:eth0", "sw1:p1", true],
    ["h2:eth0", "sw1:p2", true],
  ]);
});

test("after ip addr add on both, ping answers", () => {
  const lab = configured();
  expect(lab.terminal("h1").types("ping -c 2 10.0.0.2")).toContain("2 received, 0% packet loss");
  expect(lab.node("h1").interfaces[0]?.addresses).toEqual(["10.0.0.1/24"]);
});

test("a cut cable fails the ping, a restored one lets it pass again", () => {
  const lab = configured();
  const h1 = lab.terminal("h1");
  const cable = lab.cable("h2", "sw1").id;
  expect(h1.types("ping -c 1 10.0.0.2")).toContain("1 received");
  lab.edit({ kind: "configure-cable", cable, properties: { cut: true } });
  expect(lab.cable("h2", "sw1").lit).toBe(false);
  expect(h1.types("ping -c 1 -W 1 10.0.0.2")).toContain("0 received, 100% packet loss");
  lab.edit({ kind: "configure-cable", cable, properties: { cut: false } });
  expect(lab.cable("h2", "sw1").lit).toBe(true);
  expect(h1.types("ping -c 1 10.0.0.2")).toContain("1 received");
});

test("saved and opened again, everything is as it was", () => {
  const lab = configured();
  lab.terminal("h1").types("echo remember > /root/note; hostname other");
  const text = lab.session.save();
  const again = TestSession.open(text);
  expect(again.session.save()).toBe(text);
  expect(again.terminal("h1").types("cat /root/note; hostname; ping -c 1 10.0.0.2")).toMatch(
    /^remember\nother\n[^]*1 received/,
  );
});

test("a node that was removed comes back with what was configured inside, and its cable", () => {
  const lab = configured();
  lab.terminal("h2").types("echo mine > /root/file");
  const before = lab.session.save();
  lab.edit({ kind: "remove", items: [{ kind: "node", id: "h2" }] });
  expect(lab.view.nodes.map((node) => node.name)).toEqual(["h1", "sw1"]);
  expect(lab.view.cables).toHaveLength(1);
  expect(lab.session.undo()).toMatchObject({ redo: "Remove h2" });
  lab.pass(1);
  expect(lab.session.save()).toBe(before);
  expect(lab.terminal("h1").types("ping -c 1 10.0.0.2")).toContain("1 received");
  expect(lab.terminal("h2").types("cat /root/file")).toBe("mine\n");
});

test("Ctrl-C ends a ping with its statistics", () => {
  const lab = configured();
  const h1 = lab.terminal("h1");
  h1.press("ping 10.0.0.2\r");
  lab.pass(2.5);
  h1.press("\x03");
  h1.waitsForPrompt();
  expect(h1.screen).toMatch(
    /\^C\n--- 10.0.0.2 ping statistics ---\n3 packets transmitted, 3 received/,
  );
});

test("every edit can be undone, back to the empty lab, and redone", () => {
  const lab = built();
  const full = lab.session.save();
  const empty = new TestSession().session.save();
  while (lab.session.undo().undo !== undefined);
  expect(lab.session.save()).toBe(empty);
  while (lab.session.redo().redo !== undefined);
  lab.pass(1);
  expect(lab.session.save()).toBe(full);
});
