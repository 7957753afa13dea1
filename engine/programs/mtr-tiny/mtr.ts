import { formatIpv4, parseIpv4, type Ipv4 } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { seconds, type Ns } from "../../sim/clock.ts";
import { strftime } from "../support/calendar.ts";
import { resolveAddress, resolveHost } from "../support/resolve.ts";
import { icmpMethod } from "../traceroute/methods/icmp.ts";
import { tcpMethod } from "../traceroute/methods/tcp.ts";
import { udpMethod } from "../traceroute/methods/udp.ts";
import { newProbe, type Method, type Probe } from "../traceroute/probe.ts";
import { Hop } from "./hop.ts";
import { parseMtr, USAGE, type MtrOptions } from "./options.ts";

const HEADER_BYTES = 28;
/** Probes of the first round are spread as if there were so many hops. */
const ASSUMED_HOPS = 10;
const FIRST_SEQUENCE = 33000;
const NAME_COLUMNS = 25;

export const mtr: Program = {
  name: "mtr",
  package: "mtr-tiny",
  docs: {
    summary: "a network diagnostic tool",
    synopsis: "mtr -r [options] hostname",
    options: [
      ["-r, -w", "a report; a wide report, with whole names"],
      ["-c COUNT", "how many rounds (10)"],
      ["-n, -b", "addresses instead of names; both"],
      ["-u, -T", "UDP or TCP probes instead of ICMP"],
      ["-P PORT", "destination port"],
      ["-f NUMBER, -m NUMBER, -U NUMBER", "first and last hop, how many silent ones (1, 30, 5)"],
      ["-s SIZE, -Q TOS", "bytes of a probe, type of service"],
      ["-i SECONDS, -G SECONDS", "length of a round, and of the last wait (1, 5)"],
      ["-I NAME, -a ADDRESS", "where to send from"],
      ["-h, -v", "help, version"],
    ],
    examples: ["mtr -r -n -c 3 10.0.2.10"],
    limitations: [
      "The interactive display, other output formats (-j -x -C -l -p), -o, -z and IPv6 are refused.",
    ],
  },

  *main(sys, argv) {
    const parsed = parseMtr(argv);
    switch (parsed.kind) {
      case "help":
        yield* sys.print(USAGE);
        return 0;
      case "version":
        yield* sys.print("mtr 0.95\n");
        return 0;
      case "error":
        yield* sys.printError(parsed.text);
        return 1;
      case "run":
        return yield* run(sys, parsed.options);
    }
  },
};

function* run(sys: Sys, options: MtrOptions): Blocking<number> {
  const found = yield* resolveHost(sys, options.host);
  if (!found.ok) {
    yield* sys.printError(`mtr: Failed to resolve host: ${options.host}: ${found.error}\n`);
    return 0;
  }
  const destination = found.addresses[0];
  const probe = sys.socket("inet", "dgram");
  try {
    yield* sys.connect(probe, { ip: destination, port: 1 });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(`mtr: udp socket connect failed: ${strerror(error.errno)}\n`);
    return 1;
  } finally {
    sys.close(probe);
  }
  const start = strftime("%Y-%m-%dT%H:%M:%S+0000", Math.floor(sys.realtimeSeconds()));
  yield* sys.print(`Start: ${start}\n`);
  const walk = new Walk(sys, methodOf(sys, options, destination), options, destination);
  yield* walk.run();
  yield* sys.print(yield* reportText(sys, options, walk));
  return 0;
}

function methodOf(sys: Sys, options: MtrOptions, destination: Ipv4): Method {
  const prepare = (fd: number): void => {
    if (options.device !== undefined) sys.setsockopt(fd, "bindToDevice", options.device);
    const source = options.source === undefined ? undefined : parseIpv4(options.source);
    if (source !== undefined) sys.bind(fd, { ip: source, port: 0 });
    sys.setsockopt(fd, "tos", options.tos);
    sys.setsockopt(fd, "mtuDiscover", "dont");
  };
  const payloadBytes = options.packetBytes - HEADER_BYTES;
  const settings = { destination, payloadBytes, prepare };
  switch (options.method) {
    case "icmp":
      return icmpMethod(sys, settings, FIRST_SEQUENCE);
    case "tcp":
      return tcpMethod(sys, settings, options.port ?? 80);
    case "udp":
      return udpMethod(sys, {
        ...settings,
        port: options.port ?? FIRST_SEQUENCE,
        constantPort: options.port !== undefined,
      });
  }
}

