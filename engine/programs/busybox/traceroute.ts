/** traceroute with UDP probes. */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { SocketIcmpError, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MICROSECOND, SECOND } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import { resolveAddress, resolveHost } from "../support/resolve.ts";
import type { Applet } from "./applet.ts";

const TIME_EXCEEDED = 11;
const UNREACHABLE = 3;
const PORT_UNREACHABLE = 3;

/** What stands behind the time, by code of "destination unreachable". */
const MARKS: Readonly<Record<number, string>> = {
  0: " !N",
  1: " !H",
  2: " !P",
  4: " !F",
  5: " !S",
  9: " !A",
  10: " !C",
  13: " !X",
};

/** Bytes of the IP and UDP headers, which a packet's size counts. */
const HEADERS = 28;
const DEFAULT_BYTES = 46;

interface Plan {
  readonly address: Ipv4;
  readonly firstTtl: number;
  readonly maxTtl: number;
  readonly probes: number;
  readonly port: number;
  readonly waitNs: number;
  readonly numeric: boolean;
  readonly bytes: number;
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, { short: "46Flnrvf:m:q:p:t:w:s:i:z:", long: {} });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  const odd = parsed.options.find(({ name }) => "6Flrvtsiz".includes(name));
  const [host, bytes] = parsed.operands;
  if (odd || host === undefined) {
    const what = odd ? `the option '-${odd.name}'` : "the usage text";
    yield* sys.printError(`traceroute: Podwire does not model ${what} of BusyBox\n`);
    return 1;
  }
  const value = (name: string, usual: number): number =>
    Number(parsed.options.findLast((option) => option.name === name)?.value ?? usual);
  const found = yield* resolveHost(sys, host);
  if (!found.ok) {
    yield* sys.printError(`traceroute: bad address '${host}'\n`);
    return 1;
  }
  const plan: Plan = {
    address: found.addresses[0],
    firstTtl: value("f", 1),
    maxTtl: value("m", 30),
    probes: value("q", 3),
    port: value("p", 33_434),
    waitNs: value("w", 3) * SECOND,
    numeric: parsed.options.some(({ name }) => name === "n"),
    bytes: Math.max(HEADERS, Number(bytes ?? DEFAULT_BYTES)),
  };
  yield* sys.print(
    `traceroute to ${host} (${formatIpv4(plan.address)}), ${plan.maxTtl} hops max, ${plan.bytes} byte packets\n`,
  );
  let port = plan.port;
  for (let ttl = plan.firstTtl; ttl <= plan.maxTtl; ttl++) {
    const isLast = yield* hop(sys, plan, ttl, () => ++port);
    if (isLast) return 0;
  }
  return 0;
}

/** One line; true: it was the last. */
function* hop(sys: Sys, plan: Plan, ttl: number, nextPort: () => number): Blocking<boolean> {
  yield* sys.print(String(ttl).padStart(2));
  let shown: Ipv4 | undefined;
  let isLast = false;
  let unreachable = 0;
  for (let probe = 0; probe < plan.probes; probe++) {
    const sentNs = sys.monotonicNs();
    const answer = yield* send(sys, plan, ttl, nextPort());
    if (typeof answer === "string") {
      yield* sys.print("\n");
      yield* sys.printError(`traceroute: sendto: ${answer}\n`);
      return true;
    }
    if (!answer) {
      yield* sys.print("  *");
      continue;
    }
    if (answer.offender !== shown)
      yield* sys.print(`  ${yield* nameOf(sys, plan, answer.offender)}`);
    shown = answer.offender;
    const us = Math.floor((answer.receivedNs - sentNs) / MICROSECOND);
    const time = `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, "0")}`;
    const mark = answer.type === UNREACHABLE ? (MARKS[answer.code] ?? "") : "";
    yield* sys.print(`  ${time} ms${mark}`);
    if (answer.type === UNREACHABLE && answer.code === PORT_UNREACHABLE) isLast = true;
    else if (answer.type === UNREACHABLE) unreachable += 1;
  }
  yield* sys.print("\n");
  return isLast || (unreachable > 0 && unreachable >= plan.probes - 1);
}

/** The ICMP error that a probe came to, nothing in time, or why it was not sent. */
function* send(
  sys: Sys,
  plan: Plan,
  ttl: number,
  port: number,
): Blocking<SocketIcmpError | string | undefined> {
  const fd = sys.socket("inet", "dgram");
  try {
    sys.setsockopt(fd, "ttl", ttl);
    sys.setsockopt(fd, "receiveErrors", true);
    yield* sys.sendto(fd, new Uint8Array(plan.bytes - HEADERS), { ip: plan.address, port });
    const [ready] = yield* sys.poll([{ fd, events: ["in"] }], plan.waitNs);
    if (!ready?.error && !ready?.in) return undefined;
    const error = sys.recvError(fd);
    return error && (error.type === TIME_EXCEEDED || error.type === UNREACHABLE)
      ? error
      : undefined;
  } catch (error) {
    if (error instanceof KernelError && error.errno !== "EINTR") return strerror(error.errno);
    throw error;
  } finally {
    sys.close(fd);
  }
}

function* nameOf(sys: Sys, plan: Plan, address: Ipv4): Blocking<string> {
  const text = formatIpv4(address);
  if (plan.numeric) return text;
  const name = yield* resolveAddress(sys, address);
  return `${name ?? text} (${text})`;
}

export const traceroute: Applet = {
  name: "traceroute",
  summary: "Trace the route to HOST",
  directory: "/usr/bin",
  main,
};
