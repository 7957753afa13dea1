import fc from "fast-check";
import { expect, test } from "vitest";
import { MICROSECOND, MILLISECOND, SECOND } from "../../../engine/sim/clock.ts";
import type { Socket } from "../../../engine/kernel/transport/socket.ts";
import type { Blocking } from "../../../engine/kernel/process/wait-queue.ts";
import { A, B, bytes, connected, World } from "./world.ts";

function* sendAll(socket: Socket, data: Uint8Array, piece: number): Blocking<void> {
  for (let at = 0; at < data.length; at += piece) {
    yield* socket.send(data.subarray(at, at + piece));
  }
  socket.shutdown("write");
}

function* receiveAll(socket: Socket, max = 65536): Blocking<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = yield* socket.recv(max);
    if (chunk.length === 0) break;
    chunks.push(chunk);
    length += chunk.length;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function pattern(length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = (i * 31 + (i >> 8)) & 255;
  return out;
}

/** Where they differ; −1: they are the same. Element-wise matchers take minutes for megabytes. */
function difference(a: Uint8Array | undefined, b: Uint8Array): number {
  if (a?.length !== b.length) return Math.min(a?.length ?? 0, b.length);
  return a.findIndex((byte, i) => byte !== b[i]);
}

test("whatever is lost, reordered and delayed, the stream arrives whole", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 0, max: 15 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.integer({ min: 1, max: 9000 }),
      (seed, lossPercent, jitterMs, length, piece) => {
        const { world, client, server } = connected(new World(seed));
        world.keepLog = false;
        world.link.loss = lossPercent / 100;
        world.link.jitterNs = jitterMs * MILLISECOND;
        const there = pattern(length);
        const back = pattern(length >> 1);
        const tasks = [
          world.run(sendAll(client, there, piece)),
          world.run(sendAll(server, back, piece * 2)),
        ];
        const [atServer, atClient] = [
          world.run(receiveAll(server)),
          world.run(receiveAll(client, 1000)),
        ];
        world.advance(3600 * SECOND);
        expect(tasks.every((task) => task.isDone && task.error === undefined)).toBe(true);
        expect(difference(atServer.result, there)).toBe(-1);
        expect(difference(atClient.result, back)).toBe(-1);
        expect(world.a.states().filter((state) => state !== "TIME_WAIT")).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test("a transfer of 10 MB takes few segments and no retransmission", () => {
  const { world, client, server } = connected();
  world.keepLog = false;
  world.link.latencyNs = MILLISECOND;
  const data = pattern(10_000_000);
  void world.run(sendAll(client, data, 65536));
  const received = world.run(receiveAll(server));
  world.advance(60 * SECOND);
  expect(difference(received.result, data)).toBe(-1);
  expect(world.a.snmp.tcp.get("RetransSegs")).toBe(0);
  expect(world.a.snmp.tcp.get("OutSegs")).toBeLessThan(7100);
});

test("a lost segment is sent again after three duplicates", () => {
  const { world, client, server } = connected();
  world.link.latencyNs = MILLISECOND;
  let count = 0;
  world.link.pass = (packet) => packet.ip?.src !== A || ++count !== 2;
  void world.run(client.send(pattern(1448 * 8)));
  void world.run(receiveAll(server));
  world.advance(10 * MILLISECOND);
  const sent = world.takeLog().filter((line) => line.startsWith("a: ") && line.includes("1449:"));
  expect(sent).toHaveLength(2);
  expect(world.a.snmp.tcp.get("RetransSegs")).toBe(1);
});

test("a lost last segment is probed for, then repeated ever more slowly", () => {
  const { world, client } = connected();
  world.link.pass = () => false;
  void world.run(client.send(bytes("lost")));
  const times: number[] = [];
  for (let tick = 0; tick < 80; tick++) {
    if (world.takeLog().length > 0) times.push(tick);
    world.advance(50 * MILLISECOND);
  }
  // In units of 50 ms: the segment, the probe, then timeouts of 200, 400, 800, 1600 ms.
  expect(times).toEqual([0, 5, 9, 18, 34, 68]);
});

test("a peer that never answers again is given up after a quarter of an hour", () => {
  const { world, client } = connected();
  world.link.pass = () => false;
  void world.run(client.send(bytes("lost")));
  const reader = world.run(client.recv());
  world.advance(900 * SECOND);
  expect(reader.isDone).toBe(false);
  world.advance(200 * SECOND);
  expect(reader.failure).toBe("ETIMEDOUT");
});

test("the first segments are acknowledged at once, answers carry the acknowledgement", () => {
  const { world, client, server } = connected();
  world.finish(client.send(bytes("ping")));
  world.advance(MILLISECOND);
  expect(world.takeLog()).toEqual([
    expect.stringMatching(/^a: \[P\.\] seq 1:5 ack 1/),
    expect.stringMatching(/^b: \[\.\] ack 5/),
  ]);
  world.finish(server.recv());
  world.finish(server.send(bytes("pong")));
  world.finish(client.recv());
  world.finish(client.send(bytes("ping")));
  world.takeLog();
  world.finish(server.recv());
  world.finish(server.send(bytes("pong")));
  world.advance(MILLISECOND);
  expect(world.takeLog()).toEqual([expect.stringMatching(/^b: \[P\.\] seq 5:9 ack 9/)]);
});

test("an interactive exchange acknowledges after 40 ms what is not answered", () => {
  const { world, client, server } = connected();
  for (const [from, to] of [
    [client, server],
    [server, client],
    [client, server],
  ] as const) {
    world.finish(from.send(bytes("x")));
    world.finish(to.recv());
  }
  world.takeLog();
  world.advance(39 * MILLISECOND);
  expect(world.takeLog()).toEqual([]);
  world.advance(10 * MILLISECOND);
  expect(world.takeLog()).toEqual([expect.stringMatching(/^b: \[\.\]/)]);
});

test("Nagle: a second small write waits for the first one's acknowledgement", () => {
  const { world, client } = connected();
  world.link.latencyNs = 10 * MILLISECOND;
  for (const letter of "abc") world.finish(client.send(bytes(letter)));
  expect(world.takeLog()).toHaveLength(1);
  world.advance(25 * MILLISECOND);
  expect(world.takeLog().filter((line) => line.startsWith("a:"))).toEqual([
    expect.stringMatching(/^a: \[P\.\] seq 2:4/),
  ]);
});

test("TCP_NODELAY sends every write at once", () => {
  const { world, client } = connected();
  world.link.latencyNs = 10 * MILLISECOND;
  client.setsockopt("noDelay", true);
  for (const letter of "abc") world.finish(client.send(bytes(letter)));
  expect(world.takeLog()).toHaveLength(3);
});

test("a reader that does not read stops the writer; probes ask until it goes on", () => {
  const { world, client, server } = connected();
  const data = pattern(20_000_000);
  const writer = world.run(sendAll(client, data, 65536));
  world.advance(5 * SECOND);
  expect(writer.isDone).toBe(false);
  const [record] = world.a.sockets.list();
  expect(record?.timer?.kind).toBe("persist");
  const stored = world.b.sockets.list().find((one) => one.state === "ESTABLISHED");
  expect(stored?.receiveQueue).toBeLessThan(7_000_000);
  world.takeLog();
  world.advance(120 * SECOND);
  expect(world.takeLog().some((line) => line.startsWith("b: [.]") && line.endsWith("win 0"))).toBe(
    true,
  );
  world.keepLog = false;
  const reader = world.run(receiveAll(server));
  world.advance(120 * SECOND);
  expect(difference(reader.result, data)).toBe(-1);
});

test("a blocked write is interrupted by a signal", () => {
  const { world, client } = connected();
  const writer = world.run(client.send(pattern(20_000_000)));
  world.advance(SECOND);
  writer.interrupt();
  expect(writer.failure).toBe("EINTR");
});

test("keepalive probes a silent peer and gives up", () => {
  const { world, client } = connected();
  client.setsockopt("keepAlive", true);
  // So far away, the timer wheel has a slot every 131 s.
  world.advance((7200 + 132) * SECOND);
  expect(world.takeLog()).toEqual([
    expect.stringMatching(/^a: \[\.\] ack 1/),
    expect.stringMatching(/^b: \[\.\] ack 1/),
  ]);
  world.link.pass = () => false;
  world.advance((7200 + 132 + 78 * 9) * SECOND);
  expect(world.run(client.recv()).failure).toBe("ETIMEDOUT");
});

test("fragmentation needed makes the segments smaller", () => {
  const { world, client, server } = connected();
  world.link.latencyNs = 100 * MICROSECOND;
  world.link.pass = (packet) => {
    if (packet.payload.length <= 1348 || packet.ip?.src !== A) return true;
    world.sim.schedule(MILLISECOND, () =>
      world.a.reportError({ kind: "icmp", type: 3, code: 4, rest: 1400, quoted: packet }, B),
    );
    return false;
  };
  const data = pattern(10_000);
  void world.run(sendAll(client, data, 10_000));
  const reader = world.run(receiveAll(server));
  world.advance(SECOND);
  expect(difference(reader.result, data)).toBe(-1);
  expect(world.a.snmp.tcp.get("RetransSegs")).toBeGreaterThan(0);
});

test("host unreachable ends an attempt to connect, and only softly an open connection", () => {
  const { world, client } = connected();
  const report = (seq: number) =>
    world.a.reportError(
      {
        kind: "icmp",
        type: 3,
        code: 1,
        rest: 0,
        quoted: Object.assign(new (class {})(), {
          ip: { src: A, dst: B, protocol: 6 },
          transport: { kind: "tcp", srcPort: 40000, dstPort: 5000, seq },
        }) as never,
      },
      B,
    );
  const endpoint = world.a.sockets.tcp.findEndpoint({ ip: A, port: 40000 }, { ip: B, port: 5000 });
  report((endpoint as unknown as { sndUna: number }).sndUna);
  expect(world.a.states()).toEqual(["ESTABLISHED"]);
  world.finish(client.send(bytes("still here")));
  expect(client.getsockopt("error")).toBeUndefined();
});

test("the loopback's segments are large and its windows too", () => {
  const world = new World();
  const listener = world.a.socket("stream");
  listener.bind({ ip: A, port: 80 });
  listener.listen(1);
  const client = world.a.socket("stream");
  world.finish(client.connect({ ip: A, port: 80 }));
  expect(world.takeLog()).toEqual([
    "a: [S] seq 0 win 65495",
    "a: [S.] seq 0 ack 1 win 65483",
    "a: [.] ack 1 win 512",
  ]);
});

test("ten thousand sockets are listed", () => {
  const world = new World();
  for (let i = 0; i < 10_000; i++) {
    const socket = world.a.socket("stream");
    socket.nonBlocking = true;
    void world.run(socket.connect({ ip: B, port: 1 + i }));
  }
  expect(world.a.sockets.list()).toHaveLength(10_000);
});
