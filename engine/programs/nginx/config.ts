/** What /etc/nginx/nginx.conf and the files that it includes ask for. */
import { RE2JS } from "re2js";
import { IPV4_ANY, parseIpv4, type Ipv4 } from "../../net/address.ts";
import { errnoNumber, KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";

import { globToRegex } from "../support/glob.ts";
import { ConfigError, parseDirectives, type Directive } from "./syntax.ts";

export interface Listen {
  readonly family: 4 | 6;
  /** 0: every address; IPv6 knows no other. */
  readonly ip: Ipv4;
  readonly port: number;
}

/** How files are found and requests answered, in a server or in a part of it. */
export interface Serving {
  readonly root: string;
  /** Replaces the location's own path instead of being put before it. */
  readonly alias?: string;
  readonly index: readonly string[];
  readonly autoindex: boolean;
  /** `return 200 "text"`: answered to every request. */
  readonly answer?: { readonly status: number; readonly text: string };
  /** `deny all` */
  readonly isDenied: boolean;
  readonly defaultType: string;
  readonly accessLogs: readonly AccessLog[];
}

export interface AccessLog {
  readonly path: string;
  /** With `$variables`. */
  readonly format: string;
}

export interface Location {
  readonly kind: "exact" | "prefix" | "regex";
  readonly path: string;
  readonly regex?: RE2JS;
  /** `^~`: no regular expression is tried if this prefix is the longest. */
  readonly isFinal: boolean;
  readonly serving: Serving;
}

export interface ServerBlock {
  readonly listen: readonly Listen[];
  readonly names: readonly string[];
  readonly serving: Serving;
  readonly locations: readonly Location[];
}

export interface Config {
  readonly file: string;
  readonly workers: number | "auto";
  readonly user: string;
  readonly pidFile: string;
  readonly errorLog: { readonly path: string; readonly level: LogLevel };
  readonly isDaemon: boolean;
  readonly servers: readonly ServerBlock[];
}

/** The severest first. */
export const LOG_LEVELS = [
  "emerg",
  "alert",
  "crit",
  "error",
  "warn",
  "notice",
  "info",
  "debug",
] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The one that is there without being defined. */
const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

/** Debian's nginx.conf, for machines that keep no file of that name. */
const DEBIAN_CONF = `user www-data;
worker_processes auto;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
http {
  access_log /var/log/nginx/access.log;
  include sites-enabled/*;
}
`;

/** Its sites-enabled/default. */
const DEBIAN_SITE = `server {
  listen 80 default_server;
  root /var/www/html;
  index index.html index.htm index.nginx-debian.html;
  server_name _;
}
`;

/** Directives that change nothing that is modelled. */
const IGNORED = new Set(
  (
    "aio charset client_body_buffer_size client_header_buffer_size client_max_body_size " +
    "client_body_timeout client_header_timeout directio error_page etag events expires gzip gzip_comp_level " +
    "gzip_disable gzip_min_length gzip_proxied gzip_types gzip_vary keepalive_requests keepalive_timeout " +
    "large_client_header_buffers log_not_found multi_accept reset_timedout_connection resolver send_timeout " +
    "sendfile server_names_hash_bucket_size server_tokens ssl_prefer_server_ciphers ssl_protocols tcp_nodelay " +
    "tcp_nopush try_files types types_hash_max_size underscores_in_headers use worker_connections " +
    "worker_rlimit_nofile"
  ).split(" "),
);

/** Real ones that would change an answer. */
const UNMODELLED = new Set(
  (
    "add_header allow auth_basic fastcgi_pass grpc_pass if limit_conn limit_req load_module map " +
    "proxy_cache proxy_pass rewrite set ssl_certificate ssl_certificate_key stub_status sub_filter upstream uwsgi_pass"
  ).split(" "),
);

/** ConfigError. `globals`: what -g says. */
export function readConfig(sys: Sys, file: string, globals: string): Config {
  const text = readIfThere(sys, file);
  if (text === undefined && file !== DEFAULT_FILE)
    throw new ConfigError(openFailure("ENOENT", file));
  const directives = [
    ...parseDirectives("command line", globals),
    ...parseDirectives(file, text ?? DEBIAN_CONF),
  ];
  return new Reader(sys, file).main(directives);
}

export const DEFAULT_FILE = "/etc/nginx/nginx.conf";

function openFailure(errno: KernelError["errno"], path: string): string {
  return `open() "${path}" failed (${errnoNumber(errno)}: ${strerror(errno)})`;
}

function readIfThere(sys: Sys, path: string): string | undefined {
  try {
    return sys.readTextFile(path);
  } catch (error) {
    if (error instanceof KernelError && error.errno === "ENOENT") return undefined;
    if (error instanceof KernelError) throw new ConfigError(openFailure(error.errno, path));
    throw error;
  }
}

type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

class Reader {
  private readonly formats = new Map([["combined", COMBINED]]);

  constructor(
    private readonly sys: Sys,
    private readonly file: string,
  ) {}

  main(directives: readonly Directive[]): Config {
    const config: Draft<Config> = {
      file: this.file,
      workers: 1,
      user: "nobody",
      pidFile: "/run/nginx.pid",
      errorLog: { path: "/var/log/nginx/error.log", level: "error" },
      isDaemon: true,
      servers: [],
    };
    for (const directive of this.expand(directives)) {
      const [first = ""] = directive.args;
      switch (directive.name) {
        case "user":
          config.user = first;
          break;
        case "worker_processes":
          config.workers = first === "auto" ? "auto" : this.count(directive);
          break;
        case "pid":
          config.pidFile = first;
          break;
        case "error_log":
          config.errorLog = this.errorLog(directive);
          break;
        case "daemon":
          config.isDaemon = first !== "off";
          break;
        case "master_process":
        case "pcre_jit":
          break;
        case "http":
          config.servers = this.http(directive.block ?? []);
          break;
        default:
          this.otherwise(directive);
      }
    }
    return config;
  }

  private http(block: readonly Directive[]): ServerBlock[] {
    const servers: Directive[] = [];
    const serving = newServing();
    for (const directive of this.expand(block)) {
      if (directive.name === "server" && directive.block) servers.push(directive);
      else if (directive.name === "log_format") this.logFormat(directive);
      else this.serving(directive, serving);
    }
    return servers.map(({ block: inner = [] }) => this.server(inner, serving));
  }

  private server(block: readonly Directive[], outer: Serving): ServerBlock {
    const listen: Listen[] = [];
    const locations: Directive[] = [];
    let names: readonly string[] = [""];
    const serving = inherit(outer);
    for (const directive of this.expand(block)) {
      if (directive.name === "listen") listen.push(parseListen(directive));
      else if (directive.name === "server_name") names = directive.args;
      else if (directive.name === "location") locations.push(directive);
      else this.serving(directive, serving);
    }
    if (listen.length === 0) listen.push({ family: 4, ip: IPV4_ANY, port: 80 });
    return {
      listen,
      names,
      serving,
      locations: locations.map((location) => this.location(location, serving)),
    };
  }

  private location(directive: Directive, outer: Serving): Location {
    const { args, block = [] } = directive;
    const path = args.at(-1) ?? "";
    const modifier = args.length > 1 ? (args[0] as string) : "";
    const serving = inherit(outer);
    for (const inner of this.expand(block)) {
      if (inner.name === "location") {
        throw new ConfigError(`Podwire does not model nested locations in ${inner.at}`);
      }
      this.serving(inner, serving);
    }
    const isRegex = modifier === "~" || modifier === "~*";
    return {
      kind: modifier === "=" ? "exact" : isRegex ? "regex" : "prefix",
      path,
      ...(isRegex && { regex: toRegex(directive, path, modifier === "~*") }),
      isFinal: modifier === "^~",
      serving,
    };
  }

  /** Those that may stand in http, server and location. */
  private serving(directive: Directive, into: Draft<Serving>): void {
    const { name, args } = directive;
    const [first = ""] = args;
    switch (name) {
      case "root":
        into.root = first.replace(/\/$/, "");
        delete into.alias;
        break;
      case "alias":
        into.alias = first;
        break;
      case "index":
        into.index = args;
        break;
      case "autoindex":
        into.autoindex = first === "on";
        break;
      case "default_type":
        into.defaultType = first;
        break;
      case "return":
        into.answer = this.answer(directive);
        break;
      case "deny":
        if (first !== "all") throw this.unmodelled(directive);
        into.isDenied = true;
        break;
      case "access_log":
        into.accessLogs = this.accessLogs(directive, into.accessLogs);
        break;
      case "error_log":
        break;
      default:
        this.otherwise(directive);
    }
  }

  private answer({ args }: Directive): NonNullable<Serving["answer"]> {
    const [first = "", text = ""] = args;
    return /^\d+$/.test(first) ? { status: Number(first), text } : { status: 302, text: first };
  }

  private accessLogs({ args, at }: Directive, before: readonly AccessLog[]): readonly AccessLog[] {
    const [path = "", name = "combined"] = args;
    if (path === "off") return [];
    const format = this.formats.get(name);
    if (format === undefined) throw new ConfigError(`unknown log format "${name}" in ${at}`);
    const own = before.filter((log) => log !== DEFAULT_ACCESS_LOG);
    return [...own, { path: this.absolute(path), format }];
  }

  private logFormat({ args }: Directive): void {
    const [name = "", ...parts] = args;
    this.formats.set(name, parts.filter((part) => !part.startsWith("escape=")).join(""));
  }

  private errorLog({ args, at }: Directive): Config["errorLog"] {
    const [path = "", level = "error"] = args;
    const known = LOG_LEVELS.find((each) => each === level);
    if (!known) throw new ConfigError(`invalid log level "${level}" in ${at}`);
    return { path: path === "stderr" ? "/dev/stderr" : this.absolute(path), level: known };
  }

  private count({ args, at, name }: Directive): number {
    const [first = ""] = args;
    if (!/^\d+$/.test(first))
      throw new ConfigError(`invalid value "${first}" in "${name}" in ${at}`);
    return Number(first);
  }

  private otherwise(directive: Directive): void {
    const { name, at } = directive;
    if (IGNORED.has(name)) return;
    if (UNMODELLED.has(name)) throw this.unmodelled(directive);
    if (["http", "listen", "location", "server", "server_name", "user"].includes(name)) {
      throw new ConfigError(`"${name}" directive is not allowed here in ${at}`);
    }
    throw new ConfigError(`unknown directive "${name}" in ${at}`);
  }

  private unmodelled({ name, at }: Directive): ConfigError {
    return new ConfigError(`Podwire does not model the directive "${name}" in ${at}`);
  }

  /** Puts what is included in the place of `include`. */
  private *expand(directives: readonly Directive[], depth = 0): Generator<Directive> {
    for (const directive of directives) {
      if (directive.name !== "include") {
        yield directive;
        continue;
      }
      if (depth > MAX_INCLUDES) {
        throw new ConfigError(`too many levels of "include" in ${directive.at}`);
      }
      for (const path of this.files(this.absolute(directive.args[0] ?? ""))) {
        const text = path === SITES_DEFAULT ? this.site() : readIfThere(this.sys, path);
        if (text === undefined) {
          throw new ConfigError(`${openFailure("ENOENT", path)} in ${directive.at}`);
        }
        yield* this.expand(parseDirectives(path, text), depth + 1);
      }
    }
  }

  private site(): string {
    return readIfThere(this.sys, SITES_DEFAULT) ?? DEBIAN_SITE;
  }

  private files(pattern: string): readonly string[] {
    if (!/[*?[]/.test(pattern)) return [pattern];
    const slash = pattern.lastIndexOf("/");
    const directory = pattern.slice(0, slash);
    const regex = globToRegex(pattern.slice(slash + 1));
    let names: readonly string[];
    try {
      names = this.sys.readdir(directory);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return directory === SITES ? [SITES_DEFAULT] : [];
    }
    return names
      .filter((name) => !name.startsWith(".") && regex.test(name))
      .sort()
      .map((name) => `${directory}/${name}`);
  }

  private absolute(path: string): string {
    return path.startsWith("/") ? path : `/etc/nginx/${path}`;
  }
}

const MAX_INCLUDES = 16;
const SITES = "/etc/nginx/sites-enabled";
const SITES_DEFAULT = `${SITES}/default`;

const DEFAULT_ACCESS_LOG: AccessLog = { path: "/var/log/nginx/access.log", format: COMBINED };

function newServing(): Draft<Serving> {
  return {
    root: "/usr/share/nginx/html",
    index: ["index.html"],
    autoindex: false,
    isDenied: false,
    defaultType: "text/plain",
    accessLogs: [DEFAULT_ACCESS_LOG],
  };
}

/** A `return` of the server is answered before a location is chosen. */
function inherit(outer: Serving): Draft<Serving> {
  const serving: Draft<Serving> = { ...outer };
  delete serving.answer;
  return serving;
}

function toRegex({ at }: Directive, text: string, ignoreCase: boolean): RE2JS {
  try {
    return RE2JS.compile(text, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    throw new ConfigError(`pcre2_compile() failed: syntax error in "${text}" in ${at}`);
  }
}

/** `80`, `127.0.0.1:8080`, `*:80`, `[::]:80`. ConfigError */
function parseListen({ args, at }: Directive): Listen {
  const [text = ""] = args;
  const unmodelled = args.slice(1).find((word) => ["ssl", "quic", "http2"].includes(word));
  if (unmodelled !== undefined) {
    throw new ConfigError(`Podwire does not model "listen ${unmodelled}" in ${at}`);
  }
  const [, host, portText] = /^(?:(\[[\da-f:]+\]|[^:]+):)?(\d+)$/i.exec(text) ?? [];
  const port = portText === undefined ? 80 : Number(portText);
  if (port < 1 || port > 65_535)
    throw new ConfigError(`invalid port in "${text}" of the "listen" directive in ${at}`);
  const name = portText === undefined ? text : (host ?? "*");
  if (name.startsWith("[")) {
    if (name !== "[::]") throw new ConfigError(`Podwire does not model "listen ${text}" in ${at}`);
    return { family: 6, ip: IPV4_ANY, port };
  }
  const ip = name === "*" ? IPV4_ANY : parseIpv4(name);
  if (ip === undefined) {
    throw new ConfigError(`host not found in "${text}" of the "listen" directive in ${at}`);
  }
  return { family: 4, ip, port };
}
