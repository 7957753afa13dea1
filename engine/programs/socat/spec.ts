/** An address on socat's command line: `TCP-LISTEN:80,fork,reuseaddr`. */
import { SocatError } from "./log.ts";

export interface AddressSpec {
  /** As typed, for messages. */
  readonly typed: string;
  /** In upper case, aliases resolved. */
  readonly keyword: string;
  readonly parameters: readonly string[];
  /** Name in lower case, aliases resolved → value; "" if none was given. */
  readonly options: ReadonlyMap<string, string>;
}

const KEYWORD_ALIASES: Readonly<Record<string, string>> = {
  "-": "STDIO",
  "TCP-CONNECT": "TCP",
  TCP4: "TCP",
  "TCP4-CONNECT": "TCP",
  "TCP-L": "TCP-LISTEN",
  "TCP4-L": "TCP-LISTEN",
  "TCP4-LISTEN": "TCP-LISTEN",
  "UDP-CONNECT": "UDP",
  UDP4: "UDP",
  "UDP4-CONNECT": "UDP",
  "UDP-L": "UDP-LISTEN",
  "UDP4-L": "UDP-LISTEN",
  "UDP4-LISTEN": "UDP-LISTEN",
  "UDP4-RECVFROM": "UDP-RECVFROM",
  "UDP4-RECV": "UDP-RECV",
  "UDP4-SENDTO": "UDP-SENDTO",
  "UDP4-DATAGRAM": "UDP-DATAGRAM",
  SHELL: "SYSTEM",
  FILE: "GOPEN",
};

const OPTION_ALIASES: Readonly<Record<string, string>> = {
  so_reuseaddr: "reuseaddr",
  "so-reuseaddr": "reuseaddr",
  "so-reuseport": "reuseport",
  "so-keepalive": "keepalive",
  "so-broadcast": "broadcast",
  "so-bindtodevice": "bindtodevice",
  interface: "bindtodevice",
  if: "bindtodevice",
  "so-rcvbuf": "rcvbuf",
  "so-sndbuf": "sndbuf",
  "tcp-nodelay": "nodelay",
  "ip-ttl": "ttl",
  "ip-tos": "tos",
  sp: "sourceport",
  crlf: "crnl",
  "o-append": "append",
  "o-creat": "creat",
  "o-trunc": "trunc",
  "o-excl": "excl",
};

/** Separates as `filan` writes: quotes keep what is inside together, a backslash the next one. */
function split(text: string, separators: string): string[] {
  const parts = [""];
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    const last = parts.length - 1;
    if (quote !== "") {
      if (character === quote) quote = "";
      parts[last] += character;
    } else if (character === "\\" && at + 1 < text.length) {
      parts[last] += character + (text[++at] as string);
    } else if (character === '"' || character === "'") {
      quote = character;
      parts[last] += character;
    } else if (separators.includes(character)) parts.push("");
    else parts[last] += character;
  }
  return parts;
}

/** Takes quotes and backslashes away. */
function unquote(text: string): string {
  return text.replace(
    /\\(.)|"([^"]*)"|'([^']*)'/gs,
    (_, escaped, double, single) => escaped ?? double ?? single ?? "",
  );
}

export function parseAddress(text: string): AddressSpec {
  const [head = "", ...optionTexts] = split(text, ",");
  const options = new Map(
    optionTexts.map((option): [string, string] => {
      const [name = "", ...value] = unquote(option).split("=");
      const lower = name.toLowerCase();
      return [OPTION_ALIASES[lower] ?? lower, value.join("=")];
    }),
  );
  const [word = "", ...parameters] = split(head, ":");
  if (parameters.length === 0 && (word.startsWith("/") || word.includes("/"))) {
    return { typed: "GOPEN", keyword: "GOPEN", parameters: [unquote(word)], options };
  }
  const upper = word.toUpperCase();
  return {
    typed: word,
    keyword: KEYWORD_ALIASES[upper] ?? upper,
    parameters: parameters.map(unquote),
    options,
  };
}

/** Real options that Podwire has no model for. */
const UNMODELLED_OPTIONS = new Set(
  "range tcpwrap lowport pty ctty su su-d user group mode perm chroot umask sourceroute mss rcvtimeo sndtimeo linger end-close shut-none shut-down shut-close shut-null null-eof ignoreeof readbytes escape setlk flock lock nonblock ip-add-membership ip-multicast-ttl ip-multicast-if ip-multicast-loop ip-transparent ip-freebind keepidle keepintvl keepcnt mark so-mark ipv6only raw rawer cfmakeraw icanon echo cr login sigint sighup sigquit path fdin fdout unlink unlink-early seek ftruncate".split(
    " ",
  ),
);

/** Refuses what an address does not take. */
export function checkOptions(spec: AddressSpec, known: readonly string[]): void {
  for (const name of spec.options.keys()) {
    if (known.includes(name)) continue;
    if (UNMODELLED_OPTIONS.has(name)) {
      throw new SocatError(`Podwire does not model the option "${name}"`);
    }
    throw new SocatError(`parseopts_table(): unknown option "${name}"`);
  }
}

export function checkParameters(spec: AddressSpec, count: number): void {
  const given = spec.parameters.length;
  if (given !== count) {
    throw new SocatError(
      `${spec.typed}: wrong number of parameters (${given} instead of ${count})`,
    );
  }
}

/** A flag: given without a value or with one that is not 0. */
export function isSet(spec: AddressSpec, name: string): boolean {
  const value = spec.options.get(name);
  return value !== undefined && value !== "0";
}

export function numberOption(spec: AddressSpec, name: string): number | undefined {
  const value = spec.options.get(name);
  if (value === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(value)) {
    throw new SocatError(
      `parseopts(): missing numerical value of option "${name}${value === "" ? "" : `=${value}`}"`,
    );
  }
  return Number(value);
}
