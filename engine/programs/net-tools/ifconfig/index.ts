/** ifconfig(8), in the layout of one release of net-tools. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { LinkChanges } from "../../../kernel/rtnetlink/messages.ts";
import { type Ipv4, netmask, parseMac } from "../../../net/address.ts";
import { Failure, guarded, notModelled, perror } from "../support/fail.ts";
import { resolveHost } from "../support/hosts.ts";
import { findInterface, listInterfaces } from "../support/interfaces.ts";
import {
  setAddress,
  setBroadcast,
  setDestination,
  setNetmask,
  setUp,
  toggleAlias,
} from "./inet.ts";
import type { IfconfigLayout } from "./layout.ts";
import { ADDRESS_FAMILIES, HARDWARE_TYPES, USAGE, USAGE_END, USAGE_START } from "./usage.ts";

const HINT = "ifconfig: `--help' gives usage information.\n";
const E_USAGE = 3;
/** exit(-1) */
const FATAL = 255;

const FLAGS: Readonly<Record<string, LinkChanges>> = {
  arp: { noArp: false },
  "-arp": { noArp: true },
  promisc: { promiscuous: true },
  "-promisc": { promiscuous: false },
  multicast: { multicast: true },
  "-multicast": { multicast: false },
  allmulti: { allMulticast: true },
  "-allmulti": { allMulticast: false },
};

const UNMODELLED = [
  "dynamic",
  "-dynamic",
  "keepalive",
  "outfill",
  "tunnel",
  "mem_start",
  "io_addr",
  "irq",
  "media",
];

/** One run: the words after the interface's name, done one after the other. */
class Setter {
  /** What was complained about on standard error, in order. */
  errors = "";
  private failed = false;
  private at = 0;

  constructor(
    private readonly sys: Sys,
    private readonly name: string,
    private readonly words: readonly string[],
  ) {}

  run(): number {
    try {
      while (this.at < this.words.length) this.apply(this.words[this.at++] as string);
      return this.failed ? 1 : 0;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.errors += error.text;
      return error.status;
    }
  }

  private value(): string {
    const word = this.words[this.at++];
    if (word === undefined) throw new Failure(E_USAGE, USAGE);
    return word;
  }

  /** A refused ioctl is told, and the rest is still done. */
  private attempt(call: string, request: () => void): void {
    try {
      request();
    } catch (error) {
      this.errors += perror(call, error);
      this.failed = true;
    }
  }

  /** Flags: the interface must be there, or nothing else is done. */
  private flags(request: () => void): void {
    if (!findInterface(this.sys, this.name)) {
      const reason = strerror("ENODEV");
      throw new Failure(FATAL, `${this.name}: ERROR while getting interface flags: ${reason}\n`);
    }
    try {
      request();
    } catch (error) {
      throw new Failure(FATAL, perror("SIOCSIFFLAGS", error));
    }
  }

  private link(changes: LinkChanges): void {
    this.sys.rtnetlink.setLink(this.name.split(":")[0] ?? this.name, changes);
  }

  private host(word: string, hint = ""): Ipv4 {
    const address = word === "default" ? (0 as Ipv4) : resolveHost(this.sys, word);
    if (address === undefined) throw new Failure(1, `${word}: Unknown host\n${hint}`);
    return address;
  }

  private apply(word: string): void {
    const { sys, name } = this;
    const flag = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
    if (flag) this.flags(() => this.link(flag));
    else if (word === "up") this.flags(() => setUp(sys, name, true));
    else if (word === "down") this.flags(() => setUp(sys, name, false));
    else if (word === "trailers" || word === "-trailers" || word === "inet") return;
    else if (word === "mtu") {
      const mtu = Number.parseInt(this.value(), 10) || 0;
      this.attempt("SIOCSIFMTU", () => this.setMtu(mtu));
    } else if (word === "txqueuelen") {
      const length = Number.parseInt(this.value(), 10) || 0;
      this.attempt("SIOCSIFTXQLEN", () => this.link({ txQueueLength: length }));
    } else if (word === "name") {
      const next = this.value();
      this.attempt("SIOCSIFNAME", () => this.link({ name: next }));
    } else if (word === "hw") this.hardware();
    else if (word === "netmask") {
      const mask = this.host(this.value());
      this.attempt("SIOCSIFNETMASK", () => setNetmask(sys, name, mask));
    } else if (word === "broadcast") {
      if (this.words[this.at] === undefined) return;
      const address = this.host(this.value());
      this.attempt("SIOCSIFBRDADDR", () => setBroadcast(sys, name, address));
    } else if (word === "add" || word === "del") {
      const address = this.host(this.value());
      this.attempt("SIOCSIFADDR", () => toggleAlias(sys, name, address, word === "add"));
    } else if (word === "pointopoint" || word === "dstaddr") {
      if (word === "pointopoint" && this.words[this.at] === undefined) return;
      const address = this.host(this.value());
      this.attempt("SIOCSIFDSTADDR", () => setDestination(sys, name, address));
    } else if (word === "-pointopoint") {
      this.flags(() => {});
    } else if (word === "-broadcast") {
      this.errors += `Warning: Interface ${name} still in BROADCAST mode.\n`;
    } else if (word === "inet6") throw notModelled("ifconfig", "IPv6 configuration");
    else if (UNMODELLED.includes(word)) throw notModelled("ifconfig", `'${word}'`);
    else this.address(word);
  }

