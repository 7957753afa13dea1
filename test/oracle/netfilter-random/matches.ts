/** Matches that decide alike on every run. */
import fc from "fast-check";
import { join, matching, negatable, number, pick, type Words } from "./words.ts";

const port = pick("53", "80", "443", "1000:2000", ":100", "81", "30000:", "http");

const portTest = fc
  .tuple(pick("tcp", "udp"), negatable(join(pick("--dport", "--sport"), port)))
  .map(([protocol, test]) => `-p ${protocol} -m ${protocol} ${test}`);

const portList = join(
  pick("-p tcp -m multiport", "-p udp -m multiport"),
  negatable(
    join(
      pick("--dports", "--sports", "--ports"),
      pick("53,80", "80:90,443", "1:65535", "80", "1,2,3,4,5,6,7,8,9,10,11,12,13,53,80"),
    ),
  ),
);

const icmpTest = negatable(
  join(
    pick("--icmp-type"),
    pick(
      "8",
      "0",
      "echo-request",
      "3/3",
      "any",
      "destination-unreachable",
      "11/0",
      "port-unreachable",
    ),
  ),
).map((test) => `-p icmp -m icmp ${test}`);

const tcpTest = negatable(
  pick(
    "--tcp-flags SYN,ACK SYN",
    "--tcp-flags ALL NONE",
    "--tcp-flags RST RST",
    "--tcp-flags FIN,SYN,RST SYN",
    "--tcp-flags ALL SYN,ACK",
    "--syn",
    "--tcp-option 2",
    "--tcp-option 8",
    "--tcp-option 19",
  ),
).map((test) => `-p tcp -m tcp ${test}`);

export const protocolMatch: Words = fc.oneof(
  pick("", "", "-p icmp", "-p tcp", "-p udp", "! -p icmp", "-p 47", "-p all", "! -p tcp"),
  portTest,
  portList,
  icmpTest,
  tcpTest,
);

const connection = fc.oneof(
  matching(
    "conntrack",
    "--ctstate NEW",
    "--ctstate RELATED,ESTABLISHED",
    "--ctstate INVALID",
    "--ctstate DNAT",
    "--ctstate SNAT",
    "--ctstate UNTRACKED",
    "--ctproto 17",
    "--ctproto tcp",
    "--ctorigdst 10.0.1.2",
    "--ctorigsrc 10.0.0.0/24",
    "--ctreplsrc 10.0.1.2",
    "--ctrepldst 10.0.1.1",
    "--ctorigdstport 80",
    "--ctstatus SEEN_REPLY",
    "--ctstatus ASSURED",
    "--ctstatus CONFIRMED",
    "--ctstatus NONE",
    "--ctexpire 1:40",
  ),
  pick("-m conntrack --ctdir ORIGINAL", "-m conntrack --ctdir REPLY"),
  matching("state", "--state NEW", "--state ESTABLISHED", "--state UNTRACKED", "--state INVALID"),
  matching(
    "connbytes",
    "--connbytes 2: --connbytes-mode packets --connbytes-dir original",
    "--connbytes 0:100 --connbytes-mode bytes --connbytes-dir both",
    "--connbytes 1:3 --connbytes-mode packets --connbytes-dir reply",
    "--connbytes 60: --connbytes-mode avgpkt --connbytes-dir both",
  ),
  matching("connmark", "--mark 0x1", "--mark 0x4/0x4", "--mark 0x0/0xff"),
  pick(
    "-m connlimit --connlimit-upto 1 --connlimit-mask 32 --connlimit-saddr",
    "-m connlimit --connlimit-above 1 --connlimit-mask 24 --connlimit-daddr",
  ),
  pick("-m helper --helper ftp"),
);

