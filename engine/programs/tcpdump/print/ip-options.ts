/** The options of an IP header, as -v shows them. */
import { read32 } from "../../../net/bytes.ts";
import { formatIpv4, type Ipv4 } from "../../../net/address.ts";

const END = 0;
const NO_OPERATION = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;

const NAMES: Readonly<Record<number, string>> = {
  [END]: "EOL",
  [NO_OPERATION]: "NOP",
  [RECORD_ROUTE]: "RR",
  [TIMESTAMP]: "timestamp",
  130: "security",
  [LOOSE_SOURCE_ROUTE]: "LSRR",
  [STRICT_SOURCE_ROUTE]: "SSRR",
  148: "RA",
};

/** `NOP,RR 10.0.0.1, 0.0.0.0`. */
export function ipOptionsText(options: Uint8Array): string {
  const texts: string[] = [];
  for (let at = 0; at < options.length;) {
    const kind = options[at] as number;
    const name = NAMES[kind] ?? `unknown ${kind}`;
    if (kind === END || kind === NO_OPERATION) {
      texts.push(name);
      if (kind === END) break;
      at += 1;
      continue;
    }
    const length = options[at + 1] ?? 0;
    if (length < 2 || at + length > options.length) {
      texts.push(`${name} [bad length ${length}]`);
      break;
    }
    texts.push(name + valueText(kind, options.subarray(at, at + length)));
    at += length;
  }
  return texts.join(",");
}

function valueText(kind: number, option: Uint8Array): string {
  switch (kind) {
    case RECORD_ROUTE:
    case LOOSE_SOURCE_ROUTE:
    case STRICT_SOURCE_ROUTE:
      return routeText(option);
    case TIMESTAMP:
      return stampsText(option);
    default:
      return "";
  }
}

/** A comma follows each address that was written. */
function routeText(option: Uint8Array): string {
  const free = (option[2] ?? 0) - 1;
  let text = "";
  for (let at = 3; at + 4 <= option.length; at += 4) {
    text += ` ${formatIpv4(read32(option, at) as Ipv4)}${free > at ? "," : ""}`;
  }
  return text;
}

/** `^` stands before the first free slot. */
function stampsText(option: Uint8Array): string {
  const free = (option[2] ?? 0) - 1;
  const flags = option[3] ?? 0;
  const kind = ["TSONLY", "TS+ADDR", "", "PRESPEC"][flags & 0xf] ?? "";
  const size = (flags & 0xf) === 0 ? 4 : 8;
  let text = ` TS{${kind || `[bad ts type ${flags & 0xf}]`}`;
  for (let at = 4; at + size <= option.length; at += size) {
    const address = size === 8 ? formatIpv4(read32(option, at) as Ipv4) : "";
    text += `${at === free ? " ^ " : " "}${read32(option, at + size - 4) >>> 0}@${address}`;
  }
  if (free === option.length) text += " ^ ";
  const missed = flags >>> 4;
  return missed > 0 ? `${text} [${missed} hops not recorded]} ` : `${text}}`;
}
