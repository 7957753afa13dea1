/** Which addresses `ip addr show` prints and `ip addr flush` removes. */
import type { AddressMessage, AddressScope } from "../../../../kernel/rtnetlink/messages.ts";
import { prefixContains, type Ipv4Prefix } from "../../../../net/address.ts";
import { type Args, invalidArgument } from "../../support/args.ts";
import { parsePrefix } from "../../support/address.ts";
import type { Context } from "../../support/context.ts";
import { parseScope } from "../../support/names.ts";

/** IFA_F_* words; those of IPv6 never hold for an IPv4 address. */
const FLAGS: Readonly<Record<string, (address: AddressMessage) => boolean>> = {
  secondary: (address) => address.secondary,
  temporary: (address) => address.secondary,
  primary: (address) => !address.secondary,
  permanent: () => true,
  dynamic: () => false,
  noprefixroute: (address) => address.noPrefixRoute,
  tentative: () => false,
  "-tentative": () => true,
  deprecated: () => false,
  "-deprecated": () => true,
  dadfailed: () => false,
  "-dadfailed": () => true,
  nodad: () => false,
  home: () => false,
  mngtmpaddr: () => false,
  autojoin: () => false,
};

export class AddressFilter {
  label: string | undefined;
  to: Ipv4Prefix | undefined;
  private scope: AddressScope | undefined;
  private readonly flags: ((address: AddressMessage) => boolean)[] = [];

  constructor(private readonly context: Context) {}

  /** True if the word was a filter (its value is then taken as well). */
  take(word: string, args: Args): boolean {
    if (word === "to") {
      this.to = parsePrefix("ip", args.value(), this.context.options.family);
      return true;
    }
    if (word === "scope") {
      const value = args.value();
      if (value === "all") return true;
      const scope = parseScope(value);
      if (scope === undefined || scope === "nowhere") {
        throw invalidArgument('invalid "scope"\n', value);
      }
      this.scope = scope;
      return true;
    }
    if (word === "label") {
      this.label = args.value();
      return true;
    }
    const flag = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
    if (!flag) return false;
    this.flags.push(flag);
    return true;
  }

  get isEmpty(): boolean {
    return !this.label && !this.to && !this.scope && this.flags.length === 0;
  }

  matches(address: AddressMessage): boolean {
    return (
      (this.scope === undefined || address.scope === this.scope) &&
      this.flags.every((holds) => holds(address)) &&
      (this.to === undefined || prefixContains(this.to, address.address)) &&
      (this.label === undefined || globMatches(this.label, address.label))
    );
  }
}

/** fnmatch(3) without flags: `*`, `?` and bracket lists. */
export function globMatches(pattern: string, text: string): boolean {
  const source = pattern.replace(/\[!/g, "[^").replace(/[.+^${}()|\\]/g, (char, at: number) => {
    return char === "^" && pattern[at - 1] === "[" ? char : `\\${char}`;
  });
  try {
    return new RegExp(`^${source.replace(/\*/g, ".*").replace(/\?/g, ".")}$`).test(text);
  } catch {
    return pattern === text;
  }
}
