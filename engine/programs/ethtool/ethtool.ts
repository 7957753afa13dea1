/** ethtool(8): what drivers tell of their devices. */
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import { driverText } from "./drivers.ts";
import { featureLines } from "./features.ts";

/** What is printed, and the exit status. */
interface Outcome {
  readonly out?: string;
  readonly error?: string;
  readonly status?: number;
}

const NO_DEVICE =
  "netlink error: no device matches name (offset 24)\nnetlink error: No such device\n";
const NOT_SUPPORTED = "netlink error: Operation not supported\n";
const BAD_ARGUMENTS =
  "ethtool: bad command line argument(s)\nFor more information run ethtool -h\n";

// ------------------------------------------------------------------ what is asked by default

const NOTHING_KNOWN = `\tSupported ports: [  ]
\tSupported link modes:   Not reported
\tSupported pause frame use: No
\tSupports auto-negotiation: No
\tSupported FEC modes: Not reported
\tAdvertised link modes:  Not reported
\tAdvertised pause frame use: No
\tAdvertised auto-negotiation: No
\tAdvertised FEC modes: Not reported
`;

/** Requests of the default view; each fails in turn for a device that is not there. */
const REQUESTS = 5;

function settings(sys: Sys, name: string): Outcome {
  const link = sys.rtnetlink.link(name);
  if (!link) {
    return { error: NO_DEVICE.repeat(REQUESTS), out: "No data available\n", status: 75 };
  }
  const mode = linkMode(sys, link);
  if (mode === undefined) return { out: "No data available\n", status: 75 };
  const carrier = link.flags.lowerUp && link.flags.running ? "yes" : "no";
  return { out: `Settings for ${name}:\n${mode}\tLink detected: ${carrier}\n` };
}

/** Undefined: the driver tells nothing, not even of a link. */
function linkMode(sys: Sys, link: LinkMessage): string | undefined {
  const { data } = link;
  switch (data.kind) {
    case "loopback":
      return "";
    case "dummy":
    case "ipip":
      return undefined;
    case "bridge":
      return NOTHING_KNOWN + bridgeMode(sys, link);
    case "vxlan":
      return data.lower === undefined
        ? NOTHING_KNOWN + mode("Unknown!", "Unknown! (255)", "Other")
        : NOTHING_KNOWN + mode("10000Mb/s", "Full", "Twisted Pair") + "\tMDI-X: Unknown\n";
    default:
      return `${NOTHING_KNOWN}${mode("10000Mb/s", "Full", "Twisted Pair")}\tMDI-X: Unknown\n`;
  }
}

function mode(speed: string, duplex: string, port: string): string {
  return (
    `\tSpeed: ${speed}\n\tDuplex: ${duplex}\n\tAuto-negotiation: off\n\tPort: ${port}\n` +
    "\tPHYAD: 0\n\tTransceiver: internal\n"
  );
}

/** A bridge is as fast as the fastest of its working ports. */
function bridgeMode(sys: Sys, bridge: LinkMessage): string {
  const works = sys.rtnetlink
    .links()
    .some((link) => link.master === bridge.ifindex && link.flags.running && link.flags.lowerUp);
  return mode(works ? "10000Mb/s" : "Unknown!", "Unknown! (255)", "Other");
}

// ------------------------------------------------------------------ the other views

function driver(sys: Sys, name: string): Outcome {
  const link = sys.rtnetlink.link(name);
  const what = "Cannot get driver information";
  if (!link) return { error: `${what}: No such device\n`, status: 71 };
  const text = driverText(link.data.kind, sys.uname().release);
  if (text === undefined) return { error: `${what}: Operation not supported\n`, status: 71 };
  return { out: text };
}

/** veth's counters of XDP, which nobody uses. */
const XDP_COUNTERS = [
  "rx_queue_0_xdp_packets",
  "rx_queue_0_xdp_bytes",
  "rx_queue_0_drops",
  "rx_queue_0_xdp_redirect",
  "rx_queue_0_xdp_drops",
  "rx_queue_0_xdp_tx",
  "rx_queue_0_xdp_tx_errors",
  "tx_queue_0_xdp_xmit",
  "tx_queue_0_xdp_xmit_errors",
];

