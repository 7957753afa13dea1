/** /etc/docker/daemon.json and the flags of dockerd that say the same. */
import { parseIpv4Prefix, networkOf } from "../../net/address.ts";
import type { Names } from "../api/container.ts";
import { DEFAULT_POOLS, type PoolSource } from "../networks/ipam.ts";

export interface DaemonConfig {
  readonly iptables: boolean;
  readonly ip6tables: boolean;
  readonly userlandProxy: boolean;
  /** Of the default bridge: may containers reach each other? */
  readonly interContainer: boolean;
  readonly ipForward: boolean;
  readonly ipMasquerade: boolean;
  /** Address and prefix of docker0. */
  readonly bridgeAddress: string | undefined;
  /** A bridge to use instead of docker0; "none": no default bridge. */
  readonly bridge: string | undefined;
  readonly fixedCidr: string | undefined;
  readonly defaultGateway: string | undefined;
  readonly addressPools: readonly PoolSource[];
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly mtu: number;
  readonly publishAddress: string;
  readonly logDriver: string;
  readonly logOptions: Names;
  readonly liveRestore: boolean;
  readonly shutdownTimeoutSeconds: number;
  readonly labels: readonly string[];
  readonly debug: boolean;
}

const DEFAULTS: DaemonConfig = {
  iptables: true,
  ip6tables: true,
  userlandProxy: true,
  interContainer: true,
  ipForward: true,
  ipMasquerade: true,
  bridgeAddress: undefined,
  bridge: undefined,
  fixedCidr: undefined,
  defaultGateway: undefined,
  addressPools: DEFAULT_POOLS,
  dns: [],
  dnsOptions: [],
  dnsSearch: [],
  mtu: 1500,
  publishAddress: "0.0.0.0",
  logDriver: "json-file",
  logOptions: {},
  liveRestore: false,
  shutdownTimeoutSeconds: 15,
  labels: [],
  debug: false,
};

/** What dockerd refuses to start with, in its words. */
export class ConfigError extends Error {}

type Kind = "boolean" | "string" | "number" | "list" | "names" | "pools" | "ignored";

interface Setting {
  readonly kind: Kind;
  readonly field?: keyof DaemonConfig;
}

/** Key of daemon.json; the flag of the same name unless the key is a plural. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  iptables: { kind: "boolean", field: "iptables" },
  ip6tables: { kind: "boolean", field: "ip6tables" },
  "userland-proxy": { kind: "boolean", field: "userlandProxy" },
  icc: { kind: "boolean", field: "interContainer" },
  "ip-forward": { kind: "boolean", field: "ipForward" },
  "ip-masq": { kind: "boolean", field: "ipMasquerade" },
  bip: { kind: "string", field: "bridgeAddress" },
  bridge: { kind: "string", field: "bridge" },
  "fixed-cidr": { kind: "string", field: "fixedCidr" },
  "default-gateway": { kind: "string", field: "defaultGateway" },
  "default-address-pools": { kind: "pools", field: "addressPools" },
  dns: { kind: "list", field: "dns" },
  "dns-opts": { kind: "list", field: "dnsOptions" },
  "dns-search": { kind: "list", field: "dnsSearch" },
  mtu: { kind: "number", field: "mtu" },
  ip: { kind: "string", field: "publishAddress" },
  "log-driver": { kind: "string", field: "logDriver" },
  "log-opts": { kind: "names", field: "logOptions" },
  "live-restore": { kind: "boolean", field: "liveRestore" },
  "shutdown-timeout": { kind: "number", field: "shutdownTimeoutSeconds" },
  labels: { kind: "list", field: "labels" },
  debug: { kind: "boolean", field: "debug" },
  experimental: { kind: "ignored" },
  "log-level": { kind: "ignored" },
  "storage-driver": { kind: "ignored" },
  "registry-mirrors": { kind: "ignored" },
  "insecure-registries": { kind: "ignored" },
  "exec-opts": { kind: "ignored" },
  "max-concurrent-downloads": { kind: "ignored" },
  features: { kind: "ignored" },
  host: { kind: "ignored" },
  containerd: { kind: "ignored" },
};

/** The flag's name, where it is not the key's. */
const FLAG_KEYS: Readonly<Record<string, string>> = {
  "dns-opt": "dns-opts",
  "log-opt": "log-opts",
  label: "labels",
  "default-address-pool": "default-address-pools",
};

