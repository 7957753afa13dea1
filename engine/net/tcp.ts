/** The TCP header and its options, RFC 9293 §3.1, RFC 7323, RFC 2018 §2. */
import { read16, read32, write16, write32 } from "./bytes.ts";
import type { TcpHeader, TcpOptions } from "./packet.ts";
import { malformed, parsed, type ParseResult } from "./parse-result.ts";

export const TCP_MIN_BYTES = 20;

const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;
const OPTION_WINDOW_SCALE = 3;
const OPTION_SACK_PERMITTED = 4;
const OPTION_TIMESTAMP = 8;

function tcpOptionsLength(options: TcpOptions): number {
  let length = 0;
  if (options.mss !== undefined) length += 4;
  if (options.timestamp) length += 12;
  else if (options.sackPermitted) length += 4;
  if (options.windowScale !== undefined) length += 4;
  return length;
}

export function tcpHeaderLength(header: TcpHeader): number {
  return TCP_MIN_BYTES + tcpOptionsLength(header.options);
}

/** Leaves the checksum field zero. */
export function writeTcp(bytes: Uint8Array, at: number, header: TcpHeader): void {
  write16(bytes, at, header.srcPort);
  write16(bytes, at + 2, header.dstPort);
  write32(bytes, at + 4, header.seq);
  write32(bytes, at + 8, header.ack);
  bytes[at + 12] = (tcpHeaderLength(header) >> 2) << 4;
  bytes[at + 13] = header.flags;
  write16(bytes, at + 14, header.window);
  write16(bytes, at + 16, 0);
  write16(bytes, at + 18, header.urgentPointer);
  writeOptions(bytes, at + TCP_MIN_BYTES, header.options);
}

/** In Linux's order and with its padding, tcp_options_write() in net/ipv4/tcp_output.c. */
function writeOptions(bytes: Uint8Array, start: number, options: TcpOptions): void {
  let at = start;
  if (options.mss !== undefined) {
    bytes[at] = OPTION_MSS;
    bytes[at + 1] = 4;
    write16(bytes, at + 2, options.mss);
    at += 4;
  }
  if (options.timestamp || options.sackPermitted) {
    bytes[at] = options.sackPermitted && options.timestamp ? OPTION_SACK_PERMITTED : OPTION_NOP;
    bytes[at + 1] = options.sackPermitted && options.timestamp ? 2 : OPTION_NOP;
    bytes[at + 2] = options.timestamp ? OPTION_TIMESTAMP : OPTION_SACK_PERMITTED;
    bytes[at + 3] = options.timestamp ? 10 : 2;
    at += 4;
  }
  if (options.timestamp) {
    write32(bytes, at, options.timestamp.value);
    write32(bytes, at + 4, options.timestamp.echo);
    at += 8;
  }
  if (options.windowScale !== undefined) {
    bytes[at] = OPTION_NOP;
    bytes[at + 1] = OPTION_WINDOW_SCALE;
    bytes[at + 2] = 3;
    bytes[at + 3] = options.windowScale;
  }
}

export interface ParsedTcp {
  readonly tcp: TcpHeader;
  readonly checksum: number;
  /** Offset after the header. */
  readonly next: number;
}

export function parseTcp(bytes: Uint8Array, at: number, end: number): ParseResult<ParsedTcp> {
  if (end - at < TCP_MIN_BYTES) {
    return malformed("tcp", at, `${end - at} bytes, the header takes 20`);
  }
  const headerLength = ((bytes[at + 12] as number) >> 4) * 4;
  if (headerLength < TCP_MIN_BYTES || at + headerLength > end) {
    return malformed("tcp", at, `header length ${headerLength}`);
  }
  const next = at + headerLength;
  const options = parseOptions(bytes, at + TCP_MIN_BYTES, next);
  if (!options.ok) return options;
  return parsed({
    tcp: {
      kind: "tcp",
      srcPort: read16(bytes, at),
      dstPort: read16(bytes, at + 2),
      seq: read32(bytes, at + 4),
      ack: read32(bytes, at + 8),
      flags: bytes[at + 13] as number,
      window: read16(bytes, at + 14),
      urgentPointer: read16(bytes, at + 18),
      options: options.value,
    },
    checksum: read16(bytes, at + 16),
    next,
  });
}

/** Options that are not modelled (SACK blocks, MD5) are skipped, as a stack must. */
function parseOptions(bytes: Uint8Array, start: number, end: number): ParseResult<TcpOptions> {
  const options: { -readonly [K in keyof TcpOptions]: TcpOptions[K] } = {};
  let at = start;
  while (at < end) {
    const kind = bytes[at] as number;
    if (kind === OPTION_END) break;
    if (kind === OPTION_NOP) {
      at += 1;
      continue;
    }
    const length = at + 1 < end ? (bytes[at + 1] as number) : 0;
    if (length < 2 || at + length > end) {
      return malformed("tcp", at, `option ${kind} of length ${length}`);
    }
    if (kind === OPTION_MSS && length === 4) options.mss = read16(bytes, at + 2);
    else if (kind === OPTION_WINDOW_SCALE && length === 3) {
      options.windowScale = bytes[at + 2] as number;
    } else if (kind === OPTION_SACK_PERMITTED && length === 2) options.sackPermitted = true;
    else if (kind === OPTION_TIMESTAMP && length === 10) {
      options.timestamp = { value: read32(bytes, at + 2), echo: read32(bytes, at + 6) };
    }
    at += length;
  }
  return parsed(options);
}
