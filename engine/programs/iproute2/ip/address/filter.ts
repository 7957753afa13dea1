/** Which addresses `ip addr show` prints and `ip addr flush` removes. */
import type { AddressScope } from "../../../../kernel/rtnetlink/messages.ts";
import { prefixContains, type Ipv4Prefix } from "../../../../net/address.ts";
import { type Args, invalidArgument } from "../../support/args.ts";
import { parsePrefix } from "../../support/address.ts";
import type { Context } from "../../support/context.ts";
import { parseScope } from "../../support/names.ts";
import type { AnyAddress } from "./print.ts";

function isSecondary(address: AnyAddress): boolean {
  return address.family === "inet" && address.message.secondary;
}

function isTentative(address: AnyAddress): boolean {
  return address.family === "inet6" && address.message.tentative;
}

function isDynamic(address: AnyAddress): boolean {
  return address.family === "inet" && address.message.lifetime !== undefined;
}

function isDeprecated(address: AnyAddress): boolean {
  return address.family === "inet" && address.message.deprecated === true;
}

/** IFA_F_* words; most of those of IPv6 never hold. */
const FLAGS: Readonly<Record<string, (address: AnyAddress) => boolean>> = {
  secondary: isSecondary,
  temporary: isSecondary,
  primary: (address) => !isSecondary(address),
  permanent: (address) => !isDynamic(address),
  dynamic: isDynamic,
  noprefixroute: (address) => address.family === "inet" && address.message.noPrefixRoute,
  tentative: isTentative,
  "-tentative": (address) => !isTentative(address),
  deprecated: isDeprecated,
  "-deprecated": (address) => !isDeprecated(address),
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
  private readonly flags: ((address: AnyAddress) => boolean)[] = [];

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

  matches(address: AnyAddress): boolean {
    const { message } = address;
    if (this.scope !== undefined && message.scope !== this.scope) return false;
    if (!this.flags.every((holds) => holds(address))) return false;
    if (address.family === "inet") {
      const { address: local, label } = address.message;
      if (this.to && !prefixContains(this.to, local)) return false;
      return this.label === undefined || globMatches(this.label, label);
    }
    if (this.to) return false;
    const device = this.context.deviceName(message.ifindex);
    return this.label === undefined || globMatches(this.label, device);
  }
}

/** fnmatch(3) without flags: `*`, `?` and bracket lists. */
function globMatches(pattern: string, text: string): boolean {
  const source = pattern.replace(/\[!/g, "[^").replace(/[.+^${}()|\\]/g, (char, at: number) => {
    return char === "^" && pattern[at - 1] === "[" ? char : `\\${char}`;
  });
  try {
    return new RegExp(`^${source.replace(/\*/g, ".*").replace(/\?/g, ".")}$`).test(text);
  } catch {
    return pattern === text;
  }
}
