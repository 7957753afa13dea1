/** What the session tells its host without being asked. */
import { describe, expect, test } from "vitest";
import { LabSession } from "../../engine/lab/session/lab-session.ts";
import type { Notice } from "../../engine/session.ts";
import { TestSession } from "../support/session.ts";

const RING = `
podwire: 1
nodes:
  - {name: sw1, kind: switch}
  - {name: sw2, kind: switch}
  - {name: sw3, kind: switch}
  - {name: h1, kind: host, interfaces: [{name: eth0, addresses: [10.0.0.1/24 brd +]}]}
cables:
  - {ends: [sw1:p1, sw2:p1], latencyMs: 0.05}
  - {ends: [sw2:p2, sw3:p1], latencyMs: 0.05, cut: true}
  - {ends: [sw3:p2, sw1:p2], latencyMs: 0.05}
  - {ends: [h1:eth0, sw1:p3], latencyMs: 0.05}
`;

const warnings = (notices: readonly Notice[]) =>
  notices.filter((notice) => notice.kind === "warning" || notice.kind === "warning-over");

/** Advances in slices, as a host does, until lab time or patience is over. */
function paced(lab: TestSession, seconds: number, slices = 400): void {
  const untilNs = lab.session.clock().nowNs + seconds * 1e9;
  for (let slice = 0; slice < slices; slice++) {
    const { reached } = lab.session.advance({ untilNs, maxEvents: 5_000 });
    lab.listen();
    if (reached) return;
  }
}

describe("a loop of switches", () => {
  function storm(): TestSession {
    const lab = TestSession.open(RING);
    const cable = lab.cable("sw2", "sw3").id;
    lab.edit({ kind: "configure-cable", cable, properties: { cut: false } });
    lab.session.terminalInput(lab.terminal("h1").id, "ping -c 30 -i 0.002 10.0.0.9 > /dev/null\r");
    paced(lab, 2, 250);
    return lab;
  }

  test("is warned of by name, once a place, and over when a cable is cut", () => {
    const lab = storm();
    const before = warnings(lab.notices);
    expect(before.length).toBeGreaterThan(0);
    expect(before[0]).toMatchObject({ kind: "warning", title: "Broadcast storm" });
    expect(new Set(before.map((notice) => "id" in notice && notice.id)).size).toBe(before.length);
    lab.edit({
      kind: "configure-cable",
      cable: lab.cable("sw2", "sw3").id,
      properties: { cut: true },
    });
    paced(lab, 2, 4000);
    const over = warnings(lab.notices).filter((notice) => notice.kind === "warning-over");
    expect(over).toHaveLength(before.length);
  });

  test("is over when the lab is closed", () => {
    const lab = storm();
    const before = warnings(lab.notices).length;
    lab.session.newLab();
    lab.listen();
    expect(warnings(lab.notices)).toHaveLength(2 * before);
  });
});

test("a process that never rests is named, and the warning ends with it", () => {
  const lab = TestSession.open("podwire: 1\nnodes: [{name: h1, kind: host}]");
  const h1 = lab.terminal("h1");
  h1.press("yes > /dev/null\r");
  paced(lab, 12, 10_000);
  expect(warnings(lab.notices)).toMatchObject([
    { kind: "warning", title: "h1 is busy all the time", nodes: ["h1"] },
  ]);
  h1.press("\x03");
  paced(lab, 30, 10_000);
  expect(warnings(lab.notices).at(-1)).toEqual({ kind: "warning-over", id: "runaway-h1" });
});

test("a flood of output reaches the host in bounded portions", () => {
  const lab = TestSession.open("podwire: 1\nnodes: [{name: h1, kind: host}]");
  const h1 = lab.terminal("h1");
  h1.press("yes\r");
  let most = 0;
  for (let slice = 0; slice < 20; slice++) {
    const { nowNs } = lab.session.clock();
    lab.session.advance({ untilNs: nowNs + 1e8, maxEvents: 100_000 });
    for (const notice of lab.listen()) {
      if (notice.kind === "terminal-output") most = Math.max(most, notice.data.length);
    }
  }
  expect(most).toBeGreaterThan(1000);
  expect(most).toBeLessThanOrEqual(32 << 10);
  h1.press("\x03");
  h1.waitsForPrompt();
});

test("live notices name the machines and cables that changed", () => {
  const lab = TestSession.open(RING);
  lab.listen();
  const h1 = lab.terminal("h1");
  lab.listen();
  h1.press("ip link set eth0 down\r");
  lab.pass(1);
  const live = lab.notices.filter((notice) => notice.kind === "live").at(-1);
  expect(live?.nodes).toContain("h1");
  expect(live?.cables).toEqual([lab.cable("h1", "sw1").id]);
  expect(lab.cable("h1", "sw1").lit).toBe(false);
});

test("the same keystrokes give the same bytes", () => {
  const play = (): Notice[] => {
    const lab = TestSession.open(RING);
    lab.terminal("h1").types("ping -c 3 10.0.0.9; ip neigh; head -c 8 /dev/urandom | od -x");
    return lab.notices;
  };
  expect(play()).toEqual(play());
});

test("an event that fails is told of, and the lab goes on", () => {
  const session = new LabSession();
  session.edit({ kind: "add-node", node: "host", at: { x: 0, y: 0 } });
  const { sim } = session.lab;
  let later = 0;
  sim.schedule(1000, () => {
    throw new Error("no such thing");
  });
  sim.schedule(2000, () => {
    later = sim.nowNs;
  });
  expect(session.advance({ untilNs: 5000, maxEvents: 1000 })).toMatchObject({
    reached: true,
    nowNs: 5000,
  });
  expect(later).toBe(2000);
  expect(session.takeNotices()).toContainEqual(
    expect.objectContaining({
      kind: "warning",
      id: "fault",
      detail: expect.stringContaining("no such thing"),
    }),
  );
});
