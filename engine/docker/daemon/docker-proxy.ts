/** docker-proxy: carries connections to a published port that no rule has translated. */
import { parseIpv4, type Ipv4 } from "../../net/address.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { listenerDescriptor } from "../networks/publisher.ts";
import type { Release } from "./release.ts";

const CHUNK_BYTES = 32_768;

export function dockerProxy(release: Release): Program {
  return {
    name: "docker-proxy",
    package: "docker.io",
    directory: "/usr/sbin",
    docs: {
      summary: "carry connections to a published port of a container",
      synopsis:
        "docker-proxy -proto PROTO -host-ip IP -host-port PORT -container-ip IP -container-port PORT",
      limitations: ["It needs the listening socket that dockerd hands over."],
    },
    main: (sys, argv) => run(sys, argv, listenerDescriptor(release)),
  };
}

function* run(sys: Sys, argv: readonly string[], listener: number): Blocking<number> {
  const option = (name: string): string => argv[argv.indexOf(`-${name}`) + 1] ?? "";
  const ip = parseIpv4(option("container-ip"));
  const port = Number(option("container-port"));
  if (ip === undefined || !sys.descriptors().includes(listener)) {
    // IPv6 has no sockets here: the process is there, as on a real machine, and waits.
    for (;;) yield* sys.pause();
  }
  sys.signal("SIGCHLD", "ignore");
  if (option("proto") === "udp") return yield* carryDatagrams(sys, listener, ip, port);
  for (;;) {
    const { fd } = yield* sys.accept(listener);
    sys.spawn({
      run: { name: "docker-proxy", main: (child) => carry(child, 3, ip, port) },
      descriptors: new Map([
        [0, 0],
        [1, 1],
        [2, 2],
        [3, fd],
      ]),
    });
    sys.close(fd);
  }
}

/** One connection, both ways, until both are done. */
function* carry(sys: Sys, client: number, ip: Ipv4, port: number): Blocking<number> {
  const server = sys.socket("inet", "stream");
  try {
    yield* sys.connect(server, { ip, port });
  } catch (error) {
    if (error instanceof KernelError) return 0;
    throw error;
  }
  const open = new Map([
    [client, server],
    [server, client],
  ]);
  try {
    while (open.size > 0) {
      const ready = yield* sys.poll(
        [...open.keys()].map((fd) => ({ fd, events: ["in"] as const })),
      );
      for (const { fd } of ready) {
        const to = open.get(fd) as number;
        const data = yield* sys.recv(fd, CHUNK_BYTES);
        if (data.length === 0) {
          open.delete(fd);
          sys.shutdown(to, "write");
        } else yield* sys.write(to, data);
      }
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
  return 0;
}

/** Each client of a UDP port gets a socket of its own towards the container. */
function* carryDatagrams(sys: Sys, listener: number, ip: Ipv4, port: number): Blocking<number> {
  const sockets = new Map<string, number>();
  const clients = new Map<number, { readonly ip: Ipv4; readonly port: number }>();
  for (;;) {
    const fds = [listener, ...clients.keys()];
    const ready = yield* sys.poll(fds.map((fd) => ({ fd, events: ["in"] as const })));
    for (const { fd } of ready) {
      const datagram = yield* sys.recvfrom(fd, undefined, 0);
      if (!datagram) continue;
      const client = clients.get(fd);
      if (client) {
        yield* sys.sendto(listener, datagram.data, client);
        continue;
      }
      const key = `${datagram.from.ip}:${datagram.from.port}`;
      let socket = sockets.get(key);
      if (socket === undefined) {
        if (sockets.size >= 64) continue;
        socket = sys.socket("inet", "dgram");
        yield* sys.connect(socket, { ip, port });
        sockets.set(key, socket);
        clients.set(socket, datagram.from);
      }
      yield* sys.send(socket, datagram.data);
    }
  }
}
