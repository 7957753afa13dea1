/** A flow made by hand: `conntrack -I`. Linux ctnetlink_create_conntrack(). */
import type { ConntrackEntry } from "../../kernel/netfilter/conntrack/entry.ts";
import { TcpTracking, TCP_STATES } from "../../kernel/netfilter/conntrack/tcp.ts";
import { invertTuple, type Tuple } from "../../kernel/netfilter/conntrack/tuple.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { IPPROTO_ICMP, IPPROTO_TCP } from "../../net/packet.ts";
import { SECOND } from "../../sim/clock.ts";
import { OptionError, type ConntrackOptions } from "./options.ts";

const missing = (option: string): OptionError =>
  new OptionError(`You need to supply the \`--${option}' option for this command`);

/** Undefined: there is such a flow already. Throws OptionError. */
export function createFlow(sys: Sys, options: ConntrackOptions): ConntrackEntry | undefined {
  if (options.protocol === undefined) throw missing("protonum");
  if (options.timeoutSeconds === undefined) throw missing("timeout");
  if (options.protocol === IPPROTO_TCP && options.state === undefined) throw missing("state");
  const { conntrack } = sys.netfilter;
  const tuple = originalTuple(options, options.protocol);
  const { zone } = options;
  const entry = conntrack.newEntry(
    tuple,
    replyTuple(tuple, options),
    zone === undefined || zone === 0 ? undefined : { id: zone, side: "zone" },
  );
  entry.mark = options.mark?.value ?? 0;
  entry.timeoutNs = options.timeoutSeconds * SECOND;
  entry.assured = options.statuses.includes("ASSURED");
  entry.seenReply = options.statuses.includes("SEEN_REPLY");
  const { translated } = options;
  entry.sourceTranslated = translated === "source" || translated === "any";
  entry.destinationTranslated = translated === "destination" || translated === "any";
  // Both, with a null mapping for the other; ctnetlink_setup_nat().
  entry.sourceDone = translated !== undefined;
  entry.destinationDone = translated !== undefined;
  const state = TCP_STATES.find((name) => name === options.state);
  if (state) {
    entry.tcp = new TcpTracking();
    entry.tcp.state = state;
  }
  return conntrack.insert(entry) ? entry : undefined;
}

function originalTuple({ addresses, numbers }: ConntrackOptions, protocol: number): Tuple {
  const src = addresses["orig-src"]?.address;
  const dst = addresses["orig-dst"]?.address;
  if (src === undefined || dst === undefined) {
    throw new OptionError("you have to specify `--src' and `--dst'");
  }
  if (protocol === IPPROTO_ICMP) {
    const kind = (numbers["icmp-type"] ?? 0) * 256 + (numbers["icmp-code"] ?? 0);
    return { src, dst, protocol, srcPort: numbers["icmp-id"] ?? 0, dstPort: kind };
  }
  const srcPort = numbers["orig-port-src"] ?? 0;
  return { src, dst, protocol, srcPort, dstPort: numbers["orig-port-dst"] ?? 0 };
}

function replyTuple(tuple: Tuple, options: ConntrackOptions): Tuple {
  const { addresses, numbers, translated, translatedTo, translatedPort } = options;
  const mirror = invertTuple(tuple);
  if (!mirror) throw new OptionError("Podwire does not model a flow of this ICMP type");
  const to = translatedTo?.address;
  const isSource = translated === "source" || translated === "any";
  const isDestination = translated === "destination" || translated === "any";
  return {
    protocol: tuple.protocol,
    src: (isDestination ? to : undefined) ?? addresses["reply-src"]?.address ?? mirror.src,
    dst: (isSource ? to : undefined) ?? addresses["reply-dst"]?.address ?? mirror.dst,
    srcPort:
      (isDestination ? translatedPort : undefined) ?? numbers["reply-port-src"] ?? mirror.srcPort,
    dstPort: (isSource ? translatedPort : undefined) ?? numbers["reply-port-dst"] ?? mirror.dstPort,
  };
}
