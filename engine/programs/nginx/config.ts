/** /etc/nginx/sites-enabled/*: the few directives that decide what is served where. */
import { IPV4_ANY, type Ipv4, parseIpv4 } from "../../net/address.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";

const SITES = "/etc/nginx/sites-enabled";

export interface Listen {
  readonly ip: Ipv4;
  readonly port: number;
}

export interface ServerBlock {
  readonly listen: readonly Listen[];
  readonly names: readonly string[];
  readonly root: string;
  readonly index: readonly string[];
  readonly autoindex: boolean;
  /** `return 200 "text"`: answered to every request. */
  readonly answer: { readonly status: number; readonly text: string } | undefined;
}

/** What Debian's package installs as sites-enabled/default. */
const DEFAULT_SERVER: ServerBlock = {
  listen: [{ ip: IPV4_ANY, port: 80 }],
  names: ["_"],
  root: "/var/www/html",
  index: ["index.html", "index.htm", "index.nginx-debian.html"],
  autoindex: false,
  answer: undefined,
};

/** What is wrong, as nginx puts it after `nginx: [emerg] `. */
export class ConfigError extends Error {}

/** Directives that change nothing that is modelled. */
const IGNORED: readonly string[] = [
  "access_log",
  "charset",
  "default_type",
  "error_log",
  "gzip",
  "keepalive_timeout",
  "sendfile",
  "server_tokens",
  "ssl_prefer_server_ciphers",
  "ssl_protocols",
  "tcp_nodelay",
  "tcp_nopush",
  "try_files",
];

/** The servers of all files; Debian's default one when there is no such directory. */
export function readConfig(sys: Sys): readonly ServerBlock[] {
  let names: readonly string[];
  try {
    names = [...sys.readdir(SITES)].sort();
  } catch (error) {
    if (error instanceof KernelError) return [DEFAULT_SERVER];
    throw error;
  }
  return names.flatMap((name) => parse(`${SITES}/${name}`, sys.readTextFile(`${SITES}/${name}`)));
}

interface Token {
  readonly text: string;
  readonly line: number;
}

/** Words, quoted strings and the marks `{ } ;`. */
function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    for (const [token] of line.matchAll(
      /#.*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|[^\s{};"'#]+/g,
    )) {
      if (!token.startsWith("#")) tokens.push({ text: token, line: index + 1 });
    }
  }
  return tokens;
}

function unquote(text: string): string {
  return /^["']/.test(text)
    ? text.slice(1, -1).replace(/\\n/g, "\n").replace(/\\(.)/g, "$1")
    : text;
}

function parse(file: string, text: string): ServerBlock[] {
  const tokens = tokenise(text);
  const servers: ServerBlock[] = [];
  let at = 0;
  const fail = (message: string, token = tokens[at] ?? tokens.at(-1)): never => {
    throw new ConfigError(`${message} in ${file}:${token?.line ?? 1}`);
  };

  const server = (): ServerBlock => {
    const block = {
      listen: [] as Listen[],
      names: [""] as readonly string[],
      root: "/usr/share/nginx/html",
      index: ["index.html"] as readonly string[],
      autoindex: false,
      answer: undefined as ServerBlock["answer"],
    };
    const directives = (isLocation: boolean): void => {
      while (tokens[at]?.text !== "}") {
        const start = tokens[at];
        if (!start) return fail('unexpected end of file, expecting "}"');
        const words: string[] = [];
        while (tokens[at] && ![";", "{", "}"].includes((tokens[at] as Token).text)) {
          words.push(unquote((tokens[at] as Token).text));
          at += 1;
        }
        const end = tokens[at]?.text;
        const [name = "", ...args] = words;
        if (end === "{" && name === "location" && !isLocation) {
          const path = args.at(-1);
          if (path !== "/") return fail(`Podwire does not model location "${path}",`, start);
          at += 1;
          directives(true);
          continue;
        }
        if (end !== ";") return fail(`directive "${name}" is not terminated by ";"`, start);
        at += 1;
        apply(name, args, start);
      }
      at += 1;
    };
    const apply = (name: string, args: readonly string[], token: Token): void => {
      switch (name) {
        case "listen": {
          const listen = parseListen(args[0] ?? "");
          if (listen === undefined) fail(`invalid parameter "${args[0]}"`, token);
          else if (listen !== "ipv6") block.listen.push(listen);
          break;
        }
        case "server_name":
          block.names = args;
          break;
        case "root":
          block.root = (args[0] ?? "").replace(/\/$/, "");
          break;
        case "index":
          block.index = args;
          break;
        case "autoindex":
          block.autoindex = args[0] === "on";
          break;
        case "return":
          block.answer = { status: Number(args[0]), text: args[1] ?? "" };
          break;
        default:
          if (!IGNORED.includes(name)) fail(`unknown directive "${name}"`, token);
      }
    };
    directives(false);
    if (block.listen.length === 0) block.listen.push({ ip: IPV4_ANY, port: 80 });
    return block;
  };

  while (at < tokens.length) {
    const token = tokens[at] as Token;
    if (token.text !== "server" || tokens[at + 1]?.text !== "{") {
      fail(`unknown directive "${token.text}"`);
    }
    at += 2;
    servers.push(server());
  }
  return servers;
}

/** `80`, `127.0.0.1:8080`, `*:80`, `[::]:80`; undefined: malformed. */
function parseListen(text: string): Listen | "ipv6" | undefined {
  if (text.startsWith("[")) return "ipv6";
  const match = /^(?:([\d.]+|\*):)?(\d+)$/.exec(text);
  if (match) {
    const ip = match[1] === undefined || match[1] === "*" ? IPV4_ANY : parseIpv4(match[1]);
    const port = Number(match[2]);
    return ip === undefined || port < 1 || port > 65535 ? undefined : { ip, port };
  }
  const ip = parseIpv4(text);
  return ip === undefined ? undefined : { ip, port: 80 };
}
