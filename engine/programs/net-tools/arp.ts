/** arp(8) */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { NeighbourMessage } from "../../kernel/rtnetlink/messages.ts";
import { formatIpv4, formatMac, type Ipv4, type Mac } from "../../net/address.ts";
import { getopt } from "../support/getopt.ts";
import { Failure, guarded, notModelled, perror, VERSION_2_10 } from "./support/fail.ts";
import { hostName, resolveHost } from "./support/hosts.ts";
import { ARP_HARDWARE, ARP_USAGE } from "./support/usage.ts";

const E_USAGE = 3;
/** −1 */
const FAILED = 255;

const BUILD =
  "+I18N +SELINUX\n" +
  "AF: (inet) +UNIX +INET +INET6 +IPX +AX25 +NETROM +X25 +ATALK +ECONET +ROSE -BLUETOOTH\n" +
  "HW: (ether) +ETHER +ARC +SLIP +PPP +TUNNEL -TR +AX25 +NETROM +X25 +FR +ROSE +ASH +SIT +FDDI +HIPPI +HDLC/LAPB +EUI64 \n";

interface Options {
  readonly bsd: boolean;
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly device: string | undefined;
  readonly useDevice: boolean;
}

function resolve(sys: Sys, name: string): Ipv4 {
  const address = resolveHost(sys, name);
  if (address === undefined) throw new Failure(FAILED, `${name}: Unknown host\n`);
  return address;
}

// ------------------------------------------------------------------ show

/** NUD_VALID: the entry's address can be used. */
function isComplete(item: NeighbourMessage): boolean {
  return item.state !== "INCOMPLETE" && item.state !== "FAILED";
}

/** What /proc/net/arp lists: proxy entries last, nothing that needs no ARP. */
function entries(sys: Sys): readonly NeighbourMessage[] {
  const all = sys.rtnetlink
    .neighbours()
    .filter(({ proxy, state }) => proxy || (state !== undefined && state !== "NOARP"));
  return [...all.filter((item) => !item.proxy), ...all.filter((item) => item.proxy)];
}

function describeRow(sys: Sys, item: NeighbourMessage, numeric: boolean): string {
  const address = formatIpv4(item.address);
  const name = (numeric ? undefined : hostName(sys, item.address)) ?? address;
  const device = sys.rtnetlink.link(item.ifindex)?.name ?? "*";
  const start = `${name.slice(0, 23).padEnd(23)}  `;
  const end = `${" ".repeat(15)} ${device}\n`;
  if (item.proxy) {
    return `${start}${"*".padEnd(8)}${"<from_interface>".padEnd(20)}${"MP".padEnd(6)}${end}`;
  }
  if (!isComplete(item)) {
    return `${start}${" ".repeat(8)}${"(incomplete)".padEnd(20)}${" ".repeat(6)}${end}`;
  }
  const flags = item.state === "PERMANENT" ? "CM" : "C";
  const mac = formatMac(item.mac ?? (0 as Mac));
  return `${start}${"ether".padEnd(8)}${mac.padEnd(20)}${flags.padEnd(6)}${end}`;
}

function describeBsd(sys: Sys, item: NeighbourMessage, numeric: boolean): string {
  const name = (numeric ? undefined : hostName(sys, item.address)) ?? "?";
  const device = sys.rtnetlink.link(item.ifindex)?.name ?? "*";
  const start = `${name} (${formatIpv4(item.address)}) at `;
  if (item.proxy) return `${start}<from_interface> PERM PUB on ${device}\n`;
  if (!isComplete(item)) return `${start}<incomplete> on ${device}\n`;
  const permanent = item.state === "PERMANENT" ? "PERM " : "";
  return `${start}${formatMac(item.mac ?? (0 as Mac))} [ether] ${permanent}on ${device}\n`;
}

