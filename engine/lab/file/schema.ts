/**
 * The shape of a lab file. Unknown keys are refused. Everything that can be left out has a
 * default, which the printer leaves out again (`canonical.ts`).
 *
 * What needs more than one place to judge (names that repeat, cables that lead nowhere) is
 * checked in `checks.ts`.
 */
import { z } from "zod";
import { parseMac } from "../../net/address.ts";
import { dockerSchema } from "../docker/schema.ts";
import { parseAddressText } from "../text/address-text.ts";
import { parseFdbText } from "../text/fdb-text.ts";
import { VLAN_TEXT } from "../text/vlan-text.ts";
import { parseNeighbourText } from "../text/neighbour-text.ts";
import { parseRouteText } from "../text/route-text.ts";
import { parseRuleText } from "../text/rule-text.ts";
import { isInterfaceName, type TextResult } from "../text/words.ts";

// Zod would compile validators with `new Function`, which a strict content policy forbids.
z.config({ jitless: true });

/** The version of the format that this program writes. */
export const LAB_VERSION = 1;

// ------------------------------------------------------------------ words

const NODE_NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62})$/;

const NODE_NAME_EXPECTED = "expected a host name: letters, digits, '-', '.' and '_', at most 63";

const nodeName = z.string().regex(NODE_NAME, NODE_NAME_EXPECTED);

/** What is wrong with a name for a node; undefined: nothing. */
export function nodeNameProblem(name: string): string | undefined {
  return NODE_NAME.test(name) ? undefined : NODE_NAME_EXPECTED;
}

const interfaceName = z
  .string()
  .refine(
    isInterfaceName,
    "expected an interface name: at most 15 characters, no space, '/' or ':'",
  );

const mac = z
  .string()
  .refine(
    (text) => parseMac(text) !== undefined,
    "expected a MAC address such as 02:00:00:00:00:01",
  );

/** A line in iproute2's words. */
function line(parse: (text: string) => TextResult<unknown>, description: string) {
  return z
    .string()
    .max(1000)
    .superRefine((text, context) => {
      const result = parse(text);
      if (!result.ok) context.addIssue({ code: "custom", message: result.message });
    })
    .meta({ description });
}

const text = (limit: number) => z.string().max(limit);
const whole = (low: number, high: number) => z.int().min(low).max(high);
const point = z
  .tuple([z.number().min(-1e6).max(1e6), z.number().min(-1e6).max(1e6)])
  .meta({ description: "Place on the canvas: [x, y], in pixels; y grows downwards." });
const size = z
  .tuple([z.number().min(1).max(1e5), z.number().min(1).max(1e5)])
  .meta({ description: "[width, height], in pixels." });

/** Where the other end of a veth or the lower device is: `NAME`, `NETNS/NAME` or `/NAME`. */
const deviceReference = z
  .string()
  .regex(
    /^(?:[^\s/:]{0,255}\/)?[^\s/:]{1,15}$/,
    "expected an interface: NAME, NETNS/NAME, or /NAME for one outside every namespace",
  )
  .meta({ description: "NAME, NETNS/NAME, or /NAME for one outside every namespace." });

// ------------------------------------------------------------------ devices

const vlans = z
  .array(z.string().regex(VLAN_TEXT, "expected a VLAN such as `10` or `10 pvid untagged`"))
  .max(4094)
  .meta({ description: "As `bridge vlan add vid` takes them. Default: `1 pvid untagged`." });

const port = z
  .strictObject({
    hairpin: z.boolean(),
    guard: z.boolean(),
    rootBlock: z.boolean(),
    fastLeave: z.boolean(),
    learning: z.boolean(),
    flood: z.boolean(),
    multicastFlood: z.boolean(),
    broadcastFlood: z.boolean(),
    multicastRouter: whole(0, 2),
    isolated: z.boolean(),
    locked: z.boolean(),
    groupForwardMask: whole(0, 0xffff),
    cost: whole(1, 65535),
    priority: whole(0, 63),
    vlans,
  })
  .partial()
  .meta({ description: "As a bridge port; only what differs from the kernel's default." });

/** What every device can have. Default: up, the kind's MTU, no addresses. */
const device = {
  name: interfaceName,
  mac: mac.optional().meta({ description: "Only if not the default one." }),
  mtu: whole(68, 65535).optional(),
  up: z.boolean().optional().meta({ description: "Default: true." }),
  alias: text(255).optional(),
  alternativeNames: z
    .array(z.string().regex(/^[^\s/]{1,127}$/))
    .max(64)
    .optional(),
  txQueueLength: whole(0, 0xffffffff).optional(),
  group: whole(0, 0x7fffffff).optional(),
  arp: z.boolean().optional().meta({ description: "Default: true." }),
  promiscuous: z.boolean().optional(),
  multicast: z.boolean().optional().meta({ description: "Default: true." }),
  allMulticast: z.boolean().optional(),
  master: interfaceName.nullable().optional().meta({
    description: "The bridge that it is a port of. A switch's ports are in br0; null: not.",
  }),
  port: port.optional(),
  addresses: z
    .array(line(parseAddressText, "As `ip address add` takes it: 10.0.0.1/24 brd +"))
    .max(10_000)
    .optional(),
};

