/**
 * The lab file writes addresses, routes, rules and neighbours in the words of iproute2. This
 * reads such a line word by word; the grammars beside it say which words may come.
 */
import { parseIpv4, parseIpv4Prefix, parseMac, type Ipv4, type Mac } from "../../net/address.ts";

/** The text does not follow its grammar; the message says what was expected, in plain English. */
export class TextError extends Error {}

export class Words {
  private readonly words: readonly string[];
  private at = 0;

  constructor(text: string) {
    this.words = text.split(/\s+/).filter((word) => word !== "");
  }

  get done(): boolean {
    return this.at >= this.words.length;
  }

  peek(): string | undefined {
    return this.words[this.at];
  }

  /** The next word, or a complaint that `expected` is missing. */
  next(expected: string): string {
    const word = this.words[this.at];
    if (word === undefined) throw new TextError(`the text ends where ${expected} was expected`);
    this.at += 1;
    return word;
  }

  /** Takes the next word if it is this one. */
  take(word: string): boolean {
    if (this.words[this.at] !== word) return false;
    this.at += 1;
    return true;
  }

  ipv4(): Ipv4 {
    const word = this.next("an IPv4 address");
    const address = parseIpv4(word);
    if (address === undefined) throw new TextError(`"${word}" is not an IPv4 address`);
    return address;
  }

  mac(): Mac {
    const word = this.next("a MAC address");
    const mac = parseMac(word);
    if (mac === undefined) throw new TextError(`"${word}" is not a MAC address`);
    return mac;
  }

  /** `10.0.0.0/24`, or an address alone: /32. `default` and `all` stand for 0.0.0.0/0. */
  prefix(): { readonly address: Ipv4; readonly length: number } {
    const word = this.next("an IPv4 prefix");
    if (word === "default" || word === "all") return { address: 0 as Ipv4, length: 0 };
    const prefix = parseIpv4Prefix(word);
    if (!prefix) throw new TextError(`"${word}" is not an IPv4 prefix such as 10.0.0.0/24`);
    return prefix;
  }

  device(): string {
    const word = this.next("an interface name");
    if (!isInterfaceName(word)) throw new TextError(`"${word}" is not an interface name`);
    return word;
  }

  /** A whole number in a range, decimal or 0x…. */
  number(expected: string, low: number, high: number): number {
    const word = this.next(expected);
    const value = /^(\d+|0x[0-9a-fA-F]+)$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= low && value <= high)) {
      throw new TextError(`"${word}" is not ${expected} from ${low} to ${high}`);
    }
    return value;
  }

  oneOf<T extends string>(expected: string, choices: readonly T[]): T {
    const word = this.next(expected);
    const found = choices.find((choice) => choice === word);
    if (found === undefined) {
      throw new TextError(`"${word}" is not ${expected}: one of ${choices.join(", ")}`);
    }
    return found;
  }
}

/** What Linux takes as a device name: dev_valid_name() in net/core/dev.c. */
export function isInterfaceName(name: string): boolean {
  return /^[^\s/:\p{Cc}]{1,15}$/u.test(name) && name !== "." && name !== "..";
}

export type TextResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Runs a grammar over a whole line. */
export function readLine<T>(text: string, grammar: (words: Words) => T): TextResult<T> {
  const words = new Words(text);
  try {
    const value = grammar(words);
    if (!words.done) return { ok: false, message: `did not expect "${words.next("")}"` };
    return { ok: true, value };
  } catch (error) {
    if (error instanceof TextError) return { ok: false, message: error.message };
    throw error;
  }
}
