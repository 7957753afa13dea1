/** MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4) over bytes, as hexadecimal. */

export type Algorithm = "md5" | "sha1" | "sha256";

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_SINES = Array.from(
  { length: 64 },
  (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) >>> 0,
);

const PRIMES: readonly number[] = firstPrimes(64);
const SHA256_K = PRIMES.map((prime) => fractionBits(Math.cbrt(prime)));
const SHA256_START = PRIMES.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

function fractionBits(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32) >>> 0;
}

export function digest(algorithm: Algorithm, data: Uint8Array): string {
  const littleEndian = algorithm === "md5";
  const state =
    algorithm === "sha256"
      ? [...SHA256_START]
      : [
          0x67452301,
          0xefcdab89,
          0x98badcfe,
          0x10325476,
          ...(algorithm === "sha1" ? [0xc3d2e1f0] : []),
        ];
  const compress = { md5: md5Block, sha1: sha1Block, sha256: sha256Block }[algorithm];
  const padded = pad(data, littleEndian);
  const view = new DataView(padded.buffer);
  const words = new Array<number>(16);
  for (let at = 0; at < padded.length; at += 64) {
    for (let index = 0; index < 16; index++)
      words[index] = view.getUint32(at + 4 * index, littleEndian);
    compress(state, words);
  }
  return state.map((word) => hex(littleEndian ? swap(word) : word)).join("");
}

function pad(data: Uint8Array, littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const length = Math.ceil((data.length + 9) / 64) * 64;
  const out = new Uint8Array(length);
  out.set(data);
  out[data.length] = 0x80;
  const view = new DataView(out.buffer);
  const low = (data.length << 3) >>> 0;
  const high = Math.floor(data.length / 2 ** 29);
  view.setUint32(length - 8, littleEndian ? low : high, littleEndian);
  view.setUint32(length - 4, littleEndian ? high : low, littleEndian);
  return out;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}

function swap(word: number): number {
  return ((word & 255) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function left(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function right(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function addAll(state: number[], values: readonly number[]): void {
  values.forEach((value, index) => (state[index] = ((state[index] as number) + value) >>> 0));
}

function md5Block(state: number[], words: readonly number[]): void {
  let [a, b, c, d] = state as [number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const mix =
      round === 0
        ? (b & c) | (~b & d)
        : round === 1
          ? (d & b) | (~d & c)
          : round === 2
            ? b ^ c ^ d
            : c ^ (b | ~d);
    const index = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] as number;
    const sum = (a + mix + (MD5_SINES[i] as number) + (words[index % 16] as number)) | 0;
    [a, d, c, b] = [d, c, b, (b + left(sum, MD5_SHIFTS[4 * round + (i % 4)] as number)) | 0];
  }
  addAll(state, [a, b, c, d]);
}

function sha1Block(state: number[], words: readonly number[]): void {
  const w = [...words];
  for (let i = 16; i < 80; i++) {
    w.push(
      left(
        (w[i - 3] as number) ^ (w[i - 8] as number) ^ (w[i - 14] as number) ^ (w[i - 16] as number),
        1,
      ),
    );
  }
  let [a, b, c, d, e] = state as [number, number, number, number, number];
  for (let i = 0; i < 80; i++) {
    const [mix, constant] = (
      i < 20
        ? [(b & c) | (~b & d), 0x5a827999]
        : i < 40
          ? [b ^ c ^ d, 0x6ed9eba1]
          : i < 60
            ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
            : [b ^ c ^ d, 0xca62c1d6]
    ) as [number, number];
    const sum = (left(a, 5) + mix + e + constant + (w[i] as number)) | 0;
    [e, d, c, b, a] = [d, c, left(b, 30), a, sum];
  }
  addAll(state, [a, b, c, d, e]);
}

function sha256Block(state: number[], words: readonly number[]): void {
  const w = [...words];
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] as number;
    const y = w[i - 2] as number;
    const s0 = right(x, 7) ^ right(x, 18) ^ (x >>> 3);
    const s1 = right(y, 17) ^ right(y, 19) ^ (y >>> 10);
    w.push(((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0);
  }
  let [a, b, c, d, e, f, g, h] = state as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i++) {
    const s1 = right(e, 6) ^ right(e, 11) ^ right(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (SHA256_K[i] as number) + (w[i] as number)) | 0;
    const s0 = right(a, 2) ^ right(a, 13) ^ right(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  addAll(state, [a, b, c, d, e, f, g, h]);
}
