/** Sets as `list` and `save` print them. */
import { formatIpv4, formatMac, type Ipv4, type Mac } from "../../net/address.ts";
import type { Element } from "../../kernel/netfilter/ipset/element.ts";
import type { Entry, IpSet } from "../../kernel/netfilter/ipset/ip-set.ts";
import type { IpSets } from "../../kernel/netfilter/ipset/ipset.ts";
import type { ElementRange } from "../../kernel/netfilter/ipset/range.ts";
import { hasNetworks, type SetType } from "../../kernel/netfilter/ipset/set-type.ts";
import { protocolText } from "./element-text.ts";
import { icmpName } from "./icmp-names.ts";

export type OutputMode = "plain" | "save" | "xml";

export interface ListOptions {
  readonly mode: OutputMode;
  readonly sorted: boolean;
  readonly terse: boolean;
}

const IPPROTO_ICMP = 1;

// ------------------------------------------------------------------ elements

function addressText(address: number, length: number): string {
  const text = formatIpv4(address as Ipv4);
  return length === 32 ? text : `${text}/${length}`;
}

function serviceText(type: SetType, protocol: number, port: string): string {
  return type.storage === "bitmap" ? port : `${protocolText(protocol)}:${port}`;
}

function elementText(type: SetType, element: Element): string {
  let isSecond = false;
  return type.parts
    .map((part) => {
      switch (part) {
        case "ip":
        case "net": {
          const text = isSecond
            ? addressText(element.address2, element.length2)
            : addressText(element.address, element.length);
          isSecond = true;
          return text;
        }
        case "port": {
          const { protocol, port } = element;
          const isIcmp = protocol === IPPROTO_ICMP && type.storage === "hash";
          return serviceText(type, protocol, isIcmp ? icmpName(port) : String(port));
        }
        case "iface":
          return `${element.isPhysical ? "physdev:" : ""}${element.iface}`;
        case "mac":
          return formatMac(element.mac as Mac).toUpperCase();
        case "mark":
          return `0x${element.mark.toString(16).padStart(8, "0")}`;
      }
    })
    .join(",");
}

/** What was asked for, as `test` repeats it. */
export function rangeText(type: SetType, range: ElementRange): string {
  const { first, second, ports, rest } = range;
  const addresses = [first, second].map((one) => {
    if (!one) return "";
    if (one.length !== undefined && one.length < 32) return addressText(one.from, one.length);
    const from = formatIpv4(one.from as Ipv4);
    return one.from === one.to ? from : `${from}-${formatIpv4(one.to as Ipv4)}`;
  });
  let index = 0;
  const blank = { address: 0, length: 32, address2: 0, length2: 32 };
  const service = { protocol: ports?.protocol ?? 0, port: ports?.from ?? 0 };
  return type.parts
    .map((part) => {
      if (part === "ip" || part === "net") return addresses[index++] as string;
      return elementText({ ...type, parts: [part] }, { ...blank, ...service, ...rest });
    })
    .join(",");
}

/** What follows an element: `timeout 20 packets 1 bytes 84 comment "x"`. */
function extensionWords(set: IpSet, entry: Entry): (readonly [name: string, value: string])[] {
  const { options } = set;
  const words: [string, string][] = [];
  if (options.timeout !== undefined) words.push(["timeout", String(set.remainingSeconds(entry))]);
  if (entry.isNoMatch) words.push(["nomatch", ""]);
  if (options.counters) {
    words.push(["packets", String(entry.packets)], ["bytes", String(entry.bytes)]);
  }
  if (entry.comment !== "") words.push(["comment", `"${entry.comment}"`]);
  const { mark, mask, priority, queue } = entry.skbinfo;
  if (mask !== 0 || mark !== 0) {
    const maskText = mask === 0xffffffff ? "" : `/0x${mask.toString(16)}`;
    words.push(["skbmark", `0x${mark.toString(16)}${maskText}`]);
  }
  if (priority !== 0) {
    words.push([
      "skbprio",
      `${(priority >>> 16).toString(16)}:${(priority & 0xffff).toString(16)}`,
    ]);
  }
  if (queue !== 0) words.push(["skbqueue", String(queue)]);
  return words;
}

/** As `-s` sorts: addresses, the longer prefix first, protocols by name, ports. */
function compareElements(a: Element, b: Element): number {
  const [nameA, nameB] = [protocolText(a.protocol), protocolText(b.protocol)];
  return (
    a.address - b.address ||
    b.length - a.length ||
    nameA.length - nameB.length ||
    (nameA < nameB ? -1 : nameA > nameB ? 1 : 0) ||
    a.port - b.port ||
    a.address2 - b.address2 ||
    b.length2 - a.length2 ||
    a.mac - b.mac ||
    a.mark - b.mark
  );
}

interface Line {
  readonly text: string;
  readonly words: readonly (readonly [name: string, value: string])[];
}

