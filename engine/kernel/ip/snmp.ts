/**
 * The counters of /proc/net/snmp and /proc/net/netstat. Those of the IP layer are fields; the
 * transports' are kept by name, and only once they count.
 */
class IpCounters {
  InReceives = 0;
  InHdrErrors = 0;
  InAddrErrors = 0;
  ForwDatagrams = 0;
  InUnknownProtos = 0;
  InDiscards = 0;
  InDelivers = 0;
  OutRequests = 0;
  OutDiscards = 0;
  OutNoRoutes = 0;
  ReasmTimeout = 0;
  ReasmReqds = 0;
  ReasmOKs = 0;
  ReasmFails = 0;
  FragOKs = 0;
  FragFails = 0;
  FragCreates = 0;
  OutTransmits = 0;
}

class IpExtCounters {
  InNoRoutes = 0;
  InTruncatedPkts = 0;
  InMcastPkts = 0;
  OutMcastPkts = 0;
  InBcastPkts = 0;
  OutBcastPkts = 0;
  InOctets = 0;
  OutOctets = 0;
  InMcastOctets = 0;
  OutMcastOctets = 0;
  InBcastOctets = 0;
  OutBcastOctets = 0;
  InCsumErrors = 0;
  InNoECTPkts = 0;
  InECT1Pkts = 0;
  InECT0Pkts = 0;
  InCEPkts = 0;
  ReasmOverlaps = 0;
}

class IcmpCounters {
  InMsgs = 0;
  InErrors = 0;
  InCsumErrors = 0;
  InDestUnreachs = 0;
  InTimeExcds = 0;
  InParmProbs = 0;
  InSrcQuenchs = 0;
  InRedirects = 0;
  InEchos = 0;
  InEchoReps = 0;
  InTimestamps = 0;
  InTimestampReps = 0;
  InAddrMasks = 0;
  InAddrMaskReps = 0;
  OutMsgs = 0;
  OutErrors = 0;
  OutRateLimitGlobal = 0;
  OutRateLimitHost = 0;
  OutDestUnreachs = 0;
  OutTimeExcds = 0;
  OutParmProbs = 0;
  OutSrcQuenchs = 0;
  OutRedirects = 0;
  OutEchos = 0;
  OutEchoReps = 0;
  OutTimestamps = 0;
  OutTimestampReps = 0;
  OutAddrMasks = 0;
  OutAddrMaskReps = 0;
}

/** Counters that appear by name when they first count. */
class NamedCounters {
  private readonly values = new Map<string, number>();

  add(name: string, amount = 1): void {
    this.values.set(name, (this.values.get(name) ?? 0) + amount);
  }

  get(name: string): number {
    return this.values.get(name) ?? 0;
  }

  names(): string[] {
    return [...this.values.keys()];
  }
}

export class Snmp {
  readonly ip = new IpCounters();
  readonly ipExt = new IpExtCounters();
  readonly icmp = new IcmpCounters();
  /** `InType8`, `OutType0` … */
  readonly icmpMsg = new NamedCounters();
  readonly tcp = new NamedCounters();
  readonly tcpExt = new NamedCounters();
  readonly udp = new NamedCounters();
}

/** Which counters a message's type adds to; the rest of the name after In or Out. */
const ICMP_NAMES = new Map<
  number,
  | "DestUnreachs"
  | "TimeExcds"
  | "ParmProbs"
  | "SrcQuenchs"
  | "Redirects"
  | "Echos"
  | "EchoReps"
  | "Timestamps"
  | "TimestampReps"
  | "AddrMasks"
  | "AddrMaskReps"
>([
  [0, "EchoReps"],
  [3, "DestUnreachs"],
  [4, "SrcQuenchs"],
  [5, "Redirects"],
  [8, "Echos"],
  [11, "TimeExcds"],
  [12, "ParmProbs"],
  [13, "Timestamps"],
  [14, "TimestampReps"],
  [17, "AddrMasks"],
  [18, "AddrMaskReps"],
]);

export function countIcmp(snmp: Snmp, direction: "In" | "Out", type: number): void {
  snmp.icmp[`${direction}Msgs`] += 1;
  snmp.icmpMsg.add(`${direction}Type${type}`);
  const name = ICMP_NAMES.get(type);
  if (name) snmp.icmp[`${direction}${name}`] += 1;
}
