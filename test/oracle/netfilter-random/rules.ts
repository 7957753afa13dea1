/** Random rules, and whole tables of them for iptables-restore. */
import fc from "fast-check";
import { inward, match, outward, protocolMatch } from "./matches.ts";
import { targetOf, type Table } from "./targets.ts";
import { join, matching, maybe, negatable, number, pick, seldom, type Words } from "./words.ts";

export const HOOKS: Readonly<Record<Table, readonly string[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
};
export const OWN_CHAINS = ["web", "aux"];

const address = pick(
  "10.0.0.2",
  "10.0.1.2",
  "10.0.0.0/24",
  "10.0.1.0/25",
  "10.0.0.1",
  "10.0.0.0/8",
  "0.0.0.0/0",
  "10.9.9.9",
  "10.0.0.2/255.0.255.255",
  "10.0.0.2,10.0.1.2",
);

/** What the rules are written for. */
export interface Place {
  readonly devices: Words;
  /** Matches that only make sense there. */
  readonly matches: Words;
}

export const ROUTER: Place = {
  devices: pick("eth0", "eth1", "eth+", "lo", "eth9", "+", "e+"),
  matches: pick("-m devgroup --src-group 0", "-m devgroup ! --dst-group 0x1/0x1"),
};
export const BRIDGE: Place = {
  devices: pick("br0", "p1", "p+", "lo", "br+"),
  matches: fc.oneof(
    matching("physdev", "--physdev-in p1", "--physdev-in p+", "--physdev-is-in"),
    matching("physdev", "--physdev-out p2", "--physdev-is-out", "--physdev-is-bridged"),
  ),
};

const INWARD = ["PREROUTING", "INPUT", "FORWARD"];
const OUTWARD = ["FORWARD", "OUTPUT", "POSTROUTING"];

function devices({ devices: device }: Place, chain: string): Words {
  const input = maybe(negatable(device.map((one) => `-i ${one}`)));
  const output = maybe(negatable(device.map((one) => `-o ${one}`)));
  const usual = join(
    INWARD.includes(chain) ? input : pick(""),
    OUTWARD.includes(chain) ? output : pick(""),
  );
  return seldom(join(input, output), usual);
}

function matches(place: Place, chain: string): Words {
  const isOwn = OWN_CHAINS.includes(chain);
  const ofHook = isOwn ? match : INWARD.includes(chain) ? inward : outward;
  const own = fc.oneof(
    { weight: 8, arbitrary: match },
    { weight: 2, arbitrary: chain === "FORWARD" ? match : ofHook },
    { weight: 2, arbitrary: place.matches },
  );
  return seldom(fc.oneof(inward, outward), own);
}

/** What follows `-A CHAIN`. */
export function ruleOf(place: Place, table: Table, chain: string): Words {
  return join(
    maybe(maybe(negatable(address.map((one) => `-s ${one}`)))),
    maybe(maybe(negatable(address.map((one) => `-d ${one}`)))),
    maybe(devices(place, chain)),
    protocolMatch,
    maybe(matches(place, chain)),
    maybe(maybe(matches(place, chain))),
    targetOf(table, chain),
  );
}

export const chainOf = (table: Table): Words =>
  pick(...HOOKS[table], ...HOOKS[table], ...OWN_CHAINS);

const appended = (place: Place, table: Table): Words =>
  chainOf(table).chain((chain) => ruleOf(place, table, chain).map((rule) => `-A ${chain} ${rule}`));

/** Lines that do more than to append. */
const otherLine = (place: Place, table: Table): Words =>
  chainOf(table).chain((chain) =>
    fc.oneof(
      ruleOf(place, table, chain).map((rule) => `-I ${chain} ${rule}`),
      ruleOf(place, table, chain).map((rule) => `-D ${chain} ${rule}`),
      join(pick(`-I ${chain}`, `-R ${chain}`), number(1, 3), ruleOf(place, table, chain)),
      join(pick(`-D ${chain}`), number(1, 2)),
      pick(
        `-F ${chain}`,
        `-Z ${chain}`,
        `-N ${chain}`,
        "-N new",
        "-E web new",
        "-X aux",
        `-P ${chain} DROP`,
        "-X",
      ),
      number(1, 99).map((packets) => `[${packets}:84] -A ${chain} -j ACCEPT`),
      pick(
        `-A ${chain} -j nowhere`,
        "-A nowhere -j ACCEPT",
        `-A ${chain} -j`,
        `-A ${chain} -p tcp --dport 70000`,
      ),
      pick(
        "# a comment",
        `-A ${chain} -m nothing`,
        `-A ${chain} -j LOG --log-prefix`,
        `-C ${chain} -j ACCEPT`,
      ),
    ),
  );

/** Lines from `*TABLE` to `COMMIT`. */
function tableLines(place: Place, table: Table): fc.Arbitrary<readonly string[]> {
  const line = fc.oneof(
    { weight: 30, arbitrary: appended(place, table) },
    { weight: 1, arbitrary: otherLine(place, table) },
  );
  const policies = fc.tuple(
    ...HOOKS[table].map((chain) => {
      const policy = table === "nat" ? pick("ACCEPT") : pick("ACCEPT", "ACCEPT", "ACCEPT", "DROP");
      return maybe(policy.map((word) => `:${chain} ${word} [0:0]`));
    }),
  );
  return fc
    .tuple(policies, fc.array(line, { minLength: 1, maxLength: 9 }))
    .map(([heads, rules]) => [
      `*${table}`,
      ...heads.filter((head) => head !== ""),
      ...OWN_CHAINS.map((name) => `:${name} - [0:0]`),
      ...rules,
      "COMMIT",
    ]);
}

export const TABLES: readonly Table[] = ["raw", "mangle", "nat", "filter"];

/** Lines for iptables-restore. */
export const ruleSet = (place: Place): fc.Arbitrary<readonly string[]> =>
  fc
    .uniqueArray(fc.constantFrom(...TABLES, "filter" as const, "nat" as const), {
      minLength: 1,
      maxLength: 4,
    })
    .chain((names) => fc.tuple(...names.map((name) => tableLines(place, name))))
    .map((tables) => tables.flat());