function* show(sys: Sys, name: string | undefined, options: Options): Blocking<number> {
  const only = name === undefined ? undefined : resolve(sys, name);
  const all = entries(sys);
  const shown = all.filter((item) => {
    const device = sys.rtnetlink.link(item.ifindex)?.name;
    return (
      (only === undefined || item.address === only) &&
      (options.device === undefined || device === options.device)
    );
  });
  const rows = shown.map((item) =>
    options.bsd ? describeBsd(sys, item, options.numeric) : describeRow(sys, item, options.numeric),
  );
  const heading =
    "Address                  HWtype  HWaddress           Flags Mask            Iface\n";
  let text = (options.bsd || rows.length === 0 ? "" : heading) + rows.join("");
  if (options.verbose) {
    const skipped = all.length - shown.length;
    text += `Entries: ${all.length}\tSkipped: ${skipped}\tFound: ${shown.length}\n`;
  }
  if (shown.length === 0) {
    if (only !== undefined && !options.bsd) {
      text += `${name} (${formatIpv4(only)}) -- no entry\n`;
    } else if (only !== undefined || options.device !== undefined) {
      text += `arp: in ${all.length} entries no match found.\n`;
    }
  }
  yield* sys.print(text);
  return 0;
}

// ------------------------------------------------------------------ set and delete

/** Hexadecimal bytes; those that are not written are zero. */
function parseHardware(text: string): Mac | undefined {
  const parts = text.split(":");
  if (parts.length > 6 || !parts.every((part) => /^[0-9a-fA-F]{1,2}$/.test(part))) return undefined;
  return parts.reduce(
    (value, part, index) => value + Number.parseInt(part, 16) * 256 ** (5 - index),
    0,
  ) as Mac;
}

/** The device that reaches an address: what the kernel takes when none is named. */
function outputDevice(sys: Sys, address: Ipv4): string {
  const answer = sys.rtnetlink.getRoute({ destination: address });
  return sys.rtnetlink.link(answer.ifindex)?.name ?? "";
}

/** Undefined: all is well; else what was complained about. */
function set(sys: Sys, words: readonly string[], options: Options): string | undefined {
  const [name, hardware, ...rest] = words;
  if (name === undefined) return "arp: need host name\n";
  const address = resolve(sys, name);
  if (hardware === undefined) return "arp: need hardware address\n";
  let device = options.device;
  let permanent = true;
  let publish = false;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at];
    if (word === "temp") permanent = false;
    else if (word === "pub") publish = true;
    else if (word === "priv" || word === "trail") continue;
    else if (word === "dev") device = rest[++at];
    else if (word === "netmask" || word === "dontpub" || word === "auto") {
      throw notModelled("arp", `'${word}'`);
    } else throw new Failure(E_USAGE, ARP_USAGE + ARP_HARDWARE);
  }
  if (options.useDevice) {
    if (!sys.rtnetlink.link(hardware)) {
      return `arp: cant get HW-Address for \`${hardware}': ${strerror("ENODEV")}.\n`;
    }
    device ??= hardware;
  }
  const mac = options.useDevice ? sys.hardwareAddress(hardware) : parseHardware(hardware);
  if (mac === undefined) return "arp: invalid hardware address\n";
  try {
    if (publish) {
      if (device === undefined) throw new KernelError("ENODEV");
      sys.rtnetlink.newNeighbour({ device, address, proxy: true }, "replace");
      return undefined;
    }
    const target = device ?? outputDevice(sys, address);
    if (!sys.rtnetlink.link(target)) throw new KernelError("ENODEV");
    const state = permanent ? "PERMANENT" : "STALE";
    sys.rtnetlink.newNeighbour({ device: target, address, mac, state }, "replace");
    return undefined;
  } catch (error) {
    return perror("SIOCSARP", error);
  }
}

function* remove(sys: Sys, words: readonly string[], options: Options): Blocking<number> {
  const [name, ...rest] = words;
  if (name === undefined) throw new Failure(FAILED, "arp: need host name\n");
  const address = resolve(sys, name);
  const publish = rest.includes("pub");
  if (rest.some((word) => !["pub", "priv", "temp", "dontpub"].includes(word))) {
    throw new Failure(E_USAGE, ARP_USAGE + ARP_HARDWARE);
  }
  try {
    const device = options.device ?? outputDevice(sys, address);
    sys.rtnetlink.delNeighbour({ device, address, ...(publish && { proxy: true }) });
    return 0;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno === "ENOENT" || error.errno === "ENXIO") {
      yield* sys.print(`No ARP entry for ${name}\n`);
      return FAILED;
    }
    throw new Failure(FAILED, perror("SIOCDARP(dontpub)", error));
  }
}

