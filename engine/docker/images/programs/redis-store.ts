/** What redis-server keeps, and its answers in RESP, the protocol of Redis. */

const MAX_KEYS = 100_000;
const MAX_VALUE_BYTES = 512 << 10;

export type Reply =
  | { readonly kind: "status" | "error" | "bulk"; readonly text: string }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "nil" }
  | { readonly kind: "array"; readonly items: readonly Reply[] };

const OK: Reply = { kind: "status", text: "OK" };
const NIL: Reply = { kind: "nil" };

const integer = (value: number): Reply => ({ kind: "integer", value });
const bulk = (text: string): Reply => ({ kind: "bulk", text });
const error = (text: string): Reply => ({ kind: "error", text });

interface Entry {
  value: string;
  /** Milliseconds; undefined: it stays. */
  expiresMs: number | undefined;
}

export class RedisStore {
  private readonly entries = new Map<string, Entry>();

  constructor(
    /** Milliseconds of a clock. */
    private readonly now: () => number,
    /** The text of INFO. */
    private readonly info: (section: string, keyspace: string) => string,
  ) {}

  run(words: readonly string[]): Reply {
    const [name = "", ...args] = words;
    const command = name.toUpperCase();
    const [low, high] = ARITY[command] ?? [-1, -1];
    if (low < 0) {
      const given = args.map((word) => `'${word}' `).join("");
      return error(`ERR unknown command '${name}', with args beginning with: ${given}`);
    }
    if (args.length < low || args.length > high) {
      return error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
    }
    return this.execute(command, args);
  }

  private execute(command: string, args: readonly string[]): Reply {
    const [key = "", second = ""] = args;
    switch (command) {
      case "PING":
        return args.length > 0 ? bulk(key) : { kind: "status", text: "PONG" };
      case "ECHO":
        return bulk(key);
      case "SELECT":
      case "QUIT":
        return OK;
      case "SET":
        return this.set(args);
      case "GET": {
        const found = this.find(key);
        return found ? bulk(found.value) : NIL;
      }
      case "DEL":
        return integer(args.filter((each) => this.find(each) && this.entries.delete(each)).length);
      case "EXISTS":
        return integer(args.filter((each) => this.find(each)).length);
      case "INCR":
      case "DECR":
        return this.add(key, command === "INCR" ? 1 : -1);
      case "INCRBY":
        return /^-?\d+$/.test(second)
          ? this.add(key, Number(second))
          : error("ERR value is not an integer or out of range");
      case "APPEND":
        return this.append(key, second);
      case "STRLEN":
        return integer(this.find(key)?.value.length ?? 0);
      case "MGET":
        return { kind: "array", items: args.map((each) => this.execute("GET", [each])) };
      case "KEYS":
        return { kind: "array", items: this.keys(key).map(bulk) };
      case "DBSIZE":
        return integer(this.keys("*").length);
      case "FLUSHALL":
      case "FLUSHDB":
        this.entries.clear();
        return OK;
      case "TYPE":
        return { kind: "status", text: this.find(key) ? "string" : "none" };
      case "EXPIRE":
        return this.expire(key, second);
      case "TTL":
        return integer(this.timeToLive(key));
      default:
        return bulk(this.info(key.toLowerCase(), this.keyspace()));
    }
  }

  private find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresMs === undefined || entry.expiresMs > this.now()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  private set(args: readonly string[]): Reply {
    const [key = "", value = ""] = args;
    let expiresMs: number | undefined;
    for (let at = 2; at < args.length; at++) {
      const option = (args[at] ?? "").toUpperCase();
      if (option === "NX" && this.find(key)) return NIL;
      if (option === "XX" && !this.find(key)) return NIL;
      if (option === "EX" || option === "PX") {
        const amount = Number(args[++at]);
        if (!(amount > 0)) return error("ERR invalid expire time in 'set' command");
        expiresMs = this.now() + amount * (option === "EX" ? 1000 : 1);
      } else if (option !== "NX" && option !== "XX") return error("ERR syntax error");
    }
    return this.put(key, value, expiresMs) ?? OK;
  }

  private put(key: string, value: string, expiresMs?: number): Reply | undefined {
    const isFull = value.length > MAX_VALUE_BYTES || this.entries.size >= MAX_KEYS;
    if (isFull) return error("OOM command not allowed when used memory > 'maxmemory'.");
    this.entries.set(key, { value, expiresMs });
    return undefined;
  }

  private add(key: string, amount: number): Reply {
    const entry = this.find(key);
    const text = entry?.value ?? "0";
    if (!/^-?\d+$/.test(text)) return error("ERR value is not an integer or out of range");
    const value = Number(text) + amount;
    return this.put(key, String(value), entry?.expiresMs) ?? integer(value);
  }

  private append(key: string, text: string): Reply {
    const entry = this.find(key);
    const value = (entry?.value ?? "") + text;
    return this.put(key, value, entry?.expiresMs) ?? integer(value.length);
  }

  private expire(key: string, seconds: string): Reply {
    const entry = this.find(key);
    if (!/^-?\d+$/.test(seconds)) return error("ERR value is not an integer or out of range");
    if (!entry) return integer(0);
    entry.expiresMs = this.now() + Number(seconds) * 1000;
    return integer(1);
  }

  private timeToLive(key: string): number {
    const entry = this.find(key);
    if (!entry) return -2;
    return entry.expiresMs === undefined ? -1 : Math.ceil((entry.expiresMs - this.now()) / 1000);
  }

  /** Only `*` is a pattern. */
  private keys(pattern: string): string[] {
    const parts = pattern.split("*");
    return [...this.entries.keys()].filter((key) => this.find(key) && matches(key, parts));
  }

  private keyspace(): string {
    const keys = this.keys("*");
    const expiring = keys.filter((key) => this.find(key)?.expiresMs !== undefined).length;
    return keys.length === 0 ? "" : `db0:keys=${keys.length},expires=${expiring},avg_ttl=0\r\n`;
  }
}

function matches(key: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return key === first;
  if (!key.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? "";
  for (const part of rest) {
    const found = key.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return key.length - last.length >= at && key.endsWith(last);
}

/** Arguments that a command takes, at least and at most. */
const ARITY: Readonly<Record<string, readonly [number, number]>> = {
  APPEND: [2, 2],
  DBSIZE: [0, 0],
  DECR: [1, 1],
  DEL: [1, 1000],
  ECHO: [1, 1],
  EXISTS: [1, 1000],
  EXPIRE: [2, 2],
  FLUSHALL: [0, 1],
  FLUSHDB: [0, 1],
  GET: [1, 1],
  INCR: [1, 1],
  INCRBY: [2, 2],
  INFO: [0, 1],
  KEYS: [1, 1],
  MGET: [1, 1000],
  PING: [0, 1],
  QUIT: [0, 0],
  SELECT: [1, 1],
  SET: [2, 6],
  STRLEN: [1, 1],
  TTL: [1, 1],
  TYPE: [1, 1],
};
