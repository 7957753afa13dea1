/** nc, as the BusyBox of the images has it: with -v and -z. */
import { formatIpv4, IPV4_ANY } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SECOND } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import { resolveHost } from "../support/resolve.ts";
import { connectTcp } from "../support/tcp-client.ts";
import type { Applet } from "./applet.ts";

const CHUNK = 65_536;

interface Choice {
  readonly isVerbose: boolean;
  readonly isScan: boolean;
  readonly isUdp: boolean;
  readonly localPort: number;
  readonly waitSeconds: number | undefined;
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, { short: "lp:w:unvz", long: {} });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  const has = (name: string): boolean => parsed.options.some((option) => option.name === name);
  const number = (name: string): number | undefined => {
    const text = parsed.options.findLast((option) => option.name === name)?.value;
    return text === undefined ? undefined : Number(text);
  };
  const choice: Choice = {
    isVerbose: has("v"),
    isScan: has("z"),
    isUdp: has("u"),
    localPort: number("p") ?? 0,
    waitSeconds: number("w"),
  };
  if (has("l")) return yield* listen(sys, choice);
  const [host, port] = parsed.operands;
  if (host === undefined || port === undefined) {
    yield* sys.printError("nc: Podwire does not model the usage text of BusyBox\n");
    return 1;
  }
  return yield* call(sys, host, port, choice);
}

function* call(sys: Sys, host: string, portText: string, choice: Choice): Blocking<number> {
  const port = Number(portText);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    yield* sys.printError(`nc: bad port '${portText}'\n`);
    return 1;
  }
  const found = yield* resolveHost(sys, host);
  if (!found.ok) {
    yield* sys.printError(`nc: bad address '${host}'\n`);
    return 1;
  }
  const ip = found.addresses[0];
  const name = `${host} (${formatIpv4(ip)}:${port})`;
  if (choice.isUdp) {
    const fd = sys.socket("inet", "dgram");
    yield* sys.connect(fd, { ip, port });
    if (choice.isVerbose) yield* sys.printError(`${name} open\n`);
    if (choice.isScan) return 0;
    yield* relay(sys, fd, choice);
    return 0;
  }
  const outcome = yield* connectTcp(
    sys,
    { ip, port },
    {
      ...(choice.localPort > 0 && { local: { ports: [choice.localPort, choice.localPort] } }),
      ...(choice.waitSeconds !== undefined && {
        deadlineNs: sys.monotonicNs() + choice.waitSeconds * SECOND,
      }),
    },
  );
  if (!outcome.ok) {
    const why = outcome.error === "timeout" ? "Connection timed out" : strerror(outcome.error);
    if (choice.isVerbose || !choice.isScan) yield* sys.printError(`nc: ${name}: ${why}\n`);
    return 1;
  }
  if (choice.isVerbose) yield* sys.printError(`${name} open\n`);
  if (choice.isScan) return 0;
  yield* relay(sys, outcome.fd, choice);
  return 0;
}

function* listen(sys: Sys, choice: Choice): Blocking<number> {
  const type = choice.isUdp ? "dgram" : "stream";
  const listener = sys.socket("inet", type);
  try {
    sys.setsockopt(listener, "reuseAddress", true);
    sys.bind(listener, { ip: IPV4_ANY, port: choice.localPort });
    if (choice.isUdp) {
      const first = yield* sys.recvfrom(listener);
      if (!first) return 1;
      yield* sys.connect(listener, first.from);
      yield* sys.write(1, first.data);
      yield* relay(sys, listener, choice);
      return 0;
    }
    sys.listen(listener, 1);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(`nc: bind: ${strerror(error.errno)}\n`);
    return 1;
  }
  const local = sys.getsockname(listener);
  if (choice.isVerbose) {
    yield* sys.printError(`listening on ${formatIpv4(local.ip)}:${local.port} ...\n`);
  }
  const { fd, peer } = yield* sys.accept(listener);
  sys.close(listener);
  if (choice.isVerbose) {
    const from = `${formatIpv4(peer.ip)}:${peer.port}`;
    const to = sys.getsockname(fd);
    yield* sys.printError(`connect to ${formatIpv4(to.ip)}:${to.port} from ${from} (${from})\n`);
  }
  yield* relay(sys, fd, choice);
  return 0;
}

/** Carries bytes both ways until the other end is done. */
function* relay(sys: Sys, fd: number, choice: Choice): Blocking<void> {
  let isOpen = true;
  const idleNs = choice.waitSeconds === undefined ? undefined : choice.waitSeconds * SECOND;
  try {
    for (;;) {
      const entries = [{ fd, events: ["in"] as const }];
      const ready = yield* sys.poll(
        isOpen ? [...entries, { fd: 0, events: ["in"] as const }] : entries,
        isOpen ? undefined : idleNs,
      );
      if (ready.every((one) => !one.in && !one.hangup && !one.error)) return;
      for (const one of ready) {
        if (!one.in && !one.hangup && !one.error) continue;
        if (one.fd === fd) {
          const data = yield* sys.recv(fd, CHUNK);
          if (data.length === 0) return;
          yield* sys.write(1, data);
          continue;
        }
        const data = yield* sys.read(0, CHUNK);
        if (data.length > 0) yield* sys.send(fd, data);
        else {
          isOpen = false;
          if (!choice.isUdp) sys.shutdown(fd, "write");
        }
      }
    }
  } catch (error) {
    // The other end is gone, or a signal came: nc has nothing to say of either.
    if (!(error instanceof KernelError)) throw error;
  }
}

export const nc: Applet = {
  name: "nc",
  summary: "Open a pipe to IP:PORT",
  directory: "/usr/bin",
  main,
};
