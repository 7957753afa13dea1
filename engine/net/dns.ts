/** DNS messages. RFC 1035 §4. */
import { formatIpv4, type Ipv4 } from "./address.ts";

export const DNS_TYPE_A = 1;
export const DNS_TYPE_NS = 2;
export const DNS_TYPE_CNAME = 5;
export const DNS_TYPE_SOA = 6;
export const DNS_TYPE_PTR = 12;
export const DNS_TYPE_MX = 15;
export const DNS_TYPE_TXT = 16;
export const DNS_TYPE_AAAA = 28;
export const DNS_TYPE_SRV = 33;
/** RFC 6891 */
const DNS_TYPE_OPT = 41;
export const DNS_TYPE_ANY = 255;
const DNS_CLASS_IN = 1;

export const DNS_NOERROR = 0;
export const DNS_SERVFAIL = 2;
export const DNS_NXDOMAIN = 3;
export const DNS_REFUSED = 5;

export interface DnsQuestion {
  /** Without the final dot; "" is the root. */
  readonly name: string;
  readonly type: number;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly ttlSeconds: number;
  /** An A record's address, a name record's name; other types' bytes stay unread. */
  readonly address?: Ipv4;
  readonly target?: string;
  /** MX and SRV, whose `target` is the host. */
  readonly preference?: number;
  readonly weight?: number;
  readonly port?: number;
  /** TXT: strings of up to 255 bytes. */
  readonly texts?: readonly string[];
  readonly soa?: StartOfAuthority;
}

export interface StartOfAuthority {
  readonly origin: string;
  readonly mailbox: string;
  /** Serial, refresh, retry, expire, minimum. */
  readonly numbers: readonly [number, number, number, number, number];
}

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly responseCode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authority?: readonly DnsRecord[];
  readonly additional?: readonly DnsRecord[];
  /** EDNS(0): how long an answer the sender takes over UDP. RFC 6891 §6.2.3. */
  readonly ednsBytes?: number;
  /** With `ednsBytes`: the eight bytes by which a client knows its answer. RFC 7873 §4.1. */
  readonly clientCookie?: Uint8Array;
}

/** EDNS option code. */
const EDNS_COOKIE = 10;

const HEADER_BYTES = 12;
const MAX_LABEL_BYTES = 63;
const MAX_NAME_BYTES = 255;
const POINTER = 0xc0;
/** Pointers have 14 bits. */
const MAX_POINTER = 0x4000;

/** The name a reverse lookup asks for. RFC 1035 §3.5. */
export function reverseName(address: Ipv4): string {
  return `${formatIpv4(address).split(".").reverse().join(".")}.in-addr.arpa`;
}

/** Undefined when a name does not fit into a message (an empty or overlong label). */
export function serialiseDnsMessage(message: DnsMessage): Uint8Array | undefined {
  const writer = new Writer();
  const { authority = [], additional = [], ednsBytes } = message;
  writer.word(message.id);
  writer.word(
    (message.response ? 0x8000 : 0) |
      (message.authoritative ? 0x0400 : 0) |
      (message.truncated ? 0x0200 : 0) |
      (message.recursionDesired ? 0x0100 : 0) |
      (message.recursionAvailable ? 0x0080 : 0) |
      message.responseCode,
  );
  writer.word(message.questions.length);
  writer.word(message.answers.length);
  writer.word(authority.length);
  writer.word(additional.length + (ednsBytes === undefined ? 0 : 1));
  for (const question of message.questions) {
    writer.name(question.name);
    writer.word(question.type);
    writer.word(DNS_CLASS_IN);
  }
  for (const record of [...message.answers, ...authority, ...additional]) writer.record(record);
  if (ednsBytes !== undefined) writer.edns(ednsBytes, message.clientCookie);
  return writer.broken ? undefined : Uint8Array.from(writer.out);
}

/** A name that cannot be written sets `broken`, so that the caller checks once. */
class Writer {
  readonly out: number[] = [];
  broken = false;
  /** Where a name, or the end of one, was written. RFC 1035 §4.1.4. */
  private readonly places = new Map<string, number>();

  word(value: number): void {
    this.out.push((value >>> 8) & 255, value & 255);
  }

  long(value: number): void {
    this.word(value >>> 16);
    this.word(value & 0xffff);
  }

  name(name: string): void {
    if (name.length >= MAX_NAME_BYTES) this.broken = true;
    let rest = name.toLowerCase();
    for (const label of name === "" ? [] : name.split(".")) {
      const known = this.places.get(rest);
      if (known !== undefined) {
        this.word(0xc000 | known);
        return;
      }
      if (this.out.length < MAX_POINTER) this.places.set(rest, this.out.length);
      if (label.length === 0 || label.length > MAX_LABEL_BYTES) this.broken = true;
      this.string(label);
      rest = rest.slice(label.length + 1);
    }
    this.out.push(0);
  }

  record(record: DnsRecord): void {
    this.name(record.name);
    this.word(record.type);
    this.word(DNS_CLASS_IN);
    this.long(record.ttlSeconds);
    const lengthAt = this.out.length;
    this.word(0);
    this.data(record);
    const length = this.out.length - lengthAt - 2;
    this.out[lengthAt] = length >>> 8;
    this.out[lengthAt + 1] = length & 255;
  }

