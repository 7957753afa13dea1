/** Network address translation of tracked connections. Linux net/netfilter/nf_nat_core.c. */
import type { Ipv4 } from "../../../net/address.ts";
import { isIcmpError } from "../../../net/icmp.ts";
import type { Ipv4Header, Packet } from "../../../net/packet.ts";
import type { NetNamespace } from "../../netns.ts";
import type { Conntrack } from "../conntrack/conntrack.ts";
import type { ConntrackEntry, Track } from "../conntrack/entry.ts";
import { invertTuple, type Tuple } from "../conntrack/tuple.ts";
import type { HookName } from "../xtables/rule.ts";
import type { NatRange } from "./range.ts";
import { rewrite, rewriteAddress, type Manip } from "./rewrite.ts";
import { SourceMappings } from "./source-mappings.ts";
import { uniqueTuple } from "./unique-tuple.ts";

const ANYWHERE: NatRange = {
  first: undefined,
  last: undefined,
  firstPort: undefined,
  lastPort: undefined,
  random: false,
  randomFully: false,
  persistent: false,
};

export function manipOf(hook: HookName): Manip {
  return hook === "POSTROUTING" || hook === "INPUT" ? "source" : "destination";
}

export class Nat {
  private readonly mappings: SourceMappings;

  constructor(
    private readonly netns: NetNamespace,
    private readonly conntrack: Conntrack,
  ) {
    this.mappings = new SourceMappings(conntrack);
  }

  /** The first packet of a connection has yet to pass the nat table here. */
  isUndecided(packet: Packet, track: Track, manip: Manip): boolean {
    const { entry } = track;
    // What `conntrack -I` has put in is confirmed, whether it was given a mapping or not.
    if (!entry || entry.confirmed || track.state === "ESTABLISHED") return false;
    if (track.state === "RELATED" && isError(packet)) return false;
    return manip === "source" ? !entry.sourceDone : !entry.destinationDone;
  }

  /** Decides the mapping of a connection; nf_nat_setup_info(). */
  setUp(entry: ConntrackEntry, range: NatRange, manip: Manip): void {
    if (manip === "source" ? entry.sourceDone : entry.destinationDone) return;
    const current = invertTuple(entry.reply) as Tuple;
    const { random } = this.netns;
    const chosen = uniqueTuple(this.conntrack, this.mappings, random, entry, current, range, manip);
    const reply = invertTuple(chosen) as Tuple;
    const isChanged =
      chosen.src !== current.src ||
      chosen.dst !== current.dst ||
      chosen.srcPort !== current.srcPort ||
      chosen.dstPort !== current.dstPort;
    if (isChanged) {
      entry.reply = reply;
      if (manip === "source") entry.sourceTranslated = true;
      else entry.destinationTranslated = true;
    }
    if (manip === "source") entry.sourceDone = true;
    else entry.destinationDone = true;
  }

  /** No rule wanted it: at most the port changes, when it clashes; nf_nat_alloc_null_binding(). */
  setUpNothing(entry: ConntrackEntry, manip: Manip): void {
    const current = invertTuple(entry.reply) as Tuple;
    const address = manip === "source" ? current.src : current.dst;
    this.setUp(entry, { ...ANYWHERE, first: address, last: address }, manip);
  }

  /**
   * The device is down, or lost `address`: what it masqueraded is forgotten.
   * device_cmp(), inet_cmp() in nf_nat_masquerade.c
   */
  forgetMasqueraded(ifindex: number, address?: Ipv4): void {
    for (const entry of this.conntrack.list()) {
      if (entry.masqueradeIfindex !== ifindex) continue;
      if (address === undefined || entry.reply.dst === address) this.conntrack.kill(entry);
    }
  }

  /** Applies the mapping to a packet; nf_nat_packet(), nf_nat_icmp_reply_translation(). */
  translate(packet: Packet, track: Track, manip: Manip): void {
    const { entry, direction } = track;
    if (!entry) return;
    const isReply = direction === "reply";
    const bySource = isReply ? manip === "destination" : manip === "source";
    if (bySource ? !entry.sourceTranslated : !entry.destinationTranslated) return;
    const opposite = isReply ? entry.tuple : entry.reply;
    const target = invertTuple(opposite) as Tuple;
    if (track.state === "RELATED" && isError(packet))
      translateError(packet, opposite, target, manip);
    else rewrite(packet, target, manip);
  }
}

function isError({ transport }: Packet): boolean {
  return transport?.kind === "icmp" && isIcmpError(transport.type);
}

/** The quoted packet travelled the other way, so its other end changes. */
function translateError(packet: Packet, opposite: Tuple, target: Tuple, manip: Manip): void {
  const { transport } = packet;
  if (transport?.kind === "icmp" && transport.quoted?.ip) {
    const quoted = transport.quoted.clone();
    rewrite(quoted, opposite, manip === "source" ? "destination" : "source");
    packet.transport = { ...transport, quoted };
  }
  const ip = packet.ip as Ipv4Header;
  const address = manip === "source" ? target.src : target.dst;
  if (address !== (manip === "source" ? ip.src : ip.dst)) rewriteAddress(packet, address, manip);
}
