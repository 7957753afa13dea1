/** A Dockerfile's lines. */
import { ApiError } from "../api/errors.ts";

export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  readonly rest: string;
  /** As it is told. */
  readonly text: string;
  readonly line: number;
}

const KEYWORDS = (
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL " +
  "STOPSIGNAL USER VOLUME WORKDIR"
).split(" ");

/** ApiError 400: with the line. */
export function parseDockerfile(text: string): Instruction[] {
  const found: Instruction[] = [];
  let pending = "";
  let start = 0;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/\r$/, "");
    if (/^\s*#/.test(line) || (line.trim() === "" && pending !== "")) continue;
    if (line.trim() === "") continue;
    if (pending === "") start = index + 1;
    const continued = /^(.*)\\\s*$/.exec(line);
    if (continued) {
      pending += continued[1];
      continue;
    }
    found.push(instruction(`${pending}${line}`, start));
    pending = "";
  }
  if (pending !== "") found.push(instruction(pending, start));
  if (found.length === 0) {
    throw new ApiError(400, "dockerfile parse error: file with no instructions");
  }
  check(found);
  return found;
}

function instruction(text: string, line: number): Instruction {
  const [, word = "", rest = ""] = /^\s*(\S+)\s*([\s\S]*?)\s*$/.exec(text) ?? [];
  const keyword = word.toUpperCase();
  if (!KEYWORDS.includes(keyword)) {
    throw new ApiError(400, `dockerfile parse error line ${line}: unknown instruction: ${keyword}`);
  }
  if (rest === "") {
    const least =
      keyword === "FROM" || keyword === "USER" || keyword === "WORKDIR"
        ? "exactly one argument"
        : "at least one argument";
    throw new ApiError(400, `dockerfile parse error line ${line}: ${keyword} requires ${least}`);
  }
  return { keyword, rest, text: `${keyword} ${rest}`, line };
}

function check(instructions: readonly Instruction[]): void {
  const first = instructions.find(({ keyword }) => keyword !== "ARG");
  if (first && first.keyword !== "FROM") {
    throw new ApiError(400, "No build stage in current context");
  }
  for (const { keyword, rest, line } of instructions) {
    const words = rest.split(/\s+/);
    const isForm = words.length === 1 || (words.length === 3 && words[1]?.toUpperCase() === "AS");
    if (keyword === "FROM" && !isForm) {
      throw new ApiError(
        400,
        `dockerfile parse error line ${line}: FROM requires either one or three arguments`,
      );
    }
    const sources = words.filter((word) => !word.startsWith("--"));
    if ((keyword === "COPY" || keyword === "ADD") && sources.length < 2) {
      throw new ApiError(
        400,
        `dockerfile parse error line ${line}: ${keyword} requires at least two arguments, but only one was provided. Destination could not be determined.`,
      );
    }
  }
}
