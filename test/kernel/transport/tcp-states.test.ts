import { expect, test } from "vitest";
import {
  NO_BYTES,
  Packet,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from "../../../engine/net/packet.ts";
import type { TcpState } from "../../../engine/kernel/transport/diagnostics.ts";
import { MILLISECOND, SECOND } from "../../../engine/sim/clock.ts";
import {
  A,
  B,
  bytes,
  type Connected,
  connected,
  ip,
  listening,
  peer,
  PORT,
  text,
  World,
} from "./world.ts";

/** A connection whose client side is in a state, its log cleared. */
const FACTORIES: Readonly<Partial<Record<TcpState, () => Connected>>> = {
  ESTABLISHED: () => connected(),
  FIN_WAIT2: () => {
    const c = connected();
    c.client.shutdown("write");
    c.world.advance(SECOND);
    c.world.takeLog();
    return c;
  },
  FIN_WAIT1: () => {
    const c = connected();
    c.world.link.pass = () => false;
    c.client.shutdown("write");
    c.world.advance(MILLISECOND);
    c.world.link.pass = () => true;
    c.world.takeLog();
    return c;
  },
  CLOSE_WAIT: () => {
    const c = connected();
    c.server.shutdown("write");
    c.world.advance(SECOND);
    c.world.takeLog();
    return c;
  },
  LAST_ACK: () => {
    const c = connected();
    c.server.shutdown("write");
    c.world.advance(SECOND);
    c.world.link.pass = () => false;
    c.client.release();
    c.world.advance(MILLISECOND);
    c.world.link.pass = () => true;
    c.world.takeLog();
    return c;
  },
  CLOSING: () => {
    const c = connected();
    c.world.link.latencyNs = SECOND;
    c.client.shutdown("write");
    c.server.shutdown("write");
    c.world.advance(1.5 * SECOND);
    c.world.link.latencyNs = 1000;
    c.world.takeLog();
    return c;
  },
  TIME_WAIT: () => {
    const c = connected();
    c.client.shutdown("write");
    c.world.advance(SECOND);
    c.server.release();
    c.world.advance(SECOND);
    c.world.takeLog();
    return c;
  },
};

function inState(state: TcpState): Connected {
  const c = FACTORIES[state]?.() ?? expect.fail(`no factory for ${state}`);
  expect(c.world.a.states()).toEqual([state]);
  return c;
}

/** What `a` knows of the sequence numbers, from the last segments of a healthy connection. */
function numbers(c: Connected): { readonly seq: number; readonly ack: number } {
  const endpoint = c.world.a.sockets.tcp.findEndpoint(
    { ip: A, port: 40000 },
    { ip: B, port: PORT },
  ) as unknown as { rcvNxt: number; sndNxt: number };
  return { seq: endpoint.rcvNxt, ack: endpoint.sndNxt };
}

/** Gives `a` a segment from `b`; `seq` and `ack` are relative to what is expected. */
function inject(
  c: Connected,
  flags: number,
  fields: { readonly seq?: number; readonly ack?: number; readonly payload?: Uint8Array } = {},
): void {
  const { seq, ack } = numbers(c);
  const packet = new Packet();
  packet.ip = {
    tos: 0,
    id: 7,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: 6,
    src: B,
    dst: A,
  };
  packet.transport = {
    kind: "tcp",
    srcPort: PORT,
    dstPort: 40000,
    seq: (seq + (fields.seq ?? 0)) >>> 0,
    ack: (ack + (fields.ack ?? 0)) >>> 0,
    flags,
    window: 500,
    urgentPointer: 0,
    options: {},
  };
  packet.payload = fields.payload ?? NO_BYTES;
  c.world.a.arrive(packet);
}

function state(c: Connected): string {
  return c.world.a.states().join() || "CLOSE";
}

test.each<[TcpState, string, number, { seq?: number; ack?: number }, string, RegExp | undefined]>([
  ["ESTABLISHED", "a FIN", TCP_FIN | TCP_ACK, {}, "CLOSE_WAIT", undefined],
  ["ESTABLISHED", "a reset", TCP_RST, {}, "CLOSE", undefined],
  ["ESTABLISHED", "a reset with a wrong number", TCP_RST, { seq: 5 }, "ESTABLISHED", /^a: \[\.\]/],
  ["ESTABLISHED", "a reset beyond the window", TCP_RST, { seq: 9e6 }, "ESTABLISHED", undefined],
  ["ESTABLISHED", "a SYN", TCP_SYN, {}, "ESTABLISHED", /^a: \[\.\]/],
  [
    "ESTABLISHED",
    "an ACK of what was never sent",
    TCP_ACK,
    { ack: 9 },
    "ESTABLISHED",
    /^a: \[\.\]/,
  ],
  ["ESTABLISHED", "an old segment", TCP_ACK, { seq: -9 }, "ESTABLISHED", /^a: \[\.\]/],
  ["FIN_WAIT1", "an ACK of the FIN", TCP_ACK, {}, "FIN_WAIT2", undefined],
  ["FIN_WAIT1", "an ACK of the FIN with a FIN", TCP_FIN | TCP_ACK, {}, "TIME_WAIT", /^a: \[\.\]/],
  ["FIN_WAIT1", "a FIN", TCP_FIN | TCP_ACK, { ack: -1 }, "CLOSING", /^a: \[\.\]/],
  ["FIN_WAIT2", "a FIN", TCP_FIN | TCP_ACK, {}, "TIME_WAIT", /^a: \[\.\]/],
  ["FIN_WAIT2", "a reset", TCP_RST, {}, "CLOSE", undefined],
  ["CLOSING", "an ACK of the FIN", TCP_ACK, {}, "TIME_WAIT", undefined],
  ["CLOSE_WAIT", "a reset", TCP_RST, {}, "CLOSE", undefined],
  ["LAST_ACK", "an ACK of the FIN", TCP_ACK, {}, "CLOSE", undefined],
  ["LAST_ACK", "a reset", TCP_RST, {}, "CLOSE", undefined],
  ["TIME_WAIT", "the FIN again", TCP_FIN | TCP_ACK, { seq: -1 }, "TIME_WAIT", /^a: \[\.\]/],
  ["TIME_WAIT", "a reset", TCP_RST, {}, "CLOSE", undefined],
])("%s, %s", (from, _what, flags, fields, to, answer) => {
  const c = inState(from);
  inject(c, flags, fields);
  expect(state(c)).toBe(to);
  const sent = c.world.log.filter((line) => line.startsWith("a:"));
  if (answer) expect(sent).toEqual([expect.stringMatching(answer)]);
  else expect(sent).toEqual([]);
});

test("TIME_WAIT lasts a minute", () => {
  const c = inState("TIME_WAIT");
  c.world.advance(58 * SECOND);
  expect(state(c)).toBe("TIME_WAIT");
  c.world.advance(5 * SECOND);
  expect(state(c)).toBe("CLOSE");
});

test("an orphan waits a minute in FIN_WAIT2", () => {
  const c = inState("FIN_WAIT2");
  c.client.release();
  expect(c.world.a.sockets.list()[0]).toMatchObject({
    state: "FIN_WAIT2",
    timer: { kind: "timewait" },
  });
  c.world.advance(63 * SECOND);
  expect(state(c)).toBe("CLOSE");
});

test("a program may stay in FIN_WAIT2 for ever and read on", () => {
  const c = inState("FIN_WAIT2");
  c.world.advance(1000 * SECOND);
  c.world.finish(c.server.send(bytes("late")));
  expect(text(c.world.finish(c.client.recv()))).toBe("late");
});

test("data for an orphan is answered with a reset", () => {
  const c = inState("ESTABLISHED");
  c.client.release();
  c.world.advance(MILLISECOND);
  c.world.takeLog();
  c.world.finish(c.server.send(bytes("late")));
  c.world.advance(SECOND);
  expect(c.world.takeLog()).toContainEqual(expect.stringMatching(/^a: \[R\]/));
  expect(c.world.run(c.server.recv()).result).toEqual(NO_BYTES);
  expect(c.world.run(c.server.send(bytes("x"))).failure).toBe("EPIPE");
});

test("closing with unread data resets", () => {
  const c = inState("ESTABLISHED");
  c.world.finish(c.server.send(bytes("unread")));
  c.world.advance(MILLISECOND);
  c.world.takeLog();
  c.client.release();
  expect(c.world.takeLog()).toEqual([expect.stringMatching(/^a: \[R\.\] seq 1 ack 7/)]);
  c.world.advance(SECOND);
  expect(c.world.run(c.server.recv()).failure).toBe("ECONNRESET");
});

test("a reset wakes a blocked reader with ECONNRESET", () => {
  const c = inState("ESTABLISHED");
  const task = c.world.run(c.client.recv());
  inject(c, TCP_RST);
  c.world.advance(MILLISECOND);
  expect(task.failure).toBe("ECONNRESET");
});

test("data before the FIN is read, then the end", () => {
  const c = inState("ESTABLISHED");
  inject(c, TCP_FIN | TCP_PSH | TCP_ACK, { payload: bytes("bye") });
  expect(text(c.world.finish(c.client.recv()))).toBe("bye");
  expect(c.world.finish(c.client.recv())).toHaveLength(0);
  expect(state(c)).toBe("CLOSE_WAIT");
});

test("a FIN without answer is repeated until the orphan gives up", () => {
  const c = inState("ESTABLISHED");
  c.world.link.pass = () => false;
  c.client.release();
  c.world.advance(200 * SECOND);
  expect(state(c)).toBe("CLOSE");
  expect(c.world.takeLog().length).toBeGreaterThan(7);
});

test("a bound port in TIME_WAIT is in use unless both sides set SO_REUSEADDR", () => {
  const c = inState("TIME_WAIT");
  c.client.release();
  const again = c.world.a.socket("stream");
  expect(() => again.bind({ ip: ip("0.0.0.0"), port: 40000 })).toThrow("EADDRINUSE");
  again.setsockopt("reuseAddress", true);
  expect(() => again.bind({ ip: ip("0.0.0.0"), port: 40000 })).toThrow("EADDRINUSE");
});

test("a server in TIME_WAIT takes a new connection from the same port", () => {
  const world = new World();
  const listener = listening(world);
  const open = () => {
    const client = world.a.socket("stream");
    client.setsockopt("reuseAddress", true);
    client.bind({ ip: A, port: 40000 });
    world.finish(client.connect({ ip: B, port: PORT }));
    return { client, server: world.finish(listener.accept()).socket };
  };
  const { client, server } = open();
  server.release();
  world.advance(MILLISECOND);
  client.release();
  world.advance(SECOND);
  expect(world.b.states()).toEqual(["LISTEN", "TIME_WAIT"]);
  const second = open();
  expect(world.b.states()).toEqual(["LISTEN", "ESTABLISHED"]);
  world.finish(second.client.send(bytes("again")));
  expect(text(world.finish(second.server.recv()))).toBe("again");
});

test("a listener's children block its port for those who do not reuse it", () => {
  const { world, listener } = connected();
  listener.release();
  const late = world.b.socket("stream");
  expect(() => late.bind({ ip: ip("0.0.0.0"), port: PORT })).toThrow("EADDRINUSE");
  late.setsockopt("reuseAddress", true);
  late.bind({ ip: ip("0.0.0.0"), port: PORT });
  late.listen(1);
});

test("two listeners share a port only with SO_REUSEPORT", () => {
  const world = new World();
  const make = () => {
    const socket = world.b.socket("stream");
    socket.setsockopt("reusePort", true);
    socket.bind({ ip: ip("0.0.0.0"), port: 80 });
    socket.listen(1);
  };
  make();
  make();
  const other = world.b.socket("stream");
  expect(() => other.bind({ ip: B, port: 80 })).toThrow("EADDRINUSE");
  expect(() => other.bind({ ip: ip("10.9.9.9"), port: 80 })).toThrow("EADDRNOTAVAIL");
});

test("connect takes even ports, bind(0) odd ones", () => {
  const world = new World();
  listening(world, 64);
  for (let i = 0; i < 10; i++) {
    const client = world.a.socket("stream");
    world.finish(client.connect(peer(PORT)));
    expect(client.getsockname().port % 2).toBe(0);
    const bound = world.a.socket("stream");
    bound.bind({ ip: A, port: 0 });
    expect(bound.getsockname().port % 2).toBe(1);
  }
});

test("ports run out with EADDRNOTAVAIL", () => {
  const world = new World();
  listening(world, 64);
  world.a.sysctls.localPortRange = [50000, 50001];
  world.finish(world.a.socket("stream").connect(peer(PORT)));
  world.finish(world.a.socket("stream").connect(peer(PORT)));
  expect(world.run(world.a.socket("stream").connect(peer(PORT))).failure).toBe("EADDRNOTAVAIL");
});