function* setFromFile(sys: Sys, file: string, options: Options): Blocking<number> {
  if (!sys.access(file, { read: true })) {
    throw new Failure(FAILED, `arp: cannot open etherfile ${file} !\n`);
  }
  const lines = sys.readTextFile(file).split("\n");
  for (const [index, line] of lines.entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "" || words[0]?.startsWith("#")) continue;
    const refusal = words.length < 2 ? "" : set(sys, words, options);
    if (refusal === undefined) continue;
    const where = `on line ${index + 1} of etherfile ${file} !\n`;
    yield* sys.printError(
      words.length < 2 ? `arp: format error ${where}` : `${refusal}arp: cannot set entry ${where}`,
    );
  }
  return 0;
}

function* run(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, {
    short: "A:H:adfp:nsei:t:vh?DNV",
    long: {
      verbose: "none",
      version: "none",
      all: "none",
      delete: "none",
      file: "none",
      numeric: "none",
      set: "none",
      protocol: "required",
      "hw-type": "required",
      device: "required",
      help: "none",
      "use-device": "none",
      symbolic: "none",
    },
  });
  if (!parsed.ok) throw new Failure(E_USAGE, `${parsed.error}\n${ARP_USAGE}${ARP_HARDWARE}`);
  let action: "show" | "delete" | "file" | "set" = "show";
  let [bsd, numeric, verbose, useDevice] = [false, false, false, false];
  let device: string | undefined;
  for (const { name, value } of parsed.options) {
    if (name === "a" || name === "all") bsd = true;
    else if (name === "e") bsd = false;
    else if (name === "n" || name === "numeric") numeric = true;
    else if (name === "v" || name === "verbose") verbose = true;
    else if (name === "D" || name === "use-device") useDevice = true;
    else if (name === "i" || name === "device") device = value;
    else if (name === "d" || name === "delete") action = "delete";
    else if (name === "s" || name === "set") action = "set";
    else if (name === "f" || name === "file") action = "file";
    else if (["A", "p", "protocol"].includes(name)) {
      if (value !== "inet") {
        throw new Failure(FAILED, `arp: ${value}: unknown address family.\n`);
      }
    } else if (["H", "t", "hw-type"].includes(name)) {
      if (value !== "ether") throw new Failure(FAILED, `arp: ${value}: unknown hardware type.\n`);
    } else if (name === "V" || name === "version") {
      yield* sys.print(VERSION_2_10 + BUILD);
      return 0;
    } else if (name !== "N" && name !== "symbolic") {
      yield* sys.print(ARP_USAGE);
      yield* sys.printError(ARP_HARDWARE);
      return 0;
    }
  }
  const options: Options = { bsd, numeric, verbose, device, useDevice };
  const words = parsed.operands;
  switch (action) {
    case "show":
      return yield* show(sys, words[0], options);
    case "delete":
      return yield* remove(sys, words, options);
    case "file":
      return yield* setFromFile(sys, words[0] ?? "/etc/ethers", options);
    case "set": {
      const refusal = set(sys, words, options);
      if (refusal !== undefined) throw new Failure(FAILED, refusal);
      return 0;
    }
  }
}

export const arp: Program = {
  name: "arp",
  package: "net-tools",
  directory: "/usr/sbin",
  docs: {
    summary: "manipulate the system ARP cache",
    synopsis:
      "arp [-vn] [-i if] [-ae] [hostname]\narp [-v] [-i if] -d hostname [pub]\narp [-v] [-i if] -s hostname hw_addr [temp|pub]\narp [-v] [-i if] -Ds hostname ifname pub\narp [-vnD] [-i if] -f [filename]",
    options: [
      ["-a", "BSD style"],
      ["-e", "Linux style, the default"],
      ["-n, --numeric", "numbers instead of names"],
      ["-v, --verbose", "count the entries"],
      ["-i, --device IF", "only this device"],
      ["-s, --set", "set an entry"],
      ["-d, --delete", "delete an entry"],
      ["-D, --use-device", "take the hardware address of a device"],
      ["-f, --file", "set entries from a file, /etc/ethers"],
      ["-H, -t ether; -A, -p inet", "accepted"],
    ],
    examples: ["arp -n", "arp -s 10.0.0.9 02:00:00:00:00:09", "arp -d 10.0.0.9"],
    limitations: ["Names are looked up in /etc/hosts only.", "No netmask, dontpub or auto."],
  },
  main: (sys, argv) => guarded(sys, () => run(sys, argv)),
};
