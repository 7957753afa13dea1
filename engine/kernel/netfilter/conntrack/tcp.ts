/** The state machine of tracked TCP connections. Linux net/netfilter/nf_conntrack_proto_tcp.c. */
import {
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
  type TcpHeader,
} from "../../../net/packet.ts";
import type { Direction } from "./entry.ts";
import { TcpWindows } from "./tcp-window.ts";

export const TCP_STATES = [
  "NONE",
  "SYN_SENT",
  "SYN_RECV",
  "ESTABLISHED",
  "FIN_WAIT",
  "CLOSE_WAIT",
  "LAST_ACK",
  "TIME_WAIT",
  "CLOSE",
  "SYN_SENT2",
] as const;

export type TcpState = (typeof TCP_STATES)[number];
export type TcpTransition = TcpState | "INVALID" | "IGNORE";
type FlagIndex = "syn" | "synack" | "fin" | "ack" | "rst" | "none";

const NAMES: Readonly<Record<string, TcpTransition>> = {
  SS: "SYN_SENT",
  SR: "SYN_RECV",
  ES: "ESTABLISHED",
  FW: "FIN_WAIT",
  CW: "CLOSE_WAIT",
  LA: "LAST_ACK",
  TW: "TIME_WAIT",
  CL: "CLOSE",
  S2: "SYN_SENT2",
  IV: "INVALID",
  IG: "IGNORE",
};

const row = (text: string): readonly TcpTransition[] =>
  text.split(" ").map((word) => NAMES[word] as TcpTransition);

/** tcp_conntracks[]; a column for each of TCP_STATES. */
const TRANSITIONS: Readonly<
  Record<Direction, Readonly<Record<FlagIndex, readonly TcpTransition[]>>>
> = {
  original: {
    syn: row("SS SS IG IG IG IG IG SS SS S2"),
    synack: row("IV IV SR IV IV IV IV IV IV SR"),
    fin: row("IV IV FW FW LA LA LA TW CL IV"),
    ack: row("ES IV ES ES CW CW TW TW CL IV"),
    rst: row("IV CL CL CL CL CL CL CL CL CL"),
    none: row("IV IV IV IV IV IV IV IV IV IV"),
  },
  reply: {
    syn: row("IV S2 IV IV IV IV IV SS IV S2"),
    synack: row("IV SR IG IG IG IG IG IG IG SR"),
    fin: row("IV IV FW FW LA LA LA TW CL IV"),
    ack: row("IV IG SR ES CW CW TW TW CL IG"),
    rst: row("IV CL CL CL CL CL CL CL CL CL"),
    none: row("IV IV IV IV IV IV IV IV IV IV"),
  },
};

export class TcpTracking {
  state: TcpState = "NONE";
  readonly windows = new TcpWindows();

  next(tcp: TcpHeader, direction: Direction): TcpTransition {
    const column = TCP_STATES.indexOf(this.state);
    return TRANSITIONS[direction][flagIndex(tcp.flags)][column] as TcpTransition;
  }
}

function flagIndex(flags: number): FlagIndex {
  if (flags & TCP_RST) return "rst";
  if (flags & TCP_SYN) return flags & TCP_ACK ? "synack" : "syn";
  if (flags & TCP_FIN) return "fin";
  return flags & TCP_ACK ? "ack" : "none";
}

/** tcp_valid_flags[], without PSH. */
const VALID_FLAGS: ReadonlySet<number> = new Set([
  TCP_SYN,
  TCP_SYN | TCP_URG,
  TCP_SYN | TCP_ACK,
  TCP_RST,
  TCP_RST | TCP_ACK,
  TCP_FIN | TCP_ACK,
  TCP_FIN | TCP_ACK | TCP_URG,
  TCP_ACK,
  TCP_ACK | TCP_URG,
]);

export function hasValidFlags({ flags }: TcpHeader): boolean {
  return VALID_FLAGS.has(flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK | TCP_URG));
}
