/** Random labs that follow the schema and contradict nowhere, for property tests. */
import fc from "fast-check";
import { parseLab } from "../../engine/lab/file/parse.ts";
import type { InterfaceFile, LabFile, LinkFile, NodeFile } from "../../engine/lab/file/schema.ts";

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
const byte = fc.integer({ min: 0, max: 255 });
const ipv4 = fc
  .tuple(fc.integer({ min: 1, max: 223 }), byte, byte, byte)
  .map((parts) => parts.join("."));
const mac = fc
  .tuple(byte, byte, byte)
  .map((parts) => `02:ff:00:${parts.map((part) => part.toString(16).padStart(2, "0")).join(":")}`);
const address = fc
  .tuple(
    ipv4,
    fc.integer({ min: 1, max: 32 }),
    fc.constantFrom("", " brd +", " scope link", " noprefixroute"),
  )
  .map(([ip, length, rest]) => `${ip}/${length}${rest}`);
const anyText = fc.oneof(
  fc.string({ maxLength: 40, unit: "grapheme" }),
  fc.string({ maxLength: 40, unit: "binary" }),
  fc.constantFrom(
    "",
    " ",
    "a\nb\n",
    "a\n\n",
    "\n",
    "  a\n b",
    "a \n",
    "#!/bin/sh\necho $1\n",
    "\t",
    "on",
    "1",
    "null",
    "~",
    "- a",
    "a: b",
    "---",
    "\r\n",
    "a\rb",
    "\u0085\u2028",
    "'\"",
    "|",
    "> x",
  ),
);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

const device = fc.record({
  mac: sometimes(mac),
  mtu: sometimes(fc.integer({ min: 68, max: 9000 })),
  up: sometimes(fc.boolean()),
  alias: sometimes(word),
  addresses: sometimes(fc.array(address, { maxLength: 3 })),
});

const route = fc.oneof(
  ipv4.map((gateway) => `default via ${gateway}`),
  fc
    .tuple(ipv4, ipv4, fc.integer({ min: 0, max: 500 }))
    .map(([to, gateway, metric]) => `${to}/32 via ${gateway} dev eth0 metric ${metric}`),
  ipv4.map((to) => `unreachable ${to}`),
  fc
    .tuple(ipv4, ipv4, ipv4)
    .map(([to, one, two]) => `${to} nexthop via ${one} weight 2 nexthop via ${two} weight 1`),
);
const rule = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 32000 }), fc.integer({ min: 1, max: 300 }))
    .map(([priority, table]) => `${priority}: from all fwmark ${table} lookup ${table}`),
  fc.constant("32767: deleted"),
);

const fileEntry = fc.oneof(
  anyText,
  fc.record({ text: anyText, mode: fc.constantFrom("644", "0755", "4755") }),
  fc.record({ base64: fc.base64String({ maxLength: 40 }) }),
  fc.constant({ deleted: true as const }),
  fc.record({ link: word }),
);

const inside = fc.record({
  routes: sometimes(fc.array(route, { maxLength: 3 })),
  rules: sometimes(fc.array(rule, { maxLength: 2 })),
  neighbours: sometimes(
    fc.array(
      fc.tuple(ipv4, mac).map(([ip, hw]) => `${ip} lladdr ${hw} dev eth0`),
      { maxLength: 2 },
    ),
  ),
  sysctls: sometimes(
    fc.dictionary(
      fc.constantFrom("net.ipv4.ip_forward", "net.ipv4.conf.eth0.rp_filter"),
      fc.oneof(fc.constantFrom("0", "1", "4096 1 2", "01"), fc.integer(), fc.boolean()),
    ),
  ),
});

/** Devices with names that do not collide: `links` made from what fast-check draws. */
const links = fc
  .array(
    fc.tuple(
      fc.constantFrom("dummy", "veth", "bridge", "vlan", "vxlan", "macvlan", "ipip"),
      device,
    ),
    {
      maxLength: 4,
    },
  )
  .map((drawn) => {
    const made: LinkFile[] = [];
    drawn.forEach(([kind, settings], index) => {
      const name = `v${index}`;
      switch (kind) {
        case "veth":
          made.push(
            { ...settings, name, kind, peer: `w${index}` },
            { name: `w${index}`, kind, peer: name },
          );
          break;
        case "vlan":
          made.push({ ...settings, name, kind, link: "eth0", id: index + 2 });
          break;
        case "vxlan":
          made.push({ ...settings, name, kind, vni: index });
          break;
        case "macvlan":
          made.push({ ...settings, name, kind, link: "eth0", mode: "bridge" });
          break;
        case "bridge":
          made.push({ ...settings, name, kind, ageingSeconds: 100 * index, stp: index % 2 === 0 });
          break;
        default:
          made.push({ ...settings, name, kind: kind as "dummy" | "ipip" });
      }
    });
    return made;
  });