  edns(udpBytes: number, cookie: Uint8Array | undefined): void {
    this.out.push(0);
    this.word(DNS_TYPE_OPT);
    this.word(udpBytes);
    this.long(0);
    this.word(cookie ? 4 + cookie.length : 0);
    if (!cookie) return;
    this.word(EDNS_COOKIE);
    this.word(cookie.length);
    this.out.push(...cookie);
  }

  private data(record: DnsRecord): void {
    const { soa } = record;
    if (record.address !== undefined) this.long(record.address);
    else if (record.texts) for (const text of record.texts) this.string(text);
    else if (soa) {
      this.name(soa.origin);
      this.name(soa.mailbox);
      for (const number of soa.numbers) this.long(number);
    } else {
      if (record.preference !== undefined) this.word(record.preference);
      if (record.type === DNS_TYPE_SRV) {
        this.word(record.weight ?? 0);
        this.word(record.port ?? 0);
      }
      this.name(record.target ?? "");
    }
  }

  private string(text: string): void {
    this.out.push(text.length & 255);
    for (let i = 0; i < text.length; i++) this.out.push(text.charCodeAt(i) & 255);
  }
}

/** Undefined when the bytes are no whole message. */
export function parseDnsMessage(bytes: Uint8Array): DnsMessage | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const reader = new Reader(bytes);
  const id = reader.word();
  const flags = reader.word();
  const questionCount = reader.word();
  const answerCount = reader.word();
  const authorityCount = reader.word();
  const additionalCount = reader.word();

  const questions: DnsQuestion[] = [];
  for (let i = 0; i < questionCount && !reader.broken; i++) {
    const name = reader.name();
    const type = reader.word();
    reader.word();
    questions.push({ name, type });
  }
  const records = (count: number): DnsRecord[] => {
    const list: DnsRecord[] = [];
    for (let i = 0; i < count && !reader.broken; i++) list.push(reader.record());
    return list;
  };
  const answers = records(answerCount);
  const authority = records(authorityCount);
  const additional = records(additionalCount);
  if (reader.broken) return undefined;
  return {
    id,
    response: (flags & 0x8000) !== 0,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    responseCode: flags & 15,
    questions,
    answers,
    authority,
    additional: additional.filter(({ type }) => type !== DNS_TYPE_OPT),
    ...(reader.ednsBytes === undefined ? {} : { ednsBytes: reader.ednsBytes }),
  };
}

/** Reads past the end set `broken` and give zeros, so that the caller checks once. */
class Reader {
  at = 0;
  broken = false;
  ednsBytes: number | undefined;

  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) this.broken = true;
    return value ?? 0;
  }

  word(): number {
    return this.byte() * 256 + this.byte();
  }

  /** Follows compression pointers, which may only point backwards. RFC 1035 §4.1.4. */
  name(): string {
    const labels: string[] = [];
    let resumeAt: number | undefined;
    let limit = this.at;
    for (;;) {
      const length = this.byte();
      if (length === 0 || this.broken) break;
      if ((length & POINTER) === POINTER) {
        const target = (length & ~POINTER) * 256 + this.byte();
        if (target >= limit) this.broken = true;
        if (this.broken) break;
        resumeAt ??= this.at;
        limit = target;
        this.at = target;
        continue;
      }
      this.at -= 1;
      labels.push(this.string());
      if (labels.length > MAX_NAME_BYTES) this.broken = true;
    }
    if (resumeAt !== undefined) this.at = resumeAt;
    return labels.join(".");
  }

  long(): number {
    return this.word() * 65536 + this.word();
  }

  record(): DnsRecord {
    const name = this.name();
    const type = this.word();
    const recordClass = this.word();
    if (type === DNS_TYPE_OPT) this.ednsBytes = recordClass;
    const ttlSeconds = this.long();
    const length = this.word();
    const end = this.at + length;
    if (end > this.bytes.length) this.broken = true;
    const data = this.broken ? {} : this.data(type, end);
    this.at = end;
    return { name, type, ttlSeconds, ...data };
  }

  private data(type: number, end: number): Partial<DnsRecord> {
    switch (type) {
      case DNS_TYPE_A:
        return end - this.at === 4 ? { address: this.long() as Ipv4 } : {};
      case DNS_TYPE_CNAME:
      case DNS_TYPE_PTR:
      case DNS_TYPE_NS:
        return { target: this.name() };
      case DNS_TYPE_MX:
        return { preference: this.word(), target: this.name() };
      case DNS_TYPE_SRV:
        return {
          preference: this.word(),
          weight: this.word(),
          port: this.word(),
          target: this.name(),
        };
      case DNS_TYPE_TXT: {
        const texts: string[] = [];
        while (this.at < end && !this.broken) texts.push(this.string());
        return { texts };
      }
      case DNS_TYPE_SOA:
        return {
          soa: {
            origin: this.name(),
            mailbox: this.name(),
            numbers: [this.long(), this.long(), this.long(), this.long(), this.long()],
          },
        };
      default:
        return {};
    }
  }

  private string(): string {
    const length = this.byte();
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.byte());
    return text;
  }
}
