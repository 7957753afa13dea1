/** Reading the arguments of extensions, with libxtables' words for what is wrong with them. */
import { UsageError, type MatchDefinition, type Names, type TypedOption } from "./extension.ts";

/** strtoul(3) with base 0, the whole word. */
export function parseUnsigned(text: string, max = 0xffffffff): number | undefined {
  const value = parseDecimal(text) ?? parseNumber(text);
  return value !== undefined && value <= max ? value : undefined;
}

/** Almost every number that is typed. Undefined: it is not so plain. */
function parseDecimal(text: string): number | undefined {
  const { length } = text;
  if (length === 0 || length > 15) return undefined;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9 || (digit === 0 && i === 0 && length > 1)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function parseNumber(text: string): number | undefined {
  const match = /^\s*\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (!match) return undefined;
  const digits = match[1] as string;
  return /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
}

export function requireUnsigned(
  extension: string,
  option: TypedOption,
  max = 0xffffffff,
  min = 0,
): number {
  const value = parseUnsigned(option.value, max);
  if (value === undefined || value < min) {
    throw outOfRange(extension, option.name, min, max);
  }
  return value;
}

export function outOfRange(
  extension: string,
  option: string,
  min: number | string,
  max: number | string,
): UsageError {
  return new UsageError(
    `${extension}: bad value for option "--${option}", or out of range (${min}-${max}).\n`,
  );
}

/** Of a match or target whose table of options says which go together; xtables_options_fcheck(). */
export function checkCombination(
  extension: string,
  { exclusive = [], requires = {} }: Combination,
  typed: readonly TypedOption[],
): void {
  if (typed.length === 0) return;
  for (const group of exclusive) {
    const [first, second] = group.filter((name) => isGiven(name, typed));
    if (first === undefined || second === undefined) continue;
    throw new UsageError(
      `${extension}: option "--${first}" cannot be used together with "--${second}".\n`,
    );
  }
  for (const [name, needed] of Object.entries(requires)) {
    if (!isGiven(name, typed) || isGiven(needed, typed)) continue;
    throw new UsageError(`${extension}: option "--${name}" also requires "--${needed}".\n`);
  }
}

function isGiven(name: string, typed: readonly TypedOption[]): boolean {
  return typed.some((option) => option.name === name);
}

type Combination = Pick<MatchDefinition<unknown>, "exclusive" | "requires">;

/** A name for a number that no file of iproute2 has. */
export function noSuchName(extension: string, option: string, text: string): UsageError {
  return new UsageError(
    `${extension}: could not map name ${text} to an integer value for option "--${option}".\n`,
  );
}

export function missingOption(extension: string, option: string): UsageError {
  return new UsageError(`${extension}: option "--${option}" must be specified\n`);
}

/** `0x10/0xff`, a mark with its mask. */
export interface MaskedValue {
  readonly value: number;
  readonly mask: number;
}

export function parseMasked(text: string): MaskedValue | undefined {
  const slash = text.indexOf("/");
  const value = parseUnsigned(slash < 0 ? text : text.slice(0, slash));
  const mask = slash < 0 ? 0xffffffff : parseUnsigned(text.slice(slash + 1));
  return value === undefined || mask === undefined ? undefined : { value, mask };
}

export function requireMasked(extension: string, option: TypedOption): MaskedValue {
  const parsed = parseMasked(option.value);
  if (parsed) return parsed;
  throw new UsageError(
    `${extension}: bad integer value for option "--${option.name}", or out of range.\n`,
  );
}

export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

export function formatMasked({ value, mask }: MaskedValue): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

export function requirePort(names: Names, text: string, protocol: "tcp" | "udp"): number {
  const port = parseUnsigned(text, 65535) ?? names.port(text, protocol);
  if (port === undefined) throw new UsageError(`invalid port/service \`${text}' specified`);
  return port;
}

/** Inclusive. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** `80`, `80:90`, `:90`, `80:` */
export function parsePortRange(names: Names, text: string, protocol: "tcp" | "udp"): PortRange {
  const colon = text.indexOf(":");
  if (colon < 0) {
    const port = requirePort(names, text, protocol);
    return { first: port, last: port };
  }
  const low = text.slice(0, colon);
  const high = text.slice(colon + 1);
  const first = low === "" ? 0 : requirePort(names, low, protocol);
  const last = high === "" ? 65535 : requirePort(names, high, protocol);
  if (first > last) throw new UsageError("invalid portrange (min > max)");
  return { first, last };
}

export function formatPortRange({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}:${last}`;
}

export const not = (negated: boolean): string => (negated ? " !" : "");

/** Quotes what a shell would not read as one word; xtables_save_string(). */
export function quoted(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  return `"${/["\\']/.test(text) ? text.replace(/["\\']/g, "\\$&") : text}"`;
}