function statistics(sys: Sys, name: string): Outcome {
  const link = sys.rtnetlink.link(name);
  if (!link) return { error: "Cannot get stats strings information: No such device\n", status: 96 };
  const { kind } = link.data;
  if (kind !== "veth" && kind !== "nic") return { error: "no stats available\n", status: 94 };
  const counters = XDP_COUNTERS.map((counter) => `     ${counter}: 0\n`).join("");
  return { out: `NIC statistics:\n     peer_ifindex: ${link.link ?? 0}\n${counters}` };
}

type View = (sys: Sys, link: LinkMessage) => string | undefined;

/** A view over netlink: undefined means that the driver does not have it. */
const view =
  (describe: View): Command["run"] =>
  (sys, name) => {
    const link = sys.rtnetlink.link(name);
    if (!link) return { error: NO_DEVICE, status: 1 };
    const out = describe(sys, link);
    return out === undefined ? { error: NOT_SUPPORTED, status: 1 } : { out };
  };

const nowhere: View = () => undefined;

const features: View = (_sys, { name, data }) =>
  `Features for ${name}:\n${featureLines(data.kind)}`;

const channels: View = (_sys, { name, data, rxQueues, txQueues }) => {
  if (data.kind !== "veth" && data.kind !== "nic") return undefined;
  const table = (rx: number, tx: number): string =>
    `RX:\t\t${rx}\nTX:\t\t${tx}\nOther:\t\tn/a\nCombined:\tn/a\n`;
  return (
    `Channel parameters for ${name}:\nPre-set maximums:\n${table(rxQueues, txQueues)}` +
    `Current hardware settings:\n${table(1, 1)}`
  );
};

const timeStamping: View = (_sys, { name, data }) => {
  const sends = !["bridge", "vxlan", "ipip"].includes(data.kind);
  return (
    `Time stamping parameters for ${name}:\nCapabilities:\n` +
    (sends ? "\tsoftware-transmit\n" : "") +
    "\tsoftware-receive\n\tsoftware-system-clock\nPTP Hardware Clock: none\n" +
    "Hardware Transmit Timestamp Modes: none\nHardware Receive Filter Modes: none\n"
  );
};

function permanentAddress(sys: Sys, name: string): Outcome {
  const link = sys.rtnetlink.link(name);
  if (!link) return { error: "netlink error: No such device\n", status: 1 };
  return { out: "Permanent address: not set\n" };
}

/** An ioctl that no driver of ours has. */
const refused =
  (what: string, status: number): Command["run"] =>
  (sys, name) => {
    const reason = sys.rtnetlink.link(name) ? "Operation not supported" : "No such device";
    return { error: `${what}: ${reason}\n`, status };
  };

/** A change over netlink that no driver of ours allows; without words there is nothing to do. */
const unchangeable =
  (status: number): Command["run"] =>
  (sys, name) => {
    if (!sys.rtnetlink.link(name)) return { error: NO_DEVICE, status };
    return { error: NOT_SUPPORTED, status };
  };

function changeSettings(sys: Sys, name: string, words: readonly string[]): Outcome {
  return words.length === 0 ? {} : unchangeable(75)(sys, name, words);
}

function changeFeatures(sys: Sys, name: string, words: readonly string[]): Outcome {
  if (!sys.rtnetlink.link(name)) return { error: NO_DEVICE, status: 92 };
  if (words.length === 0) return { error: "Could not change any device features\n", status: 1 };
  return { error: "ethtool: Podwire does not model changing offloads\n", status: 1 };
}

interface Command {
  readonly options: readonly string[];
  readonly summary: string;
  run(sys: Sys, name: string, words: readonly string[]): Outcome;
}

