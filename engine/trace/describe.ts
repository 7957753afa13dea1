/** Events of the kernel as steps of a journey. */
import { formatIpv4, formatMac } from "../net/address.ts";
import { formatRule } from "../programs/iptables/ebtables/print.ts";
import { saveRule } from "../programs/iptables/print.ts";
import { SystemNames } from "../programs/iptables/names.ts";
import { isValid } from "../kernel/ip/neighbour.ts";
import type { Track } from "../kernel/netfilter/conntrack/entry.ts";
import type { Tuple } from "../kernel/netfilter/conntrack/tuple.ts";
import type { DeliverEvent, PacketEvent, RewriteEvent } from "../kernel/packet-tracer.ts";
import type { Sys } from "../kernel/process/sys.ts";
import { socketUsers } from "../programs/iproute2/ss/details.ts";
import { IPPROTO_ICMP, type Packet } from "../net/packet.ts";
import { DROP_WORDS } from "./drop-words.ts";
import type { StepDetail } from "./journey.ts";

const TABLE_NAMES: Readonly<Record<number, string>> = { 253: "default", 254: "main", 255: "local" };

/** `sys` reads the machine's names of protocols and the holders of its sockets. */
export function describe(packet: Packet, event: PacketEvent, sys: Sys): readonly StepDetail[] {
  switch (event.kind) {
    case "ingress":
      return [{ kind: "in", device: event.device.name }];
    case "egress":
      return [{ kind: "out", device: event.device.name }];
    case "bridge": {
      const ports = event.ports.map(({ name }) => name);
      return [{ kind: "bridge", bridge: event.bridge.name, ports, flooded: event.isFlooded }];
    }
    case "hook": {
      const { hook, input, output } = event;
      const from = input && { input: input.name };
      return [{ kind: "hook", hook, ...from, ...(output && { output: output.name }) }];
    }
    case "rule": {
      const { table, chain, number } = event;
      const rule = withoutChain(saveRule(chain, event.rule, new SystemNames(sys)));
      return [{ kind: "rule", family: "ip", table, chain, number, rule }];
    }
    case "frame-rule": {
      const { table, chain, number, rule } = event;
      return [{ kind: "rule", family: "bridge", table, chain, number, rule: formatRule(rule) }];
    }
    case "policy":
      return [event];
    case "track":
      return [describeTrack(event.track)];
    case "rewrite":
      return describeRewrite(packet, event);
    case "route": {
      const { to, device, gateway, table } = event;
      return [
        {
          kind: "route",
          to,
          ...(device && { device: device.name }),
          ...(gateway && { gateway: formatIpv4(gateway) }),
          ...(table && { table: TABLE_NAMES[table] ?? String(table) }),
        },
      ];
    }
    case "neighbour": {
      const { address, device, state, mac } = event.neighbour;
      const step = { address: formatIpv4(address), device: device.name, state } as const;
      return [{ kind: "neighbour", ...step, ...(isValid(state) && { mac: formatMac(mac) }) }];
    }
    case "deliver":
      return [describeDelivery(event, sys)];
    case "drop": {
      const { reason, device } = event;
      const explanation = DROP_WORDS[reason];
      return [{ kind: "drop", reason, explanation, ...(device && { device: device.name }) }];
    }
  }
}

/** `-A INPUT -j DROP` → `-j DROP` */
function withoutChain(rule: string): string {
  return rule.replace(/^-A \S+ ?/, "");
}

function describeTrack(track: Track | undefined): StepDetail {
  if (!track) return { kind: "conntrack", state: "INVALID" };
  const { state, entry } = track;
  if (!entry) return { kind: "conntrack", state: "UNTRACKED" };
  return {
    kind: "conntrack",
    state,
    original: describeTuple(entry.tuple),
    reply: describeTuple(entry.reply),
  };
}

function describeTuple({ src, dst, srcPort, dstPort, protocol }: Tuple): string {
  const hasPorts = protocol !== IPPROTO_ICMP && (srcPort !== 0 || dstPort !== 0);
  const from = hasPorts ? `:${srcPort}` : "";
  const to = hasPorts ? `:${dstPort}` : "";
  return `${formatIpv4(src)}${from} → ${formatIpv4(dst)}${to}`;
}

function describeRewrite(packet: Packet, { by, before }: RewriteEvent): readonly StepDetail[] {
  return (["source", "destination"] as const).flatMap((field) => {
    const from = endpoint(before, field);
    const to = endpoint(packet, field);
    return from === to ? [] : [{ kind: "rewrite", by, field, from, to } as const];
  });
}

function endpoint(
  { ip, transport }: Pick<Packet, "ip" | "transport">,
  field: "source" | "destination",
): string {
  if (!ip) return "";
  const address = formatIpv4(field === "source" ? ip.src : ip.dst);
  if (!transport || transport.kind === "icmp") return address;
  return `${address}:${field === "source" ? transport.srcPort : transport.dstPort}`;
}

function describeDelivery({ socket }: DeliverEvent, sys: Sys): StepDetail {
  if (!socket) return { kind: "deliver" };
  const { ip, port } = socket.local;
  const step = { kind: "deliver", socket: `${formatIpv4(ip)}:${port}` } as const;
  const inode = socket.record()?.inode;
  // ("nginx",pid=12,fd=3)
  const user = inode
    ? /^\("(.*)",pid=(\d+)/.exec(socketUsers(sys, false).get(inode)?.[0] ?? "")
    : undefined;
  return user ? { ...step, process: `${user[1]}[${user[2]}]` } : step;
}
