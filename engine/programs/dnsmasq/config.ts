/** The command line and /etc/dnsmasq.conf: the same options, with and without dashes. */
import { parseIpv4, type Ipv4 } from "../../net/address.ts";
import {
  DNS_TYPE_A,
  DNS_TYPE_CNAME,
  DNS_TYPE_MX,
  DNS_TYPE_PTR,
  DNS_TYPE_SRV,
  DNS_TYPE_TXT,
  type DnsRecord,
} from "../../net/dns.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { SocketAddress } from "../../kernel/process/sys.ts";

import { parseDhcpOption, parseHost, parseRange, type DhcpConfig } from "./dhcp-config.ts";

export interface DomainServer {
  /** "" is every domain. */
  readonly domain: string;
  /** Undefined: nobody is asked, the name does not exist. */
  readonly server: SocketAddress | undefined;
}

export interface DnsmasqConfig {
  configFile: string;
  port: number;
  foreground: boolean;
  debug: boolean;
  test: boolean;
  readHosts: boolean;
  readResolv: boolean;
  resolvFile: string;
  pidFile: string;
  expandHosts: boolean;
  domain: string;
  localTtlSeconds: number;
  readonly hostsFiles: string[];
  readonly listenAddresses: Ipv4[];
  /** address=/domain/address: the domain and all below it. */
  readonly addresses: { readonly domain: string; readonly address: Ipv4 | undefined }[];
  readonly records: DnsRecord[];
  readonly servers: DomainServer[];
  readonly dhcp: DhcpConfig;
}

/** Ends dnsmasq: `dnsmasq: text`, and the status. */
export class ConfigError extends Error {
  constructor(
    text: string,
    readonly status = 1,
  ) {
    super(text);
  }
}

const LETTERS: Readonly<Record<string, string>> = {
  A: "address",
  a: "listen-address",
  C: "conf-file",
  d: "no-daemon",
  E: "expand-hosts",
  F: "dhcp-range",
  G: "dhcp-host",
  H: "addn-hosts",
  h: "no-hosts",
  K: "dhcp-authoritative",
  k: "keep-in-foreground",
  l: "dhcp-leasefile",
  m: "mx-host",
  O: "dhcp-option",
  p: "port",
  R: "no-resolv",
  r: "resolv-file",
  S: "server",
  s: "domain",
  T: "local-ttl",
  u: "user",
  W: "srv-host",
  x: "pid-file",
  Y: "txt-record",
  z: "bind-interfaces",
};

/** Options without an argument. */
const FLAGS = [
  "no-daemon",
  "expand-hosts",
  "no-hosts",
  "keep-in-foreground",
  "no-resolv",
  "bind-interfaces",
  "bind-dynamic",
  "no-poll",
  "domain-needed",
  "bogus-priv",
  "dhcp-authoritative",
  "test",
];
const WITH_ARGUMENT = [
  ...new Set(Object.values(LETTERS).filter((name) => !FLAGS.includes(name))),
  "cname",
  "host-record",
  "ptr-record",
  "local",
  "cache-size",
  "group",
];
const UNMODELLED =
  /^(dhcp-|log-|tftp|enable-|interface$|except-interface|no-dhcp|auth-|conf-dir|dns-|dnssec|rev-server|filter|stop-|strict-|all-servers|pxe|ra-|naptr|caa|alias|bogus-nxdomain|max-|min-|neg-ttl|edns|query-port|read-ethers|ipset|server-file|synth|interface-name|ignore-address|localise|clear-on|conntrack|script|localmx|self-mx|mx-target|quiet|leasefile)/;

function defaultConfig(): DnsmasqConfig {
  return {
    configFile: "/etc/dnsmasq.conf",
    port: 53,
    foreground: false,
    debug: false,
    test: false,
    readHosts: true,
    readResolv: true,
    resolvFile: "/etc/resolv.conf",
    pidFile: "/run/dnsmasq.pid",
    expandHosts: false,
    domain: "",
    localTtlSeconds: 0,
    hostsFiles: [],
    listenAddresses: [],
    addresses: [],
    records: [],
    servers: [],
    dhcp: { ranges: [], hosts: [], options: new Map(), leaseFile: "/var/lib/misc/dnsmasq.leases" },
  };
}

