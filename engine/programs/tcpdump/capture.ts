/** Listening on the network. */
import { ETHERNET_BYTES } from "../../net/ethernet.ts";
import { read48 } from "../../net/bytes.ts";
import { serialiseFrame, serialiseNetwork } from "../../net/codec.ts";
import { frameLength } from "../../net/length.ts";
import {
  LINKTYPE_ETHERNET,
  LINKTYPE_LINUX_SLL2,
  pcapFileHeader,
  pcapRecord,
  SLL2_BYTES,
  sll2Header,
} from "../../net/pcap.ts";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4 } from "../../net/packet.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { CapturedFrame, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { findDevice, type CaptureDevice } from "./devices.ts";
import { TcpdumpError } from "./errors.ts";
import type { Filter } from "./filter/ast.ts";
import { matches } from "./filter/match.ts";
import type { TcpdumpOptions } from "./options.ts";
import { Printer } from "./printer.ts";
import type { Instant } from "./time-stamp.ts";

const ETH_P_ALL = 3;
const ARPHRD_ETHER = 1;
const PACKET_TYPES: Readonly<Record<CapturedFrame["direction"], number>> = {
  host: 0,
  broadcast: 1,
  multicast: 2,
  otherhost: 3,
  outgoing: 4,
};

export type CompileFilter = (text: string) => Blocking<Filter | undefined>;

export function* capture(
  sys: Sys,
  options: TcpdumpOptions,
  compile: CompileFilter,
): Blocking<number> {
  const device = findDevice(sys, options.device);
  const filter = yield* compile(filterText(sys, options));
  if (device.kind === "any") yield* sys.printError("tcpdump: data link type LINUX_SLL2\n");

  let stopped = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    sys.signal(signal, () => (stopped = true));
  const fd = sys.socket("packet", "raw", ETH_P_ALL);
  sys.bind(fd, { ifindex: device.kind === "any" ? 0 : device.link.ifindex });
  if (options.promiscuous) sys.setsockopt(fd, "promiscuous", true);

  const sink = yield* openSink(sys, options, device);
  yield* sys.printError(`tcpdump: ${bannerText(options, device)}`);
  const loopback = sys.rtnetlink.links().find(({ flags }) => flags.loopback)?.ifindex ?? 0;
  let captured = 0;
  while (!stopped && captured !== options.count) {
    let frame: CapturedFrame | undefined;
    try {
      frame = yield* sys.recvFrame(fd);
    } catch (error) {
      if (error instanceof KernelError && error.errno === "EINTR") continue;
      if (error instanceof KernelError && error.errno === "ENETDOWN") {
        yield* sys.printError("tcpdump: pcap_loop: The interface disappeared\n");
        break;
      }
      throw error;
    }
    if (!frame || !wanted(frame, options, loopback) || (filter && !matches(filter, frame)))
      continue;
    captured += 1;
    if (!options.countOnly) yield* sink(frame);
  }
  // A line may have been cut short: tcpdump starts a new one.
  if (stopped && options.writeFile === undefined && !options.countOnly) yield* sys.print("\n");
  if (options.countOnly) yield* sys.print(`${captured} packet${plural(captured)}\n`);
  yield* sys.printError(
    `${captured} packet${plural(captured)} captured\n` +
      `${captured} packet${plural(captured)} received by filter\n` +
      "0 packets dropped by kernel\n",
  );
  return 0;
}

/** The expression on the command line, or the file that -F names. */
export function filterText(sys: Sys, options: TcpdumpOptions): string {
  if (options.filterFile === undefined) return options.expression;
  try {
    return sys.readTextFile(options.filterFile);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new TcpdumpError(`can't open ${options.filterFile}: ${strerror(error.errno)}`);
  }
}

