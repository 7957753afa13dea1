import type { Program } from "../../kernel/process/program.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString, stringToBytes } from "../support/bytes.ts";
import { digest, type Algorithm } from "../support/digest.ts";
import { LineSource, readText } from "../support/input.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { isErrno } from "../support/command.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

export const md5sum: Program = digestTool("md5", "MD5", 128);
export const sha1sum: Program = digestTool("sha1", "SHA1", 160);
export const sha256sum: Program = digestTool("sha256", "SHA256", 256);

function digestTool(algorithm: Algorithm, title: string, bits: number): Program {
  return defineTool({
    name: `${algorithm}sum`,
    package: "coreutils",
    summary: `compute and check ${title} message digest`,
    usage: ["[OPTION]... [FILE]..."],
    description: `Print or check ${title} (${bits}-bit) checksums.`,
    options: [
      ["-b, --binary", "read in binary mode"],
      ["-c, --check", "read checksums from the FILEs and check them"],
      ["--tag", "create a BSD-style checksum"],
      ["-t, --text", "read in text mode (default)"],
      ["--quiet", "don't print OK for each successfully verified file"],
      ["--status", "don't output anything, status code shows success"],
    ],
    unmodelled: ["-z", "--zero", "--ignore-missing", "--strict", "-w", "--warn"],
    *run(tool, args) {
      for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
        if (args.has("c")) {
          yield* check(tool, args, path, algorithm, title);
          continue;
        }
        const sum = yield* sumOf(tool, path, algorithm);
        if (sum === undefined) continue;
        const name = byteString(path);
        yield* tool.out.write(
          args.has("tag")
            ? `${title} (${name}) = ${sum}\n`
            : `${sum} ${args.has("b") ? "*" : " "}${name}\n`,
        );
      }
    },
  });
}

function* sumOf(tool: Tool, path: string, algorithm: Algorithm): Blocking<string | undefined> {
  const fd = yield* tool.openInput(path);
  if (fd === undefined) return undefined;
  try {
    return digest(algorithm, stringToBytes(yield* readText(tool.sys, fd)));
  } catch (error) {
    if (!isErrno(error, "EISDIR")) throw error;
    yield* tool.warn(`${quoteIfNeeded(path)}: ${reason(error)}`);
    return undefined;
  } finally {
    tool.closeInput(fd);
  }
}

function* check(
  tool: Tool,
  args: Arguments,
  list: string,
  algorithm: Algorithm,
  title: string,
): Blocking<void> {
  const fd = yield* tool.openInput(list);
  if (fd === undefined) return;
  const source = new LineSource(tool.sys, fd);
  const quiet = args.has("status");
  let valid = 0;
  let failed = 0;
  let unreadable = 0;
  let malformed = 0;
  for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
    const found =
      /^([0-9a-fA-F]+) [ *](.*)$/.exec(line) ??
      swapTag(new RegExp(`^${title} \\((.*)\\) = ([0-9a-fA-F]+)$`).exec(line));
    if (!found) {
      malformed += 1;
      continue;
    }
    valid += 1;
    const name = found[2] as string;
    const sum = yield* sumOf(tool, name, algorithm);
    if (sum === undefined) {
      unreadable += 1;
      if (!quiet) yield* tool.out.write(`${name}: FAILED open or read\n`);
    } else if (sum === (found[1] as string).toLowerCase()) {
      if (!quiet && !args.has("quiet")) yield* tool.out.write(`${name}: OK\n`);
    } else {
      failed += 1;
      if (!quiet) yield* tool.out.write(`${name}: FAILED\n`);
    }
  }
  tool.closeInput(fd);
  yield* tool.out.flush();
  if (valid === 0) {
    yield* tool.warn(`${quoteIfNeeded(list)}: no properly formatted checksum lines found`);
    return;
  }
  if (unreadable + failed > 0) tool.status = 1;
  if (quiet) return;
  const say = (count: number, one: string, many: string) =>
    count === 0 ? undefined : `WARNING: ${count} ${count === 1 ? one : many}`;
  for (const text of [
    say(malformed, "line is improperly formatted", "lines are improperly formatted"),
    say(unreadable, "listed file could not be read", "listed files could not be read"),
    say(failed, "computed checksum did NOT match", "computed checksums did NOT match"),
  ]) {
    if (text !== undefined) yield* tool.warn(text, 0);
  }
}

function swapTag(found: RegExpExecArray | null): readonly (string | undefined)[] | undefined {
  return found ? [found[0], found[2], found[1]] : undefined;
}
