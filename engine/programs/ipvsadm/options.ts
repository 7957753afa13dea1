/** The command line of ipvsadm(8). */
import { parseIpv4, type Ipv4 } from "../../net/address.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../../net/packet.ts";
import {
  SCHEDULERS,
  UNMODELLED_SCHEDULERS,
} from "../../kernel/netfilter/ipvs/schedulers/registry.ts";
import type {
  DestinationSettings,
  ForwardingMethod,
  ServiceKey,
  ServiceSettings,
} from "../../kernel/netfilter/ipvs/service.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { resolveHost } from "../support/resolve.ts";
import { serviceByName } from "../support/services.ts";

/** The text goes to standard error. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly status = 2,
  ) {
    super(message);
  }
}

export type Command =
  | "add-service"
  | "edit-service"
  | "delete-service"
  | "flush"
  | "restore"
  | "save"
  | "add-server"
  | "edit-server"
  | "delete-server"
  | "list"
  | "zero"
  | "set"
  | "start-daemon"
  | "stop-daemon"
  | "help"
  | "version";

const COMMANDS: Readonly<Record<string, Command>> = {
  "-A": "add-service",
  "--add-service": "add-service",
  "-E": "edit-service",
  "--edit-service": "edit-service",
  "-D": "delete-service",
  "--delete-service": "delete-service",
  "-C": "flush",
  "--clear": "flush",
  "-R": "restore",
  "--restore": "restore",
  "-S": "save",
  "--save": "save",
  "-a": "add-server",
  "--add-server": "add-server",
  "-e": "edit-server",
  "--edit-server": "edit-server",
  "-d": "delete-server",
  "--delete-server": "delete-server",
  "-L": "list",
  "-l": "list",
  "--list": "list",
  "-Z": "zero",
  "--zero": "zero",
  "--set": "set",
  "--start-daemon": "start-daemon",
  "--stop-daemon": "stop-daemon",
  "-h": "help",
  "--help": "help",
  "-v": "version",
  "--version": "version",
};

/** What an option is called in messages. */
type OptionName =
  | "numeric"
  | "connection"
  | "service-address"
  | "scheduler"
  | "persistent"
  | "netmask"
  | "real-server"
  | "forwarding-method"
  | "weight"
  | "u-threshold"
  | "l-threshold"
  | "timeout"
  | "daemon"
  | "stats"
  | "rate"
  | "thresholds"
  | "persistent-conn"
  | "nosort"
  | "exact"
  | "ops"
  | "sched-flags"
  | "pe";

interface OptionSpec {
  readonly name: OptionName;
  readonly takes: "nothing" | "argument" | "optional";
}

const spec = (name: OptionName, takes: OptionSpec["takes"] = "nothing"): OptionSpec => ({
  name,
  takes,
});

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  "-n": spec("numeric"),
  "--numeric": spec("numeric"),
  "-c": spec("connection"),
  "--connection": spec("connection"),
  "-t": spec("service-address", "argument"),
  "--tcp-service": spec("service-address", "argument"),
  "-u": spec("service-address", "argument"),
  "--udp-service": spec("service-address", "argument"),
  "-f": spec("service-address", "argument"),
  "--fwmark-service": spec("service-address", "argument"),
  "--sctp-service": spec("service-address", "argument"),
  "-s": spec("scheduler", "argument"),
  "--scheduler": spec("scheduler", "argument"),
  "-p": spec("persistent", "optional"),
  "--persistent": spec("persistent", "optional"),
  "-M": spec("netmask", "argument"),
  "--netmask": spec("netmask", "argument"),
  "-r": spec("real-server", "argument"),
  "--real-server": spec("real-server", "argument"),
  "-m": spec("forwarding-method"),
  "--masquerading": spec("forwarding-method"),
  "-g": spec("forwarding-method"),
  "--gatewaying": spec("forwarding-method"),
  "-i": spec("forwarding-method"),
  "--ipip": spec("forwarding-method"),
  "-w": spec("weight", "argument"),
  "--weight": spec("weight", "argument"),
  "-x": spec("u-threshold", "argument"),
  "--u-threshold": spec("u-threshold", "argument"),
  "-y": spec("l-threshold", "argument"),
  "--l-threshold": spec("l-threshold", "argument"),
  "--timeout": spec("timeout"),
  "--daemon": spec("daemon"),
  "--stats": spec("stats"),
  "--rate": spec("rate"),
  "--thresholds": spec("thresholds"),
  "--persistent-conn": spec("persistent-conn"),
  "--nosort": spec("nosort"),
  "--exact": spec("exact"),
  "-o": spec("ops"),
  "--ops": spec("ops"),
  "-b": spec("sched-flags", "argument"),
  "--sched-flags": spec("sched-flags", "argument"),
  "--pe": spec("pe", "argument"),
};

