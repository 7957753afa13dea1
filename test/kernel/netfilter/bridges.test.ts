import { expect, test } from "vitest";
import { FRAME_MATCHES } from "../../../engine/kernel/netfilter/ebtables/matches/registry.ts";
import { FRAME_TARGETS } from "../../../engine/kernel/netfilter/ebtables/targets.ts";
import { lab } from "../../support/lab.ts";

test("every example of ebtables survives being read and printed", () => {
  const { a } = lab("a");
  for (const { name, docs } of FRAME_MATCHES) {
    a.types(`ebtables -A FORWARD ${docs.example} -j DROP`).exits(0);
    a.types("ebtables-save | grep FORWARD | tail -1").shows(`-A FORWARD ${docs.example} -j DROP\n`);
    a.types("ebtables -F FORWARD").exits(0);
    expect(name).not.toBe("");
  }
});

test("targets for frames are refused where a bridge does not ask them", () => {
  const { a } = lab("a");
  for (const { name, docs } of FRAME_TARGETS.filter((target) => target.name !== "mark")) {
    a.types(`ebtables -A FORWARD -j ${name} ${docs.example} 2>&1; true`).prints(
      "RULE_APPEND failed (Invalid argument): rule in chain FORWARD",
    );
  }
});

test("nft shows what iptables made, and takes it away", () => {
  const { a } = lab("a");
  a.types("iptables -A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT").exits(0);
  a.types("nft -s list table ip filter").prints("ip saddr 10.0.0.0/8 tcp dport 22 counter accept");
  a.types("nft flush ruleset; iptables -S INPUT").shows("-P INPUT ACCEPT\n");
});

test("ip6tables keeps its rules apart from those of iptables", () => {
  const { a } = lab("a");
  a.types("ip6tables -A INPUT -s 2001:DB8:0::1/64 -j DROP").exits(0);
  a.types("ip6tables -S INPUT | tail -1").shows("-A INPUT -s 2001:db8::/64 -j DROP\n");
  a.types("iptables -S INPUT").shows("-P INPUT ACCEPT\n");
});
