/** Random labs in which every setting is one that a kernel accepts. */
import fc from "fast-check";
import type { InterfaceFile, LabFile, LinkFile, NodeFile } from "../../engine/lab/file/schema.ts";

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Every device has a subnet of its own: 10.NODE.DEVICE.0/24. */
const device = fc.record({
  mtu: some(fc.integer({ min: 576, max: 1499 })),
  up: some(fc.constant(false)),
  alias: some(fc.constant("uplink")),
  addresses: fc.integer({ min: 0, max: 3 }),
  broadcast: fc.boolean(),
});

const node = fc.record({
  kind: fc.constantFrom("host" as const, "router" as const, "switch" as const),
  off: fc.boolean(),
  cards: fc.array(device, { minLength: 1, maxLength: 3 }),
  links: fc.array(fc.tuple(fc.constantFrom("dummy", "veth", "bridge", "vlan", "split"), device), {
    maxLength: 3,
  }),
  gateway: fc.boolean(),
  forward: some(fc.constantFrom(0, 1)),
  arpIgnore: some(fc.constant(2)),
  neighbour: fc.boolean(),
  rule: fc.boolean(),
  hostname: some(fc.constant("renamed")),
  text: some(fc.string({ maxLength: 30 })),
});

type Drawn = typeof node extends fc.Arbitrary<infer T> ? T : never;
type Device = Drawn["cards"][number];

export const workingLab: fc.Arbitrary<LabFile> = fc
  .record({
    nodes: fc.array(node, { minLength: 1, maxLength: 3 }),
    cables: fc.array(
      fc.record({ latencyMs: some(fc.integer({ min: 1, max: 50 })), cut: some(fc.constant(true)) }),
      {
        maxLength: 2,
      },
    ),
  })
  .map(({ nodes, cables }): LabFile => {
    const files = nodes.map(nodeFile);
    const ends = files.flatMap((file) =>
      (file.interfaces ?? []).map((card) => `${file.name}:${card.name}`),
    );
    return {
      podwire: 1,
      nodes: files,
      cables: cables.flatMap((cable, index) => {
        const [one, two] = ends.slice(2 * index);
        return one === undefined || two === undefined
          ? []
          : [defined({ ends: [one, two] as [string, string], ...cable })];
      }),
    };
  });

function nodeFile(drawn: Drawn, number: number): NodeFile {
  const name = `n${number + 1}`;
  const prefix = drawn.kind === "switch" ? "p" : "eth";
  let subnet = 0;
  const describe = (settings: Device): Omit<InterfaceFile, "name"> => {
    subnet += 1;
    const addresses = Array.from({ length: settings.addresses }, (_, index) => {
      const base = `10.${number + 1}.${subnet}`;
      return `${base}.${index + 1}/24${settings.broadcast ? ` brd ${base}.255` : ""}`;
    });
    return defined({ mtu: settings.mtu, up: settings.up, alias: settings.alias, addresses });
  };
  const interfaces = drawn.cards.map((settings, index): InterfaceFile => ({
    name: `${prefix}${index}`,
    ...(drawn.kind === "switch"
      ? defined({ alias: settings.alias, up: settings.up })
      : describe(settings)),
  }));
  const inside: LinkFile[] = [];
  const links = drawn.links.flatMap(([kind, settings], index): LinkFile[] => {
    const mac = `02:ee:00:0${number}:0${index}:01`;
    const peerMac = `02:ee:00:0${number}:0${index}:02`;
    const base = { name: `l${index}`, ...describe(settings) };
    switch (kind) {
      case "veth":
        return [
          { ...base, kind, mac, peer: `m${index}` },
          { name: `m${index}`, kind, mac: peerMac, peer: `l${index}` },
        ];
      case "split":
        inside.push({
          name: `m${index}`,
          kind: "veth",
          mac: peerMac,
          peer: `/l${index}`,
          addresses: [`172.16.${index}.2/24`],
        });
        return [{ ...base, kind: "veth", mac, peer: `box/m${index}` }];
      case "bridge": {
        const rest = withoutMtu(base);
        return [{ ...rest, kind, ageingSeconds: 60 * index, stp: false }];
      }
      case "vlan": {
        // It cannot be up while what it stands on is down.
        const up = interfaces[0]?.up === false ? false : base.up;
        const rest = withoutMtu(base);
        return [defined({ ...rest, up, kind, link: `${prefix}0`, id: 10 + index })];
      }
      default:
        return [{ ...base, kind: "dummy", mac }];
    }
  });
  const first = interfaces[0];
  const isConfigured =
    first !== undefined && first.up !== false && (first.addresses?.length ?? 0) > 0;
  return defined({
    name,
    kind: drawn.kind,
    at: [10 * number, 5] as [number, number],
    power: drawn.off ? ("off" as const) : undefined,
    hostname: drawn.hostname,
    interfaces,
    links: drawn.kind === "switch" ? undefined : links,
    routes:
      isConfigured && drawn.gateway
        ? [`default via 10.${number + 1}.1.200 dev eth0 metric 5`]
        : undefined,
    rules: drawn.rule ? ["500: from 10.0.0.0/8 fwmark 0x1 lookup 9"] : undefined,
    neighbours:
      isConfigured && drawn.neighbour
        ? [`10.${number + 1}.1.99 lladdr 02:00:00:00:00:99 dev eth0`]
        : undefined,
    sysctls: defined({
      "net.ipv4.ip_forward": drawn.forward,
      [`net.ipv4.conf.${prefix}0.arp_ignore`]: drawn.arpIgnore,
    }),
    namespaces:
      inside.length > 0 && drawn.kind !== "switch" ? [{ name: "box", links: inside }] : undefined,
    files: drawn.text === undefined ? undefined : { "/root/file": drawn.text },
  });
}

/** A device whose MTU follows from what it stands on. */
function withoutMtu<T extends { mtu?: number | undefined }>(device: T): Omit<T, "mtu"> {
  const copy = { ...device };
  delete copy.mtu;
  return copy;
}

/** Without the keys that are undefined. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
