/** DNS messages, as far as a stub resolver needs them. RFC 1035 §4. */
import { formatIpv4, type Ipv4 } from "./address.ts";

export const DNS_TYPE_A = 1;
export const DNS_TYPE_NS = 2;
export const DNS_TYPE_CNAME = 5;
export const DNS_TYPE_SOA = 6;
export const DNS_TYPE_PTR = 12;
export const DNS_CLASS_IN = 1;

export const DNS_NOERROR = 0;
export const DNS_NXDOMAIN = 3;

export interface DnsQuestion {
  /** Without the final dot; "" is the root. */
  readonly name: string;
  readonly type: number;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly ttlSeconds: number;
  /** An A record's address, a name record's name; otherwise the raw bytes stay unread. */
  readonly address?: Ipv4;
  readonly target?: string;
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
}

const HEADER_BYTES = 12;
const MAX_LABEL_BYTES = 63;
const MAX_NAME_BYTES = 255;
const POINTER = 0xc0;

/** The name a reverse lookup asks for. RFC 1035 §3.5. */
export function reverseName(address: Ipv4): string {
  return `${formatIpv4(address).split(".").reverse().join(".")}.in-addr.arpa`;
}

/** Undefined when the name does not fit into a message (an empty or overlong label). */
export function serialiseDnsMessage(message: DnsMessage): Uint8Array | undefined {
  const out: number[] = [];
  const word = (value: number): void => void out.push((value >>> 8) & 255, value & 255);
  const putName = (name: string): boolean => {
    if (name.length >= MAX_NAME_BYTES) return false;
    for (const label of name === "" ? [] : name.split(".")) {
      if (label.length === 0 || label.length > MAX_LABEL_BYTES) return false;
      out.push(label.length);
      for (let i = 0; i < label.length; i++) out.push(label.charCodeAt(i) & 255);
    }
    out.push(0);
    return true;
  };

  word(message.id);
  word(
    (message.response ? 0x8000 : 0) |
      (message.authoritative ? 0x0400 : 0) |
      (message.truncated ? 0x0200 : 0) |
      (message.recursionDesired ? 0x0100 : 0) |
      (message.recursionAvailable ? 0x0080 : 0) |
      message.responseCode,
  );
  word(message.questions.length);
  word(message.answers.length);
  word(0);
  word(0);
  for (const question of message.questions) {
    if (!putName(question.name)) return undefined;
    word(question.type);
    word(DNS_CLASS_IN);
  }
  for (const record of message.answers) {
    if (!putName(record.name)) return undefined;
    word(record.type);
    word(DNS_CLASS_IN);
    word(record.ttlSeconds >>> 16);
    word(record.ttlSeconds & 0xffff);
    const lengthAt = out.length;
    word(0);
    if (record.address !== undefined) {
      word(record.address >>> 16);
      word(record.address & 0xffff);
    } else if (!putName(record.target ?? "")) {
      return undefined;
    }
    const length = out.length - lengthAt - 2;
    out[lengthAt] = length >>> 8;
    out[lengthAt + 1] = length & 255;
  }
  return Uint8Array.from(out);
}

/** Undefined when the bytes are no whole message. */
export function parseDnsMessage(bytes: Uint8Array): DnsMessage | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const reader = new Reader(bytes);
  const id = reader.word();
  const flags = reader.word();
  const questionCount = reader.word();
  const answerCount = reader.word();
  reader.at = HEADER_BYTES;

  const questions: DnsQuestion[] = [];
  for (let i = 0; i < questionCount && !reader.broken; i++) {
    const name = reader.name();
    const type = reader.word();
    reader.word();
    questions.push({ name, type });
  }
  const answers: DnsRecord[] = [];
  for (let i = 0; i < answerCount && !reader.broken; i++) answers.push(reader.record());
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
  };
}

/** Reads past the end set `broken` and give zeros, so that the caller checks once. */
class Reader {
  at = 0;
  broken = false;

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
      let label = "";
      for (let i = 0; i < length; i++) label += String.fromCharCode(this.byte());
      labels.push(label);
      if (labels.length > MAX_NAME_BYTES) this.broken = true;
    }
    if (resumeAt !== undefined) this.at = resumeAt;
    return labels.join(".");
  }

  record(): DnsRecord {
    const name = this.name();
    const type = this.word();
    this.word();
    const ttlSeconds = this.word() * 65536 + this.word();
    const length = this.word();
    const end = this.at + length;
    if (end > this.bytes.length) this.broken = true;
    let extra: Pick<DnsRecord, "address" | "target"> = {};
    if (type === DNS_TYPE_A && length === 4) {
      extra = { address: (this.word() * 65536 + this.word()) as Ipv4 };
    } else if (type === DNS_TYPE_CNAME || type === DNS_TYPE_PTR || type === DNS_TYPE_NS) {
      extra = { target: this.name() };
    }
    this.at = end;
    return { name, type, ttlSeconds, ...extra };
  }
}
