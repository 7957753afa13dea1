/** What /etc says about protocols, services, users and hosts, as iptables needs it. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../net/address.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Names } from "../../kernel/netfilter/xtables/extension.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { serviceByName, serviceByPort } from "../support/services.ts";

/** libxtables' own, before /etc/protocols. */
const PROTOCOLS: readonly (readonly [name: string, number: number])[] = [
  ["tcp", 6],
  ["sctp", 132],
  ["udp", 17],
  ["udplite", 136],
  ["icmp", 1],
  ["icmpv6", 58],
  ["ipv6-icmp", 58],
  ["esp", 50],
  ["ah", 51],
  ["ipcomp", 108],
  ["ipv6-mh", 135],
  ["mh", 135],
  ["all", 0],
];

export class SystemNames implements Names {
  private readonly services = new Map<string, string | undefined>();
  private readonly tables = new Map<string, readonly string[][]>();
  private readonly protocolNames = new Map<number, string>();

  constructor(private readonly sys: Sys) {}

  readonly port = (name: string, protocol: "tcp" | "udp"): number | undefined =>
    serviceByName(this.sys, name, protocol);

  readonly service = (port: number, protocol: "tcp" | "udp"): string | undefined => {
    const key = `${port}/${protocol}`;
    if (!this.services.has(key)) this.services.set(key, serviceByPort(this.sys, port, protocol));
    return this.services.get(key);
  };

  readonly user = (name: string): number | undefined => this.accountId("/etc/passwd", name);
  readonly group = (name: string): number | undefined => this.accountId("/etc/group", name);

  readonly userName = (id: number): string | undefined => this.accountName("/etc/passwd", id);
  readonly groupName = (id: number): string | undefined => this.accountName("/etc/group", id);

  protocolNumber(text: string): number | undefined {
    if (/^\d+$/.test(text)) return Number(text) < 256 ? Number(text) : undefined;
    const lower = text.toLowerCase();
    const known = PROTOCOLS.find(([name]) => name === lower);
    if (known) return known[1];
    for (const [name, number, ...aliases] of this.table("/etc/protocols", /\s+/)) {
      if (name === lower || aliases.includes(text)) return Number(number);
    }
    return undefined;
  }

  protocolName(number: number): string {
    let name = this.protocolNames.get(number);
    if (name === undefined) {
      name = this.findProtocolName(number);
      this.protocolNames.set(number, name);
    }
    return name;
  }

  private findProtocolName(number: number): string {
    for (const [name = "", own] of this.table("/etc/protocols", /\s+/)) {
      if (Number(own) === number && number !== 0) return name;
    }
    return PROTOCOLS.find(([, own]) => own === number)?.[0] ?? String(number);
  }

  address(name: string): Ipv4 | undefined {
    for (const [address = "", ...hosts] of this.table("/etc/hosts", /\s+/)) {
      if (hosts.includes(name)) return parseIpv4(address);
    }
    const network = this.table("/etc/networks", /\s+/).find(([own]) => own === name)?.[1];
    return network === undefined ? undefined : parseIpv4(network);
  }

  host(address: Ipv4): string | undefined {
    const text = formatIpv4(address);
    return this.table("/etc/hosts", /\s+/).find(([own]) => own === text)?.[1];
  }

  private accountId(path: string, name: string): number | undefined {
    const found = this.table(path, ":").find(([own]) => own === name);
    return found ? Number(found[2]) : undefined;
  }

  private accountName(path: string, id: number): string | undefined {
    return this.table(path, ":").find(([, , own]) => own === String(id))?.[0];
  }

  /** Read once: a rule set asks for each of its rules. */
  private table(path: string, separator: string | RegExp): readonly string[][] {
    const known = this.tables.get(path);
    if (known) return known;
    const table = this.readTable(path, separator);
    this.tables.set(path, table);
    return table;
  }

  private readTable(path: string, separator: string | RegExp): string[][] {
    let text: string;
    try {
      text = this.sys.readTextFile(path);
    } catch (error) {
      if (error instanceof KernelError) return [];
      throw error;
    }
    return text
      .split("\n")
      .map((line) => line.replace(/#.*/, "").trim())
      .filter((line) => line !== "")
      .map((line) => line.split(separator));
  }
}