const SHORT_FLAGS: Readonly<Record<string, string>> = { H: "host", b: "bridge", D: "debug" };

/** `file`: daemon.json's text, if there is one. Throws ConfigError. */
export function readConfig(file: string | undefined, argv: readonly string[]): DaemonConfig {
  const config: Record<string, unknown> = { ...DEFAULTS };
  const fromFlags = readFlags(argv);
  const fromFile = file === undefined ? {} : parseFile(file);
  const conflicts = Object.keys(fromFile).filter((key) => fromFlags.has(key));
  if (conflicts.length > 0) {
    const described = conflicts.map(
      (key) =>
        `${key}: (from flag: ${String(fromFlags.get(key))}, from file: ${String(fromFile[key])})`,
    );
    throw new ConfigError(
      `unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives are specified both as a flag and in the configuration file: ${described.join(", ")}`,
    );
  }
  for (const [key, value] of [...Object.entries(fromFile), ...fromFlags]) {
    const setting = SETTINGS[key];
    if (setting?.field) config[setting.field] = convert(key, setting.kind, value);
  }
  const made = config as unknown as DaemonConfig;
  if (made.bridgeAddress && made.bridge && made.bridge !== "none") {
    throw new ConfigError(
      "failed to start daemon: You specified -b & --bip, mutually exclusive options. Please specify only one",
    );
  }
  return made;
}

function parseFile(text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    const at = text.trim()[0];
    throw refuse(
      at === "{"
        ? "invalid character in string literal or structure"
        : `invalid character '${at}' looking for beginning of value`,
    );
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw refuse("json: cannot unmarshal into Go value of type config.Config");
  }
  const unknown = Object.keys(data).filter((key) => !SETTINGS[key] && key !== "hosts");
  if (unknown.length > 0) {
    throw refuse(
      `the following directives don't match any configuration option: ${unknown.join(", ")}`,
    );
  }
  return data as Record<string, unknown>;
}

function refuse(why: string): ConfigError {
  return new ConfigError(
    `unable to configure the Docker daemon with file /etc/docker/daemon.json: ${why}`,
  );
}

function readFlags(argv: readonly string[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] as string;
    const match = /^--([a-z0-9-]+)(?:=(.*))?$/.exec(word) ?? /^-([HbD])(?:=?(.+))?$/.exec(word);
    const written = match?.[1] ?? "";
    const name = SHORT_FLAGS[written] ?? written;
    const key = FLAG_KEYS[name] ?? name;
    const setting = SETTINGS[key];
    if (!match || !setting) {
      throw new ConfigError(`unknown flag: ${word}\nSee 'dockerd --help'.`);
    }
    const value = match[2] ?? (setting.kind === "boolean" ? "true" : argv[(at += 1)]);
    if (value === undefined) throw new ConfigError(`flag needs an argument: ${word}`);
    const before = values.get(key);
    values.set(
      key,
      setting.kind === "list" && Array.isArray(before)
        ? [...before, value]
        : setting.kind === "list"
          ? [value]
          : value,
    );
  }
  return values;
}

function convert(key: string, kind: Kind, value: unknown): unknown {
  switch (kind) {
    case "boolean":
      return value === true || value === "true" || value === "1";
    case "number":
      return Number(value);
    case "list":
      return Array.isArray(value) ? value.map(String) : [String(value)];
    case "names":
      return typeof value === "string"
        ? Object.fromEntries([value.split("=", 2) as [string, string]])
        : value;
    case "pools":
      return poolsOf(key, value);
    case "string":
      return String(value);
    case "ignored":
      return undefined;
  }
}

function poolsOf(key: string, value: unknown): PoolSource[] {
  const entries: { base?: unknown; size?: unknown }[] = Array.isArray(value)
    ? value
    : [
        Object.fromEntries(
          String(value)
            .split(",")
            .map((part) => part.split("=", 2)),
        ),
      ];
  return entries.map(({ base, size }) => {
    const parsed = parseIpv4Prefix(String(base));
    if (!parsed) throw refuse(`invalid ${key}: invalid CIDR address: ${String(base)}`);
    return {
      base: { address: networkOf(parsed.address, parsed.length), length: parsed.length },
      size: Number(size),
    };
  });
}
