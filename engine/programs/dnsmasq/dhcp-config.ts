/** dhcp-range, dhcp-host and dhcp-option. */
import { parseIpv4, parseMac, type Ipv4, type Mac } from "../../net/address.ts";
import {
  addressesOption,
  numberOption,
  OPTION_BROADCAST,
  OPTION_DNS,
  OPTION_DOMAIN,
  OPTION_LEASE_TIME,
  OPTION_NETMASK,
  OPTION_ROUTER,
  textOption,
} from "../../net/dhcp.ts";

export interface DhcpRange {
  readonly first: Ipv4;
  readonly last: Ipv4;
  readonly netmask: Ipv4 | undefined;
  readonly broadcast: Ipv4 | undefined;
  readonly leaseSeconds: number;
}

export interface DhcpHost {
  readonly mac: Mac;
  readonly address: Ipv4 | undefined;
  readonly name: string | undefined;
  readonly leaseSeconds: number | undefined;
  readonly ignored: boolean;
}

export interface DhcpConfig {
  readonly ranges: DhcpRange[];
  readonly hosts: DhcpHost[];
  /** Code → data; empty data: the option is not sent. */
  readonly options: Map<number, Uint8Array>;
  leaseFile: string;
}

const DEFAULT_LEASE_SECONDS = 3600;
const INFINITE = 0xffffffff;

/** `45`, `45m`, `1h`, `2d`, `infinite` */
function leaseTime(text: string): number | undefined {
  if (text === "infinite") return INFINITE;
  const match = /^(\d+)([smhdw]?)$/.exec(text);
  if (!match) return undefined;
  const unit = { "": 1, s: 1, m: 60, h: 3600, d: 86400, w: 604800 }[match[2] as string];
  return unit === undefined ? undefined : Math.max(120, Number(match[1]) * unit);
}

/** Undefined: a bad range. */
export function parseRange(value: string): DhcpRange | undefined {
  const parts = value.split(",");
  const [first, last] = parts.slice(0, 2).map(parseIpv4);
  if (first === undefined || last === undefined || last < first) return undefined;
  const rest = parts.slice(2);
  const time = rest.length > 0 ? leaseTime(rest.at(-1) as string) : undefined;
  const addresses = (time === undefined ? rest : rest.slice(0, -1)).map(parseIpv4);
  if (addresses.length > 2 || addresses.includes(undefined)) return undefined;
  return {
    first,
    last,
    netmask: addresses[0],
    broadcast: addresses[1],
    leaseSeconds: time ?? DEFAULT_LEASE_SECONDS,
  };
}

/** `MAC,ADDRESS,NAME,TIME` in any order, or `MAC,ignore`; undefined: a bad host. */
export function parseHost(value: string): DhcpHost | undefined {
  const parts = value.split(",");
  const mac = parts.map(parseMac).find((found) => found !== undefined);
  if (mac === undefined) return undefined;
  const rest = parts.filter((part) => parseMac(part) === undefined && part !== "ignore");
  const address = rest.map(parseIpv4).find((found) => found !== undefined);
  const names = rest.filter((part) => parseIpv4(part) === undefined);
  const time = names.map(leaseTime).find((found) => found !== undefined);
  return {
    mac,
    address,
    name: names.find((part) => leaseTime(part) === undefined),
    leaseSeconds: time,
    ignored: parts.includes("ignore"),
  };
}

const NAMES: Readonly<Record<string, number>> = {
  netmask: OPTION_NETMASK,
  router: OPTION_ROUTER,
  "dns-server": OPTION_DNS,
  "domain-name": OPTION_DOMAIN,
  broadcast: OPTION_BROADCAST,
  "lease-time": OPTION_LEASE_TIME,
  mtu: 26,
  "ntp-server": 42,
};

/** `3,10.0.0.1`, `option:router,10.0.0.1`; undefined: a bad option. */
export function parseDhcpOption(value: string): readonly [number, Uint8Array] | undefined {
  const [name = "", ...values] = value.split(",");
  const code = /^\d+$/.test(name) ? Number(name) : NAMES[name.replace(/^option:/, "")];
  if (code === undefined || code < 1 || code > 254) return undefined;
  const addresses = values.map(parseIpv4);
  if (addresses.every((address) => address !== undefined))
    return [code, addressesOption(addresses)];
  const [only = ""] = values;
  if (values.length === 1 && /^\d+$/.test(only)) {
    const number = Number(only);
    return [code, code === 26 ? numberOption(number).slice(2) : numberOption(number)];
  }
  return [code, textOption(values.join(","))];
}
