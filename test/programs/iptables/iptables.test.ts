import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("each flavour has rules of its own, and nft warns of the other's", () => {
  const { a } = lab("a");
  a.types("iptables-legacy -A INPUT -j DROP; iptables-legacy -S INPUT").shows(
    "-P INPUT ACCEPT\n-A INPUT -j DROP\n",
  );
  a.types("iptables -S INPUT 2>&1").shows(
    "# Warning: iptables-legacy tables present, use iptables-legacy to see them\n-P INPUT ACCEPT\n",
  );
});

test("a restore that fails changes nothing", () => {
  const { a } = lab("a");
  a.types("iptables -A INPUT -s 1.2.3.4 -j DROP");
  a.types(
    "printf '*filter\\n-A INPUT -j ACCEPT\\n-A INPUT -p tcp --nope\\nCOMMIT\\n' | iptables-restore",
  ).exits(2);
  a.types("iptables -S INPUT | tail -1").shows("-A INPUT -s 1.2.3.4/32 -j DROP\n");
});

test("what is saved can be restored", () => {
  const { a } = lab("a");
  a.types(
    "iptables -N web; iptables -A INPUT -p tcp --dport 80 -m comment --comment 'a \"b\"' -g web",
  );
  a.types("iptables-save > /tmp/one; iptables-restore < /tmp/one; iptables-save > /tmp/two");
  a.types(
    "grep -v '^#' /tmp/one > /tmp/1; grep -v '^#' /tmp/two > /tmp/2; diff /tmp/1 /tmp/2",
  ).exits(0);
});

test("matches, targets and IPv6 that are not modelled are refused by name", () => {
  const { a } = lab("a");
  a.types("iptables -A INPUT -m bpf --bytecode 1 -j ACCEPT 2>&1").exits(2);
  a.types("iptables -A INPUT -m bpf --bytecode 1 -j ACCEPT 2>&1").shows(
    "iptables: Podwire does not model the match 'bpf'\n",
  );
  a.types("iptables -A INPUT -j SECMARK --selctx x 2>&1").shows(
    "iptables: Podwire does not model the target 'SECMARK'\n",
  );
  a.types("iptables -6 -L").exits(2);
});

test("-h tells of the program, then of the target and the matches before it", () => {
  const { a } = lab("a");
  a.types("iptables -m udp -p tcp -j MARK -h | grep options:").shows(
    "MARK target options:\nudp match options:\n",
  );
  a.types("iptables -p icmp -h | grep options:").shows("icmp match options:\n");
  a.types("ip6tables-legacy -h | head -3").shows(
    "ip6tables v1.8.9 (legacy)\n\nUsage: ip6tables -[ACD] chain rule-specification [options]\n",
  );
});

test("the package's other programs say that they are not modelled", () => {
  const { a } = lab("a");
  a.types("iptables-translate -A INPUT -j ACCEPT 2>&1").shows(
    "iptables-translate: Podwire does not model this program\n",
  );
});

test("arptables decides on ARP messages, shows its rules and counts them", () => {
  const { a } = lab("a -- b");
  a.types("arptables -A OUTPUT --opcode 1 -j DROP; arptables -S OUTPUT").shows(
    "-P OUTPUT ACCEPT\n-A OUTPUT -j DROP --opcode 1\n",
  );
  a.types("ping -c 1 -W 1 10.0.0.2").exits(1);
  a.types("arptables -L OUTPUT -v | grep -c 'Request , pcnt=1 '").shows("1\n");
  a.types("arptables -P OUTPUT").exits(2);
});