/** libpcap leaves out what goes out by the loopback: it comes in right after. */
function wanted(frame: CapturedFrame, options: TcpdumpOptions, loopback: number): boolean {
  const outgoing = frame.direction === "outgoing";
  if (outgoing && frame.ifindex === loopback) return false;
  return options.direction === "inout" || (options.direction === "out") === outgoing;
}

function bannerText(options: TcpdumpOptions, device: CaptureDevice): string {
  const [name, linkType] =
    device.kind === "any"
      ? ["any", "LINUX_SLL2 (Linux cooked v2)"]
      : [device.link.name, "EN10MB (Ethernet)"];
  const quiet = options.verbosity === 0 && options.writeFile === undefined;
  const hint = quiet ? "verbose output suppressed, use -v[v]... for full protocol decode\n" : "";
  return `${hint}listening on ${name}, link-type ${linkType}, snapshot length ${options.snapshotLength} bytes\n`;
}

/** Where captured frames go: the screen or a file. */
function* openSink(
  sys: Sys,
  options: TcpdumpOptions,
  device: CaptureDevice,
): Blocking<(frame: CapturedFrame) => Blocking<void>> {
  const deviceName = (ifindex: number): string =>
    sys.rtnetlink.link(ifindex)?.name ?? `if${ifindex}`;
  if (options.writeFile === undefined) {
    const printer = new Printer(sys, options);
    return (frame) =>
      printer.print({
        packet: frame.packet,
        at: instantOf(sys, frame),
        ...(device.kind === "any"
          ? { cooked: { device: deviceName(frame.ifindex), direction: frame.direction } }
          : {}),
      });
  }
  const fd = openOutput(sys, options.writeFile);
  const file = {
    linkType: device.kind === "any" ? LINKTYPE_LINUX_SLL2 : LINKTYPE_ETHERNET,
    snapshotLength: options.snapshotLength,
  };
  yield* sys.write(fd, pcapFileHeader(file));
  return function* (frame) {
    const bytes = device.kind === "any" ? cookedBytes(frame) : serialiseFrame(frame.packet);
    const at = instantOf(sys, frame);
    const record = {
      seconds: at.seconds,
      nanoseconds: at.microseconds * 1000,
      bytes: bytes.subarray(0, options.snapshotLength),
      originalLength: bytes.length,
    };
    yield* sys.write(fd, pcapRecord(record, file));
  };
}

function openOutput(sys: Sys, path: string): number {
  if (path === "-") return 1;
  try {
    return sys.open(path, { write: true, create: true, truncate: true });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new TcpdumpError(`${path}: ${strerror(error.errno)}`);
  }
}

function cookedBytes(frame: CapturedFrame): Uint8Array {
  const { packet } = frame;
  const etherType = packet.ether?.etherType ?? (packet.arp ? ETHERTYPE_ARP : ETHERTYPE_IPV4);
  const network = packet.ip || packet.arp ? serialiseNetwork(packet) : packet.payload;
  const source = serialiseFrame(packet).subarray(6, 12);
  const known = frameLength(packet) >= ETHERNET_BYTES && read48(source, 0) !== 0;
  const header = sll2Header({
    etherType,
    ifindex: frame.ifindex,
    hardwareType: ARPHRD_ETHER,
    packetType: PACKET_TYPES[frame.direction],
    address: known ? source : new Uint8Array(6),
  });
  const bytes = new Uint8Array(SLL2_BYTES + network.length);
  bytes.set(header);
  bytes.set(network, SLL2_BYTES);
  return bytes;
}

/** The frame's virtual time as real time of the lab. */
function instantOf(sys: Sys, frame: CapturedFrame): Instant {
  const epoch = sys.realtimeSeconds() - sys.monotonicNs() / 1e9;
  const wholeEpoch = Math.round(epoch);
  const us = Math.floor(frame.atNs / 1000);
  return { seconds: wholeEpoch + Math.floor(us / 1e6), microseconds: us % 1e6 };
}

function plural(count: number): string {
  return count === 1 ? "" : "s";
}
