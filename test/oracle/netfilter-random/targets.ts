/** Targets of each table. */
import fc from "fast-check";
import { pick, type Words } from "./words.ts";

export type Table = "raw" | "mangle" | "nat" | "filter";

const jump = pick("-j web", "-j aux", "-g web", "-g aux");

const marks = pick(
  "-j MARK --set-mark 1",
  "-j MARK --or-mark 2",
  "-j MARK --set-xmark 0x3/0x1",
  "-j MARK --and-mark 0x1",
  "-j MARK --xor-mark 0x7",
  "-j MARK --set-xmark 0x4000/0x4000",
  "-j CONNMARK --save-mark",
  "-j CONNMARK --restore-mark",
  "-j CONNMARK --set-mark 1",
  "-j CONNMARK --or-mark 4",
  "-j CONNMARK --save-mark --nfmask 0x1 --ctmask 0xf",
  "-j CONNMARK --restore-mark --mask 0x3",
);

const sets = pick(
  "-j SET --add-set seen src",
  "-j SET --add-set seen dst --exist",
  "-j SET --del-set seen src",
  "-j SET --add-set flows src,dst --exist --timeout 600",
);

const header = pick(
  "-j TTL --ttl-set 40",
  "-j TTL --ttl-dec 1",
  "-j TTL --ttl-inc 5",
  "-j TTL --ttl-set 1",
  "-j TOS --set-tos 0x10",
  "-j TOS --or-tos 0x08",
  "-j TOS --set-tos 0x04/0x1c",
  "-j DSCP --set-dscp-class EF",
  "-j DSCP --set-dscp 1",
  "-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 500",
  "-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
  "-p tcp -j TCPOPTSTRIP --strip-options timestamp",
  "-p tcp -j ECN --ecn-tcp-remove",
  "-j CLASSIFY --set-class 1:1",
);

const reject = pick(
  "-j REJECT",
  "-j REJECT --reject-with icmp-host-prohibited",
  "-j REJECT --reject-with icmp-net-unreachable",
  "-j REJECT --reject-with icmp-host-unreachable",
  "-j REJECT --reject-with icmp-proto-unreachable",
  "-j REJECT --reject-with icmp-net-prohibited",
  "-j REJECT --reject-with icmp-admin-prohibited",
  "-p tcp -j REJECT --reject-with tcp-reset",
);

const log = pick(
  '-j LOG --log-prefix "r: "',
  "-j LOG --log-level 7 --log-ip-options",
  "-p tcp -j LOG --log-tcp-options --log-tcp-sequence",
  "-j LOG --log-uid --log-macdecode",
  "-j NFLOG --nflog-group 2",
  '-j NFLOG --nflog-prefix "n"',
);

const destination = pick(
  "-j DNAT --to-destination 10.0.1.2",
  "-p tcp -j DNAT --to-destination 10.0.1.2:80",
  "-p udp -j DNAT --to-destination :53",
  "-p tcp -j DNAT --to-destination 10.0.1.3:80-80",
  "-p tcp -j REDIRECT --to-ports 81",
  "-j REDIRECT",
  "-j DNAT --to-destination 10.0.1.3",
  "-j DNAT --to-destination 10.0.0.2",
  "-j DNAT --to-destination 127.0.0.1",
  "-p tcp -j DNAT --to-destination 10.0.1.2:8000-8009/79",
  "-j NETMAP --to 10.0.1.0/24",
  "-j NETMAP --to 10.0.1.2/31",
);

const source = pick(
  "-j SNAT --to-source 10.0.1.1",
  "-j MASQUERADE",
  "-j SNAT --to-source 10.0.1.9",
  "-j SNAT --to-source 10.0.0.1",
  "-p udp -j SNAT --to-source 10.0.1.9:2000-2000",
  "-p tcp -j SNAT --to-source :4000-4000",
  "-p udp -j MASQUERADE --to-ports 5000",
  "-j NETMAP --to 10.0.1.8/30",
);

const verdict = pick("-j ACCEPT", "-j RETURN", "");

const TARGETS: Readonly<Record<Table, fc.Arbitrary<string>>> = {
  filter: fc.oneof(verdict, pick("-j DROP", "-j ACCEPT"), jump, reject, log, marks, sets),
  mangle: fc.oneof(verdict, pick("-j DROP", ""), jump, marks, marks, header, header, log, sets),
  nat: fc.oneof(verdict, jump, destination, source, marks, log),
  raw: fc.oneof(
    verdict,
    pick("-j DROP", ""),
    jump,
    pick("-j NOTRACK", "-j CT --notrack", "-j CT --zone 1", "-j CT --zone 2"),
    marks,
    log,
  ),
};

/** Those that the hook of a built-in chain takes; of a chain of one's own, any. */
export function targetOf(table: Table, chain: string): Words {
  if (table !== "nat") return TARGETS[table];
  const early = chain === "PREROUTING" || chain === "OUTPUT";
  const late = chain === "POSTROUTING" || chain === "INPUT";
  if (early) return fc.oneof(verdict, jump, destination, destination, marks);
  if (late) return fc.oneof(verdict, jump, source, source, marks);
  return TARGETS.nat;
}