const header = fc.oneof(
  matching("mark", "--mark 0x1", "--mark 0x2/0x2", "--mark 0x0", "--mark 0x4000/0x4000"),
  matching("iprange", "--src-range 10.0.0.1-10.0.0.9", "--dst-range 10.0.1.2-10.0.1.2"),
  matching("length", "--length 84", "--length 0:60", "--length 29:100", "--length 1400:"),
  matching("ttl", "--ttl-eq 63", "--ttl-eq 64"),
  pick("-m ttl --ttl-lt 64", "-m ttl --ttl-gt 63"),
  matching("tos", "--tos 0x10", "--tos 0x00/0xff", "--tos 0x08/0x1e", "--tos Minimize-Delay"),
  matching("dscp", "--dscp 0x04", "--dscp-class EF", "--dscp 0", "--dscp-class CS1"),
  matching(
    "addrtype",
    "--dst-type LOCAL",
    "--src-type UNICAST",
    "--dst-type UNICAST,LOCAL",
    "--src-type LOCAL",
    "--dst-type BROADCAST",
  ),
  matching("pkttype", "--pkt-type unicast", "--pkt-type broadcast"),
  matching("ecn", "--ecn-ip-ect 0"),
  matching("realm", "--realm 0", "--realm 1/0xff"),
  matching("tcpmss", "--mss 1460", "--mss 500:1000").map((test) => `-p tcp ${test}`),
  pick(
    '-m u32 --u32 "0x6&0xff=0x1"',
    '-m u32 --u32 "0x0>>0x16&0x3c@0x0>>0x10=0x8000:0xffff"',
    '-m u32 ! --u32 "0x4&0x3fff=0x0"',
    "-m string --algo bm --string xyz",
    '-m string --algo kmp --hex-string "|78797a|" --from 28 --to 60',
    '-m string --algo kmp ! --string "XYZ" --icase',
    "-f",
    "! -f",
  ),
);

const counting = fc.oneof(
  fc
    .tuple(number(2, 4), number(0, 1))
    .map(([every, first]) => `-m statistic --mode nth --every ${every} --packet ${first}`),
  pick(
    "-m statistic --mode random --probability 1",
    "-m statistic --mode random ! --probability 1",
  ),
  number(1, 3).map((burst) => `-m limit --limit 1/hour --limit-burst ${burst}`),
  fc
    .tuple(number(1, 3), pick("srcip", "dstip", "srcip,dstport", "srcip,dstip"))
    .map(
      ([burst, mode]) =>
        `-m hashlimit --hashlimit-upto 1/hour --hashlimit-burst ${burst} --hashlimit-mode ${mode} --hashlimit-name h${burst}${mode.length}`,
    ),
  pick(
    "-m hashlimit --hashlimit-above 1/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-srcmask 24 --hashlimit-name h9",
    "-m recent --set --name r1",
    "-m recent --rcheck --name r1",
    "-m recent --update --hitcount 2 --name r1",
    "-m recent --update --seconds 60 --name r1",
    "-m recent --rcheck --name r1 --seconds 30 --hitcount 3 --rttl",
    "-m recent ! --rcheck --name r1 --rdest",
    "-m recent --remove --name r1",
    "-m quota --quota 100",
    "-m quota --quota 300",
    "-m quota ! --quota 150",
  ),
);

const sets = matching(
  "set",
  "--match-set hosts src",
  "--match-set hosts dst",
  "--match-set nets dst",
  "--match-set nets src",
  "--match-set ports src,dst",
  "--match-set ports dst,dst",
  "--match-set all dst",
  "--match-set hosts src --return-nomatch",
  "--match-set counted dst --packets-gt 1",
  "--match-set counted src ! --update-counters",
);

const words = pick(
  '-m comment --comment "a b"',
  "-m comment --comment x",
  '-m comment --comment "it\'s"',
  '-m comment --comment "say \\"hi\\""',
  "-m time --datestart 2000-01-01 --datestop 2037-12-31 --utc",
  "-m time --weekdays Mon,Tue,Wed,Thu,Fri,Sat,Sun",
  "-m time --datestart 2035-01-01",
  "-m policy --dir in --pol none",
  "-m cpu ! --cpu 77",
);

/** Any that does not depend on the hook. */
export const match: Words = fc.oneof(
  { weight: 3, arbitrary: connection },
  { weight: 3, arbitrary: header },
  { weight: 2, arbitrary: counting },
  { weight: 2, arbitrary: sets },
  { weight: 1, arbitrary: words },
);

/** What only packets that come in have, and only those that go out. */
export const inward: Words = fc.oneof(
  matching("mac", "--mac-source 02:00:00:00:00:01"),
  pick("-m rpfilter", "-m rpfilter --invert", "-m rpfilter --loose"),
  matching("addrtype", "--src-type UNICAST --limit-iface-in"),
);
export const outward: Words = fc.oneof(
  matching("owner", "--uid-owner 0", "--uid-owner 1000", "--gid-owner root", "--socket-exists"),
  matching("addrtype", "--dst-type UNICAST --limit-iface-out"),
);