const COMMANDS: readonly Command[] = [
  { options: ["-i", "--driver"], summary: "the driver", run: driver },
  {
    options: ["-k", "--show-features", "--show-offload"],
    summary: "offloads",
    run: view(features),
  },
  { options: ["-S", "--statistics"], summary: "the driver's counters", run: statistics },
  { options: ["-g", "--show-ring"], summary: "rings", run: view(nowhere) },
  { options: ["-l", "--show-channels"], summary: "queues", run: view(channels) },
  { options: ["-a", "--show-pause"], summary: "pause frames", run: view(nowhere) },
  { options: ["-c", "--show-coalesce"], summary: "interrupts put together", run: view(nowhere) },
  { options: ["-P", "--show-permaddr"], summary: "the burnt-in address", run: permanentAddress },
  { options: ["-T", "--show-time-stamping"], summary: "time stamps", run: view(timeStamping) },
  { options: ["-m", "--dump-module-eeprom"], summary: "the module", run: view(nowhere) },
  { options: ["--show-eee"], summary: "energy-efficient Ethernet", run: view(nowhere) },
  { options: ["--show-fec"], summary: "error correction", run: view(nowhere) },
  { options: ["--show-priv-flags"], summary: "the driver's flags", run: view(nowhere) },
  { options: ["-s", "--change"], summary: "refused: no driver can", run: changeSettings },
  { options: ["-A", "--pause"], summary: "refused: no driver can", run: unchangeable(76) },
  { options: ["-G", "--set-ring"], summary: "refused: no driver can", run: unchangeable(81) },
  { options: ["-C", "--coalesce"], summary: "refused: no driver can", run: unchangeable(1) },
  { options: ["-K", "--features", "--offload"], summary: "not modelled", run: changeFeatures },
  {
    options: ["-r", "--negotiate"],
    summary: "refused: no driver can",
    run: refused("Cannot restart autonegotiation", 255),
  },
  {
    options: ["-p", "--identify"],
    summary: "refused: no driver can",
    run: refused("Cannot identify NIC", 255),
  },
  { options: ["-t", "--test"], summary: "refused: no driver can", run: refused("Cannot test", 74) },
  {
    options: ["-d", "--register-dump"],
    summary: "refused: no driver can",
    run: refused("Cannot get register dump", 74),
  },
  {
    options: ["-e", "--eeprom-dump"],
    summary: "refused: no driver can",
    run: refused("Cannot get EEPROM data", 74),
  },
];

const UNMODELLED = ["-L", "-n", "-N", "-u", "-U", "-x", "-X", "-w", "-W", "-E", "-f", "-h", "-j"];

function decide(sys: Sys, argv: readonly string[]): Outcome {
  const [first, second, ...words] = argv.slice(1);
  if (first === undefined) return { error: BAD_ARGUMENTS, status: 1 };
  if (first === "--version") return { out: "ethtool version 6.1\n" };
  const command = COMMANDS.find(({ options }) => options.includes(first));
  if (command && second !== undefined) return command.run(sys, second, words);
  if (UNMODELLED.includes(first)) {
    return { error: `ethtool: Podwire does not model the option '${first}'\n`, status: 1 };
  }
  if (first.startsWith("-") || second !== undefined) return { error: BAD_ARGUMENTS, status: 1 };
  return settings(sys, first);
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const { out = "", error = "", status = 0 } = decide(sys, argv);
  if (error !== "") yield* sys.printError(error);
  if (out !== "") yield* sys.print(out);
  return status;
}

export const ethtool: Program = {
  name: "ethtool",
  package: "ethtool",
  directory: "/usr/sbin",
  docs: {
    summary: "query or control network driver and hardware settings",
    synopsis: "ethtool DEVNAME\nethtool OPTION DEVNAME",
    options: [
      ["--version", "print the version"],
      ...COMMANDS.map(({ options, summary }) => [options.join(", "), summary] as const),
    ],
    examples: ["ethtool eth0", "ethtool -i eth0", "ethtool -k eth0", "ethtool -S eth0"],
    limitations: [
      "A network card and its cable are shown as Linux shows a veth pair.",
      "Offloads are listed and cannot be changed: no packet is ever segmented by a device.",
    ],
  },
  main,
  complete(sys, { words }) {
    const links = sys.rtnetlink.links().map(({ name }) => name);
    if (words.length > 2) return { candidates: links };
    return { candidates: [...links, ...COMMANDS.flatMap(({ options }) => options)] };
  },
};
