/** Random commands of iptables on a machine of its own, right and wrong ones. */
import fc from "fast-check";
import { chainOf, HOOKS, OWN_CHAINS, ROUTER, ruleOf, TABLES } from "./rules.ts";
import type { Table } from "./targets.ts";
import { join, maybe, number, pick, type Words } from "./words.ts";

const option = (table: Table): string => (table === "filter" ? "" : ` -t ${table}`);

/** Chains that the table may not have. */
const anyChain = (table: Table): Words =>
  pick(...HOOKS[table], ...OWN_CHAINS, "new", "FORWARD", "POSTROUTING", "ACCEPT");

function change(table: Table): Words {
  return chainOf(table).chain((chain) =>
    fc.oneof(
      { weight: 6, arbitrary: join(pick(`-A ${chain}`), ruleOf(ROUTER, table, chain)) },
      {
        weight: 2,
        arbitrary: join(pick(`-I ${chain}`), maybe(number(1, 4)), ruleOf(ROUTER, table, chain)),
      },
      {
        weight: 1,
        arbitrary: join(pick(`-R ${chain}`), number(1, 3), ruleOf(ROUTER, table, chain)),
      },
      {
        weight: 1,
        arbitrary: join(pick(`-D ${chain}`, `-C ${chain}`), ruleOf(ROUTER, table, chain)),
      },
      { weight: 1, arbitrary: join(pick(`-D ${chain}`), number(0, 3)) },
    ),
  );
}

/** A few short rules, so that some are there twice and can be found again. */
const SHORT = [
  "-j ACCEPT",
  "-p tcp --dport 80 -j web",
  "-s 10.0.0.0/24",
  "-j web",
  "-m mark --mark 1 -j RETURN",
];

function short(table: Table): Words {
  return join(pick("-A", "-I", "-D", "-C", "-D"), anyChain(table), pick(...SHORT));
}

function chains(table: Table): Words {
  const chain = anyChain(table);
  return fc.oneof(
    join(pick("-N", "-N", "-X", "-F", "-Z"), chain),
    pick("-N web", "-N aux", "-X", "-F", "-Z"),
    join(
      pick("-E"),
      chain,
      pick("web", "new", "INPUT", "a-name-that-is-much-too-long-for-it", "x"),
    ),
    join(pick("-P"), chain, pick("ACCEPT", "DROP", "REJECT", "RETURN", "web")),
    join(pick("-Z"), chain, number(1, 3)),
  );
}

function show(table: Table): Words {
  return join(
    pick("-S", "-L -n", "-L -n -v", "-n -L", "-nvxL", "-L -n --line-numbers", "-S -v", "-L -Z -n"),
    maybe(anyChain(table)),
    maybe(maybe(number(1, 3))),
  );
}

