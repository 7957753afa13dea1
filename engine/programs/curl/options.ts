/** curl's command line: options may stand anywhere and hold for all URLs. */

/** Long name → its letter, and whether it takes an argument. */
const OPTIONS: readonly (readonly [long: string, letter: string, takes: boolean])[] = [
  ["anyauth", "", false],
  ["basic", "", false],
  ["compressed", "", false],
  ["connect-timeout", "", true],
  ["connect-to", "", true],
  ["cookie", "b", true],
  ["create-dirs", "", false],
  ["data", "d", true],
  ["data-ascii", "", true],
  ["data-binary", "", true],
  ["data-raw", "", true],
  ["data-urlencode", "", true],
  ["dump-header", "D", true],
  ["fail", "f", false],
  ["fail-early", "", false],
  ["fail-with-body", "", false],
  ["get", "G", false],
  ["globoff", "g", false],
  ["head", "I", false],
  ["header", "H", true],
  ["help", "h", false],
  ["http0.9", "", false],
  ["http1.0", "0", false],
  ["http1.1", "", false],
  ["include", "i", false],
  ["insecure", "k", false],
  ["interface", "", true],
  ["ipv4", "4", false],
  ["ipv6", "6", false],
  ["json", "", true],
  ["local-port", "", true],
  ["location", "L", false],
  ["max-redirs", "", true],
  ["max-time", "m", true],
  ["no-buffer", "N", false],
  ["no-keepalive", "", false],
  ["no-progress-meter", "", false],
  ["output", "o", true],
  ["path-as-is", "", false],
  ["progress-bar", "#", false],
  ["range", "r", true],
  ["referer", "e", true],
  ["remote-name", "O", false],
  ["request", "X", true],
  ["request-target", "", true],
  ["resolve", "", true],
  ["show-error", "S", false],
  ["silent", "s", false],
  ["stderr", "", true],
  ["tcp-nodelay", "", false],
  ["url", "", true],
  ["user", "u", true],
  ["user-agent", "A", true],
  ["verbose", "v", false],
  ["version", "V", false],
  ["write-out", "w", true],
  ["disable", "q", false],
];

/** Real options without a model: refused by name. With `=`: they take an argument. */
const UNMODELLED: readonly string[] = [
  "append",
  "cacert=",
  "cert=",
  "ciphers=",
  "config=",
  "continue-at=",
  "cookie-jar=",
  "crlf",
  "digest",
  "doh-url=",
  "dns-servers=",
  "form=",
  "ftp-pasv",
  "haproxy-protocol",
  "http2",
  "http3",
  "keepalive-time=",
  "key=",
  "limit-rate=",
  "max-filesize=",
  "negotiate",
  "netrc",
  "next",
  "noproxy=",
  "ntlm",
  "output-dir=",
  "parallel",
  "post301",
  "proxy=",
  "proxy-user=",
  "quote=",
  "rate=",
  "remote-header-name",
  "remote-name-all",
  "remote-time",
  "retry=",
  "retry-delay=",
  "socks5=",
  "socks5-hostname=",
  "speed-limit=",
  "speed-time=",
  "tlsv1.2",
  "trace=",
  "trace-ascii=",
  "time-cond=",
  "unix-socket=",
  "upload-file=",
];

const UNMODELLED_LETTERS: Readonly<Record<string, string>> = {
  C: "continue-at",
  E: "cert",
  F: "form",
  J: "remote-header-name",
  K: "config",
  Q: "quote",
  R: "remote-time",
  T: "upload-file",
  U: "proxy-user",
  Y: "speed-limit",
  Z: "parallel",
  a: "append",
  c: "cookie-jar",
  n: "netrc",
  t: "telnet-option",
  x: "proxy",
  y: "speed-time",
  z: "time-cond",
  ":": "next",
};

export const VERSION = `curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.15 zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3) libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13
Release-Date: 2023-02-20, security patched: 7.88.1-10+deb12u8
Protocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp
Features: alt-svc AsynchDNS brotli GSS-API HSTS HTTP2 HTTPS-proxy IDN IPv6 Kerberos Largefile libz NTLM NTLM_WB PSL SPNEGO SSL threadsafe TLS-SRP UnixSockets zstd
`;

