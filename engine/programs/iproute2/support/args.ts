/** iproute2's way with words: keywords, the errors about them, and their exit codes. */

/** Ends the program (or the line of a batch): what goes to standard error, and the status. */
export class Exit extends Error {
  constructor(
    readonly code: number,
    readonly text = "",
    /** For standard output: some helps go there even when the status is not 0. */
    readonly output = "",
  ) {
    super(text);
    this.name = "Exit";
  }
}

/** The words still to be parsed. */
export class Args {
  private at = 0;

  constructor(private readonly words: readonly string[]) {}

  get done(): boolean {
    return this.at >= this.words.length;
  }

  /** The next word, which stays; undefined at the end. */
  get peek(): string | undefined {
    return this.words[this.at];
  }

  /** The next word; "" at the end. */
  take(): string {
    return this.words[this.at++] ?? "";
  }

  /** A keyword's value. */
  value(): string {
    if (this.done) throw new Exit(255, 'Command line is not complete. Try option "help"\n');
    return this.take();
  }

  /** Consumes the next word if it is one of these. */
  accept(...keywords: readonly string[]): boolean {
    if (this.done || !keywords.includes(this.peek as string)) return false;
    this.at += 1;
    return true;
  }

  rest(): readonly string[] {
    const rest = this.words.slice(this.at);
    this.at = this.words.length;
    return rest;
  }
}

/** True if the word is the keyword or an abbreviation of it. */
export function matches(word: string, ...keywords: readonly string[]): boolean {
  return word !== "" && keywords.some((keyword) => keyword.startsWith(word));
}

export function invalidArgument(message: string, argument: string): Exit {
  return new Exit(255, `Error: argument "${argument}" is wrong: ${message}\n`);
}

export function duplicate(keyword: string, argument: string): Exit {
  return new Exit(255, `Error: duplicate "${keyword}": "${argument}" is the second value.\n`);
}

/** A word where only `keyword`'s value could stand, which is given already. */
export function garbage(keyword: string, argument: string): Exit {
  return new Exit(255, `Error: either "${keyword}" is duplicate, or "${argument}" is a garbage.\n`);
}

export function noSuchDevice(name: string): Exit {
  return new Exit(1, `Cannot find device "${name}"\n`);
}

/** A thing that the real program can do and Podwire cannot. */
export function notModelled(program: string, what: string): Exit {
  return new Exit(1, `${program}: Podwire does not model ${what}\n`);
}

/** IFNAMSIZ and ALTIFNAMSIZ, without the final zero. */
const MAX_NAME = 15;
const MAX_ALTERNATIVE_NAME = 127;

export function isAlternativeName(name: string): boolean {
  return name !== "" && name.length <= MAX_ALTERNATIVE_NAME && !/[/\s]/.test(name);
}

/** A bare word may be an alternative name of a device, which is longer than a name. */
export function deviceName(keyword: "dev" | "name", name: string): string {
  const longest = keyword === "dev" ? MAX_ALTERNATIVE_NAME : MAX_NAME;
  if (name === "" || name.length > longest || /[/\s]/.test(name)) {
    throw invalidArgument(`"${keyword}" not a valid ifname`, name);
  }
  return name;
}

/** `on` or `off`, the older check: exit status 1. */
export function onOff(keyword: string, word: string): boolean {
  if (word === "on" || word === "off") return word === "on";
  throw new Exit(1, `Error: argument of "${keyword}" must be "on" or "off", not "${word}"\n`);
}

/** `on` or `off`, parse_on_off: the status is EINVAL's number, or −EINVAL as a byte. */
export function strictOnOff(keyword: string, word: string, code: number): boolean {
  if (word === "on" || word === "off") return word === "on";
  throw new Exit(
    code,
    `Error: argument of "${keyword}" must be one of "off", "on", not "${word}"\n`,
  );
}

/** Whether `-color[=WHEN]` asks for colours; undefined: it is no such option. */
export function parseColour(option: string, isTerminal: () => boolean): boolean | undefined {
  const [name = "", when = "always"] = option.split("=");
  if (!matches(name, "-color")) return undefined;
  if (when === "auto") return isTerminal();
  return when === "always" ? true : when === "never" ? false : undefined;
}

/** strtoul(3) with base 0 over the whole word, 0 to `max`; undefined if it is anything else. */
export function parseUnsigned(word: string, max = 0xffffffff): number | undefined {
  let value: number;
  if (/^\+?0[xX][0-9a-fA-F]+$/.test(word)) value = Number.parseInt(word.replace("+", ""), 16);
  else if (/^\+?0[0-7]*$/.test(word)) value = Number.parseInt(word, 8);
  else if (/^\+?[1-9]\d*$/.test(word)) value = Number.parseInt(word, 10);
  else return undefined;
  return value <= max ? value : undefined;
}