const bridgeSettings = {
  ageingSeconds: z.number().min(0).max(1e7).optional(),
  forwardDelaySeconds: z.number().min(0).max(1e4).optional(),
  helloSeconds: z.number().min(0).max(1e4).optional(),
  maxAgeSeconds: z.number().min(0).max(1e4).optional(),
  stp: z.boolean().optional(),
  priority: whole(0, 65535).optional(),
  vlanFiltering: z.boolean().optional(),
  defaultPvid: whole(0, 4094).optional(),
  vlanStatistics: z.boolean().optional(),
  vlans: vlans.optional(),
  groupForwardMask: whole(0, 0xffff).optional(),
  multicastSnooping: z.boolean().optional(),
  multicastRouter: whole(0, 2).optional(),
  callIptables: z.boolean().optional(),
};

const ipv4 = z.ipv4("expected an IPv4 address such as 10.0.0.1");

const link = z.discriminatedUnion("kind", [
  z.strictObject({ ...device, kind: z.literal("dummy") }),
  z.strictObject({ ...device, kind: z.literal("veth"), peer: deviceReference }),
  z.strictObject({ ...device, kind: z.literal("bridge"), ...bridgeSettings }),
  z.strictObject({ ...device, kind: z.literal("vlan"), link: deviceReference, id: whole(0, 4095) }),
  z.strictObject({
    ...device,
    kind: z.literal("macvlan"),
    link: deviceReference,
    mode: z.enum(["bridge", "private", "vepa", "passthru"]).optional(),
  }),
  z.strictObject({
    ...device,
    kind: z.literal("vxlan"),
    vni: whole(0, 0xffffff),
    remote: ipv4.optional(),
    local: ipv4.optional(),
    dstPort: whole(1, 65535).optional(),
    sourcePorts: z.tuple([whole(0, 65535), whole(0, 65535)]).optional(),
    learning: z.boolean().optional(),
    ttl: z.union([whole(0, 255), z.literal("inherit")]).optional(),
    tos: z.union([whole(0, 255), z.literal("inherit")]).optional(),
    ageingSeconds: whole(0, 0xffffffff).optional(),
    maxAddresses: whole(0, 0xffffffff).optional(),
    link: deviceReference.optional(),
  }),
  z.strictObject({
    ...device,
    kind: z.literal("ipip"),
    local: ipv4.optional(),
    remote: ipv4.optional(),
    link: deviceReference.optional(),
  }),
]);

const loopback = z.strictObject({
  up: z.boolean().optional(),
  mtu: whole(68, 65536).optional(),
  addresses: device.addresses.meta({ description: "All of them; default: 127.0.0.1/8." }),
});

// ------------------------------------------------------------------ what is configured inside

const sysctls = z.record(
  z
    .string()
    .regex(/^[a-z][A-Za-z0-9_.\-/@]{0,255}$/, "expected a sysctl such as net.ipv4.ip_forward"),
  z.union([z.string().max(4096), z.number(), z.boolean()]),
);

/** One network namespace. */
const network = {
  interfaces: z
    .array(z.strictObject(device))
    .max(4096)
    .optional()
    .meta({ description: "The network cards. Left out: the usual ones, and those with a cable." }),
  loopback: loopback.optional(),
  links: z.array(link).max(4096).optional().meta({ description: "Virtual devices." }),
  routes: z
    .array(line(parseRouteText, "As `ip route add` takes it: default via 10.0.0.1"))
    .max(100_000)
    .optional(),
  rules: z
    .array(line(parseRuleText, "As `ip rule` prints it: '100: from 10.0.0.0/8 lookup 7'"))
    .max(10_000)
    .optional(),
  neighbours: z
    .array(line(parseNeighbourText, "10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0"))
    .max(100_000)
    .optional(),
  fdb: z
    .array(line(parseFdbText, "02:00:00:00:00:09 dev eth0 master static"))
    .max(100_000)
    .optional(),
  sysctls: sysctls.optional().meta({ description: "Those that differ from their default." }),
};

const namespace = z.strictObject({
  name: z.string().regex(/^[^/\s\p{Cc}]{1,255}$/u, "expected a namespace name without '/'"),
  ...network,
});

const mode = z.string().regex(/^[0-7]{3,4}$/, 'expected permissions such as "644"');

const file = z.union([
  z.string().max(4 << 20),
  z.strictObject({ text: z.string().max(4 << 20), mode: mode.optional() }),
  z.strictObject({ base64: z.base64("expected base64").max(6 << 20), mode: mode.optional() }),
  z.strictObject({ directory: z.literal(true), mode: mode.optional() }),
  z.strictObject({ link: text(4096) }),
  z.strictObject({ deleted: z.literal(true) }),
]);

