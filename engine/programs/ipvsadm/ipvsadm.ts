/** ipvsadm(8), ipvsadm-save(8), ipvsadm-restore(8) */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import { IPPROTO_UDP } from "../../net/packet.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import { SCHEDULERS } from "../../kernel/netfilter/ipvs/schedulers/registry.ts";
import type { ServiceKey } from "../../kernel/netfilter/ipvs/service.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { readHosts } from "../support/resolve.ts";
import { serviceNames } from "../support/services.ts";
import { readAll } from "../support/streams.ts";
import { HELP } from "./help.ts";
import { Failure, parseOptions, type Command, type IpvsadmOptions } from "./options.ts";
import {
  BANNER,
  connectionListing,
  listing,
  NUMERIC,
  savedRules,
  type Layout,
  type Naming,
} from "./print.ts";

const VERSION = "ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)";
const STDIN = 0;

/** ipvs_strerror() of libipvs: what the kernel's errors mean to each command. */
const WORDS: Partial<Record<Command, Readonly<Record<string, string>>>> = {
  "add-service": {
    EEXIST: "Service already exists",
    ENOENT: "Scheduler or persistence engine not found",
  },
  "edit-service": { ESRCH: "No such service", ENOENT: "Scheduler or persistence engine not found" },
  "delete-service": { ESRCH: "No such service" },
  zero: { ESRCH: "No such service" },
  list: { ESRCH: "No such service" },
  "add-server": { ESRCH: "Service not defined", EEXIST: "Destination already exists" },
  "edit-server": { ESRCH: "Service not defined", ENOENT: "No such destination" },
  "delete-server": { ESRCH: "Service not defined", ENOENT: "No such destination" },
};

/** Names as /etc has them. */
function systemNaming(sys: Sys): Naming {
  const services = serviceNames(sys);
  const hosts = readHosts(sys);
  return {
    host: (address: Ipv4) =>
      hosts.find((entry) => entry.address === address)?.names[0] ?? formatIpv4(address),
    port: (port, protocol) =>
      services.get(`${port}/${protocol === IPPROTO_UDP ? "udp" : "tcp"}`) ?? String(port),
  };
}

function* list(sys: Sys, options: IpvsadmOptions): Blocking<void> {
  const { ipvs } = sys.netfilter;
  const { has, service } = options;
  const naming = has.has("numeric") ? NUMERIC : systemNaming(sys);
  if (has.has("connection")) {
    yield* sys.print(connectionListing(ipvs, naming, has.has("persistent-conn")));
    return;
  }
  if (has.has("timeout")) {
    const seconds = (["ESTABLISHED", "FIN_WAIT", "UDP"] as const).map((state) =>
      ipvs.timeoutSeconds(state),
    );
    yield* sys.print(`Timeout (tcp tcpfin udp): ${seconds.join(" ")}\n`);
    return;
  }
  // No synchronisation daemon ever runs.
  if (has.has("daemon")) return;
  const layouts: readonly Exclude<Layout, "plain">[] = [
    "stats",
    "rate",
    "thresholds",
    "persistent-conn",
  ];
  const format = {
    layout: layouts.find((one) => has.has(one)) ?? "plain",
    exact: has.has("exact"),
    sorted: !has.has("nosort"),
    naming,
  } as const;
  if (!service) {
    yield* sys.print(BANNER + listing(ipvs.services(), format));
    return;
  }
  const found = ipvs.find(service);
  if (!found) throw new Failure("No such service", 1);
  yield* sys.print(listing([found], format));
}

function change(sys: Sys, options: IpvsadmOptions): void {
  const { ipvs } = sys.netfilter;
  const { command, server, settings, destination } = options;
  const service = options.service as ServiceKey;
  const { address, port } = server ?? { address: 0 as Ipv4, port: 0 };
  switch (command) {
    case "add-service":
      ipvs.addService(service, settings);
      return;
    case "edit-service":
      ipvs.editService(service, settings);
      return;
    case "delete-service":
      ipvs.deleteService(service);
      return;
    case "add-server":
      ipvs.addDestination(service, address, port, destination);
      return;
    case "edit-server":
      ipvs.editDestination(service, address, port, destination);
      return;
    case "delete-server":
      ipvs.deleteDestination(service, address, port);
      return;
    case "zero":
      ipvs.zero(options.service);
      return;
    case "flush":
      ipvs.flush();
      return;
    default:
  }
}

