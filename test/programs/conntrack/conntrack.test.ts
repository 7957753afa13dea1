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
