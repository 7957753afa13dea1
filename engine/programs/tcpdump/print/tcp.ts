import { serialiseIpPayload } from "../../../net/codec.ts";
import { read16 } from "../../../net/bytes.ts";
import {
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
  type Packet,
  type TcpHeader,
  type TcpOptions,
} from "../../../net/packet.ts";
import type { PrintContext } from "./context.ts";
import { httpText, isHttpPort } from "./http.ts";

const CHECKSUM_OFFSET = 16;

/** In the order in which tcpdump shows them. */
const FLAG_LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [0x01, "F"],
  [0x02, "S"],
  [0x04, "R"],
  [0x08, "P"],
  [0x10, "."],
  [0x20, "U"],
  [0x40, "E"],
  [0x80, "W"],
];

/** What follows `source > destination: `. */
export function tcpText(packet: Packet, tcp: TcpHeader, context: PrintContext): string {
  const { options } = context;
  const length = packet.payload.length;
  if (options.quiet) return `tcp ${length}`;

  const parts = [`Flags [${flagsText(tcp.flags)}]`];
  if (options.verbosity > 0 && !options.skipChecksums) {
    const checksum = read16(serialiseIpPayload(packet), CHECKSUM_OFFSET);
    parts.push(`cksum 0x${checksum.toString(16).padStart(4, "0")} (correct)`);
  }
  const { seq, ack } = context.sequences(packet, tcp);
  if (options.verbosity > 1 || length > 0 || (tcp.flags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0) {
    parts.push(`seq ${seq}${length > 0 ? `:${(seq + length) >>> 0}` : ""}`);
  }
  if ((tcp.flags & 0x10) !== 0) parts.push(`ack ${ack}`);
  parts.push(`win ${tcp.window}`);
  if ((tcp.flags & TCP_URG) !== 0) parts.push(`urg ${tcp.urgentPointer}`);
  const shown = optionTexts(tcp.options);
  if (shown.length > 0) parts.push(`options [${shown.join(",")}]`);
  parts.push(`length ${length}`);
  const text = parts.join(", ");
  if (length > 0 && (isHttpPort(tcp.srcPort) || isHttpPort(tcp.dstPort))) {
    return `${text}: ${httpText(packet.payload, options.verbosity)}`;
  }
  return text;
}

function flagsText(flags: number): string {
  const letters = FLAG_LETTERS.filter(([bit]) => (flags & bit) !== 0).map(([, letter]) => letter);
  return letters.length > 0 ? letters.join("") : "none";
}

/** In the order in which Linux writes them, with its padding. */
function optionTexts(options: TcpOptions): readonly string[] {
  const { mss, sackPermitted, timestamp, windowScale } = options;
  const texts: string[] = [];
  if (mss !== undefined) texts.push(`mss ${mss}`);
  if (sackPermitted && timestamp) texts.push("sackOK");
  else if (sackPermitted) texts.push("nop", "nop", "sackOK");
  else if (timestamp) texts.push("nop", "nop");
  if (timestamp) texts.push(`TS val ${timestamp.value} ecr ${timestamp.echo}`);
  if (windowScale !== undefined) texts.push("nop", `wscale ${windowScale}`);
  return texts;
}
