/** A set of bytes: what one position of a regular expression may be. */
export class ByteSet {
  private readonly members = new Uint8Array(256);

  static of(bytes: string): ByteSet {
    const set = new ByteSet();
    for (const char of bytes) set.add(char.charCodeAt(0));
    return set;
  }

  static where(test: (char: string) => boolean): ByteSet {
    const set = new ByteSet();
    for (let code = 0; code < 256; code++) if (test(String.fromCharCode(code))) set.add(code);
    return set;
  }

  add(code: number): void {
    this.members[code] = 1;
  }

  addAll(other: ByteSet): void {
    for (let code = 0; code < 256; code++) if (other.has(code)) this.add(code);
  }

  has(code: number): boolean {
    return this.members[code] === 1;
  }

  complement(): ByteSet {
    return ByteSet.where((char) => !this.has(char.charCodeAt(0)));
  }

  /** With the other case of every letter. */
  foldCase(): ByteSet {
    return ByteSet.where((char) =>
      [char, swapCase(char)].some((one) => this.has(one.charCodeAt(0))),
    );
  }

  isWithin(other: ByteSet): boolean {
    return this.members.every((member, code) => member === 0 || other.has(code));
  }

  /** The only member, if there is just one. */
  single(): number | undefined {
    const first = this.members.indexOf(1);
    return first >= 0 && this.members.indexOf(1, first + 1) < 0 ? first : undefined;
  }

  /** First and last byte of every run of members. */
  ranges(): readonly (readonly [number, number])[] {
    const out: [number, number][] = [];
    for (let code = 0; code < 256; code++) {
      if (!this.has(code)) continue;
      const last = out.at(-1);
      if (last && last[1] === code - 1) last[1] = code;
      else out.push([code, code]);
    }
    return out;
  }
}

function swapCase(char: string): string {
  if (char >= "a" && char <= "z") return char.toUpperCase();
  return char >= "A" && char <= "Z" ? char.toLowerCase() : char;
}

/** POSIX character classes in the C locale. */
export const CLASSES: Readonly<Record<string, ByteSet>> = {
  alnum: ByteSet.where((char) => /[A-Za-z0-9]/.test(char)),
  alpha: ByteSet.where((char) => /[A-Za-z]/.test(char)),
  blank: ByteSet.of(" \t"),
  cntrl: ByteSet.where((char) => char < " " || char === "\x7f"),
  digit: ByteSet.of("0123456789"),
  graph: ByteSet.where((char) => char > " " && char < "\x7f"),
  lower: ByteSet.where((char) => char >= "a" && char <= "z"),
  print: ByteSet.where((char) => char >= " " && char < "\x7f"),
  punct: ByteSet.where((char) => char > " " && char < "\x7f" && !/[A-Za-z0-9]/.test(char)),
  space: ByteSet.of(" \t\n\v\f\r"),
  upper: ByteSet.where((char) => char >= "A" && char <= "Z"),
  xdigit: ByteSet.of("0123456789abcdefABCDEF"),
};

export const WORD = ByteSet.where((char) => /[A-Za-z0-9_]/.test(char));