export const HELP = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -T, --upload-file <file>   Transfer local FILE to destination
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`;

export const TRY_HELP = "curl: try 'curl --help' or 'curl --manual' for more information\n";

/** What is posted, before files are read. */
export interface DataPart {
  readonly kind: "data" | "data-raw" | "data-binary" | "data-urlencode" | "json";
  readonly value: string;
}

export interface CurlOptions {
  /** Long names of the switches that were given. */
  readonly switches: ReadonlySet<string>;
  /** The last value of each option that takes one. */
  readonly values: ReadonlyMap<string, string>;
  readonly headers: readonly string[];
  readonly data: readonly DataPart[];
  readonly resolve: readonly string[];
  readonly connectTo: readonly string[];
  /** `-o FILE` and `-O` in the order of the URLs. */
  readonly outputs: readonly ({ readonly file: string } | "remote-name")[];
  readonly urls: readonly string[];
  readonly maxTimeMs: number | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly maxRedirects: number;
}

export type ParsedCurl =
  | { readonly ok: true; readonly options: CurlOptions }
  | { readonly ok: false; readonly text: string; readonly status: number };

const NUMERIC: readonly string[] = ["max-time", "connect-timeout"];

export function parseCurl(argv: readonly string[]): ParsedCurl {
  const switches = new Set<string>();
  const values = new Map<string, string>();
  const headers: string[] = [];
  const data: DataPart[] = [];
  const resolve: string[] = [];
  const connectTo: string[] = [];
  const outputs: ({ readonly file: string } | "remote-name")[] = [];
  const urls: string[] = [];

  const apply = (long: string, value: string | undefined): void => {
    if (value === undefined) {
      switches.add(long);
      if (long === "remote-name") outputs.push("remote-name");
      return;
    }
    switch (long) {
      case "header":
        headers.push(value);
        break;
      case "resolve":
        resolve.push(value);
        break;
      case "connect-to":
        connectTo.push(value);
        break;
      case "output":
        outputs.push({ file: value });
        break;
      case "url":
        urls.push(value);
        break;
      case "data-ascii":
        data.push({ kind: "data", value });
        break;
      case "data":
      case "data-raw":
      case "data-binary":
      case "data-urlencode":
      case "json":
        data.push({ kind: long, value });
        break;
      default:
        values.set(long, value);
    }
  };

  const words = argv.slice(1);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === "--") {
      urls.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      urls.push(word);
      continue;
    }
    const steps = word.startsWith("--") ? [longOption(word)] : letters(word);
    for (const step of steps) {
      if ("error" in step) return refuse(step.error);
      let { value } = step;
      if (step.takes && value === undefined) {
        at += 1;
        value = words[at];
        if (value === undefined) return refuse(`option ${step.shown}: requires parameter`);
      }
      if (NUMERIC.includes(step.long) && !/^\d+(\.\d+)?$/.test(value ?? "")) {
        return refuse(`option ${step.shown}: expected a proper numerical parameter`);
      }
      apply(step.long, step.takes ? value : undefined);
    }
  }
  const ms = (name: string): number | undefined => {
    const text = values.get(name);
    return text === undefined || Number(text) === 0 ? undefined : Math.round(Number(text) * 1000);
  };
  return {
    ok: true,
    options: {
      switches,
      values,
      headers,
      data,
      resolve,
      connectTo,
      outputs,
      urls,
      maxTimeMs: ms("max-time"),
      connectTimeoutMs: ms("connect-timeout"),
      maxRedirects: Number(values.get("max-redirs") ?? 50),
    },
  };
}

function refuse(message: string): ParsedCurl {
  return { ok: false, text: `curl: ${message}\n${TRY_HELP}`, status: 2 };
}

type Step =
  | {
      readonly long: string;
      readonly shown: string;
      readonly takes: boolean;
      readonly value: string | undefined;
    }
  | { readonly error: string };

/** A long name may be shortened while it stays unique. `--no-X` switches X off. */
function longOption(word: string): Step {
  const name = word.slice(2);
  const exact = OPTIONS.find(([long]) => long === name);
  const unmodelled = UNMODELLED.map((one) => one.replace("=", ""));
  if (!exact && unmodelled.includes(name)) return notModelled(`--${name}`);
  const candidates = exact ? [exact] : OPTIONS.filter(([long]) => long.startsWith(name));
  if (candidates.length > 1) return { error: `option ${word}: is ambiguous` };
  const [found] = candidates;
  if (!found) return { error: `option ${word}: is unknown` };
  return { long: found[0], shown: word, takes: found[2], value: undefined };
}

function notModelled(shown: string): Step {
  return { error: `Podwire does not model the option ${shown}` };
}

function letters(word: string): Step[] {
  const steps: Step[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] as string;
    const found = OPTIONS.find(([, short]) => short === letter);
    const shown = `-${letter}`;
    if (!found) {
      steps.push(
        letter in UNMODELLED_LETTERS
          ? notModelled(shown)
          : { error: `option ${shown}: is unknown` },
      );
      return steps;
    }
    const [long, , takes] = found;
    if (!takes) {
      steps.push({ long, shown, takes, value: undefined });
      continue;
    }
    const rest = word.slice(at + 1);
    steps.push({ long, shown, takes, value: rest === "" ? undefined : rest });
    break;
  }
  return steps;
}
