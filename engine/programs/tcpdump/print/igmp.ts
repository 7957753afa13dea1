import type { Ipv4 } from "../../../net/address.ts";
import { read16, read32 } from "../../../net/bytes.ts";
import { foldChecksum, sumWords } from "../../../net/checksum.ts";
import { IGMP_V3_REPORT, parseReport } from "../../../net/igmp.ts";
import type { PrintContext } from "./context.ts";

const QUERY = 0x11;
const V1_REPORT = 0x12;
const V2_REPORT = 0x16;
const LEAVE = 0x17;

/** A longer query is one of version 3, RFC 3376 §7.1. */
const V3_QUERY_BYTES = 12;

/** By type, RFC 3376 §4.2.12. */
const RECORD_TYPES: Readonly<Record<number, string>> = {
  1: "is_in",
  2: "is_ex",
  3: "to_in",
  4: "to_ex",
  5: "allow",
  6: "block",
};

/** What follows `source > destination: `. */
export function igmpText(bytes: Uint8Array, context: PrintContext): string {
  const { options } = context;
  if (options.quiet) return "igmp";
  const text = messageText(bytes, context);
  const isWrong = foldChecksum(sumWords(bytes, 0, bytes.length)) !== 0;
  if (options.verbosity === 0 || !isWrong) return text;
  return `${text} bad igmp cksum ${read16(bytes, 2).toString(16)}!`;
}

function messageText(bytes: Uint8Array, context: PrintContext): string {
  const type = bytes[0] ?? 0;
  if (type === IGMP_V3_REPORT) return reportText(bytes, context);
  const group = bytes.length < 8 ? "" : context.address(read32(bytes, 4) as Ipv4);
  switch (type) {
    case QUERY:
      return queryText(bytes, context);
    case V1_REPORT:
      return `igmp v1 report ${group}`;
    case V2_REPORT:
      return `igmp v2 report ${group}`;
    case LEAVE:
      return `igmp leave ${group}`;
    default:
      return `igmp-${type}`;
  }
}

function queryText(bytes: Uint8Array, context: PrintContext): string {
  const group = bytes.length < 8 ? 0 : read32(bytes, 4);
  const shown = context.address(group as Ipv4);
  if (bytes.length >= V3_QUERY_BYTES) {
    const count = read16(bytes, 10);
    if (group === 0) return "igmp query v3";
    return `igmp query v3 [gaddr ${shown}${count > 0 ? `, ${count} source(s)` : ""}]`;
  }
  const code = bytes[1] ?? 0;
  if (code === 0) return `igmp query v1${group === 0 ? "" : ` [gaddr ${shown}]`}`;
  const time = code === 100 ? "" : ` [max resp time ${code}]`;
  return `igmp query v2${time}${group === 0 ? "" : ` [gaddr ${shown}]`}`;
}

function reportText(bytes: Uint8Array, context: PrintContext): string {
  const records = parseReport(bytes);
  if (!records || records.length === 0) return `igmp v3 report [invalid len ${bytes.length}]`;
  const text = `igmp v3 report, ${records.length} group record(s)`;
  if (context.options.verbosity === 0) return text;
  const shown = records.map(({ type, group, sources }) => {
    const name = RECORD_TYPES[type] ?? ` [v3-report-#${type}]`;
    return ` [gaddr ${context.address(group)} ${name}, ${sources.length} source(s)]`;
  });
  return text + shown.join("");
}
