/** What dnsmasq knows by itself: hosts files, records of its configuration, addresses of domains. */
import { parseIpv4 } from "../../net/address.ts";
import {
  DNS_NOERROR,
  DNS_NXDOMAIN,
  DNS_TYPE_A,
  DNS_TYPE_CNAME,
  DNS_TYPE_PTR,
  reverseName,
  type DnsQuestion,
  type DnsRecord,
} from "../../net/dns.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { DnsmasqConfig } from "./config.ts";

export interface LocalAnswer {
  readonly code: number;
  readonly answers: readonly DnsRecord[];
}

/** A chain of aliases is followed so far. */
const MAX_ALIASES = 10;

export class Zone {
  private readonly records = new Map<string, DnsRecord[]>();
  /** Files that were read and how many names they gave, for the log. */
  readonly filesRead: (readonly [path: string, names: number])[] = [];

  constructor(
    private readonly sys: Sys,
    private readonly config: DnsmasqConfig,
  ) {
    for (const record of config.records) this.add(record);
    const hostRecords = config.records.filter(({ type }) => type === DNS_TYPE_A);
    for (const { name, address, ttlSeconds } of hostRecords) {
      if (address === undefined) continue;
      this.add({ name: reverseName(address), type: DNS_TYPE_PTR, ttlSeconds, target: name });
    }
    if (config.readHosts) this.readHosts("/etc/hosts");
    for (const path of config.hostsFiles) this.readHosts(path);
  }

  /** Undefined: someone else is to be asked. */
  answer({ name, type }: DnsQuestion): LocalAnswer | undefined {
    const wanted = name.toLowerCase();
    const own = this.records.get(wanted);
    if (own) return { code: DNS_NOERROR, answers: this.follow(name, own, type) };
    const domain = longestMatch(this.config.addresses, wanted);
    if (!domain) return undefined;
    if (domain.address === undefined) return { code: DNS_NXDOMAIN, answers: [] };
    if (type !== DNS_TYPE_A) return { code: DNS_NOERROR, answers: [] };
    const { localTtlSeconds } = this.config;
    return {
      code: DNS_NOERROR,
      answers: [{ name, type: DNS_TYPE_A, ttlSeconds: localTtlSeconds, address: domain.address }],
    };
  }

  private follow(name: string, own: readonly DnsRecord[], type: number): readonly DnsRecord[] {
    const answers: DnsRecord[] = [];
    let found = own;
    let asked = name;
    for (let step = 0; step < MAX_ALIASES; step++) {
      const alias = found.find((record) => record.type === DNS_TYPE_CNAME);
      if (!alias?.target || type === DNS_TYPE_CNAME) {
        const owner = asked;
        answers.push(
          ...found
            .filter((record) => record.type === type)
            .map((record) => ({ ...record, name: owner })),
        );
        return answers;
      }
      answers.push({ ...alias, name: asked });
      asked = alias.target;
      found = this.records.get(asked.toLowerCase()) ?? [];
    }
    return answers;
  }

  private add(record: DnsRecord): void {
    const key = record.name.toLowerCase();
    const known = this.records.get(key);
    if (known) known.push(record);
    else this.records.set(key, [record]);
  }

  private readHosts(path: string): void {
    let text: string;
    try {
      text = this.sys.readTextFile(path);
    } catch (error) {
      if (error instanceof KernelError) return;
      throw error;
    }
    const { localTtlSeconds: ttlSeconds, expandHosts, domain } = this.config;
    let count = 0;
    for (const line of text.split("\n")) {
      const [first = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
      const address = parseIpv4(first);
      if (address === undefined) continue;
      const all = names.flatMap((name) =>
        expandHosts && domain !== "" && !name.includes(".") ? [`${name}.${domain}`, name] : [name],
      );
      count += all.length;
      for (const name of all) this.add({ name, type: DNS_TYPE_A, ttlSeconds, address });
      const reverse = reverseName(address);
      const target = all[0];
      if (target !== undefined && !this.records.has(reverse)) {
        this.add({ name: reverse, type: DNS_TYPE_PTR, ttlSeconds, target });
      }
    }
    this.filesRead.push([path, count]);
  }
}

/** The entry whose domain is the name or above it, the most specific of them. */
export function longestMatch<Entry extends { readonly domain: string }>(
  entries: readonly Entry[],
  name: string,
): Entry | undefined {
  let best: Entry | undefined;
  for (const entry of entries) {
    const { domain } = entry;
    const matches = domain === "" || name === domain || name.endsWith(`.${domain}`);
    if (matches && (!best || domain.length > best.domain.length)) best = entry;
  }
  return best;
}
