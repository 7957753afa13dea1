import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import type { Program } from "../process/program.ts";

/** First bytes of a 64-bit little-endian ELF file: magic, class, byte order, version, ABI. */
const ELF_IDENT = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/** e_type ET_DYN, e_machine EM_X86_64, e_version 1. */
const ELF_HEADER = [3, 0, 0x3e, 0, 1, 0, 0, 0];

const NOTE = "podwire-program:";

/** How a program is known to the kernel that runs it. */
export function programKey(program: Pick<Program, "package" | "name">): string {
  return `${program.package}/${program.name}`;
}

/**
 * The file that stands for a program. It looks like an ELF file and names the program in a note, so
 * that copies of it run as well.
 */
export function executableFile(program: Program): Uint8Array {
  const note = encodeUtf8(`\0${NOTE}${programKey(program)}\0`);
  return Uint8Array.from([...ELF_IDENT, ...ELF_HEADER, ...note]);
}

/** The key of the program that a file's first bytes stand for. */
export function programKeyOf(head: Uint8Array): string | undefined {
  if (ELF_IDENT.some((byte, index) => head[index] !== byte)) return undefined;
  const parts = decodeUtf8(head.subarray(ELF_IDENT.length + ELF_HEADER.length)).split("\0");
  return parts.find((part) => part.startsWith(NOTE))?.slice(NOTE.length);
}
