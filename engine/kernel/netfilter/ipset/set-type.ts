/** The kinds of sets: what an element is made of and how it is kept. */

/** One part of an element: what `src` or `dst` picks from a packet. */
export type Part = "ip" | "net" | "port" | "iface" | "mac" | "mark";

export interface SetType {
  readonly name: string;
  /** The newest that the kernel has; what `Revision:` shows. */
  readonly revision: number;
  readonly storage: "hash" | "bitmap" | "list";
  /** None for list:set. */
  readonly parts: readonly Part[];
  /** Bytes of the set itself and of one element without extensions, on 64 bits. */
  readonly memory: { readonly set: number; readonly element: number };
  /** The netmask option is known. */
  readonly takesNetmask?: boolean;
  /** A prefix length of 0 is a valid network. */
  readonly takesAnywhere?: boolean;
}

/** Linux net/netfilter/ipset/ip_set_{bitmap,hash,list}_*.c */
export const SET_TYPES: readonly SetType[] = [
  {
    name: "bitmap:ip",
    revision: 3,
    storage: "bitmap",
    parts: ["ip"],
    memory: { set: 88, element: 0 },
    takesNetmask: true,
  },
  {
    name: "bitmap:port",
    revision: 3,
    storage: "bitmap",
    parts: ["port"],
    memory: { set: 72, element: 0 },
  },
  {
    name: "hash:ip",
    revision: 6,
    storage: "hash",
    parts: ["ip"],
    memory: { set: 216, element: 4 },
    takesNetmask: true,
  },
  {
    name: "hash:ip,mac",
    revision: 1,
    storage: "hash",
    parts: ["ip", "mac"],
    memory: { set: 208, element: 16 },
  },
  {
    name: "hash:ip,mark",
    revision: 3,
    storage: "hash",
    parts: ["ip", "mark"],
    memory: { set: 216, element: 8 },
  },
  {
    name: "hash:ip,port",
    revision: 7,
    storage: "hash",
    parts: ["ip", "port"],
    memory: { set: 216, element: 8 },
    takesNetmask: true,
  },
  {
    name: "hash:ip,port,ip",
    revision: 6,
    storage: "hash",
    parts: ["ip", "port", "ip"],
    memory: { set: 208, element: 12 },
  },
  {
    name: "hash:ip,port,net",
    revision: 8,
    storage: "hash",
    parts: ["ip", "port", "net"],
    memory: { set: 464, element: 12 },
  },
  {
    name: "hash:mac",
    revision: 1,
    storage: "hash",
    parts: ["mac"],
    memory: { set: 208, element: 8 },
  },
  {
    name: "hash:net",
    revision: 7,
    storage: "hash",
    parts: ["net"],
    memory: { set: 456, element: 8 },
  },
  {
    name: "hash:net,iface",
    revision: 8,
    storage: "hash",
    parts: ["net", "iface"],
    memory: { set: 488, element: 28 },
    takesAnywhere: true,
  },
  {
    name: "hash:net,net",
    revision: 4,
    storage: "hash",
    parts: ["net", "net"],
    memory: { set: 472, element: 16 },
    takesAnywhere: true,
  },
  {
    name: "hash:net,port",
    revision: 8,
    storage: "hash",
    parts: ["net", "port"],
    memory: { set: 456, element: 8 },
  },
  {
    name: "hash:net,port,net",
    revision: 3,
    storage: "hash",
    parts: ["net", "port", "net"],
    memory: { set: 472, element: 16 },
    takesAnywhere: true,
  },
  {
    name: "list:set",
    revision: 3,
    storage: "list",
    parts: [],
    memory: { set: 80, element: 48 },
  },
];

export function hasNetworks({ parts }: SetType): boolean {
  return parts.includes("net");
}

/** How many directions a rule should name. */
export function dimensionOf({ parts }: SetType): number {
  return Math.max(1, parts.length);
}
