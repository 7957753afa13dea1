import type { Ipv4 } from "../../net/address.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_TIME_EXCEEDED,
} from "../../net/packet.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Ns } from "../../sim/clock.ts";

/** One probe and what became of it. */
export interface Probe {
  readonly index: number;
  sentNs: Ns | undefined;
  receivedNs: Ns | undefined;
  from: Ipv4 | undefined;
  /** `!H` and the like. */
  mark: string;
  /** It reached the end of the path: later hops are not looked at. */
  final: boolean;
  done: boolean;
}

export function newProbe(index: number): Probe {
  return {
    index,
    sentNs: undefined,
    receivedNs: undefined,
    from: undefined,
    mark: "",
    final: false,
    done: false,
  };
}

/** How probes are made and their answers recognised: UDP, ICMP or TCP. */
export interface Method {
  /** Bytes of the probes' headers, IP included. */
  readonly headerBytes: number;
  send(probe: Probe, ttl: number): Blocking<void>;
  /** Waits for answers until the time is over or at least one came, and notes them. */
  receive(timeoutNs: Ns): Blocking<void>;
  /** Its answer will not be waited for any more. */
  forget(probe: Probe): void;
}

export interface Answer {
  readonly from: Ipv4;
  readonly atNs: Ns;
}

/** The destination itself answered. */
export function reached(probe: Probe, answer: Answer): void {
  note(probe, answer);
  probe.final = true;
}

const PORT_UNREACHABLE = 3;
/** Destination Unreachable codes, RFC 1812 §5.2.7.1. */
const MARKS: Readonly<Record<number, string>> = {
  0: "!N",
  1: "!H",
  2: "!P",
  5: "!S",
  6: "!N",
  7: "!H",
  8: "!N",
  9: "!X",
  10: "!X",
  11: "!N",
  12: "!H",
  13: "!X",
  14: "!V",
  15: "!C",
};

/** An ICMP error about a probe. */
export function icmpAnswer(
  probe: Probe,
  answer: Answer,
  icmp: { readonly type: number; readonly code: number; readonly mtu: number },
): void {
  note(probe, answer);
  if (icmp.type === ICMP_TIME_EXCEEDED && icmp.code === 0) return;
  probe.final = true;
  if (icmp.type === ICMP_TIME_EXCEEDED) probe.mark = `!<${icmp.type}-${icmp.code}>`;
  else if (icmp.type !== ICMP_DEST_UNREACHABLE) probe.mark = `!<${icmp.type}>`;
  else if (icmp.code === ICMP_FRAGMENTATION_NEEDED) probe.mark = `!F-${icmp.mtu}`;
  else if (icmp.code !== PORT_UNREACHABLE) probe.mark = MARKS[icmp.code] ?? `!<${icmp.code}>`;
}

function note(probe: Probe, answer: Answer): void {
  probe.from = answer.from;
  probe.receivedNs = answer.atNs;
  probe.done = true;
}
