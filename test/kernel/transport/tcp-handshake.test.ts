import { expect, test } from "vitest";
import { MILLISECOND, SECOND } from "../../../engine/sim/clock.ts";
import { A, B, bytes, connected, ip, listening, peer, PORT, text, World } from "./world.ts";

test("the handshake, data and close look like Linux's", () => {
  // Oracle tcp-04-handshake-dump: printf "hello world\n" | nc -N to nc -l.
  const world = new World();
  const listener = listening(world);
  const client = world.a.socket("stream");
  world.finish(client.connect({ ip: B, port: PORT }));
  const { socket: server } = world.finish(listener.accept());
  world.finish(client.send(bytes("hello world\n")));
  client.shutdown("write");
  expect(text(world.finish(server.recv()))).toBe("hello world\n");
  expect(world.finish(server.recv())).toHaveLength(0);
  server.release();
  world.finish(client.recv());
  client.release();
  world.advance(SECOND);
  expect(world.takeLog()).toEqual([
    "a: [S] seq 0 win 64240",
    "b: [S.] seq 0 ack 1 win 65160",
    "a: [.] ack 1 win 502",
    "a: [P.] seq 1:13 ack 1 win 502",
    "b: [.] ack 13 win 509",
    "a: [F.] seq 13 ack 1 win 502",
    "b: [F.] seq 1 ack 14 win 509",
    "a: [.] ack 2 win 502",
  ]);
  expect(world.a.states()).toEqual(["TIME_WAIT"]);
  expect(world.b.states()).toEqual(["LISTEN"]);
});

test("a closed port answers with a reset", () => {
  const world = new World();
  const client = world.a.socket("stream");
  const task = world.run(client.connect(peer(81)));
  world.advance(SECOND);
  expect(task.failure).toBe("ECONNREFUSED");
  expect(world.takeLog()).toEqual(["a: [S] seq 0 win 64240", "b: [R.] seq 0 ack 1 win 0"]);
});

test("an unanswered SYN is repeated linearly first, then ever more slowly", () => {
  const world = new World();
  world.link.pass = () => false;
  const times: number[] = [];
  const client = world.a.socket("stream");
  const task = world.run(client.connect({ ip: B, port: PORT }));
  for (let second = 0; second < 140; second++) {
    if (world.takeLog().length > 0) times.push(second);
    world.advance(SECOND);
  }
  // The timer wheel comes a little after the time, and the later the longer the wait was.
  expect(times).toEqual([0, 2, 3, 4, 5, 6, 8, 12, 20, 36, 70]);
  expect(task.failure).toBe("ETIMEDOUT");
});

test("both ends may open at once", () => {
  const world = new World();
  const [a, b] = [world.a.socket("stream"), world.b.socket("stream")];
  a.bind({ ip: A, port: 1000 });
  b.bind({ ip: B, port: 2000 });
  const first = world.run(a.connect({ ip: B, port: 2000 }));
  const second = world.run(b.connect({ ip: A, port: 1000 }));
  world.advance(SECOND);
  expect([first.isDone, first.failure, second.isDone, second.failure]).toEqual([
    true,
    undefined,
    true,
    undefined,
  ]);
  expect([...world.a.states(), ...world.b.states()]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
  world.finish(a.send(bytes("x")));
  expect(text(world.finish(b.recv()))).toBe("x");
});

test("a full accept queue drops SYNs until somebody accepts", () => {
  const world = new World();
  const listener = listening(world, 1);
  const clients = [1, 2, 3].map(() => world.a.socket("stream"));
  const tasks = clients.map((client) => {
    const task = world.run(client.connect({ ip: B, port: PORT }));
    world.advance(10 * MILLISECOND);
    return task;
  });
  expect(tasks.map((task) => task.isDone)).toEqual([true, true, false]);
  const [record] = world.b.sockets.list();
  expect(record).toMatchObject({ state: "LISTEN", receiveQueue: 2, sendQueue: 1 });
  expect(world.b.snmp.tcpExt.get("ListenDrops")).toBe(1);
  world.finish(listener.accept());
  world.advance(2 * SECOND);
  expect(tasks.map((task) => task.isDone)).toEqual([true, true, true]);
});

test("the SYN-ACK is repeated, then the request is forgotten", () => {
  const world = new World();
  listening(world);
  const client = world.a.socket("stream");
  world.link.pass = (packet) => packet.ip?.src === A;
  void world.run(client.connect({ ip: B, port: PORT }));
  world.advance(500 * MILLISECOND);
  expect(world.b.states()).toEqual(["LISTEN", "SYN_RECV"]);
  client.release();
  world.advance(67 * SECOND);
  expect(world.takeLog().filter((line) => line.startsWith("b: [S.]"))).toHaveLength(6);
  expect(world.b.states()).toEqual(["LISTEN"]);
});

test("an interrupted connect goes on in the background", () => {
  const world = new World();
  world.link.latencyNs = SECOND;
  const listener = listening(world);
  const client = world.a.socket("stream");
  const task = world.run(client.connect({ ip: B, port: PORT }));
  task.interrupt();
  expect(task.failure).toBe("EINTR");
  world.finish(client.connect({ ip: B, port: PORT }));
  world.finish(listener.accept());
  expect(client.getpeername()).toEqual({ ip: B, port: PORT });
});

test("a non-blocking connect answers EINPROGRESS and becomes writable", () => {
  const world = new World();
  listening(world);
  const client = world.a.socket("stream");
  client.nonBlocking = true;
  expect(world.run(client.connect({ ip: B, port: PORT })).failure).toBe("EINPROGRESS");
  expect(client.readiness().out).toBe(false);
  world.advance(SECOND);
  expect(client.readiness().out).toBe(true);
  expect(client.getsockopt("error")).toBeUndefined();
});

test("a non-blocking connect that is refused says so in SO_ERROR, once", () => {
  const world = new World();
  const client = world.a.socket("stream");
  client.nonBlocking = true;
  void world.run(client.connect({ ip: B, port: PORT }));
  world.advance(SECOND);
  expect(client.readiness()).toMatchObject({ in: true, out: true, error: true });
  expect(client.getsockopt("error")).toBe("ECONNREFUSED");
  expect(client.getsockopt("error")).toBeUndefined();
});

test("no route is an error at once", () => {
  const world = new World();
  const task = world.run(world.a.socket("stream").connect({ ip: ip("192.0.2.1"), port: 80 }));
  expect(task.failure).toBe("ENETUNREACH");
});

test("a connected socket tells both addresses", () => {
  const { client, server } = connected();
  expect(client.getsockname()).toEqual({ ip: A, port: 40000 });
  expect(server.getpeername()).toEqual({ ip: A, port: 40000 });
});
