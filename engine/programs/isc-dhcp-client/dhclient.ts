import { formatIpv4, formatMac, parseIpv4 } from "../../net/address.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import { seconds } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import { Conversation } from "./conversation.ts";
import { applyLease, recordLease, withdrawLease, type Lease } from "./lease.ts";

const BANNER = `Internet Systems Consortium DHCP Client 4.4.3-P1
Copyright 2004-2022 Internet Systems Consortium.
All rights reserved.
For info, please visit https://www.isc.org/software/dhcp/

`;

const PID_FILE = "/run/dhclient.pid";
const LEASES = "/var/lib/dhcp/dhclient.leases";
/** How long a background client sleeps after it heard no server. */
const RETRY_SECONDS = 300;
const NO_LEASE = 2;

export const dhclient: Program = {
  name: "dhclient",
  package: "isc-dhcp-client",
  directory: "/usr/sbin",
  docs: {
    summary: "Dynamic Host Configuration Protocol Client",
    synopsis: "dhclient [-v] [-d] [-1] [-r] [-x] [interface…]",
    options: [
      ["-v", "say what happens"],
      ["-d", "stay in the foreground"],
      ["-1", "give up after the first try"],
      ["-r", "give the lease back and stop"],
      ["-x", "stop, keeping the lease"],
      ["-4", "IPv4"],
    ],
    examples: ["dhclient -v eth0", "dhclient -r eth0"],
    limitations: [
      "dhclient.conf and dhclient-script are not read; IPv6 and other options are refused.",
      "Several interfaces are configured one after the other.",
    ],
  },

  *main(sys, argv) {
    const parsed = getopt(argv, { short: "1dvrx4nwq", stopAtOperand: false });
    if (!parsed.ok) {
      const flag = /'(.)'/.exec(parsed.error)?.[1] ?? "";
      yield* sys.printError(`dhclient: Podwire does not model the option '-${flag}'\n`);
      return 1;
    }
    const flags = new Set(parsed.options.map(({ name }) => name));
    for (const flag of ["n", "w"]) {
      if (!flags.has(flag)) continue;
      yield* sys.printError(`dhclient: Podwire does not model the option '-${flag}'\n`);
      return 1;
    }
    const verbose = flags.has("v") || flags.has("d");
    if (verbose) yield* sys.printError(BANNER);
    const links: LinkMessage[] = [];
    for (const name of parsed.operands) {
      const link = sys.rtnetlink.link(name);
      if (!link) {
        yield* sys.printError(
          `Cannot find device "${name}"\nFailed to get interface index: No such device\n`,
        );
        return 1;
      }
      links.push(link);
    }
    if (links.length === 0) {
      links.push(
        ...sys.rtnetlink.links().filter(({ flags: { broadcast, up } }) => broadcast && up),
      );
    }
    yield* stopOther(sys, verbose && (flags.has("r") || flags.has("x")));
    if (flags.has("x")) return 0;
    let status = 0;
    for (const link of links) {
      const options = { verbose, foreground: flags.has("d"), once: flags.has("1") };
      const result = flags.has("r")
        ? yield* release(sys, link, verbose)
        : yield* start(sys, link, options);
      status = Math.max(status, result);
    }
    return status;
  },
};

interface RunOptions {
  readonly verbose: boolean;
  readonly foreground: boolean;
  readonly once: boolean;
}

function logger(sys: Sys, verbose: boolean): (text: string) => Blocking<void> {
  return function* (text) {
    if (verbose) yield* sys.printError(`${text}\n`);
  };
}

function* start(sys: Sys, link: LinkMessage, options: RunOptions): Blocking<number> {
  const log = logger(sys, options.verbose);
  if (!link.flags.up) sys.rtnetlink.setLink(link.name, { up: true });
  yield* announce(link, log);
  const conversation = new Conversation(sys, link, log);
  const lease = yield* conversation.obtain();
  conversation.close();
  if (lease) yield* bound(sys, lease, log);
  else {
    yield* log("No DHCPOFFERS received.");
    if (options.once) {
      yield* log("Unable to obtain a lease on first try.  Exiting.");
      return NO_LEASE;
    }
    yield* log("No working leases in persistent database - sleeping.");
  }
  if (options.foreground) return yield* keep(sys, link, lease, log);
  const pid = sys.spawn({
    run: {
      name: "dhclient",
      main: (child) => keep(child, link, lease, logger(child, false)),
    },
    descriptors: new Map(),
    newSession: true,
  });
  writePid(sys, pid);
  return 0;
}

