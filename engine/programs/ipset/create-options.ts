/** What may follow `create NAME TYPE` and `add NAME ELEMENT`. */
import type { Extensions, SetOptions, SkbInfo } from "../../kernel/netfilter/ipset/ip-set.ts";
import type { Placement } from "../../kernel/netfilter/ipset/ipset.ts";
import { hasNetworks, type SetType } from "../../kernel/netfilter/ipset/set-type.ts";
import { netmask } from "../../net/address.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { parseAddresses, parsePort } from "./element-text.ts";
import { Failure, syntaxError, usageFailure } from "./failure.ts";
import { parseNumber } from "./numbers.ts";

const UNSIGNED_MAX = 0xffffffff;
/** Seconds; IPSET_MAX_TIMEOUT */
const MAX_TIMEOUT = 2_147_483;
/** IPSET_BITMAP_MAX_RANGE */
const MAX_BITMAP = 65536;
const MIN_HASH_SIZE = 64;
const MIN_LIST_SIZE = 4;

/** Options that the real one takes and Podwire does not. */
const UNMODELLED: ReadonlySet<string> = new Set(["bitmask", "wildcard", "-6"]);

/** Reads `name value` pairs; each option once. */
class Words {
  private readonly seen = new Set<string>();

  constructor(private readonly words: string[]) {}

  /** The next option; undefined at the end. */
  next(): string | undefined {
    const name = this.words.shift();
    if (name !== undefined && UNMODELLED.has(name)) {
      throw new Failure(`Podwire does not model the option \`${name}'`);
    }
    return name;
  }

  value(name: string): string {
    const value = this.words.shift();
    if (value === undefined) {
      throw usageFailure(`Missing mandatory argument of option \`${name}'`);
    }
    if (this.seen.has(name)) throw syntaxError(`${name} already specified`);
    this.seen.add(name);
    return value;
  }

  number(name: string, min = 0, max = UNSIGNED_MAX): number {
    return parseNumber(this.value(name), min, max);
  }
}

const unknown = (name: string): Failure => usageFailure(`Unknown argument: \`${name}'`);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function* parseCreate(
  sys: Sys,
  type: SetType,
  typed: string[],
  initval: number,
): Blocking<SetOptions> {
  const options: Mutable<SetOptions> = {
    hashSize: 1024,
    maxElements: 65536,
    netmask: undefined,
    markmask: undefined,
    range: { from: 0, to: 0 },
    listSize: 8,
    timeout: undefined,
    counters: false,
    comment: false,
    skbinfo: false,
    bucketSize: 12,
    initval,
  };
  const words = new Words(typed);
  let hasRange = false;
  for (let name = words.next(); name !== undefined; name = words.next()) {
    if (parseCommon(options, words, name)) continue;
    if (type.storage === "hash" && parseHash(options, words, name)) continue;
    if (name === "netmask" && type.takesNetmask) {
      options.netmask = parseNetmask(words.value(name));
    } else if (name === "markmask" && type.parts.includes("mark")) {
      options.markmask = words.number(name);
    } else if (name === "size" && type.storage === "list") {
      options.listSize = Math.max(MIN_LIST_SIZE, words.number(name));
    } else if (name === "range" && type.storage === "bitmap") {
      options.range = yield* parseRange(sys, type, words.value(name));
      hasRange = true;
    } else throw unknown(name);
  }
  if (type.storage === "bitmap") {
    if (!hasRange) throw usageFailure("Mandatory option `range' is missing");
    options.range = checkedRange(options);
  }
  if (options.netmask === 32) options.netmask = undefined;
  return options;
}

function parseCommon(options: Mutable<SetOptions>, words: Words, name: string): boolean {
  switch (name) {
    case "timeout":
      options.timeout = words.number(name, 0, MAX_TIMEOUT);
      return true;
    case "counters":
    case "comment":
    case "skbinfo":
      options[name] = true;
      return true;
    default:
      return false;
  }
}

function parseHash(options: Mutable<SetOptions>, words: Words, name: string): boolean {
  switch (name) {
    case "family": {
      const family = words.value(name);
      if (["inet6", "ipv6"].includes(family)) {
        throw new Failure("Podwire does not model sets of family inet6");
      }
      if (!["inet", "ipv4"].includes(family)) throw syntaxError(`unknown inet family ${family}`);
      return true;
    }
    case "-4":
      return true;
    case "hashsize": {
      const size = words.number(name);
      options.hashSize = Math.max(MIN_HASH_SIZE, 2 ** Math.ceil(Math.log2(Math.max(1, size))));
      return true;
    }
    case "maxelem":
      options.maxElements = words.number(name);
      return true;
    case "forceadd":
      // The kernel behind revision 6 of hash:ip takes the word and does nothing with it.
      return true;
    case "bucketsize":
      words.number(name, 0, 255);
      return true;
    case "initval":
      options.initval = words.number(name);
      return true;
    default:
      return false;
  }
}

