/** TCP as IPVS follows it. Linux net/netfilter/ipvs/ip_vs_proto_tcp.c. */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../../net/packet.ts";

const STATES = [
  "NONE",
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "SYNACK",
] as const;

export type IpvsTcpState = (typeof STATES)[number];

/** Seconds. */
export const TCP_TIMEOUTS: Readonly<Record<IpvsTcpState, number>> = {
  NONE: 2,
  ESTABLISHED: 900,
  SYN_SENT: 120,
  SYN_RECV: 60,
  FIN_WAIT: 120,
  TIME_WAIT: 120,
  CLOSE: 10,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  LISTEN: 120,
  SYNACK: 120,
};

/** Connections in these states count as active. */
export const ACTIVE_STATES: ReadonlySet<string> = new Set([
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "SYNACK",
]);

const NAMES: Readonly<Record<string, IpvsTcpState>> = {
  NO: "NONE",
  ES: "ESTABLISHED",
  SS: "SYN_SENT",
  SR: "SYN_RECV",
  FW: "FIN_WAIT",
  TW: "TIME_WAIT",
  CL: "CLOSE",
  CW: "CLOSE_WAIT",
  LA: "LAST_ACK",
  LI: "LISTEN",
  SA: "SYNACK",
};

const row = (text: string): readonly IpvsTcpState[] =>
  text.split(" ").map((word) => NAMES[word] as IpvsTcpState);

/** `input-only`: the answers do not come this way. */
export type PacketDirection = "input" | "output" | "input-only";
type FlagIndex = "syn" | "fin" | "ack" | "rst";

/** tcp_states[]; a column for each of STATES. */
const TRANSITIONS: Readonly<
  Record<PacketDirection, Readonly<Record<FlagIndex, readonly IpvsTcpState[]>>>
> = {
  input: {
    syn: row("SR ES ES SR SR SR SR SR SR SR SR"),
    fin: row("CL CW SS TW TW TW CL CW LA LI TW"),
    ack: row("ES ES SS ES FW TW CL CW CL LI ES"),
    rst: row("CL CL CL SR CL CL CL CL LA LI SR"),
  },
  output: {
    syn: row("SS ES SS SR SS SS SS SS SS LI SR"),
    fin: row("TW FW SS TW FW TW CL TW LA LI TW"),
    ack: row("ES ES SS ES FW TW CL CW LA ES ES"),
    rst: row("CL CL SS CL CL TW CL CL CL CL CL"),
  },
  "input-only": {
    syn: row("SR ES ES SR SR SR SR SR SR SR SR"),
    fin: row("CL FW SS TW FW TW CL CW LA LI TW"),
    ack: row("ES ES SS ES FW TW CL CW CL LI ES"),
    rst: row("CL CL CL SR CL CL CL CL LA LI CL"),
  },
};

export function nextTcpState(
  state: IpvsTcpState,
  flags: number,
  direction: PacketDirection,
): IpvsTcpState {
  const index = flagIndex(flags);
  if (!index) return "CLOSE";
  return TRANSITIONS[direction][index][STATES.indexOf(state)] as IpvsTcpState;
}

function flagIndex(flags: number): FlagIndex | undefined {
  if (flags & TCP_RST) return "rst";
  if (flags & TCP_SYN) return "syn";
  if (flags & TCP_FIN) return "fin";
  return flags & TCP_ACK ? "ack" : undefined;
}