function* run(sys: Sys, words: readonly string[]): Blocking<number> {
  const options = yield* parseOptions(sys, words);
  const { command } = options;
  switch (command) {
    case "help":
      yield* sys.print(HELP);
      return 0;
    case "version":
      yield* sys.print(`${VERSION}\n`);
      return 0;
    case "list":
      yield* list(sys, options);
      return 0;
    case "save": {
      const naming = options.has.has("numeric") ? NUMERIC : systemNaming(sys);
      yield* sys.print(savedRules(sys.netfilter.ipvs.services(), naming));
      return 0;
    }
    case "restore":
      return yield* restore(sys);
    case "set": {
      const [tcp = 0, tcpFin = 0, udp = 0] = options.timeouts;
      sys.netfilter.ipvs.setTimeouts(tcp, tcpFin, udp);
      return 0;
    }
    case "start-daemon":
    case "stop-daemon":
      throw new Failure("ipvsadm: Podwire does not model connection synchronisation", 1);
    default:
      attempt(sys, options);
      return 0;
  }
}

function attempt(sys: Sys, options: IpvsadmOptions): void {
  try {
    change(sys, options);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const words = WORDS[options.command]?.[error.errno] ?? strerror(error.errno);
    throw new Failure(words, 255);
  }
}

/** Each line is a command; one that fails is told, and the rest still runs. */
function* restore(sys: Sys): Blocking<number> {
  const text = decodeUtf8(yield* readAll(sys, STDIN));
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "" || line.startsWith("#")) continue;
    const status = yield* guarded(sys, words);
    if (status === 255 && words[0]?.startsWith("-") !== true) return status;
  }
  return 0;
}

function* guarded(sys: Sys, words: readonly string[]): Blocking<number> {
  try {
    return yield* run(sys, words);
  } catch (error) {
    if (error instanceof KernelError && error.errno === "EPERM") {
      yield* sys.printError(
        "Can't initialize ipvs: Permission denied (you must be root)\n" +
          "Are you sure that IP Virtual Server is built in the kernel or as module?\n",
      );
      return 255;
    }
    if (!(error instanceof Failure)) throw error;
    yield* sys.printError(`${error.message}\n`);
    return error.status;
  }
}

const docs: Program["docs"] = {
  summary: "Linux Virtual Server administration",
  synopsis: "ipvsadm COMMAND [virtual-service] [options]",
  options: [
    ["-A, -E, -D, -t|-u ADDRESS:PORT, -f MARK", "adds, edits, deletes a virtual service"],
    ["-a, -e, -d, -r ADDRESS[:PORT]", "adds, edits, deletes a real server"],
    ["-s SCHEDULER", SCHEDULERS.map(({ name }) => name).join(" ")],
    ["-p [SECONDS], -M MASK", "a client stays with its server"],
    ["-m, -g, -i", "masquerading, direct routing, tunnelling"],
    ["-w WEIGHT, -x UPPER, -y LOWER", "of a real server"],
    ["-o, -b FLAGS", "one-packet scheduling, flags of the scheduler"],
    ["-L, -l [-n] [-c] [--stats|--rate|--thresholds|--persistent-conn]", "lists"],
    ["--timeout, --exact, --nosort, --daemon", "of a list"],
    ["-S [-n], -R, -C, -Z, --set TCP TCPFIN UDP", "saves, restores, clears, zeroes, sets timeouts"],
  ],
  examples: [
    "ipvsadm -A -t 10.96.0.80:80 -s rr",
    "ipvsadm -a -t 10.96.0.80:80 -r 10.244.0.11:8080 -m",
  ],
  limitations: [
    "The schedulers lblc, lblcr and mh, SCTP, IPv6, persistence engines, tunnels other than IPIP and connection synchronisation are not modelled.",
  ],
};

export const ipvsadm: Program = {
  name: "ipvsadm",
  package: "ipvsadm",
  directory: "/usr/sbin",
  docs,
  main: (sys, argv) => guarded(sys, argv.slice(1)),
};

export const ipvsadmSave: Program = {
  name: "ipvsadm-save",
  package: "ipvsadm",
  directory: "/usr/sbin",
  docs: { summary: "saves the IPVS table", synopsis: "ipvsadm-save [-n]" },
  main: (sys, argv) => guarded(sys, ["-S", ...argv.slice(1)]),
};

export const ipvsadmRestore: Program = {
  name: "ipvsadm-restore",
  package: "ipvsadm",
  directory: "/usr/sbin",
  docs: { summary: "restores the IPVS table", synopsis: "ipvsadm-restore" },
  *main(sys) {
    // The script clears the table before it runs `ipvsadm -R`.
    const status = yield* guarded(sys, ["-C"]);
    return status === 0 ? yield* guarded(sys, ["-R"]) : status;
  },
};