const absolutePath = z
  .string()
  .max(4096)
  .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/, "expected an absolute path without '.' or '..'");

const service = z
  .strictObject({ running: z.boolean(), enabled: z.boolean() })
  .partial()
  .meta({ description: "Only what differs from the disk image." });

const node = z.strictObject({
  name: nodeName,
  kind: z.enum(["host", "router", "switch"]),
  image: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "expected a disk image such as debian-12")
    .optional()
    .meta({ description: "Disk image. Default: debian-12." }),
  at: point.optional(),
  power: z.enum(["on", "off"]).optional().meta({ description: "Default: on." }),
  hostname: nodeName.optional().meta({ description: "Only if not the node's name." }),
  ...network,
  namespaces: z.array(namespace).max(1024).optional(),
  services: z.record(z.string().max(255), service).optional(),
  files: z
    .record(absolutePath, file)
    .optional()
    .meta({ description: "Files that differ from the disk image." }),
  docker: dockerSchema(file).optional(),
});

// ------------------------------------------------------------------ the drawing

const cableEnd = z
  .string()
  .regex(
    /^[^\s:/]{1,63}:(?:[^\s/:]{1,255}\/)?[^\s/:]{1,15}$/,
    "expected NODE:INTERFACE, such as h1:eth0",
  );

const cable = z.strictObject({
  ends: z.tuple([cableEnd, cableEnd]).meta({ description: "[h1:eth0, sw1:p1]" }),
  latencyMs: z.number().min(0).max(60_000).optional(),
  bandwidthMbit: z.number().min(0).max(1_000_000).optional().meta({ description: "0: unlimited." }),
  lossPercent: z.number().min(0).max(100).optional(),
  cut: z.boolean().optional(),
});

export const NOTE_COLOURS = ["yellow", "blue", "green", "pink", "grey"] as const;

const note = z.strictObject({
  text: text(100_000),
  at: point,
  size: size.optional(),
  colour: z.enum(NOTE_COLOURS).optional(),
});

const group = z.strictObject({
  label: text(1000),
  at: point,
  size,
  members: z.array(nodeName).max(5000).optional(),
});

/** An image of the lab's own, beside those of the emulated registry. */
const image = z.strictObject({
  name: z
    .string()
    .max(255)
    .regex(
      /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?$/,
      "expected a repository and perhaps a tag, such as shop/cart:2",
    ),
  base: text(255).meta({ description: "An image of the registry, such as busybox." }),
  files: z.record(absolutePath, text(100_000)).optional(),
  command: z.array(text(4096)).min(1).max(100).optional(),
  service: z
    .strictObject({
      port: whole(1, 65_535),
      paths: z
        .record(
          z
            .string()
            .max(1000)
            .regex(/^(?:\*|\/.*)$/, "expected a path, or * for every other one"),
          z.strictObject({
            status: whole(100, 599).optional(),
            body: text(100_000).optional(),
            type: text(200).optional(),
            delayMs: whole(0, 600_000).optional(),
          }),
        )
        .meta({ description: "Path → what is answered." }),
    })
    .optional()
    .meta({ description: "An HTTP server that answers as this says." }),
});

const terminal = z.strictObject({
  node: nodeName,
  title: text(200).optional(),
  command: text(1000)
    .optional()
    .meta({ description: "What runs in it instead of the login shell's prompt." }),
});

export const labSchema = z
  .strictObject({
    podwire: z.literal(LAB_VERSION).meta({ description: "Version of this format." }),
    name: text(200).optional(),
    description: text(10_000).optional(),
    seed: whole(0, 0xffffffff)
      .optional()
      .meta({ description: "Of every random draw. Default: 1." }),
    nodes: z.array(node).max(5000).optional(),
    cables: z.array(cable).max(20_000).optional(),
    notes: z.array(note).max(2000).optional(),
    groups: z.array(group).max(2000).optional(),
    terminals: z.array(terminal).max(100).optional(),
    images: z.array(image).max(100).optional().meta({ description: "For docker run." }),
  })
  .meta({ title: "Podwire lab", description: "A network lab for Podwire (*.podwire.yaml)." });

export type LabFile = z.infer<typeof labSchema>;
export type NodeFile = z.infer<typeof node>;
export type NetworkFile = Omit<z.infer<typeof namespace>, "name">;
export type NamespaceFile = z.infer<typeof namespace>;
export type InterfaceFile = NonNullable<NetworkFile["interfaces"]>[number];
export type LinkFile = z.infer<typeof link>;
export type PortFile = z.infer<typeof port>;
export type FileEntry = z.infer<typeof file>;
export type ImageFile = z.infer<typeof image>;
export type CableFile = z.infer<typeof cable>;
export type NoteFile = z.infer<typeof note>;
export type GroupFile = z.infer<typeof group>;