function* announce(link: LinkMessage, log: (text: string) => Blocking<void>): Blocking<void> {
  const place = `LPF/${link.name}/${formatMac(link.address)}`;
  yield* log(`Listening on ${place}`);
  yield* log(`Sending on   ${place}`);
  yield* log("Sending on   Socket/fallback");
}

function* bound(sys: Sys, lease: Lease, log: (text: string) => Blocking<void>): Blocking<void> {
  applyLease(sys, lease);
  recordLease(sys, lease);
  const { renewSeconds } = lease;
  yield* log(`bound to ${formatIpv4(lease.address)} -- renewal in ${renewSeconds} seconds.`);
}

/** Renews the lease half-way through it, and starts over when it has run out. */
function* keep(
  sys: Sys,
  link: LinkMessage,
  first: Lease | undefined,
  log: (text: string) => Blocking<void>,
): Blocking<number> {
  let lease = first;
  for (;;) {
    yield* sys.sleep(seconds(lease?.renewSeconds ?? RETRY_SECONDS));
    const conversation = new Conversation(sys, link, log);
    const renewed: Lease | undefined = lease ? yield* conversation.renew(lease) : undefined;
    if (lease && !renewed) {
      yield* sys.sleep(seconds(Math.max(0, lease.leaseSeconds - lease.renewSeconds)));
      withdrawLease(sys, lease);
    }
    lease = renewed ?? (yield* conversation.obtain());
    conversation.close();
    if (lease) yield* bound(sys, lease, log);
  }
}

function* release(sys: Sys, link: LinkMessage, verbose: boolean): Blocking<number> {
  const log = logger(sys, verbose);
  yield* announce(link, log);
  const lease = lastLease(sys, link);
  if (!lease) return 0;
  const conversation = new Conversation(sys, link, log);
  yield* conversation.release(lease);
  conversation.close();
  withdrawLease(sys, lease);
  return 0;
}

/** The last lease of the device that the file of leases tells of. */
function lastLease(sys: Sys, link: LinkMessage): Lease | undefined {
  const text = readOrEmpty(sys, LEASES);
  const block = text.split("lease {").findLast((part) => part.includes(`"${link.name}"`));
  if (block === undefined) return undefined;
  const address = parseIpv4(/fixed-address ([\d.]+)/.exec(block)?.[1] ?? "");
  const server = parseIpv4(/dhcp-server-identifier ([\d.]+)/.exec(block)?.[1] ?? "");
  const own = sys.rtnetlink
    .addresses()
    .find((found) => found.ifindex === link.ifindex && found.address === address);
  if (address === undefined || server === undefined || !own) return undefined;
  return {
    device: link.name,
    address,
    server,
    prefixLength: own.prefixLength,
    broadcast: own.broadcast ?? address,
    routers: [],
    nameServers: [],
    domain: undefined,
    leaseSeconds: 0,
    renewSeconds: 0,
  };
}

/** One client a machine: an older one is ended. */
function* stopOther(sys: Sys, tells: boolean): Blocking<void> {
  const pid = Number(readOrEmpty(sys, PID_FILE));
  if (!Number.isInteger(pid) || pid <= 0) return;
  try {
    sys.kill(pid, "SIGTERM");
    sys.unlink(PID_FILE);
  } catch (error) {
    if (error instanceof KernelError) return;
    throw error;
  }
  if (tells) yield* sys.printError(`Killed old client process\n`);
}

function readOrEmpty(sys: Sys, path: string): string {
  try {
    return sys.readTextFile(path);
  } catch (error) {
    if (error instanceof KernelError) return "";
    throw error;
  }
}

function writePid(sys: Sys, pid: number): void {
  try {
    sys.writeFile(PID_FILE, `${pid}\n`);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}
