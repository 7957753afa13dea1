import { getopt } from "../support/getopt.ts";

export interface IperfOptions {
  /** Undefined: a server. */
  readonly host: string | undefined;
  readonly port: number;
  readonly oneOff: boolean;
  readonly seconds: number;
  /** -n: how many bytes instead of how long. */
  readonly bytes: number | undefined;
  readonly intervalSeconds: number;
  readonly reverse: boolean;
  readonly blockBytes: number;
}

export type ParsedIperf =
  | { readonly kind: "run"; readonly options: IperfOptions }
  | { readonly kind: "version" }
  | { readonly kind: "error"; readonly text: string };

const DEFAULT_PORT = 5201;
const DEFAULT_SECONDS = 10;
const DEFAULT_BLOCK_BYTES = 128 * 1024;

const LONG = {
  server: "s",
  client: "c",
  port: "p",
  "one-off": "1",
  time: "t",
  bytes: "n",
  interval: "i",
  reverse: "R",
  length: "l",
  version: "v",
} as const;

const WITH_ARGUMENT = "cptnil";
const SHORT = "sc:p:1t:n:i:Rl:v4";

export function parseIperf(argv: readonly string[]): ParsedIperf {
  const long = Object.fromEntries(
    Object.entries(LONG).map(([name, letter]) => [
      name,
      WITH_ARGUMENT.includes(letter) ? ("required" as const) : ("none" as const),
    ]),
  );
  const parsed = getopt(argv, { short: SHORT, long });
  if (!parsed.ok) {
    const option = /'-?-?(.+?)'$/.exec(parsed.error)?.[1] ?? "";
    const dashes = option.length > 1 ? "--" : "-";
    return error(`iperf3: Podwire does not model the option '${dashes}${option}'`);
  }
  const values = new Map(
    parsed.options.map(({ name, value = "" }) => [LONG[name as keyof typeof LONG] ?? name, value]),
  );
  if (values.has("v")) return { kind: "version" };
  const host = values.get("c");
  if (values.has("s") && host !== undefined) {
    return error("iperf3: parameter error - cannot be both server and client");
  }
  if (!values.has("s") && host === undefined) {
    return error("iperf3: parameter error - must either be a client (-c) or server (-s)");
  }
  const bytes = values.has("n") ? parseBytes(values.get("n") as string) : undefined;
  const seconds = Number(values.get("t") ?? DEFAULT_SECONDS);
  if (bytes !== undefined && values.has("t")) {
    return error(
      "iperf3: parameter error - only one test end condition (-t, -n, -k) may be specified",
    );
  }
  if (!(seconds >= 1 && seconds <= 86400)) {
    return error("iperf3: parameter error - test duration valid values are 0 to 86400 seconds");
  }
  return {
    kind: "run",
    options: {
      host,
      port: Number(values.get("p") ?? DEFAULT_PORT),
      oneOff: values.has("1"),
      seconds: Math.floor(seconds),
      bytes,
      intervalSeconds: Math.max(0.1, Number(values.get("i") ?? 1) || seconds),
      reverse: values.has("R"),
      blockBytes: Math.max(1, parseBytes(values.get("l") ?? "") || DEFAULT_BLOCK_BYTES),
    },
  };
}

function error(text: string): ParsedIperf {
  return { kind: "error", text: `${text}\n` };
}

/** `10M`: powers of 1024. */
function parseBytes(text: string): number {
  const match = /^(\d+\.?\d*)([KMGT]?)$/i.exec(text);
  if (!match) return 0;
  const power = match[2] === "" ? 0 : "KMGT".indexOf((match[2] as string).toUpperCase()) + 1;
  return Math.floor(Number(match[1]) * 1024 ** power);
}