/** Round after round of probes, one to each hop. */
class Walk {
  readonly hops: Hop[];
  private readonly underWay = new Map<Probe, Hop>();
  private probes = 0;
  private stopped = false;

  constructor(
    private readonly sys: Sys,
    private readonly method: Method,
    private readonly options: MtrOptions,
    private readonly destination: Ipv4,
  ) {
    this.hops = Array.from({ length: options.maxHops }, () => new Hop());
    sys.signal("SIGINT", () => (this.stopped = true));
  }

  *run(): Blocking<void> {
    const { options } = this;
    let length = ASSUMED_HOPS;
    for (let round = 0; round < options.cycles && !this.stopped; round++) {
      const pauseNs = Math.round(seconds(options.intervalSeconds) / length);
      length = yield* this.round(pauseNs);
    }
    yield* this.listen(seconds(options.graceSeconds), true);
  }

  /** The number of hops that it probed. */
  private *round(pauseNs: Ns): Blocking<number> {
    const { firstHop, maxHops, maxUnknown } = this.options;
    for (let ttl = firstHop; ttl <= maxHops && !this.stopped; ttl++) {
      const hop = this.hops[ttl - 1] as Hop;
      const probe = newProbe(this.probes++);
      this.underWay.set(probe, hop);
      hop.sent += 1;
      yield* this.method.send(probe, ttl);
      yield* this.listen(pauseNs, false);
      const silent = this.hops.slice(0, ttl).filter(({ address }) => address === undefined);
      if (this.isLast(hop) || silent.length > maxUnknown) return ttl;
    }
    return maxHops;
  }

  private isLast(hop: Hop): boolean {
    return hop.isEnd || hop.address === this.destination;
  }

  /** Takes answers for so long, or until every probe has one. */
  private *listen(durationNs: Ns, untilAnswered: boolean): Blocking<void> {
    const endNs = this.sys.monotonicNs() + durationNs;
    for (;;) {
      const leftNs = endNs - this.sys.monotonicNs();
      if (leftNs <= 0 || this.stopped) return;
      if (untilAnswered && this.underWay.size === 0) return;
      try {
        yield* this.method.receive(leftNs);
      } catch (error) {
        if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
      }
      for (const [probe, hop] of this.underWay) {
        if (!probe.done) continue;
        hop.note(probe);
        this.underWay.delete(probe);
      }
    }
  }

  /** Hops to show: up to the end, or one beyond the last that is known. */
  shown(): readonly Hop[] {
    let end = 0;
    for (const [index, hop] of this.hops.entries()) {
      if (this.isLast(hop)) return this.hops.slice(0, index + 1);
      if (hop.address !== undefined) end = index + 2;
    }
    return this.hops.slice(0, end);
  }
}

function* reportText(sys: Sys, options: MtrOptions, walk: Walk): Blocking<string> {
  const names: string[] = [];
  const hops = walk.shown();
  for (const { address } of hops) names.push(yield* nameOf(sys, options, address));
  const longest = Math.max(sys.hostname().length, ...names.map((name) => name.length));
  const head = `HOST: ${sys.hostname()}`.padEnd(options.wide ? longest + 6 : NAME_COLUMNS + 8);
  let text = `${head} Loss%   Snt   Last   Avg  Best  Wrst StDev\n`;
  for (const [index, hop] of hops.entries()) {
    if (index + 1 < options.firstHop) continue;
    const name = (names[index] as string).padEnd(options.wide ? longest : NAME_COLUMNS);
    text += `${String(index + 1).padStart(3)}.|-- ${name}${hop.columns()}\n`;
  }
  return text;
}

function* nameOf(sys: Sys, options: MtrOptions, address: Ipv4 | undefined): Blocking<string> {
  if (address === undefined) return "???";
  const text = formatIpv4(address);
  if (options.numeric) return text;
  const name = yield* resolveAddress(sys, address);
  if (name === undefined) return text;
  return options.showAddresses ? `${name} (${text})` : name;
}
