/**
 * One description of a record, printed as text or as JSON: each field has a key, a value and the
 * text it has outside JSON.
 */
import { formatJson, JsonObject, type Json } from "./json.ts";

/** SGR parameters, ECMA-48 §8.3.117, of the palette for light terminals. */
const COLOURS = { device: 36, mac: 33, inet: 35, inet6: 34, up: 32, down: 31 } as const;

export class Printer {
  /** What ends a line within a record: a backslash with `-o`. */
  readonly newline: string;
  private text = "";
  private readonly root: Json[] = [];
  private readonly stack: (Json[] | JsonObject)[] = [this.root];

  constructor(
    readonly json: boolean,
    private readonly pretty: boolean,
    oneline: boolean,
    private readonly coloured = false,
  ) {
    this.newline = oneline ? "\\" : "\n";
  }

  /** The text in the colour of what it is, with -c. */
  paint(what: keyof typeof COLOURS, text: string): string {
    return this.coloured ? `\u001b[${COLOURS[what]}m${text}\u001b[0m` : text;
  }

  /** Text only. */
  plain(text: string): void {
    if (!this.json) this.text += text;
  }

  /** JSON only. */
  member(key: string, value: Json): void {
    if (!this.json) return;
    const top = this.stack.at(-1) as Json[] | JsonObject;
    if (Array.isArray(top)) top.push(value);
    else top.members.push([key, value]);
  }

  field(key: string, value: Json, text: string): void {
    if (this.json) this.member(key, value);
    else this.text += text;
  }

  /** A key without a value: `null` in JSON. */
  flag(key: string, text: string): void {
    this.field(key, null, text);
  }

  /** An object in the list (no key) or in the object being made. */
  open(key = ""): void {
    if (!this.json) return;
    const object = new JsonObject();
    this.member(key, object);
    this.stack.push(object);
  }

  openArray(key = ""): void {
    if (!this.json) return;
    const array: Json[] = [];
    this.member(key, array);
    this.stack.push(array);
  }

  close(): void {
    if (this.json) this.stack.pop();
  }

  /** Takes the text so far. */
  takeText(): string {
    const text = this.text;
    this.text = "";
    return text;
  }

  /** Everything, once: the list of records in JSON. */
  finish(): string {
    return this.json ? `${formatJson(this.root, this.pretty)}\n` : this.takeText();
  }
}
