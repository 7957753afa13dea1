/** Names and addresses as gethostbyname(3) finds them in /etc/hosts and /etc/networks. */
import type { Sys } from "../../../kernel/process/sys.ts";
import { formatIpv4, type Ipv4, parseIpv4 } from "../../../net/address.ts";

interface Entry {
  readonly address: Ipv4;
  readonly names: readonly string[];
}

function readTable(sys: Sys, path: string): readonly string[][] {
  if (!sys.access(path, { read: true })) return [];
  return sys
    .readTextFile(path)
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter((words) => words.length >= 2);
}

function hosts(sys: Sys): readonly Entry[] {
  return readTable(sys, "/etc/hosts").flatMap(([text = "", ...names]) => {
    const address = parseIpv4(text);
    return address === undefined ? [] : [{ address, names }];
  });
}

/** An address written out, or a name of /etc/hosts. */
export function resolveHost(sys: Sys, name: string): Ipv4 | undefined {
  return parseInetAton(name) ?? hosts(sys).find(({ names }) => names.includes(name))?.address;
}

/** inet_aton(3): `10.1` is 10.0.0.1, the last part fills what is left. */
export function parseInetAton(text: string): Ipv4 | undefined {
  const strict = parseIpv4(text);
  if (strict !== undefined) return strict;
  if (!/^\d+(\.\d+){0,3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  const last = parts.pop() ?? 0;
  if (parts.some((part) => part > 255) || last >= 256 ** (4 - parts.length)) return undefined;
  const high = parts.reduce((value, part, index) => value + part * 256 ** (3 - index), 0);
  return (high + last) as Ipv4;
}

/** The first name of an address, or undefined. */
export function hostName(sys: Sys, address: Ipv4): string | undefined {
  return hosts(sys).find((entry) => entry.address === address)?.names[0];
}

/** The name of a network in /etc/networks. */
export function networkName(sys: Sys, address: Ipv4): string | undefined {
  const text = formatIpv4(address);
  return readTable(sys, "/etc/networks").find(([, network]) => network === text)?.[0];
}
