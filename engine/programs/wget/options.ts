/** The command line of GNU Wget 1.21.3. */
import { getopt } from "../support/getopt.ts";

export const USAGE_HINT =
  "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n";

const LONG: Readonly<Record<string, "none" | "required" | "optional">> = {
  "bind-address": "required",
  "body-data": "required",
  "connect-timeout": "required",
  "content-on-error": "none",
  "directory-prefix": "required",
  "dns-timeout": "required",
  header: "required",
  help: "none",
  "input-file": "required",
  "max-redirect": "required",
  method: "required",
  "no-check-certificate": "none",
  "no-clobber": "none",
  "no-http-keep-alive": "none",
  "no-verbose": "none",
  "output-document": "required",
  "output-file": "required",
  "post-data": "required",
  progress: "required",
  quiet: "none",
  "read-timeout": "required",
  referer: "required",
  "retry-connrefused": "none",
  "save-headers": "none",
  "server-response": "none",
  "show-progress": "none",
  spider: "none",
  timeout: "required",
  tries: "required",
  "user-agent": "required",
  verbose: "none",
  version: "none",
  waitretry: "required",
  "inet4-only": "none",
};

/** Letter → long name. */
const LETTERS: Readonly<Record<string, string>> = {
  "4": "inet4-only",
  O: "output-document",
  P: "directory-prefix",
  S: "server-response",
  T: "timeout",
  U: "user-agent",
  V: "version",
  h: "help",
  i: "input-file",
  o: "output-file",
  q: "quiet",
  t: "tries",
  v: "verbose",
};

const UNMODELLED_LETTERS = "6ABDEFHIKLNQRXabcdeklmprxw";

const TIMES: readonly string[] = [
  "timeout",
  "connect-timeout",
  "dns-timeout",
  "read-timeout",
  "waitretry",
];

export interface WgetOptions {
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly headers: readonly string[];
  readonly urls: readonly string[];
  /** 0: without end. */
  readonly tries: number;
  readonly connectTimeoutSeconds: number | undefined;
  readonly readTimeoutSeconds: number | undefined;
}

export type ParsedWget =
  | { readonly ok: true; readonly options: WgetOptions }
  | { readonly ok: false; readonly text: string };

const READ_TIMEOUT_SECONDS = 900;
const DEFAULT_TRIES = 20;

export function parseWget(argv: readonly string[]): ParsedWget {
  const letters = Object.entries(LETTERS)
    .map(([letter, long]) => `${letter}${LONG[long] === "required" ? ":" : ""}`)
    .join("");
  // -nv, -nc and the like are one option each.
  const words = argv
    .slice(1)
    .map((word) => (word === "-nv" ? "--no-verbose" : word === "-nc" ? "--no-clobber" : word));
  const parsed = getopt(["wget", ...words], {
    short: `${letters}${UNMODELLED_LETTERS}`,
    long: LONG,
  });
  if (!parsed.ok) return { ok: false, text: `${parsed.error}\n${USAGE_HINT}` };
  const switches = new Set<string>();
  const values = new Map<string, string>();
  const headers: string[] = [];
  for (const { name, value } of parsed.options) {
    const long = LETTERS[name] ?? name;
    if (name.length === 1 && LETTERS[name] === undefined) {
      return { ok: false, text: `wget: Podwire does not model the option -${name}\n` };
    }
    if (TIMES.includes(long) && seconds(value) === undefined) {
      return { ok: false, text: `wget: --${long}: Invalid time period '${value}'\n` };
    }
    if (long === "header") headers.push(value ?? "");
    else if (value === undefined) switches.add(long);
    else values.set(long, value);
  }
  const whole = seconds(values.get("timeout"));
  const tries = values.get("tries");
  return {
    ok: true,
    options: {
      switches,
      values,
      headers,
      urls: parsed.operands,
      tries: tries === undefined ? DEFAULT_TRIES : tries === "inf" ? 0 : Number(tries) || 0,
      connectTimeoutSeconds: seconds(values.get("connect-timeout")) ?? whole,
      readTimeoutSeconds: seconds(values.get("read-timeout")) ?? whole ?? READ_TIMEOUT_SECONDS,
    },
  };
}

/** `2`, `0.5`, `1m`, `2h`, `3d`; undefined when it is no time. */
function seconds(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhdw]?)$/.exec(text ?? "");
  if (!match) return undefined;
  const units: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86400, w: 604800 };
  return Number(match[1]) * (units[match[2] ?? ""] ?? 1);
}
