/** -R: the record route option, RFC 791 §3.1. */
import { read32 } from "../../net/bytes.ts";
import { formatIpv4, type Ipv4 } from "../../net/address.ts";

const NO_OPERATION = 1;
const RECORD_ROUTE = 7;
/** Offset of the first free slot, counted from 1 within the option. */
const FIRST_SLOT = 4;
const MAX_OPTION_BYTES = 40;

/** A header's whole room: one byte of padding, then nine empty slots. */
export function recordRouteOptions(): Uint8Array {
  const options = new Uint8Array(MAX_OPTION_BYTES);
  options.set([NO_OPERATION, RECORD_ROUTE, MAX_OPTION_BYTES - 1, FIRST_SLOT]);
  return options;
}

/** The addresses that routers wrote, in order; undefined without such an option. */
export function recordedRoute(options: Uint8Array | undefined): readonly Ipv4[] | undefined {
  if (!options) return undefined;
  const at = options[0] === NO_OPERATION ? 1 : 0;
  if (options[at] !== RECORD_ROUTE) return undefined;
  const addresses: Ipv4[] = [];
  const end = at + (options[at + 2] ?? FIRST_SLOT) - 1;
  for (let slot = at + FIRST_SLOT - 1; slot + 4 <= end; slot += 4) {
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
