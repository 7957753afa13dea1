/** Ports as getaddrinfo(3) reads them for some extensions: of any protocol. libxtables' XTTYPE_PORT. */
import { UsageError, type Names, type TypedOption } from "./extension.ts";
import type { PortRange } from "./options.ts";

/** More than 16 bits are cut off, as htons() does. Throws UsageError. */
export function resolvePort({ port }: Names, text: string): number {
  const isNumber = /^\+?\d{1,15}$/.test(text);
  const found = isNumber ? Number(text) % 0x10000 : (port(text, "tcp") ?? port(text, "udp"));
  if (found === undefined) throw new UsageError(`Port "${text}" does not resolve to anything.\n`);
  return found;
}

/** `80`, `80:90`, `:90`, `80:`; nobody asks which is greater. */
export function resolvePortRange(
  extension: string,
  names: Names,
  { name, value }: TypedOption,
): PortRange {
  const [low = "", high, more] = value.split(":");
  if (more !== undefined) {
    throw new UsageError(`${extension}: Too many components for option "--${name}" (max: 2)\n`);
  }
  const first = high !== undefined && low === "" ? 0 : resolvePort(names, low);
  if (high === undefined) return { first, last: first };
  return { first, last: high === "" ? 0xffff : resolvePort(names, high) };
}
