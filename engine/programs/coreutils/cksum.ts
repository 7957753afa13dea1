import { byteString } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

/** The CRC of POSIX cksum: polynomial 0x04C11DB7 over the bytes and then the length. */
export const cksum = defineTool({
  name: "cksum",
  package: "coreutils",
  summary: "compute and verify file checksums",
  usage: ["[FILE]..."],
  description: "Print CRC checksum and byte count of each FILE.",
  unmodelled: [
    "-a TYPE",
    "--algorithm=TYPE",
    "--base64",
    "-c",
    "--check",
    "-l BITS",
    "--length=BITS",
    "--tag",
    "--untagged",
    "--debug",
    "-z",
    "--zero",
  ],
  *run(tool, args) {
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      const fd = yield* tool.openInput(path);
      if (fd === undefined) continue;
      let crc = 0;
      let length = 0;
      try {
        for (;;) {
          const chunk = yield* tool.sys.read(fd, 65536);
          if (chunk.length === 0) break;
          length += chunk.length;
          for (const byte of chunk) crc = step(crc, byte);
          yield* tool.sys.yieldCpu();
        }
      } catch (error) {
        if (!isErrno(error, "EISDIR")) throw error;
        yield* tool.warn(`${quoteIfNeeded(path)}: ${reason(error)}`);
        continue;
      } finally {
        tool.closeInput(fd);
      }
      for (let left = length; left > 0; left = Math.floor(left / 256)) crc = step(crc, left & 255);
      const name = args.operands.length === 0 ? "" : ` ${byteString(path)}`;
      yield* tool.out.write(`${~crc >>> 0} ${length}${name}\n`);
    }
  },
});

const CRC_TABLE = Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

function step(crc: number, byte: number): number {
  return (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] as number);
}
