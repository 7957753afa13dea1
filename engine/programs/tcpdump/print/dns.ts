import { formatIpv4 } from "../../../net/address.ts";
import {
  DNS_TYPE_A,
  DNS_TYPE_CNAME,
  DNS_TYPE_NS,
  DNS_TYPE_PTR,
  DNS_TYPE_SOA,
  parseDnsMessage,
  type DnsMessage,
  type DnsRecord,
} from "../../../net/dns.ts";

const AAAA = 28;
const TYPE_NAMES: Readonly<Record<number, string>> = {
  [DNS_TYPE_A]: "A",
  [DNS_TYPE_NS]: "NS",
  [DNS_TYPE_CNAME]: "CNAME",
  [DNS_TYPE_SOA]: "SOA",
  [DNS_TYPE_PTR]: "PTR",
  15: "MX",
  16: "TXT",
  [AAAA]: "AAAA",
  33: "SRV",
};

const RESPONSE_CODES = ["", " FormErr", " ServFail", " NXDomain", " NotImp", " Refused"];

/** `10330+ A? example.com. (29)` or `10330 1/0/0 A 192.0.2.1 (45)`; undefined: no DNS message. */
export function dnsText(payload: Uint8Array): string | undefined {
  const message = parseDnsMessage(payload);
  if (!message) return undefined;
  const counts = [4, 6, 8, 10].map((at) => (payload[at] ?? 0) * 256 + (payload[at + 1] ?? 0));
  const [, answers = 0, authorities = 0, additionals = 0] = counts;
  const body = message.response
    ? responseText(message, `${answers}/${authorities}/${additionals}`)
    : queryText(message, { answers, authorities, additionals });
  return `${message.id}${body} (${payload.length})`;
}

function queryText(
  message: DnsMessage,
  counts: { readonly answers: number; readonly authorities: number; readonly additionals: number },
): string {
  const unusual = [
    counts.answers > 0 ? `[${counts.answers}a]` : "",
    counts.authorities > 0 ? `[${counts.authorities}n]` : "",
    counts.additionals > 0 ? `[${counts.additionals}au]` : "",
  ].filter((text) => text !== "");
  const questions = message.questions.map(
    (question) => `${typeName(question.type)}? ${question.name}.`,
  );
  return [message.recursionDesired ? "+" : "", ...unusual, ...questions].join(" ");
}

function responseText(message: DnsMessage, counts: string): string {
  const code = RESPONSE_CODES[message.responseCode] ?? ` Resp${message.responseCode}`;
  const marks = `${message.authoritative ? "*" : ""}${message.recursionAvailable ? "" : "-"}${message.truncated ? "|" : ""}`;
  const records = message.answers.map(recordText).join(",");
  return `${code}${marks} ${counts}${records}`;
}

function recordText(record: DnsRecord): string {
  const type = typeName(record.type);
  if (record.address !== undefined) return ` ${type} ${formatIpv4(record.address)}`;
  return record.target === undefined ? ` ${type}` : ` ${type} ${record.target}.`;
}

function typeName(type: number): string {
  return TYPE_NAMES[type] ?? `Type${type}`;
}