const wrong: Words = pick(
  "-A INPUT -p tcp --dport 80,81",
  "-A INPUT --dport 80",
  "-A INPUT -p tcp --dport http:x",
  "-A INPUT -p nothing",
  "-A INPUT -s 10.0.0.300",
  "-A INPUT -s 10.0.0.0/33",
  "-A INPUT -s ! 10.0.0.1",
  "-A INPUT -i a-very-long-device-name",
  "-A INPUT -o eth0",
  "-A OUTPUT -i eth0",
  "-A INPUT -j",
  "-A INPUT -j nowhere",
  "-A INPUT -g ACCEPT",
  "-A INPUT -j ACCEPT -g web",
  "-A INPUT -m nothing",
  "-A INPUT -j DROP -j ACCEPT",
  "-A INPUT -p tcp -p udp",
  "-A INPUT ! ! -p tcp",
  "-A INPUT -m conntrack --ctstate OTHER",
  "-A INPUT -m conntrack",
  "-A INPUT -m state",
  "-A INPUT -m multiport --dports 80",
  "-A INPUT -p tcp -m multiport --dports 80,x",
  "-A INPUT -p icmp --icmp-type nothing",
  "-A INPUT -m limit --limit 10/fortnight",
  "-A INPUT -m mark --mark x",
  "-A INPUT -m mac --mac-source 1:2:3",
  "-A INPUT -m iprange --src-range 10.0.0.9-10.0.0.1",
  "-A INPUT -m ttl --ttl-eq 256",
  "-A INPUT -m length --length 9:1",
  "-A INPUT -m addrtype --src-type OTHER",
  "-A INPUT -m comment",
  "-A INPUT -m set --match-set nowhere src",
  "-A INPUT -j REJECT --reject-with nothing",
  "-A INPUT -j REJECT --reject-with tcp-reset",
  "-A INPUT -j LOG --log-level loud",
  "-A INPUT -j MARK",
  "-A INPUT -j MARK --set-mark 1",
  "-A INPUT -j DNAT --to-destination 10.0.0.1",
  "-A INPUT -j SNAT",
  "-A INPUT -j NOTRACK",
  "-A INPUT -j TTL --ttl-set 300",
  "-A INPUT -j ACCEPT extra",
  "-A INPUT --nothing",
  "-A INPUT -x",
  "-A",
  "-A INPUT -A OUTPUT",
  "-A INPUT -L",
  "-I INPUT 9 -j ACCEPT",
  "-I INPUT x -j ACCEPT",
  "-I INPUT 0 -j ACCEPT",
  "-R INPUT -j ACCEPT",
  "-D INPUT 99",
  "-D INPUT 0",
  "-P",
  "-P INPUT",
  "-P web ACCEPT",
  "-N",
  "-N INPUT",
  "-N -x",
  "-N ACCEPT",
  "-N a b",
  "-X INPUT",
  "-X nowhere",
  "-F nowhere",
  "-Z nowhere",
  "-E web",
  "-E nowhere x",
  "-L nowhere",
  "-S nowhere",
  "-S INPUT 99",
  "-L INPUT x",
  "-t",
  "-t nothing -L",
  "-C INPUT -j ACCEPT",
  "",
  "nothing",
  "-w -L -n",
  "-w 2 -S",
  "-n",
  "-v -A INPUT -j ACCEPT",
  "-4 -S",
  "-6 -S",
  "--line-numbers -S",
  "-c 1 2 -A INPUT -j ACCEPT",
  "-A INPUT -c 3 4 -j ACCEPT",
  "-A INPUT -c 3",
  "-t nat -P PREROUTING DROP",
  "-t nat -A POSTROUTING -j DNAT --to-destination 10.0.0.1",
  "-t nat -A PREROUTING -j SNAT --to-source 10.0.0.1",
  "-t nat -A PREROUTING -j MASQUERADE",
  "-t nat -A PREROUTING -j DNAT --to-destination 10.0.0.1:80",
  "-t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports x",
  "-t nat -A PREROUTING -p tcp -j REDIRECT --to-ports 0",
  "-t nat -A PREROUTING -j DNAT",
  "-t raw -A PREROUTING -j ACCEPT -o eth0",
  "-t raw -A INPUT -j ACCEPT",
  "-t mangle -A PREROUTING -j TOS --set-tos 256",
  "-t mangle -A FORWARD -j TCPMSS --set-mss 500",
  "-t mangle -A FORWARD -j DSCP --set-dscp 64",
);

const one: Words = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...TABLES)
      .chain((table) => change(table).map((text) => text + option(table))),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...TABLES)
      .chain((table) => short(table).map((text) => text + option(table))),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...TABLES)
      .chain((table) => chains(table).map((text) => text + option(table))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...TABLES)
      .chain((table) => show(table).map((text) => text + option(table))),
  },
  { weight: 2, arbitrary: wrong },
);

/** Lines of a shell. */
export const commandLines: fc.Arbitrary<readonly string[]> = fc
  .array(one, { minLength: 4, maxLength: 14 })
  .map((words) => ["iptables -N web", ...words.map((text) => `iptables ${text}`)]);
