/** `-batch FILE`: one command a line, `#` comments, quotes, `\` joins lines. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { LineReader } from "../../support/streams.ts";

/** A status that the real program gives by exit(3), which ends the batch. */
const ABRUPT = 255;

export function* runBatch(
  sys: Sys,
  file: string,
  force: boolean,
  run: (words: readonly string[]) => Blocking<number>,
): Blocking<number> {
  let fd = 0;
  if (file !== "-") {
    try {
      fd = sys.open(file, { read: true });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      yield* sys.printError(`Cannot open file "${file}" for reading: ${strerror(error.errno)}\n`);
      return 1;
    }
  }
  const reader = new LineReader(sys, fd);
  let status = 0;
  let number = 0;
  for (;;) {
    let line = "";
    for (;;) {
      const next = yield* reader.next();
      if (next === undefined) {
        if (line === "") return status;
        break;
      }
      number += 1;
      const text = next.replace(/\n$/, "");
      if (!text.endsWith("\\")) {
        line += text;
        break;
      }
      line += text.slice(0, -1);
    }
    const words = splitWords(line);
    if (words.length === 0) continue;
    const code = yield* run(words);
    if (code === 0) continue;
    if (code === ABRUPT) return code;
    yield* sys.printError(`Command failed ${file}:${number}\n`);
    status = 1;
    if (!force) return status;
  }
}

/** Words, which quotes may hold together; a `#` starts a comment. */
function splitWords(line: string): string[] {
  const hash = line.indexOf("#");
  const text = hash < 0 ? line : line.slice(0, hash);
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/g)].map(
    (match) => match[1] ?? match[2] ?? match[0],
  );
}
