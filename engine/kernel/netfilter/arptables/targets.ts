/** What arptables can do with an ARP message. Linux net/ipv4/netfilter/arpt_mangle.c, net/netfilter/xt_{mark,CLASSIFY}.c. */
import { formatIpv4, formatMac, type Ipv4, type Mac, parseMac } from "../../../net/address.ts";
import { MARK as packetMark } from "../targets/mark.ts";
import { CLASSIFY as packetClassify } from "../targets/side-effects.ts";
import { onlyFrom } from "../xtables/check.ts";
import {
  defineTarget,
  UsageError,
  type TargetDefinition,
  type TypedOption,
} from "../xtables/extension.ts";
import { parseUnsigned } from "../xtables/options.ts";

interface MangleConfig {
  readonly sourceIp: Ipv4 | undefined;
  readonly sourceMac: Mac | undefined;
  readonly targetIp: Ipv4 | undefined;
  readonly targetMac: Mac | undefined;
  readonly verdict: "ACCEPT" | "DROP" | "CONTINUE";
}

const VERDICTS = ["ACCEPT", "DROP", "CONTINUE"] as const;

function requireMac(text: string, what: string): Mac {
  const mac = parseMac(text);
  if (mac === undefined) throw new UsageError(`invalid ${what} MAC`);
  return mac;
}

const mangle = defineTarget<MangleConfig>({
  name: "mangle",
  docs: {
    summary: "changes the addresses in the message",
    examples: ["-j mangle --mangle-ip-s 10.0.0.9"],
  },
  options: {
    "mangle-ip-s": "argument",
    "mangle-ip-d": "argument",
    "mangle-mac-s": "argument",
    "mangle-mac-d": "argument",
    "mangle-target": "argument",
  },
  repeatable: ["mangle-ip-s", "mangle-ip-d", "mangle-mac-s", "mangle-mac-d", "mangle-target"],
  parse(options, { hostAddress }) {
    const last = <T>(name: string, read: (text: string) => T): T | undefined => {
      const option = options.findLast((one) => one.name === name);
      return option && read(option.value);
    };
    const verdict = last("mangle-target", (text) => {
      const known = VERDICTS.find((one) => one === text);
      if (!known) throw new UsageError("bad target for --mangle-target");
      return known;
    });
    return {
      sourceIp: last("mangle-ip-s", hostAddress),
      sourceMac: last("mangle-mac-s", (text) => requireMac(text, "source")),
      targetIp: last("mangle-ip-d", hostAddress),
      targetMac: last("mangle-mac-d", (text) => requireMac(text, "target")),
      verdict: verdict ?? "ACCEPT",
    };
  },
  save: (config) => formatMangle(config, formatIpv4),
  list: (config, names) =>
    formatMangle(config, (address) => names?.host(address) ?? formatIpv4(address)),
  check: ({ sourceIp, sourceMac, targetIp, targetMac }) =>
    [sourceIp, sourceMac, targetIp, targetMac].some((change) => change !== undefined),
  evaluate({ sourceIp, sourceMac, targetIp, targetMac, verdict }, { packet }) {
    const { arp } = packet;
    if (!arp) return "drop";
    packet.arp = {
      ...arp,
      senderIp: sourceIp ?? arp.senderIp,
      senderMac: sourceMac ?? arp.senderMac,
      targetIp: targetIp ?? arp.targetIp,
      targetMac: targetMac ?? arp.targetMac,
    };
    return verdict === "CONTINUE" ? "continue" : verdict === "ACCEPT" ? "accept" : "drop";
  },
});

function formatMangle(
  { sourceIp, sourceMac, targetIp, targetMac, verdict }: MangleConfig,
  host: (address: Ipv4) => string,
): string {
  let text = "";
  if (sourceIp !== undefined) text += ` --mangle-ip-s ${host(sourceIp)}`;
  if (sourceMac !== undefined) text += ` --mangle-mac-s ${formatMac(sourceMac)}`;
  if (targetIp !== undefined) text += ` --mangle-ip-d ${host(targetIp)}`;
  if (targetMac !== undefined) text += ` --mangle-mac-d ${formatMac(targetMac)}`;
  return verdict === "ACCEPT" ? text : `${text} --mangle-target ${verdict}`;
}

interface MarkConfig {
  readonly how: "set" | "and" | "or";
  readonly value: number;
}

function parseMark({ name, value: text }: TypedOption): MarkConfig {
  const how = name.split("-")[0] as MarkConfig["how"];
  const value = parseUnsigned(name === "set-mark" ? (text.split("/")[0] ?? "") : text);
  if (value === undefined) throw new UsageError(`Bad mark value \`${text}'`);
  return { how, value };
}

/** The only words for marks that this one has. */
const MARK = defineTarget<MarkConfig>({
  ...packetMark,
  options: { "set-mark": "argument", "and-mark": "argument", "or-mark": "argument" },
  exclusive: [],
  repeatable: ["set-mark", "and-mark", "or-mark"],
  parse([first, second]) {
    if (second) throw new UsageError(`MARK: Can't specify --${second.name} twice`);
    return first ? parseMark(first) : { how: "and", value: 0xffffffff };
  },
  save: ({ how, value }) => ` --${how}-mark ${value.toString(16)}`,
  list: ({ how, value }) => ` --${how}-mark ${value.toString(16)}`,
  evaluate({ how, value }, { packet }) {
    const { mark } = packet;
    const changes = { set: value, and: mark & value, or: mark | value };
    packet.mark = changes[how] >>> 0;
    return "continue";
  },
});

const CLASSIFY: TargetDefinition<unknown> = {
  ...packetClassify,
  save: (config) => shortClass(packetClassify.list(config, undefined)),
  list: (config) => shortClass(packetClassify.list(config, undefined)),
  check: (_, context) => onlyFrom(context, ["OUTPUT"]),
};

const shortClass = (listed: string): string => listed.replace("CLASSIFY set", "--set-class");

export const ARP_TARGETS: readonly TargetDefinition<unknown>[] = [mangle, MARK, CLASSIFY];

/** Real ones that Podwire does not carry out on ARP messages; refused by name. */
export const UNMODELLED_ARP_TARGETS: ReadonlySet<string> = new Set([
  "AUDIT",
  "CONNMARK",
  "IDLETIMER",
  "LED",
  "LOG",
  "NFLOG",
  "NFQUEUE",
  "RATEEST",
  "TEE",
  "TRACE",
]);
