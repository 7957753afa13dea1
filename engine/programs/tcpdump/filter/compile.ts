import type { Ipv4 } from "../../../net/address.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { resolveHost } from "../../support/resolve.ts";
import { serviceByName } from "../../support/services.ts";
import type { Filter } from "./ast.ts";
import { tokenize } from "./lexer.ts";
import { isKeyword, parseFilter, type FilterNames } from "./parser.ts";

const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  igmp: 2,
  ipip: 4,
  gre: 47,
  esp: 50,
  ah: 51,
};

/** Parses an expression; host names are looked up first, since that may block. */
export function* compileFilter(sys: Sys, text: string): Blocking<Filter | undefined> {
  const hosts = new Map<string, readonly Ipv4[]>();
  for (const token of tokenize(text)) {
    if (token.kind !== "word" || isKeyword(token.text) || /^[0-9.]+$/.test(token.text)) continue;
    const found = yield* resolveHost(sys, token.text);
    if (found.ok && !found.numeric) hosts.set(token.text, found.addresses);
  }
  return parseFilter(
    text,
    namesFor(sys, (name) => hosts.get(name)),
  );
}

/** Parses an expression that names no hosts. Throws FilterError. */
export function compileNumericFilter(sys: Sys, text: string): Filter | undefined {
  return parseFilter(
    text,
    namesFor(sys, () => undefined),
  );
}

function namesFor(sys: Sys, host: FilterNames["host"]): FilterNames {
  return {
    host,
    protocol: (name) => PROTOCOL_NUMBERS[name],
    port(name) {
      const tcp = serviceByName(sys, name, "tcp");
      const udp = serviceByName(sys, name, "udp");
      const port = tcp ?? udp;
      if (port === undefined) return undefined;
      if (tcp !== undefined && udp !== undefined) return { port };
      return { port, transport: tcp !== undefined ? "tcp" : "udp" };
    },
  };
}
