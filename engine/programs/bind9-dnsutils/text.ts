/** How BIND's tools write messages and records. */
import { formatIpv4, parseIpv4 } from "../../net/address.ts";
import {
  DNS_TYPE_A,
  DNS_TYPE_AAAA,
  DNS_TYPE_ANY,
  DNS_TYPE_CNAME,
  DNS_TYPE_MX,
  DNS_TYPE_NS,
  DNS_TYPE_PTR,
  DNS_TYPE_SOA,
  DNS_TYPE_SRV,
  DNS_TYPE_TXT,
  reverseName,
  type DnsMessage,
  type DnsRecord,
} from "../../net/dns.ts";

const TYPES: readonly (readonly [string, number])[] = [
  ["A", DNS_TYPE_A],
  ["NS", DNS_TYPE_NS],
  ["CNAME", DNS_TYPE_CNAME],
  ["SOA", DNS_TYPE_SOA],
  ["PTR", DNS_TYPE_PTR],
  ["MX", DNS_TYPE_MX],
  ["TXT", DNS_TYPE_TXT],
  ["AAAA", DNS_TYPE_AAAA],
  ["SRV", DNS_TYPE_SRV],
  ["ANY", DNS_TYPE_ANY],
];

export function parseType(word: string): number | undefined {
  const known = TYPES.find(([name]) => name === word.toUpperCase());
  if (known) return known[1];
  const match = /^TYPE(\d{1,5})$/i.exec(word);
  return match ? Number(match[1]) : undefined;
}

export function typeText(type: number): string {
  return TYPES.find(([, number]) => number === type)?.[0] ?? `TYPE${type}`;
}

const STATUS = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"] as const;

export function statusText(code: number): string {
  return STATUS[code] ?? `RESERVED${code}`;
}

/** `10.0.0.5` as `5.0.0.10.in-addr.arpa`; undefined: no address. */
export function reverseOf(text: string): string | undefined {
  const address = parseIpv4(text);
  return address === undefined ? undefined : reverseName(address);
}

export function dataText(record: DnsRecord): string {
  const { address, target, texts, soa, preference } = record;
  if (address !== undefined) return formatIpv4(address);
  if (texts) return texts.map(quoted).join(" ");
  if (soa) return `${soa.origin}. ${soa.mailbox}. ${soa.numbers.join(" ")}`;
  if (record.type === DNS_TYPE_SRV) {
    return `${preference} ${record.weight} ${record.port} ${target}.`;
  }
  return preference === undefined ? `${target ?? ""}.` : `${preference} ${target}.`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** `;; flags: …` and what precedes it. */
export function headerText(message: DnsMessage, additional: number): string {
  const flags = [
    message.response ? "qr" : "",
    message.authoritative ? "aa" : "",
    message.truncated ? "tc" : "",
    message.recursionDesired ? "rd" : "",
    message.recursionAvailable ? "ra" : "",
  ].filter((flag) => flag !== "");
  return (
    `;; ->>HEADER<<- opcode: QUERY, status: ${statusText(message.responseCode)}, id: ${message.id}\n` +
    `;; flags: ${flags.join(" ")}; QUERY: ${message.questions.length}, ` +
    `ANSWER: ${message.answers.length}, AUTHORITY: ${message.authority?.length ?? 0}, ` +
    `ADDITIONAL: ${additional}\n`
  );
}

const NAME_COLUMNS = 24;
const TAB = 8;

export function recordLine(record: DnsRecord): string {
  const name = record.name === "" ? "." : `${record.name}.`;
  return `${indent(name, NAME_COLUMNS)}${record.ttlSeconds}\tIN\t${typeText(record.type)}\t${dataText(record)}\n`;
}

export function questionLine(name: string, type: number): string {
  const start = name === "" ? ";." : `;${name}.`;
  return `${indent(start, NAME_COLUMNS + TAB)}IN\t${typeText(type)}\n`;
}

/** Fills up with tabs; what is too long gets one column. */
function indent(text: string, column: number): string {
  const target = Math.max(column, text.length + 1);
  const tabs = Math.floor(target / TAB) - Math.floor(text.length / TAB);
  return (
    text +
    (tabs > 0 ? "\t".repeat(tabs) : "") +
    " ".repeat(tabs > 0 ? target % TAB : target - text.length)
  );
}

export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `;; ${title} SECTION:\n${lines.join("")}\n`;
}
