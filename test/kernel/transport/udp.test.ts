import { expect, test } from "vitest";
import { NO_BYTES, Packet } from "../../../engine/net/packet.ts";
import { MILLISECOND, SECOND } from "../../../engine/sim/clock.ts";
import { A, B, bytes, ip, text, World } from "./world.ts";

const ANY = ip("0.0.0.0");
const USER = { uid: 1000, gid: 1000 };

function bound(world: World, port: number, address = ANY) {
  const socket = world.b.socket("dgram");
  socket.bind({ ip: address, port });
  return socket;
}

test("a datagram arrives with its sender's address", () => {
  const world = new World();
  const server = bound(world, 9999);
  const client = world.a.socket("dgram");
  world.finish(client.sendto(bytes("one"), { ip: B, port: 9999 }));
  const datagram = world.finish(server.recvfrom());
  expect(text(datagram?.data ?? NO_BYTES)).toBe("one");
  expect(datagram).toMatchObject({ from: { ip: A, port: client.getsockname().port }, to: B });
  expect(world.b.snmp.udp.get("InDatagrams")).toBe(1);
});

test("a receive that times out answers nothing", () => {
  const world = new World();
  expect(world.finish(bound(world, 1).recvfrom(100, SECOND))).toBeUndefined();
  expect(world.sim.nowNs).toBe(SECOND);
});

test("a closed port is reported to a connected socket only", () => {
  const world = new World();
  const connected = world.a.socket("dgram");
  world.finish(connected.connect({ ip: B, port: 9 }));
  const loose = world.a.socket("dgram");
  world.finish(connected.send(bytes("x")));
  world.finish(loose.sendto(bytes("x"), { ip: B, port: 9 }));
  world.advance(MILLISECOND);
  expect(world.run(connected.recv()).failure).toBe("ECONNREFUSED");
  expect(world.run(loose.recv()).isDone).toBe(false);
  expect(world.b.snmp.udp.get("NoPorts")).toBe(2);
});

test("IP_RECVERR queues the error with who sent it", () => {
  const world = new World();
  const socket = world.a.socket("dgram");
  socket.setsockopt("receiveErrors", true);
  world.finish(socket.sendto(bytes("x"), { ip: B, port: 9 }));
  world.advance(MILLISECOND);
  expect(socket.readiness()).toMatchObject({ error: true });
  expect(socket.recvError()).toMatchObject({
    errno: "ECONNREFUSED",
    type: 3,
    code: 3,
    offender: B,
    to: { ip: B, port: 9 },
  });
  expect(socket.recvError()).toBeUndefined();
});

test("a connected socket hears its peer only and is preferred for it", () => {
  const world = new World();
  const [first, second] = [world.a.socket("dgram"), world.a.socket("dgram")];
  first.bind({ ip: ANY, port: 1001 });
  second.bind({ ip: ANY, port: 1002 });
  const open = world.b.socket("dgram");
  const tied = world.b.socket("dgram");
  for (const socket of [open, tied]) {
    socket.setsockopt("reuseAddress", true);
    socket.bind({ ip: ANY, port: 53 });
  }
  world.finish(tied.connect({ ip: A, port: 1001 }));
  world.finish(first.sendto(bytes("1"), { ip: B, port: 53 }));
  world.finish(second.sendto(bytes("2"), { ip: B, port: 53 }));
  expect(text(world.finish(tied.recv()))).toBe("1");
  expect(text(world.finish(open.recv()))).toBe("2");
});

test("two sockets on a port need SO_REUSEADDR on both", () => {
  const world = new World();
  bound(world, 5353);
  const second = world.b.socket("dgram");
  second.setsockopt("reuseAddress", true);
  expect(() => second.bind({ ip: ANY, port: 5353 })).toThrow("EADDRINUSE");
  expect(() => bound(world, 5354, ip("192.0.2.9"))).toThrow("EADDRNOTAVAIL");
});

test("a broadcast needs SO_BROADCAST", () => {
  const world = new World();
  const socket = world.a.socket("dgram");
  const to = { ip: ip("10.0.0.255"), port: 9 };
  expect(world.run(socket.sendto(bytes("x"), to)).failure).toBe("EACCES");
  socket.setsockopt("broadcast", true);
  expect(world.run(socket.sendto(bytes("x"), to)).failure).toBeUndefined();
});

test("a reader that does not read loses datagrams beyond its buffer", () => {
  const world = new World();
  const server = bound(world, 7);
  const client = world.a.socket("dgram");
  for (let i = 0; i < 1000; i++)
    world.finish(client.sendto(new Uint8Array(1000), { ip: B, port: 7 }));
  world.advance(SECOND);
  expect(world.b.snmp.udp.get("RcvbufErrors")).toBeGreaterThan(800);
  expect(world.b.sockets.list()[0]?.receiveQueue).toBeLessThanOrEqual(212992);
  expect(world.finish(server.recv())).toHaveLength(1000);
});

test("a datagram that is too long is refused; with DF, one that does not fit the path", () => {
  const world = new World();
  const socket = world.a.socket("dgram");
  const to = { ip: B, port: 7 };
  expect(world.run(socket.sendto(new Uint8Array(65508), to)).failure).toBe("EMSGSIZE");
  socket.setsockopt("mtuDiscover", "do");
  expect(world.run(socket.sendto(new Uint8Array(1473), to)).failure).toBe("EMSGSIZE");
  expect(world.run(socket.sendto(new Uint8Array(1472), to)).failure).toBeUndefined();
});

test("a raw socket sees packets of its protocol, with the header", () => {
  const world = new World();
  const raw = world.b.socket("raw", 17);
  world.finish(world.a.socket("dgram").sendto(bytes("x"), { ip: B, port: 7 }));
  const seen = world.finish(raw.recvfrom());
  expect(seen?.data).toHaveLength(9);
  expect(seen?.packet.transport).toMatchObject({ kind: "udp", dstPort: 7 });
});

test("a ping socket gets the replies to its own id", () => {
  const world = new World();
  world.a.sysctls.pingGroupRange = [0, 2147483647];
  const ping = world.a.sockets.socket("inet", "dgram", 1, USER);
  const request = new Packet();
  request.transport = { kind: "icmp", type: 8, code: 0, rest: 5 };
  world.finish(ping.sendPacket({ packet: request, to: B }));
  const reply = new Packet();
  reply.ip = {
    tos: 0,
    id: 0,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: 1,
    src: B,
    dst: A,
  };
  const id = ping.getsockname().port;
  reply.transport = { kind: "icmp", type: 0, code: 0, rest: ((id + 1) & 0xffff) * 65536 + 5 };
  world.a.arrive(reply);
  expect(ping.readiness().in).toBe(false);
  reply.transport = { ...reply.transport, rest: id * 65536 + 5 };
  world.a.arrive(reply);
  expect(ping.readiness().in).toBe(true);
});

test("only root may have raw sockets, nobody ping sockets unless the group range says so", () => {
  const world = new World();
  expect(() => world.a.sockets.socket("inet", "raw", 1, USER)).toThrow("EPERM");
  expect(() => world.a.sockets.socket("inet", "dgram", 1, USER)).toThrow("EACCES");
  expect(() => world.a.sockets.socket("inet", "stream", 17, USER)).toThrow("EPROTONOSUPPORT");
});
