/** -R and -T: the record route and time stamp options of IP, RFC 791 §3.1. */
import { read32, write32 } from "../../net/bytes.ts";
import { formatIpv4, type Ipv4 } from "../../net/address.ts";

const NO_OPERATION = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
/** Offsets of the first free slot, counted from 1 within the option. */
const FIRST_ADDRESS = 4;
const FIRST_STAMP = 5;
const MAX_OPTION_BYTES = 40;
/** Four slots of an address and a time. */
const STAMPS_WITH_ADDRESSES_BYTES = 36;

/** What -T asks the routers to write. */
export type StampKind = "tsonly" | "tsandaddr" | "tsprespec";

const STAMP_FLAGS: Readonly<Record<StampKind, number>> = { tsonly: 0, tsandaddr: 1, tsprespec: 3 };

/** A header's whole room: one byte of padding, then nine empty slots. */
export function recordRouteOptions(): Uint8Array {
  const options = new Uint8Array(MAX_OPTION_BYTES);
  options.set([NO_OPERATION, RECORD_ROUTE, MAX_OPTION_BYTES - 1, FIRST_ADDRESS]);
  return options;
}

/** `named`: the machines that shall write, for `tsprespec`. */
export function stampOptions(kind: StampKind, named: readonly Ipv4[]): Uint8Array {
  let length = STAMPS_WITH_ADDRESSES_BYTES;
  if (kind === "tsonly") length = MAX_OPTION_BYTES;
  if (kind === "tsprespec") length = FIRST_STAMP - 1 + named.length * 8;
  const options = new Uint8Array(length);
  options.set([TIMESTAMP, length, FIRST_STAMP, STAMP_FLAGS[kind]]);
  named.forEach((address, index) => write32(options, FIRST_STAMP - 1 + index * 8, address));
  return options;
}

/** The addresses that routers wrote, in order; undefined without such an option. */
export function recordedRoute(options: Uint8Array | undefined): readonly Ipv4[] | undefined {
  if (!options) return undefined;
  const at = options[0] === NO_OPERATION ? 1 : 0;
  if (options[at] !== RECORD_ROUTE) return undefined;
  const addresses: Ipv4[] = [];
  const end = at + (options[at + 2] ?? FIRST_ADDRESS) - 1;
  for (let slot = at + FIRST_ADDRESS - 1; slot + 4 <= end; slot += 4) {
    addresses.push(read32(options, slot) as Ipv4);
  }
  return addresses;
}

/** The lines below a reply. */
export function routeText(route: readonly Ipv4[], previous: readonly Ipv4[] | undefined): string {
  const same =
    previous?.length === route.length &&
    route.every((address, index) => address === previous[index]);
  if (same) return "\t(same route)";
  return `\nRR: ${route.map((address) => `\t${formatIpv4(address)}`).join("\n")}\n`;
}

/**
 * The lines of a reply's time stamps: the first since midnight, each other since the one before,
 * in milliseconds. Nothing if no machine wrote any.
 */
export function stampsText(options: Uint8Array | undefined): string {
  if (options?.[0] !== TIMESTAMP) return "";
  const flags = options[3] ?? 0;
  const withAddress = (flags & 0xf) !== STAMP_FLAGS.tsonly;
  const end = (options[2] ?? FIRST_STAMP) - 1;
  let lines = "";
  let before: number | undefined;
  for (let at = FIRST_STAMP - 1; at < end; at += withAddress ? 8 : 4) {
    const address = withAddress ? `\t${formatIpv4(read32(options, at) as Ipv4)}` : "";
    const stamp = read32(options, withAddress ? at + 4 : at) >>> 0;
    const shown = before === undefined ? `${stamp} absolute` : String(stamp - before);
    lines += `${address}\t${shown}\n`;
    before = stamp;
  }
  if (lines === "") return "";
  const unrecorded = flags >>> 4;
  const missed = unrecorded > 0 ? `Unrecorded hops: ${unrecorded}\n` : "";
  return `\nTS: ${lines}${missed}`;
}
