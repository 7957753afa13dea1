/** Tab completion of `ip`: objects, commands, keywords, device and namespace names. */
import type { CompletionAnswer, CompletionRequest } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import { LINK_KINDS } from "./link/kinds/index.ts";

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  address: ["add", "change", "replace", "delete", "show", "flush", "help"],
  link: ["add", "delete", "set", "show", "help"],
  route: [
    "show",
    "add",
    "append",
    "change",
    "delete",
    "flush",
    "get",
    "prepend",
    "replace",
    "help",
  ],
  rule: ["add", "delete", "flush", "show", "help"],
  neighbour: ["add", "change", "replace", "delete", "show", "flush", "get", "help"],
  netns: ["add", "attach", "delete", "exec", "identify", "list", "list-id", "pids", "set", "help"],
  monitor: ["all", "address", "link", "neigh", "route", "rule", "label", "help"],
};

const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  address: ["dev", "broadcast", "label", "scope", "peer", "to", "up", "primary", "secondary"],
  link: [
    "dev",
    "up",
    "down",
    "name",
    "type",
    "master",
    "nomaster",
    "mtu",
    "address",
    "netns",
    "alias",
    "txqueuelen",
    "promisc",
    "arp",
    "multicast",
    "link",
    "peer",
  ],
  route: [
    "default",
    "via",
    "dev",
    "src",
    "metric",
    "mtu",
    "scope",
    "proto",
    "table",
    "onlink",
    "nexthop",
    "blackhole",
    "unreachable",
    "prohibit",
    "throw",
    "from",
    "iif",
    "oif",
    "mark",
    "cache",
  ],
  rule: ["from", "to", "iif", "oif", "fwmark", "table", "lookup", "priority", "not", "ipproto"],
  neighbour: ["dev", "lladdr", "nud", "proxy", "to"],
  netns: [],
  monitor: [],
};

const BEFORE_DEVICE = ["dev", "iif", "oif", "master", "link"];

export function completeIp(sys: Sys, { words }: CompletionRequest): CompletionAnswer {
  const before = words.slice(1, -1);
  const previous = before.at(-1) ?? "";
  const devices = sys.rtnetlink.links().map((link) => link.name);
  const namespaces = sys.access("/run/netns", {}) ? sys.readdir("/run/netns") : [];
  if (previous === "-n" || previous === "-netns" || previous === "netns") {
    if (before[0] !== "netns") return { candidates: namespaces };
  }
  const plain = before.filter((word) => !word.startsWith("-"));
  const typed = plain[0];
  if (typed === undefined) return { candidates: Object.keys(COMMANDS) };
  const object = Object.keys(COMMANDS).find((name) => name.startsWith(typed));
  if (object === undefined) return { candidates: [] };
  if (plain.length === 1) return { candidates: COMMANDS[object] ?? [] };
  if (BEFORE_DEVICE.includes(previous)) return { candidates: devices };
  if (previous === "type" && object === "link") {
    return { candidates: LINK_KINDS.map((kind) => kind.name) };
  }
  if (object === "netns") return { candidates: namespaces, files: plain.length > 2 };
  const named = object === "link" || object === "address" ? devices : [];
  return { candidates: [...named, ...(KEYWORDS[object] ?? [])] };
}