function parseNetmask(text: string): number {
  try {
    return parseNumber(text, 1, 32);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `${error.message}\nSyntax error: netmask is out of the inclusive range of 1-32`,
    );
  }
}

function* parseRange(
  sys: Sys,
  type: SetType,
  text: string,
): Blocking<{ readonly from: number; readonly to: number }> {
  if (type.parts[0] === "port") {
    const [low = "", high] = text.split(/[-:]/);
    const from = parsePort(sys, low);
    if (high === undefined) throw usageFailure("Mandatory option `to' is missing");
    const to = parsePort(sys, high);
    return { from: Math.min(from, to), to: Math.max(from, to) };
  }
  if (!/[-/]/.test(text)) {
    throw syntaxError(`IP/cidr or IP-IP range must be specified: ${text}`);
  }
  const range = yield* parseAddresses(sys, text);
  if (range.length === undefined) return range;
  const from = (range.from & netmask(range.length)) >>> 0;
  return { from, to: from + 2 ** (32 - range.length) - 1 };
}

/** With a netmask, the range is that of whole networks. */
function checkedRange({ range, netmask: length }: SetOptions): SetOptions["range"] {
  const step = length === undefined ? 1 : 2 ** (32 - length);
  const from = Math.floor(range.from / step) * step;
  const to = Math.ceil((range.to + 1) / step) * step - 1;
  if ((to - from + 1) / step > MAX_BITMAP) {
    throw new Failure("The range you specified exceeds the size limit of the set type");
  }
  return { from, to };
}

/** `timeout 20 packets 3 comment "x" nomatch before other` */
export interface AddOptions extends Extensions {
  readonly placement?: Placement;
}

/** `isAdding`: del and test only know `nomatch` and where in a list. */
export function parseAdd(type: SetType, typed: string[], isAdding: boolean): AddOptions {
  const options: Mutable<AddOptions> = {};
  const words = new Words(typed);
  for (let name = words.next(); name !== undefined; name = words.next()) {
    if (name === "nomatch" && hasNetworks(type)) options.isNoMatch = true;
    else if ((name === "before" || name === "after") && type.storage === "list") {
      options.placement = { side: name, name: words.value(name) };
    } else if (!isAdding || !parseExtension(options, words, name)) throw unknown(name);
  }
  return options;
}

function parseExtension(options: Mutable<AddOptions>, words: Words, name: string): boolean {
  switch (name) {
    case "timeout":
      options.timeout = words.number(name, 0, MAX_TIMEOUT);
      return true;
    case "packets":
    case "bytes":
      options[name] = words.number(name, 0, Number.MAX_SAFE_INTEGER);
      return true;
    case "comment": {
      const text = words.value(name);
      if (text.includes('"')) throw syntaxError('" character is not permitted in comments');
      if (text.length > 255)
        throw syntaxError("Comment is longer than the maximum allowed 255 characters");
      options.comment = text;
      return true;
    }
    case "skbmark":
      options.skbinfo = { ...skbinfoOf(options), ...parseMark(words.value(name)) };
      return true;
    case "skbprio":
      options.skbinfo = { ...skbinfoOf(options), priority: parsePriority(words.value(name)) };
      return true;
    case "skbqueue":
      options.skbinfo = { ...skbinfoOf(options), queue: words.number(name, 0, 65535) };
      return true;
    default:
      return false;
  }
}

function skbinfoOf({ skbinfo }: AddOptions): SkbInfo {
  return skbinfo ?? { mark: 0, mask: 0, priority: 0, queue: 0 };
}

function parseMark(text: string): Pick<SkbInfo, "mark" | "mask"> {
  const match = /^0x([0-9a-fA-F]{1,8})(?:\/0x([0-9a-fA-F]{1,8}))?$/.exec(text);
  if (!match) {
    throw syntaxError("Invalid skbmark format, it should be:  MARK/MASK or MARK (see manpage)");
  }
  const mask = match[2] === undefined ? 0xffffffff : Number.parseInt(match[2], 16);
  return { mark: Number.parseInt(match[1] as string, 16), mask };
}

function parsePriority(text: string): number {
  const match = /^([0-9a-fA-F]{1,4}):([0-9a-fA-F]{1,4})$/.exec(text);
  if (!match) {
    throw syntaxError("Invalid skbprio format, it should be:MAJOR:MINOR (see manpage)");
  }
  return Number.parseInt(match[1] as string, 16) * 65536 + Number.parseInt(match[2] as string, 16);
}
