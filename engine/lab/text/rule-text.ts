/** A policy rule as `ip rule` prints it: `100: from 10.0.0.0/8 lookup 7`. */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import type { RuleMessage } from "../../kernel/rtnetlink/messages.ts";
import { readTable, tableName } from "./table-name.ts";
import { readLine, TextError, type TextResult, type Words } from "./words.ts";

/** One of the three rules that every namespace starts with was removed: `32766: deleted`. */
export interface DeletedRule {
  readonly priority: number;
  readonly deleted: true;
}

type Draft = { -readonly [K in keyof RuleMessage]: RuleMessage[K] };

export function parseRuleText(text: string): TextResult<RuleMessage | DeletedRule> {
  return readLine(text, ruleGrammar);
}

function ruleGrammar(words: Words): RuleMessage | DeletedRule {
  const first = words.next('a priority such as "100:"');
  const match = /^(\d{1,10}):$/.exec(first);
  if (!match || Number(match[1]) > 0xffffffff) {
    throw new TextError(`"${first}" is not a priority such as "100:"`);
  }
  const priority = Number(match[1]);
  if (words.take("deleted")) return { priority, deleted: true };
  const rule: Draft = { priority, not: words.take("not"), action: { kind: "blackhole" } };
  let acts = false;
  while (!words.done) {
    const key = words.next("a word");
    switch (key) {
      case "from":
        rule.source = optionalPrefix(words);
        break;
      case "to":
        rule.destination = optionalPrefix(words);
        break;
      case "tos":
        rule.tos = words.number("a TOS", 0, 255);
        break;
      case "fwmark":
        rule.mark = markGrammar(words);
        break;
      case "iif":
        rule.inputDevice = words.device();
        break;
      case "oif":
        rule.outputDevice = words.device();
        break;
      case "ipproto":
        rule.protocol = words.number("a protocol number", 0, 255);
        break;
      case "sport":
        rule.sourcePorts = rangeGrammar(words, "a port or a range such as 80 or 80-90", 65535);
        break;
      case "dport":
        rule.destinationPorts = rangeGrammar(words, "a port or a range such as 80 or 80-90", 65535);
        break;
      case "uidrange":
        rule.uids = rangeGrammar(words, "a range of user ids", 0xffffffff);
        break;
      case "suppress_prefixlength":
        rule.suppressPrefixLength = words.number("a prefix length", 0, 32);
        break;
      case "lookup":
        rule.action = { kind: "lookup", table: readTable(words) };
        acts = true;
        break;
      case "goto":
        rule.action = { kind: "goto", priority: words.number("a priority", 1, 0xffffffff) };
        acts = true;
        break;
      case "blackhole":
      case "unreachable":
      case "prohibit":
        rule.action = { kind: key };
        acts = true;
        break;
      default:
        throw new TextError(`did not expect "${key}" in a rule`);
    }
  }
  if (!acts) throw new TextError("expected lookup, goto, blackhole, unreachable or prohibit");
  for (const key of Object.keys(rule) as (keyof Draft)[]) {
    if (rule[key] === undefined) delete rule[key];
  }
  return rule;
}

function optionalPrefix(words: Words): { address: Ipv4; length: number } | undefined {
  return words.take("all") ? undefined : words.prefix();
}

function markGrammar(words: Words): { value: number; mask: number } {
  const word = words.next("a mark");
  const match = /^(0x[0-9a-fA-F]{1,8}|\d{1,10})(?:\/(0x[0-9a-fA-F]{1,8}|\d{1,10}))?$/.exec(word);
  const value = Number(match?.[1] ?? Number.NaN);
  const mask = match?.[2] === undefined ? 0xffffffff : Number(match[2]);
  if (!(value <= 0xffffffff && mask <= 0xffffffff)) {
    throw new TextError(`"${word}" is not a mark such as 0x1 or 0x1/0xff`);
  }
  return { value, mask };
}

function rangeGrammar(
  words: Words,
  expected: string,
  highest: number,
): { from: number; to: number } {
  const word = words.next(expected);
  const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(word);
  const from = Number(match?.[1] ?? Number.NaN);
  const to = match?.[2] === undefined ? from : Number(match[2]);
  if (!(from <= to && to <= highest)) throw new TextError(`"${word}" is not ${expected}`);
  return { from, to };
}

export function formatRuleText(rule: RuleMessage | DeletedRule): string {
  const words = [`${rule.priority}:`];
  if ("deleted" in rule) return [...words, "deleted"].join(" ");
  if (rule.not) words.push("not");
  words.push("from", formatPrefix(rule.source));
  if (rule.destination) words.push("to", formatPrefix(rule.destination));
  if (rule.tos) words.push("tos", String(rule.tos));
  if (rule.mark) {
    const { value, mask } = rule.mark;
    const hex = `0x${value.toString(16)}`;
    words.push("fwmark", mask === 0xffffffff ? hex : `${hex}/0x${mask.toString(16)}`);
  }
  if (rule.inputDevice !== undefined) words.push("iif", rule.inputDevice);
  if (rule.outputDevice !== undefined) words.push("oif", rule.outputDevice);
  if (rule.protocol !== undefined) words.push("ipproto", String(rule.protocol));
  if (rule.sourcePorts) words.push("sport", formatRange(rule.sourcePorts));
  if (rule.destinationPorts) words.push("dport", formatRange(rule.destinationPorts));
  if (rule.uids) words.push("uidrange", `${rule.uids.from}-${rule.uids.to}`);
  switch (rule.action.kind) {
    case "lookup":
      words.push("lookup", tableName(rule.action.table));
      if (rule.suppressPrefixLength !== undefined) {
        words.push("suppress_prefixlength", String(rule.suppressPrefixLength));
      }
      break;
    case "goto":
      words.push("goto", String(rule.action.priority));
      break;
    default:
      words.push(rule.action.kind);
  }
  return words.join(" ");
}

function formatPrefix(prefix: RuleMessage["source"]): string {
  if (!prefix) return "all";
  const address = formatIpv4(prefix.address);
  return prefix.length === 32 ? address : `${address}/${prefix.length}`;
}

function formatRange({ from, to }: { readonly from: number; readonly to: number }): string {
  return from === to ? String(from) : `${from}-${to}`;
}