const node = fc
  .record({
    kind: fc.constantFrom("host" as const, "router" as const, "switch" as const),
    image: sometimes(fc.constantFrom("debian-12", "alpine")),
    at: sometimes(
      fc.tuple(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.integer({ min: -1000, max: 1000 }),
      ),
    ),
    power: sometimes(fc.constantFrom("on" as const, "off" as const)),
    hostname: sometimes(word),
    cards: fc.array(device, { minLength: 1, maxLength: 4 }),
    listed: fc.boolean(),
    links,
    inside,
    namespaces: sometimes(fc.array(inside, { maxLength: 2 })),
    services: sometimes(
      fc.dictionary(
        word,
        fc.record({ running: sometimes(fc.boolean()), enabled: sometimes(fc.boolean()) }),
        { maxKeys: 2 },
      ),
    ),
    files: sometimes(
      fc.dictionary(
        word.map((name) => `/root/${name}`),
        fileEntry,
        { maxKeys: 3 },
      ),
    ),
  })
  .map(({ cards, listed, namespaces, inside: configured, ...rest }) => {
    const prefix = rest.kind === "switch" ? "p" : "eth";
    const interfaces = cards.map((card, index): InterfaceFile => ({
      ...card,
      name: `${prefix}${index}`,
    }));
    return {
      ...rest,
      ...configured,
      ...(listed || rest.kind === "switch" ? { interfaces } : {}),
      links: rest.kind === "switch" ? undefined : rest.links,
      namespaces: namespaces?.map((namespace, index) => ({ ...namespace, name: `ns${index}` })),
    };
  });

/** A lab in which some pairs of cards have a cable. */
export const arbitraryLab: fc.Arbitrary<LabFile> = fc
  .record({
    name: sometimes(anyText),
    description: sometimes(anyText),
    seed: sometimes(fc.nat()),
    nodes: fc.array(node, { maxLength: 4 }),
    cables: fc.array(
      fc.record({
        latencyMs: sometimes(fc.integer({ min: 0, max: 100 })),
        lossPercent: sometimes(fc.double({ min: 0, max: 100, noNaN: true })),
        cut: sometimes(fc.boolean()),
      }),
      { maxLength: 3 },
    ),
    notes: sometimes(
      fc.array(
        fc.record({
          text: anyText,
          at: fc.tuple(fc.integer({ max: 999, min: -999 }), fc.constant(0.25)),
          colour: fc.constantFrom("yellow" as const, "pink" as const),
        }),
        { maxLength: 2 },
      ),
    ),
  })
  .map(({ nodes, cables, ...rest }) => {
    const named = nodes.map((drawn, index) => clean({ ...drawn, name: `n${index}` }) as NodeFile);
    const free = named.flatMap(
      (drawn) =>
        drawn.interfaces?.map((card) => `${drawn.name}:${card.name}`) ?? [`${drawn.name}:eth0`],
    );
    return clean({
      podwire: 1 as const,
      ...rest,
      nodes: named,
      cables: cables.flatMap((cable, index) => {
        const [one, two] = free.slice(2 * index);
        return one === undefined || two === undefined ? [] : [{ ends: [one, two], ...cable }];
      }),
      groups:
        named.length > 1
          ? [
              {
                label: "all",
                at: [0, 0],
                size: [10, 10],
                members: named.map((drawn) => drawn.name),
              },
            ]
          : undefined,
    }) as LabFile;
  });

/** Without keys that are undefined, as YAML would have it. */
function clean<T>(value: T): T {
  if (Array.isArray(value)) return value.map(clean) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, clean(inner)]),
  ) as T;
}

export function mustParse(text: string): LabFile {
  const result = parseLab(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.value;
}