const UNMODELLED: ReadonlySet<string> = new Set([
  "-6",
  "--ipv6",
  "--pe",
  "--sctp-service",
  "--tun-type",
  "--tun-port",
  "--tun-nocsum",
  "--tun-csum",
  "--tun-remcsum",
  "--tun-info",
  "--syncid",
  "--sync-maxlen",
  "--mcast-interface",
  "--mcast-group",
  "--mcast-port",
  "--mcast-ttl",
]);

const METHODS: Readonly<Record<string, ForwardingMethod>> = {
  "-m": "masquerade",
  "--masquerading": "masquerade",
  "-g": "route",
  "--gatewaying": "route",
  "-i": "tunnel",
  "--ipip": "tunnel",
};

const SERVICE_OPTIONS: readonly OptionName[] = [
  "scheduler",
  "persistent",
  "netmask",
  "pe",
  "ops",
  "sched-flags",
];
const SERVER_OPTIONS: readonly OptionName[] = [
  "real-server",
  "forwarding-method",
  "weight",
  "u-threshold",
  "l-threshold",
];

/** Command → options that must, and that may be given. */
const ALLOWED: Readonly<
  Record<Command, readonly [required: readonly OptionName[], optional: readonly OptionName[]]>
> = {
  "add-service": [["service-address"], SERVICE_OPTIONS],
  "edit-service": [["service-address"], SERVICE_OPTIONS],
  "delete-service": [["service-address"], []],
  flush: [[], []],
  restore: [[], []],
  save: [[], ["numeric"]],
  "add-server": [["service-address", "real-server"], SERVER_OPTIONS],
  "edit-server": [["service-address", "real-server"], SERVER_OPTIONS],
  "delete-server": [["service-address", "real-server"], []],
  list: [
    [],
    [
      "numeric",
      "connection",
      "service-address",
      "timeout",
      "daemon",
      "stats",
      "rate",
      "thresholds",
      "persistent-conn",
      "nosort",
      "exact",
    ],
  ],
  zero: [[], ["service-address"]],
  set: [[], []],
  "start-daemon": [[], []],
  "stop-daemon": [[], []],
  help: [[], []],
  version: [[], []],
};

const DEFAULT_PERSISTENCE = 360;
const TRY_HELP = "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";
/** MAX_TIMEOUT: 31 days */
const MAX_TIMEOUT = 86_400 * 31;

