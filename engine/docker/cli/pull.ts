/** `docker pull`, and what `run` pulls: the progress of each layer. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Progress } from "../api/image.ts";
import type { RecordStream } from "../api/streams.ts";
import { CliError, type Cli } from "./cli.ts";
import { familiar, type Reference } from "./reference.ts";

const ERASE_LINE = "\x1b[2K";

/**
 * Shows records as they come (pkg/jsonmessage): on a terminal each id keeps a line of its own,
 * elsewhere records of progress are left out. Throws CliError when one is an error.
 */
export function* showProgress(cli: Cli, stream: RecordStream<Progress>, fd: 1 | 2): Blocking<void> {
  const terminal = cli.sys.isatty(fd);
  const write = (text: string) => (fd === 1 ? cli.print(text) : cli.printError(text));
  const lines = new Map<string, number>();
  try {
    for (;;) {
      const record = yield* stream.next();
      if (record === undefined) return;
      if (record.error !== undefined) {
        throw new CliError(
          record.errorDetail?.message ?? record.error,
          record.errorDetail?.code || 1,
        );
      }
      if (record.stream !== undefined) yield* write(record.stream);
      else if (record.status !== undefined) {
        if (terminal) yield* write(placed(record, lines));
        else if (record.progressDetail?.total === undefined && record.progress === undefined) {
          yield* write(`${statusText(record)}\n`);
        }
      }
    }
  } finally {
    stream.close();
  }
}

function statusText({ id, status, progress }: Progress): string {
  const head = id === undefined || id === "" ? "" : `${id}: `;
  return `${head}${status ?? ""}${progress === undefined ? "" : ` ${progress}`}`;
}

/** The record in its line: up to it, and down again. */
function placed(record: Progress, lines: Map<string, number>): string {
  const text = statusText(record);
  if (record.id === undefined || record.id === "" || record.progressDetail === undefined) {
    return `${text}\n`;
  }
  let line = lines.get(record.id);
  let head = "";
  if (line === undefined) {
    line = lines.size;
    lines.set(record.id, line);
    head = "\n";
  }
  const up = lines.size - line;
  return `${head}\x1b[${up}A${ERASE_LINE}\r${text}\r\x1b[${up}B`;
}

export function* pullImage(
  cli: Cli,
  reference: Reference,
  options: { readonly quiet: boolean; readonly toError?: boolean },
): Blocking<void> {
  const { name, tag, digest } = reference;
  const stream = yield* cli.engine.imageCreate(name, digest ?? tag ?? "latest");
  if (!options.quiet) {
    yield* showProgress(cli, stream, options.toError === true ? 2 : 1);
    return;
  }
  for (;;) {
    const record = yield* stream.next();
    if (record === undefined) return;
    if (record.error !== undefined) throw new CliError(record.error);
  }
}

/** `docker.io/library/nginx:latest` */
export function canonical(reference: Reference): string {
  const { name } = reference;
  const first = name.split("/")[0] ?? "";
  const hosted = name.includes("/") && /[.:]|^localhost$/.test(first);
  const full = hosted
    ? name
    : name.includes("/")
      ? `docker.io/${name}`
      : `docker.io/library/${name}`;
  return familiar({ ...reference, name: full });
}
