/** Reading a capture file. */
import { parseFrame, parseIp } from "../../net/codec.ts";
import {
  LINKTYPE_ETHERNET,
  LINKTYPE_LINUX_SLL2,
  parsePcap,
  pcapFileHeader,
  pcapRecord,
  SLL2_BYTES,
} from "../../net/pcap.ts";
import { ETHERTYPE_IPV4, Packet } from "../../net/packet.ts";
import { read16 } from "../../net/bytes.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { CapturedFrame, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { readAll } from "../support/streams.ts";
import { filterText, type CompileFilter } from "./capture.ts";
import { TcpdumpError } from "./errors.ts";
import type { Filter } from "./filter/ast.ts";
import { matches } from "./filter/match.ts";
import type { TcpdumpOptions } from "./options.ts";
import { Printer } from "./printer.ts";

const LINK_TYPES: Readonly<Record<number, string>> = {
  [LINKTYPE_ETHERNET]: "EN10MB (Ethernet)",
  [LINKTYPE_LINUX_SLL2]: "LINUX_SLL2 (Linux cooked v2)",
};
const DIRECTIONS = ["host", "broadcast", "multicast", "otherhost", "outgoing"] as const;

export function* replay(
  sys: Sys,
  options: TcpdumpOptions,
  path: string,
  compile: CompileFilter,
): Blocking<number> {
  const bytes = path === "-" ? yield* readAll(sys, 0) : readCapture(sys, path);
  const file = parsePcap(bytes);
  if (!file)
    throw new TcpdumpError(
      bytes.length < 24
        ? `truncated dump file; tried to read 24 file header bytes, only got ${bytes.length}`
        : "unknown file format",
    );
  const linkType = LINK_TYPES[file.linkType];
  if (linkType === undefined)
    throw new TcpdumpError(`Podwire does not model the link type ${file.linkType}`);
  yield* sys.printError(
    `reading from file ${path}, link-type ${linkType}, snapshot length ${file.snapshotLength}\n`,
  );
  const filter = yield* compile(filterText(sys, options));
  if (filter && file.linkType === LINKTYPE_ETHERNET && asksDirection(filter)) {
    throw new TcpdumpError("inbound/outbound not supported on Ethernet when reading savefiles");
  }
  const out = options.writeFile === undefined ? undefined : openCopy(sys, options.writeFile);
  if (out !== undefined) yield* sys.write(out, pcapFileHeader(file));

  const printer = new Printer(sys, options);
  let count = 0;
  for (const record of file.records) {
    if (count === options.count) break;
    yield* sys.yieldCpu();
    const frame =
      file.linkType === LINKTYPE_ETHERNET ? plainFrame(record.bytes) : cookedFrame(record.bytes);
    if (filter && !matches(filter, frame)) continue;
    count += 1;
    if (out !== undefined) yield* sys.write(out, pcapRecord(record, file));
    else if (!options.countOnly) {
      yield* printer.print({
        packet: frame.packet,
        at: { seconds: record.seconds, microseconds: Math.floor(record.nanoseconds / 1000) },
        ...(file.linkType === LINKTYPE_ETHERNET
          ? {}
          : {
              cooked: {
                device: sys.rtnetlink.link(frame.ifindex)?.name ?? `if${frame.ifindex}`,
                direction: frame.direction,
              },
            }),
      });
    }
  }
  if (options.countOnly) yield* sys.print(`${count} packet${count === 1 ? "" : "s"}\n`);
  if (file.truncated) throw new TcpdumpError("pcap_loop: truncated dump file");
  return 0;
}

/** A capture on one device does not tell which way a frame went. */
function asksDirection(filter: Filter): boolean {
  switch (filter.kind) {
    case "inbound":
    case "outbound":
      return true;
    case "and":
    case "or":
      return asksDirection(filter.left) || asksDirection(filter.right);
    case "not":
      return asksDirection(filter.operand);
    default:
      return false;
  }
}

function readCapture(sys: Sys, path: string): Uint8Array {
  try {
    return sys.readFile(path);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new TcpdumpError(`${path}: ${strerror(error.errno)}`);
  }
}

function openCopy(sys: Sys, path: string): number {
  if (path === "-") return 1;
  try {
    return sys.open(path, { write: true, create: true, truncate: true });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new TcpdumpError(`${path}: ${strerror(error.errno)}`);
  }
}

function plainFrame(bytes: Uint8Array): CapturedFrame {
  const parsed = parseFrame(bytes);
  return {
    packet: parsed.ok ? parsed.value : unparsed(bytes),
    ifindex: 0,
    direction: "host",
    atNs: 0,
  };
}

function cookedFrame(bytes: Uint8Array): CapturedFrame {
  const network = bytes.subarray(SLL2_BYTES);
  const parsed = read16(bytes, 0) === ETHERTYPE_IPV4 ? parseIp(network) : undefined;
  return {
    packet: parsed?.ok ? parsed.value : unparsed(network),
    ifindex: read16(bytes, 4) * 65536 + read16(bytes, 6),
    direction: DIRECTIONS[bytes[10] ?? 0] ?? "host",
    atNs: 0,
  };
}

function unparsed(bytes: Uint8Array): Packet {
  const packet = new Packet();
  packet.payload = bytes;
  return packet;
}
