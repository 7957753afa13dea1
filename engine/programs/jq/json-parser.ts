/** The JSON parser: takes text as it comes, gives values as they are complete, words its complaints. */
import { type Json, array, object } from "./json.ts";

/** What is wrong, and where it was noticed; `column` counts bytes. */
export class ParseError extends Error {}

const MAX_DEPTH = 256;

type Container =
  | { readonly kind: "array"; readonly items: Json[] }
  | { readonly kind: "object"; readonly entries: Map<string, Json>; key: string | undefined };

export class JsonParser {
  private readonly stack: Container[] = [];
  private next: { readonly value: Json } | undefined;
  private token = "";
  private inString = false;
  private isEscaped = false;
  private line = 1;
  private column = 0;

  /** Takes one character (a byte of UTF-8, or a code point) and may complete a value. */
  *feed(text: string): Generator<Json> {
    for (const char of text) {
      if (char === "\n") {
        this.line += 1;
        this.column = 0;
      } else this.column += 1;
      if (this.inString) this.stringCharacter(char);
      else {
        if (char === '"') {
          this.endToken();
          this.inString = true;
          this.token = "";
        } else if (/[[\]{}:,\s]/.test(char)) {
          this.endToken();
          if (/\S/.test(char)) this.structure(char);
        } else this.token += char;
      }
      if (this.stack.length === 0 && this.next && !(this.token !== "" && !this.inString)) {
        const { value } = this.next;
        this.next = undefined;
        yield value;
      }
    }
  }

  /** The text is over: a last value, or what is missing. */
  end(): Json | undefined {
    if (this.inString || this.stack.length > 0) {
      if (!this.inString) this.endToken(" at EOF");
      throw this.error(`Unfinished ${this.inString ? "string" : "JSON term"}`, " at EOF");
    }
    this.endToken(" at EOF");
    const last = this.next?.value;
    this.next = undefined;
    return last;
  }

  private error(message: string, where = ""): ParseError {
    return new ParseError(`${message}${where} at line ${this.line}, column ${this.column}`);
  }

  private stringCharacter(char: string): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (char === "\\") this.isEscaped = true;
    else if (char === '"') {
      this.inString = false;
      const raw = this.token;
      this.token = "";
      this.value(this.unescape(raw));
      return;
    }
    this.token += char;
  }

  private unescape(raw: string): string {
    if (!raw.includes("\\")) return raw;
    return raw.replace(/\\(u[0-9a-fA-F]{4}|[^])/g, (_, escape: string) => {
      if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
      const plain = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", "/": "/" };
      const found = plain[escape as keyof typeof plain];
      if (found === undefined) throw this.error("Invalid escape");
      return found;
    });
  }

  private endToken(where = ""): void {
    if (this.token === "") return;
    const word = this.token;
    this.token = "";
    this.value(this.literal(word, where));
  }

  private literal(word: string, where: string): Json {
    const known = { n: "null", t: "true", f: "false" }[word[0] as string];
    if (known !== undefined) {
      if (word !== known) throw this.error("Invalid literal", where);
      return word === "null" ? null : word === "true";
    }
    if (!/^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(word)) {
      throw this.error("Invalid numeric literal", where);
    }
    return Number(word);
  }

  private value(value: Json): void {
    if (this.next) throw this.error("Expected separator between values");
    this.next = { value };
  }

  private structure(char: string): void {
    switch (char) {
      case "[":
      case "{":
        if (this.next) throw this.error("Expected separator between values");
        if (this.stack.length >= MAX_DEPTH) throw this.error("Exceeds depth limit for parsing");
        this.stack.push(
          char === "["
            ? { kind: "array", items: [] }
            : { kind: "object", entries: new Map(), key: undefined },
        );
        return;
      case ":":
        this.colon();
        return;
      case ",":
        this.comma();
        return;
      case "]":
        this.closeArray();
        return;
      default:
        this.closeObject();
    }
  }

  private colon(): void {
    const top = this.stack.at(-1);
    if (!top || top.kind === "array") throw this.error("':' not as part of an object");
    if (!this.next) throw this.error("Expected string key before ':'");
    if (top.key !== undefined) throw this.error("':' should follow a key");
    if (typeof this.next.value !== "string") throw this.error("Object keys must be strings");
    top.key = this.next.value;
    this.next = undefined;
  }

  private comma(): void {
    if (!this.next) throw this.error("Expected value before ','");
    const top = this.stack.at(-1);
    if (!top) throw this.error("',' not as part of an object");
    this.add(top);
  }

  /** Puts the value that is waiting into its container. */
  private add(top: Container): void {
    const { value } = this.next as { readonly value: Json };
    if (top.kind === "array") top.items.push(value);
    else {
      if (top.key === undefined) throw this.error("Objects must consist of key:value pairs");
      top.entries.set(top.key, value);
      top.key = undefined;
    }
    this.next = undefined;
  }

  private closeArray(): void {
    const top = this.stack.at(-1);
    if (top?.kind !== "array") throw this.error("Unmatched ']'");
    if (this.next) this.add(top);
    else if (top.items.length > 0) throw this.error("Expected another array element");
    this.stack.pop();
    this.next = { value: array(top.items) };
  }

  private closeObject(): void {
    const top = this.stack.at(-1);
    if (top?.kind !== "object") throw this.error("Unmatched '}'");
    if (this.next) this.add(top);
    else if (top.entries.size > 0) throw this.error("Expected another key-value pair");
    this.stack.pop();
    this.next = { value: object(top.entries) };
  }
}

/** All the values of a text; ParseError. */
export function parseAll(text: string): Json[] {
  const parser = new JsonParser();
  const values = [...parser.feed(text)];
  const last = parser.end();
  return last === undefined ? values : [...values, last];
}