  /** The kernel answers an MTU outside of the device's bounds with EINVAL, whatever netlink says. */
  private setMtu(mtu: number): void {
    const item = findInterface(this.sys, this.name);
    if (!item) throw new KernelError("ENODEV");
    this.link({ mtu });
  }

  private hardware(): void {
    if (this.value() !== "ether") throw new Failure(E_USAGE, USAGE);
    const text = this.value();
    const mac = parseMac(text);
    if (mac === undefined) throw new Failure(1, `${text}: invalid ether address.\n`);
    this.attempt("SIOCSIFHWADDR", () => this.link({ address: mac }));
  }

  /** A word that is nothing else is an address, with or without a prefix length. */
  private address(word: string): void {
    const { sys, name } = this;
    const slash = word.indexOf("/");
    const address = this.host(slash < 0 ? word : word.slice(0, slash), HINT);
    this.attempt("SIOCSIFADDR", () => setAddress(sys, name, address));
    // An alias that has just been removed cannot be brought up.
    if (address !== 0 || !name.includes(":")) this.flags(() => setUp(sys, name, true));
    if (slash < 0 || address === 0) return;
    const length = Number(word.slice(slash + 1));
    if (!Number.isInteger(length) || length < 0 || length > 32) {
      throw notModelled("ifconfig", `the prefix length of '${word}'`);
    }
    this.attempt("SIOCSIFNETMASK", () => setNetmask(sys, name, netmask(length)));
  }
}

function* run(sys: Sys, argv: readonly string[], layout: IfconfigLayout): Blocking<number> {
  let all = false;
  let short = false;
  let at = 1;
  for (; argv[at]?.startsWith("-"); at++) {
    const option = argv[at] as string;
    if (option === "-a") all = true;
    else if (option === "-s") short = true;
    else if (option === "-V" || option === "--version") {
      yield* sys.print(layout.version);
      return 0;
    } else if (["-?", "-h", "--help"].includes(option)) {
      yield* sys.print(USAGE_START);
      yield* sys.printError(HARDWARE_TYPES);
      yield* sys.print(USAGE_END);
      yield* sys.printError(ADDRESS_FAMILIES);
      return 0;
    } else if (option !== "-v") {
      throw new Failure(1, `ifconfig: option \`${option}' not recognised.\n${HINT}`);
    }
  }
  const [name, ...words] = argv.slice(at);
  if (name !== undefined && words.length > 0) {
    const setter = new Setter(sys, name, words);
    const status = setter.run();
    if (setter.errors !== "") yield* sys.printError(setter.errors);
    return status;
  }
  const heading = short ? `${layout.shortHeading}\n` : "";
  const items = name === undefined ? listInterfaces(sys) : [findInterface(sys, name)];
  let text = heading;
  for (const item of items) {
    if (!item) {
      const reason = "error fetching interface information: Device not found";
      if (heading !== "") yield* sys.print(heading);
      throw new Failure(1, `${name}: ${reason}\n`);
    }
    if (name === undefined && !all && !item.link.flags.up) continue;
    text += short ? layout.describeShort(item) : layout.describe(item);
  }
  yield* sys.print(text);
  return 0;
}

export function makeIfconfig(layout: IfconfigLayout): Program {
  return {
    name: "ifconfig",
    package: "net-tools",
    directory: "/usr/sbin",
    docs: {
      summary: "configure a network interface",
      synopsis:
        "ifconfig [-v] [-a] [-s] [interface]\nifconfig [-v] interface [aftype] options | address ...",
      options: [
        ["-a", "interfaces that are down too"],
        ["-s", "a short list, like netstat -i"],
        ["-v", "accepted"],
        ["up, down", "activate the interface or shut it down"],
        ["[-]arp, [-]promisc, [-]allmulti, [-]multicast", "set or clear a flag"],
        ["ADDRESS[/LENGTH]", "the address; eth0:1 for an alias"],
        ["netmask ADDR, broadcast ADDR", "of the address"],
        ["add ADDR, del ADDR", "another address, on an alias"],
        ["pointopoint ADDR, dstaddr ADDR", "the other end of the link"],
        ["mtu N, txqueuelen N", "of the device"],
        ["hw ether ADDR", "the hardware address"],
        ["name NEWNAME", "rename the device"],
      ],
      examples: ["ifconfig eth0 10.0.0.1 netmask 255.255.255.0 up", "ifconfig -a"],
      limitations: [
        "IPv6 addresses cannot be configured.",
        "Not modelled: tunnel, dynamic, irq, media, io_addr, mem_start.",
        "Names are looked up in /etc/hosts only.",
      ],
    },
    main: (sys, argv) => guarded(sys, () => run(sys, argv, layout)),
    complete(sys, { words }) {
      const names = listInterfaces(sys).map((item) => item.name);
      if (words.length === 2) return { candidates: ["-a", "-s", ...names] };
      return { candidates: ["up", "down", "netmask", "broadcast", "mtu", "hw", "promisc", "arp"] };
    },
  };
}