export interface IpvsadmOptions {
  readonly command: Command;
  readonly has: ReadonlySet<OptionName>;
  readonly service: ServiceKey | undefined;
  readonly settings: ServiceSettings;
  readonly server: { readonly address: Ipv4; readonly port: number } | undefined;
  readonly destination: DestinationSettings;
  /** `--set` */
  readonly timeouts: readonly number[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

class Parser {
  private command: Command | undefined;
  private readonly has = new Set<OptionName>();
  private service: ServiceKey | undefined;
  private readonly settings: Mutable<ServiceSettings> = {
    scheduler: "wlc",
    persistence: undefined,
    netmask: 0xffffffff as Ipv4,
    onePacket: false,
    schedulerFlags: [],
  };
  private schedulerFlags = "";
  private serverText: string | undefined;
  private readonly destination: Mutable<DestinationSettings> = {
    method: "route",
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  private readonly rest: string[] = [];

  constructor(
    private readonly sys: Sys,
    private readonly words: string[],
  ) {}

  *parse(): Blocking<IpvsadmOptions> {
    this.readCommand();
    while (this.words.length > 0) yield* this.readWord(this.words.shift() as string);
    const command = this.command ?? "list";
    this.check(command);
    const timeouts = command === "set" ? this.timeouts() : [];
    const server = yield* this.server();
    return {
      command,
      has: this.has,
      service: this.service,
      settings: { ...this.settings, schedulerFlags: this.flagNumbers() },
      server,
      destination: this.destination,
      timeouts,
    };
  }

  /** The first word is the command; nothing at all is a list. */
  private readCommand(): void {
    const [first] = this.words;
    if (first === undefined) return;
    const command = COMMANDS[first];
    if (command) {
      this.words.shift();
      this.command = command;
      return;
    }
    const cluster = /^-([A-Za-z])([a-z]+)$/.exec(first);
    const leading = cluster && COMMANDS[`-${cluster[1]}`];
    if (!leading) throw new Failure(TRY_HELP, 255);
    this.words.shift();
    this.words.unshift(...(cluster[2] as string).split("").map((letter) => `-${letter}`));
    this.command = leading;
  }

  private *readWord(word: string): Blocking<void> {
    if (!word.startsWith("-") || /^-\d/.test(word)) {
      this.rest.push(word);
      return;
    }
    if (UNMODELLED.has(word)) throw new Failure(`ipvsadm: Podwire does not model ${word}`, 1);
    if (COMMANDS[word]) throw new Failure(`invalid option \`${word}'`);
    const option = OPTIONS[word];
    if (word === "--sort") return;
    if (!option) {
      if (/^-[a-z]{2,}$/.test(word)) {
        this.words.unshift(
          ...word
            .slice(1)
            .split("")
            .map((letter) => `-${letter}`),
        );
        return;
      }
      throw new Failure(TRY_HELP, 255);
    }
    if (this.has.has(option.name)) {
      throw new Failure(`multiple '${option.name}' options specified`);
    }
    this.has.add(option.name);
    yield* this.readOption(word, option, this.valueOf(word, option));
  }

  private valueOf(word: string, { takes }: OptionSpec): string {
    if (takes === "nothing") return "";
    const next = this.words[0];
    if (takes === "optional" && (next === undefined || next.startsWith("-"))) return "";
    if (next === undefined) throw new Failure(`${word}: missing argument`, 255);
    this.words.shift();
    return next;
  }

  private *readOption(word: string, { name }: OptionSpec, value: string): Blocking<void> {
    switch (name) {
      case "service-address":
        this.service = yield* this.serviceKey(word, value);
        return;
      case "scheduler":
        this.settings.scheduler = value;
        return;
      case "persistent":
        this.settings.persistence =
          value === "" ? DEFAULT_PERSISTENCE : number(value, 1, MAX_TIMEOUT, "timeout value");
        return;
      case "netmask": {
        const mask = parseIpv4(value);
        if (mask === undefined) throw new Failure("invalid netmask specified");
        this.settings.netmask = mask;
        return;
      }
      case "real-server":
        this.serverText = value;
        return;
      case "forwarding-method":
        this.destination.method = METHODS[word] as ForwardingMethod;
        return;
      case "weight": {
        if (!/^\d+$/.test(value)) throw new Failure("illegal weight specified");
        this.destination.weight = Number(value);
        return;
      }
      case "u-threshold":
        this.destination.upperThreshold = threshold(value, "u_threshold");
        return;
      case "l-threshold":
        this.destination.lowerThreshold = threshold(value, "l_threshold");
        return;
      case "ops":
        this.settings.onePacket = true;
        return;
      case "sched-flags":
        this.schedulerFlags = value;
        return;
      default:
    }
  }

  private *serviceKey(word: string, value: string): Blocking<ServiceKey> {
    if (word === "-f" || word === "--fwmark-service") {
      const mark = number(value, 1, 0xffffffff, "fwmark value");
      return { protocol: 0, address: 0 as Ipv4, port: 0, mark };
    }
    const protocol = word === "-t" || word === "--tcp-service" ? IPPROTO_TCP : IPPROTO_UDP;
    const found = yield* parseEndpoint(this.sys, value, protocol);
    if (!found) throw new Failure("illegal virtual server address[:port] specified");
    return { protocol, address: found.address, port: found.port ?? 0, mark: 0 };
  }

  /** A server without a port has the service's; so has one that gets packets as they are. */
  private *server(): Blocking<IpvsadmOptions["server"]> {
    const { serverText, service } = this;
    if (serverText === undefined || !service) return undefined;
    const found = yield* parseEndpoint(this.sys, serverText, service.protocol || IPPROTO_TCP);
    if (!found) throw new Failure("illegal real server address[:port] specified");
    const keepsPort = this.destination.method !== "masquerade" && this.command !== "delete-server";
    const port = keepsPort ? service.port : (found.port ?? service.port);
    return { address: found.address, port };
  }

  private check(command: Command): void {
    const [required, optional] = ALLOWED[command];
    for (const name of required) {
      if (!this.has.has(name)) {
        throw new Failure(`You need to supply the '${name}' option for the '${command}' command`);
      }
    }
    for (const name of this.has) {
      if (!required.includes(name) && !optional.includes(name)) {
        throw new Failure(`Illegal '${name}' option with the '${command}' command`);
      }
    }
    if (command !== "set" && !command.endsWith("daemon") && this.rest.length > 0) {
      throw new Failure(`unexpected argument ${this.rest[0]}`);
    }
    if (command === "add-service" || command === "edit-service") this.checkService();
    if (command === "list") this.checkList();
  }

  private checkService(): void {
    const { service, settings } = this;
    if (settings.onePacket && service?.mark === 0 && service.protocol !== IPPROTO_UDP) {
      throw new Failure("One-Packet Scheduling is only for UDP virtual services");
    }
    if (service?.mark === 0 && service.port === 0 && settings.persistence === undefined) {
      throw new Failure("Zero port specified for non-persistent service");
    }
    if (UNMODELLED_SCHEDULERS.has(settings.scheduler)) {
      throw new Failure(`ipvsadm: Podwire does not model the scheduler ${settings.scheduler}`, 1);
    }
  }

  private checkList(): void {
    const { has } = this;
    if (has.has("connection")) {
      for (const name of ["service-address", "timeout", "daemon", "stats", "rate"] as const) {
        if (has.has(name)) {
          throw new Failure(
            `The option '${name}' conflicts with the 'connection' option in the 'list' command`,
          );
        }
      }
    }
    const kinds = (["timeout", "daemon"] as const).filter((name) => has.has(name));
    const rest = (["stats", "rate", "thresholds", "persistent-conn"] as const).filter((name) =>
      has.has(name),
    );
    if (kinds.length > 1 || (kinds.length === 1 && rest.length > 0)) {
      throw new Failure("options conflicts in the list command");
    }
  }

  private timeouts(): number[] {
    if (this.rest.length !== 3) throw new Failure("--set option requires 3 timeout values");
    return this.rest.map((text) => number(text, 0, MAX_TIMEOUT, "timeout value"));
  }

  /** Names of the scheduler, or flag-1 to flag-3. */
  private flagNumbers(): number[] {
    if (this.schedulerFlags === "") return [];
    const kind = SCHEDULERS.find(({ name }) => name === this.settings.scheduler);
    const numbers = this.schedulerFlags.split(",").map((word) => {
      const plain = /^flag-([123])$/.exec(word);
      const named = (kind?.flags ?? []).indexOf(word) + 1;
      const found = plain ? Number(plain[1]) : named;
      if (found === 0)
        throw new Failure(`invalid scheduler flags \`${this.schedulerFlags}' specified`);
      return found;
    });
    return numbers.sort();
  }
}

export function* parseOptions(sys: Sys, words: readonly string[]): Blocking<IpvsadmOptions> {
  return yield* new Parser(sys, [...words]).parse();
}

function number(text: string, min: number, max: number, what: string): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value) || value < min || value > max) {
    throw new Failure(`invalid ${what} \`${text}' specified`);
  }
  return value;
}

function threshold(text: string, what: string): number {
  if (!/^\d+$/.test(text)) throw new Failure(`illegal ${what} specified`);
  return Number(text);
}

/** `10.0.0.1:80`, `web:http`; undefined: it cannot be understood. */
function* parseEndpoint(
  sys: Sys,
  text: string,
  protocol: number,
): Blocking<{ readonly address: Ipv4; readonly port: number | undefined } | undefined> {
  const match = /^([^:]+)(?::(.*))?$/.exec(text);
  if (!match) return undefined;
  const resolved = yield* resolveHost(sys, match[1] as string);
  if (!resolved.ok) return undefined;
  const [address] = resolved.addresses;
  const portText = match[2];
  if (portText === undefined) return { address, port: undefined };
  const port = /^\d+$/.test(portText)
    ? Number(portText)
    : serviceByName(sys, portText, protocol === IPPROTO_UDP ? "udp" : "tcp");
  if (port === undefined || port > 65535) return undefined;
  return { address, port };
}