export function readConfig(sys: Sys, argv: readonly string[]): DnsmasqConfig {
  const config = defaultConfig();
  const words = argv.slice(1);
  const given: (readonly [string, string])[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    const short = /^-(\w)(.*)$/s.exec(word);
    const name = long?.[1] ?? LETTERS[short?.[1] ?? ""];
    if (name === undefined) {
      throw new ConfigError("bad command line options: try --help");
    }
    let value = long ? long[2] : short?.[2] || undefined;
    if (value === undefined && !FLAGS.includes(name)) value = words[++at];
    given.push([name, value ?? ""]);
  }
  const bad = new ConfigError("bad command line options: try --help");
  for (const [name, value] of given) {
    if (name === "conf-file") config.configFile = value;
  }
  readFile(
    sys,
    config,
    given.some(([name]) => name === "conf-file"),
  );
  for (const [name, value] of given) apply(config, name, value, bad);
  return config;
}

function readFile(sys: Sys, config: DnsmasqConfig, required: boolean): void {
  let text: string;
  try {
    text = sys.readTextFile(config.configFile);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (!required && error.errno === "ENOENT") return;
    throw new ConfigError(`cannot read ${config.configFile}: ${strerror(error.errno)}`, 3);
  }
  for (const [index, line] of text.split("\n").entries()) {
    const clean = line.replace(/(^|\s)#.*$/, "").trim();
    if (clean === "") continue;
    const equals = clean.indexOf("=");
    const name = (equals < 0 ? clean : clean.slice(0, equals)).trim();
    const value = equals < 0 ? "" : clean.slice(equals + 1).trim();
    const place = `at line ${index + 1} of ${config.configFile}`;
    apply(config, name, value, new ConfigError(`bad option ${place}`));
  }
}

function apply(config: DnsmasqConfig, name: string, value: string, bad: ConfigError): void {
  if (FLAGS.includes(name)) return applyFlag(config, name);
  if (UNMODELLED.test(name) && !WITH_ARGUMENT.includes(name)) {
    throw new ConfigError(`Podwire does not model the option '${name}'`);
  }
  if (!WITH_ARGUMENT.includes(name) || value === "") throw bad;
  switch (name) {
    case "port":
      config.port = wholeNumber(value, bad);
      return;
    case "local-ttl":
      config.localTtlSeconds = wholeNumber(value, bad);
      return;
    case "listen-address":
      config.listenAddresses.push(...value.split(",").map((text) => address(text, bad)));
      return;
    case "addn-hosts":
      config.hostsFiles.push(value);
      return;
    case "resolv-file":
      config.resolvFile = value;
      return;
    case "pid-file":
      config.pidFile = value;
      return;
    case "domain":
      config.domain = value.split(",")[0] ?? "";
      return;
    case "dhcp-range": {
      const range = parseRange(value);
      if (!range) throw bad;
      config.dhcp.ranges.push(range);
      return;
    }
    case "dhcp-host": {
      const host = parseHost(value);
      if (!host) throw bad;
      config.dhcp.hosts.push(host);
      return;
    }
    case "dhcp-option": {
      const option = parseDhcpOption(value);
      if (!option) throw bad;
      config.dhcp.options.set(...option);
      return;
    }
    case "dhcp-leasefile":
      config.dhcp.leaseFile = value;
      return;
    case "address":
      return addAddress(config, value, bad);
    case "server":
    case "local":
      return addServer(config, value, bad);
    case "host-record":
    case "cname":
    case "txt-record":
    case "mx-host":
    case "srv-host":
    case "ptr-record":
      config.records.push(...recordsOf(config, name, value.split(","), bad));
  }
}

function applyFlag(config: DnsmasqConfig, name: string): void {
  if (name === "no-daemon") config.debug = config.foreground = true;
  if (name === "keep-in-foreground") config.foreground = true;
  if (name === "no-hosts") config.readHosts = false;
  if (name === "no-resolv") config.readResolv = false;
  if (name === "expand-hosts") config.expandHosts = true;
  if (name === "test") config.test = true;
}

function wholeNumber(text: string, bad: ConfigError): number {
  if (!/^\d+$/.test(text)) throw bad;
  return Number(text);
}

function address(text: string, bad: ConfigError): Ipv4 {
  const parsed = parseIpv4(text);
  if (parsed === undefined) throw bad;
  return parsed;
}

/** `/lab/10.0.0.1`, `/one/two/10.0.0.1`, `/lab/` (does not exist), `/#/10.0.0.1` (every name). */
function addAddress(config: DnsmasqConfig, value: string, bad: ConfigError): void {
  const [first, ...rest] = value.split("/");
  const target = rest.pop();
  if (first !== "" || target === undefined || rest.length === 0) throw bad;
  for (const domain of rest) {
    const name = domain === "#" ? "" : domain.toLowerCase();
    const known = target === "" ? undefined : address(target, bad);
    config.addresses.push({ domain: name, address: known });
  }
}

/** `10.0.0.1`, `10.0.0.1#5353`, `/lab/10.0.0.1`, `/lab/` (answered from here only). */
function addServer(config: DnsmasqConfig, value: string, bad: ConfigError): void {
  const parts = value.split("/");
  const target = parts.pop() ?? "";
  if (parts.length > 0 && parts.shift() !== "") throw bad;
  const [text = "", port = "53"] = target.split("#");
  const server = text === "" ? undefined : { ip: address(text, bad), port: wholeNumber(port, bad) };
  const domains = parts.length === 0 ? [""] : parts;
  for (const domain of domains) config.servers.push({ domain: domain.toLowerCase(), server });
}

function recordsOf(
  config: DnsmasqConfig,
  option: string,
  parts: readonly string[],
  bad: ConfigError,
): readonly DnsRecord[] {
  const [name = "", target = "", ...rest] = parts;
  if (name === "") throw bad;
  const base = { name, ttlSeconds: config.localTtlSeconds };
  switch (option) {
    case "host-record": {
      const names = parts.filter((part) => parseIpv4(part) === undefined && !/^\d+$/.test(part));
      const found = parts.map(parseIpv4).find((parsed) => parsed !== undefined);
      if (found === undefined) throw bad;
      const ttl = /^\d+$/.test(parts.at(-1) ?? "") ? Number(parts.at(-1)) : base.ttlSeconds;
      return names.map((one) => ({
        name: one,
        ttlSeconds: ttl,
        type: DNS_TYPE_A,
        address: found,
      }));
    }
    case "cname": {
      const aliases = parts.filter((part) => !/^\d+$/.test(part));
      const end = aliases.pop();
      if (end === undefined || aliases.length === 0) throw bad;
      return aliases.map((one) => ({ ...base, name: one, type: DNS_TYPE_CNAME, target: end }));
    }
    case "txt-record":
      return [{ ...base, type: DNS_TYPE_TXT, texts: parts.slice(1).map(unquote) }];
    case "mx-host":
      return [
        {
          ...base,
          type: DNS_TYPE_MX,
          target: target === "" ? name : target,
          preference: rest[0] === undefined ? 1 : wholeNumber(rest[0], bad),
        },
      ];
    case "srv-host":
      return [
        {
          ...base,
          type: DNS_TYPE_SRV,
          target,
          port: rest[0] === undefined ? 1 : wholeNumber(rest[0], bad),
          preference: rest[1] === undefined ? 0 : wholeNumber(rest[1], bad),
          weight: rest[2] === undefined ? 0 : wholeNumber(rest[2], bad),
        },
      ];
    default:
      return [{ ...base, type: DNS_TYPE_PTR, target }];
  }
}

function unquote(text: string): string {
  return text.replace(/^"(.*)"$/s, "$1");
}
