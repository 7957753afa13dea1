import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("connections are tracked once a rule asks for it", () => {
  const { a } = lab("a");
  a.types("ping -c 1 127.0.0.1; conntrack -C").prints("0\n");
  a.types("iptables -A INPUT -m conntrack --ctstate NEW; ping -c 1 127.0.0.1; conntrack -C").prints(
    "1\n",
  );
  a.types("conntrack -L").prints("src=127.0.0.1 dst=127.0.0.1 type=8 code=0");
  a.types("conntrack -D -p icmp; conntrack -C").prints("0\n");
});

test("entries die when their time is over", () => {
  const { a } = lab("a");
  a.types("iptables -A INPUT -m state --state NEW; ping -c 1 127.0.0.1 > /dev/null");
  a.types("sleep 29; conntrack -L 2>/dev/null | wc -l").shows("1\n");
  a.types("sleep 2; conntrack -L 2>/dev/null | wc -l").shows("0\n");
});

test("a flow made by hand is kept apart by its zone, and exists only once", () => {
  const { a } = lab("a");
  const flow = "conntrack -I -p udp -s 1.1.1.1 -d 2.2.2.2 --sport 10 --dport 20 -t 100";
  a.types(`${flow} 2>&1`).prints("1 flow entries have been created.");
  a.types(`${flow} 2>&1 || true`).prints("Such conntrack exists, try -U to update");
  a.types(`${flow} -w 5; conntrack -C`).prints("2\n");
  a.types("conntrack -L -w 5").prints("mark=0 zone=5 use=1");
  a.types("conntrack -L expect 2>&1").prints("0 expectations have been shown.");
});

test("an update shows what it reads in time, and reaches the flow of zone 0 only", () => {
  const { a } = lab("a");
  const flow = "conntrack -I -p udp -s 1.1.1.1 -d 2.2.2.2 --dport 20 -t 100 --sport";
  a.types(`for port in 1 2 3 4; do ${flow} $port; done 2>/dev/null`).exits(0);
  a.types("conntrack -U -p udp -m 7 2>/dev/null | wc -l").shows("2\n");
  a.types("conntrack -L -m 7 2>/dev/null | wc -l").shows("4\n");
  a.types("conntrack -U -p udp -m 7 2>&1 || true").prints("0 flow entries have been updated.");
  a.types(
    `conntrack -F 2>/dev/null; ${flow} 1 -w 5 2>/dev/null; conntrack -U -p udp -m 7 2>&1 || true`,
  ).prints(
    "Operation failed: No such file or directory\n" +
      "conntrack v1.4.7 (conntrack-tools): 0 flow entries have been updated.",
  );
});

test("flows on their way into a pipe come after the note", () => {
  const { a } = lab("a");
  a.types("conntrack -I -p udp -s 1.1.1.1 -d 2.2.2.2 --sport 1 --dport 2 -t 9 2>/dev/null");
  a.types("conntrack -L 2>&1 | tail -1").prints("udp      17 ");
});

test("a zone of one direction stands behind that direction", () => {
  const { a } = lab("a");
  a.types("iptables -t raw -A OUTPUT -j CT --zone-orig 9; ping -c 1 127.0.0.1 > /dev/null");
  a.types("conntrack -L 2>/dev/null").prints(" zone-orig=9 src=127.0.0.1", "mark=0 use=1");
  a.types("cat /proc/net/nf_conntrack").prints(" zone-orig=9 src=127.0.0.1", "mark=0 use=2");
});

test("an option that a command does not take is refused by its long name", () => {
  const { a } = lab("a");
  a.types("conntrack -L -t 5 2>&1 || true").prints("Illegal option `--timeout' with this command");
  a.types("conntrack -C -o id -p udp 2>&1 || true").prints("Illegal option `--protonum'");
  a.types("conntrack -U -w 5 2>&1 || true").prints("Illegal option `--zone'");
  a.types("conntrack -I -o id 2>&1 || true").prints("You need to supply the `--protonum' option");
});