function linesOf(set: IpSet, sorted: boolean): Line[] {
  if (set.type.storage === "list") {
    return set.members.map(({ name, entry }) => ({
      text: name,
      words: extensionWords(set, entry),
    }));
  }
  const entries = [...set.list()];
  if (sorted && set.type.storage === "hash") {
    entries.sort((a, b) => compareElements(a.element, b.element));
  } else if (hasNetworks(set.type)) {
    entries.sort((a, b) => Number(b.isNoMatch) - Number(a.isNoMatch));
  }
  return entries.map((entry) => ({
    text: elementText(set.type, entry.element),
    words: extensionWords(set, entry),
  }));
}

// ------------------------------------------------------------------ headers

function headerWords(set: IpSet): (readonly [name: string, value: string])[] {
  const { type, options } = set;
  const words: [string, string][] = [];
  switch (type.storage) {
    case "hash":
      words.push(
        ["family", "inet"],
        ["hashsize", String(options.hashSize)],
        ["maxelem", String(options.maxElements)],
      );
      break;
    case "bitmap": {
      const { from, to } = options.range;
      const isPort = type.parts[0] === "port";
      words.push([
        "range",
        isPort ? `${from}-${to}` : `${formatIpv4(from as Ipv4)}-${formatIpv4(to as Ipv4)}`,
      ]);
      break;
    }
    case "list":
      words.push(["size", String(options.listSize)]);
  }
  if (type.name === "hash:mac") words.shift();
  if (options.markmask !== undefined) {
    words.push(["markmask", `0x${options.markmask.toString(16).padStart(8, "0")}`]);
  }
  if (options.netmask !== undefined) words.push(["netmask", String(options.netmask)]);
  if (options.timeout !== undefined) words.push(["timeout", String(options.timeout)]);
  if (options.counters) words.push(["counters", ""]);
  if (options.comment) words.push(["comment", ""]);
  if (options.skbinfo) words.push(["skbinfo", ""]);
  if (type.storage === "hash") {
    words.push(
      ["bucketsize", String(options.bucketSize)],
      ["initval", `0x${options.initval.toString(16).padStart(8, "0")}`],
    );
  }
  return words;
}

const spaced = (words: readonly (readonly [string, string])[]): string =>
  words.map(([name, value]) => (value === "" ? name : `${name} ${value}`)).join(" ");

const tagged = (words: readonly (readonly [string, string])[]): string =>
  words
    .map(([name, value]) => (value === "" ? `<${name}/>` : `<${name}>${value}</${name}>`))
    .join("");

// ------------------------------------------------------------------ whole sets

export function setsText(sets: IpSets, names: readonly string[], options: ListOptions): string {
  const references = sets.references();
  const texts = names.map((name) => {
    const set = sets.get(name) as IpSet;
    switch (options.mode) {
      case "plain":
        return plainText(name, set, references.get(name) ?? 0, options);
      case "save":
        return saveText(name, set, options);
      case "xml":
        return xmlText(name, set, references.get(name) ?? 0, options);
    }
  });
  if (options.mode === "xml") return `<ipsets>\n${texts.join("")}</ipsets>\n`;
  return texts.join(options.mode === "plain" ? "\n" : "");
}

function plainText(name: string, set: IpSet, references: number, options: ListOptions): string {
  let text =
    `Name: ${name}\nType: ${set.type.name}\nRevision: ${set.type.revision}\n` +
    `Header: ${spaced(headerWords(set))}\nSize in memory: ${set.memoryBytes}\n` +
    `References: ${references}\nNumber of entries: ${set.size}\n`;
  if (options.terse) return text;
  text += "Members:\n";
  for (const line of linesOf(set, options.sorted)) text += `${lineText(line)}\n`;
  return text;
}

function lineText({ text, words }: Line): string {
  return words.length === 0 ? text : `${text} ${spaced(words)}`;
}

function saveText(name: string, set: IpSet, options: ListOptions): string {
  let text = `create ${name} ${set.type.name} ${spaced(headerWords(set))}\n`;
  if (options.terse) return text;
  for (const line of linesOf(set, options.sorted)) text += `add ${name} ${lineText(line)}\n`;
  return text;
}

function xmlText(name: string, set: IpSet, references: number, options: ListOptions): string {
  let text =
    `<ipset name="${name}">\n<type>${set.type.name}</type>\n` +
    `<revision>${set.type.revision}</revision>\n<header>${tagged(headerWords(set))}\n` +
    `<memsize>${set.memoryBytes}</memsize>\n<references>${references}</references>\n` +
    `<numentries>${set.size}</numentries>\n</header>\n`;
  if (!options.terse) {
    text += "<members>\n";
    for (const { text: element, words } of linesOf(set, options.sorted)) {
      text += `<member><elem>${element}</elem>${tagged(words)}</member>\n`;
    }
    text += "</members>\n";
  }
  return `${text}</ipset>\n`;
}
