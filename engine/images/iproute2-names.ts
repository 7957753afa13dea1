/** The files of /etc/iproute2 that name numbers: what `ip` knows, as lines. */
import { PROTOCOLS, SCOPES, TABLES } from "../programs/iproute2/support/names.ts";

function lines(entries: readonly (readonly [number, string])[]): string {
  return entries.map(([number, name]) => `${number}\t${name}\n`).join("");
}

export const RT_TABLES = lines(TABLES);
export const RT_PROTOS = lines(PROTOCOLS);
export const RT_SCOPES = lines(SCOPES);
export const LINK_GROUPS = lines([[0, "default"]]);
