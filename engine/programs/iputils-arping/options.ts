import { getopt } from "../support/getopt.ts";

export const USAGE = `
Usage:
  arping [options] <destination>

Options:
  -f            quit on first reply
  -q            be quiet
  -b            keep on broadcasting, do not unicast
  -D            duplicate address detection mode
  -U            unsolicited ARP mode, update your neighbours
  -A            ARP answer mode, update your neighbours
  -V            print version and exit
  -c <count>    how many packets to send
  -w <timeout>  how long to wait for a reply
  -i <interval> set interval between packets (default: 1 second)
  -I <device>   which ethernet device to use
  -s <source>   source ip address
  <destination> dns name or ip address

For more details see arping(8).
`;

const INT_MAX = 2147483647;

export interface ArpingOptions {
  readonly destination: string;
  readonly quitOnReply: boolean;
  readonly quiet: boolean;
  readonly keepBroadcasting: boolean;
  /** -D, -U, -A, or plain requests. */
  readonly mode: "request" | "duplicate" | "unsolicited" | "answer";
  readonly count: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly intervalSeconds: number;
  readonly device: string | undefined;
  readonly source: string | undefined;
}

export type ParsedArping =
  | { readonly kind: "run"; readonly options: ArpingOptions }
  | { readonly kind: "usage"; readonly error?: string }
  | { readonly kind: "version" }
  | { readonly kind: "error"; readonly error: string };

export function parseArping(argv: readonly string[]): ParsedArping {
  const parsed = getopt(argv, { short: "h?bfDUAqc:w:i:s:I:V" });
  if (!parsed.ok) return { kind: "usage", error: parsed.error };
  const flags = new Set(parsed.options.map(({ name }) => name));
  const numbers = new Map<string, number>();
  for (const { name, value = "" } of parsed.options) {
    if (name === "h" || name === "?") return { kind: "usage" };
    if (name === "V") return { kind: "version" };
    if (name !== "c" && name !== "w" && name !== "i") continue;
    const low = name === "c" ? 1 : 0;
    if (!/^[+-]?\d+$/.test(value)) return { kind: "error", error: `invalid argument: '${value}'` };
    if (Number(value) < low || Number(value) > INT_MAX) {
      const range = `${low} <= value <= ${INT_MAX}`;
      return { kind: "error", error: `invalid argument: '${value}': out of range: ${range}` };
    }
    numbers.set(name, Number(value));
  }
  const valueOf = (wanted: string): string | undefined =>
    parsed.options.findLast(({ name }) => name === wanted)?.value;
  const [destination, ...others] = parsed.operands;
  if (destination === undefined || others.length > 0) return { kind: "usage" };
  const mode = flags.has("D")
    ? "duplicate"
    : flags.has("A")
      ? "answer"
      : flags.has("U")
        ? "unsolicited"
        : "request";
  return {
    kind: "run",
    options: {
      destination,
      mode,
      quitOnReply: flags.has("f") || mode === "duplicate",
      quiet: flags.has("q"),
      keepBroadcasting: flags.has("b"),
      count: numbers.get("c"),
      timeoutSeconds: numbers.get("w") || undefined,
      intervalSeconds: numbers.get("i") ?? 1,
      device: valueOf("I"),
      source: valueOf("s"),
    },
  };
}
