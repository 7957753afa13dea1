import { KernelError } from "../../../../kernel/errno.ts";
import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import { quote } from "../../../../programs/support/go/quote.ts";
import { humanSize } from "../../../../programs/support/go/units.ts";
import type { ArchiveEntry } from "../../../api/archive.ts";
import type { BuildOptions } from "../../../api/image.ts";
import { readTree } from "../../archive.ts";
import { CliError, errorText, type Cli } from "../../cli.ts";
import { defineCommand, exactly, type FlagValues } from "../../command.ts";
import { ignoredBy } from "../../dockerignore.ts";
import { showProgress } from "../../pull.ts";
import { parseReference } from "../../reference.ts";
import { keyValues } from "../../run/environment.ts";

/** What 28 says when the buildx plugin is not there. */
const DEPRECATED = `DEPRECATED: The legacy builder is deprecated and will be removed in a future release.
            Install the buildx component to build images with BuildKit:
            https://docs.docker.com/go/buildx/

`;

function unprepared(why: string): CliError {
  return new CliError(`unable to prepare context: ${why}`);
}

interface Context {
  readonly entries: readonly ArchiveEntry[];
  /** Of the Dockerfile, inside the context. */
  readonly dockerfile: string;
}

function readContext(cli: Cli, path: string, file: string | undefined): Context {
  const { sys } = cli;
  const root = path.startsWith("/") ? path : `${sys.cwd()}/${path}`;
  let kind;
  try {
    kind = sys.stat(root).kind;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw unprepared(`path ${quote(path)} not found`);
  }
  if (kind !== "directory") throw unprepared("context must be a directory: " + path);
  const real = sys.realpath(root);
  const wanted = file ?? "Dockerfile";
  const full = wanted.startsWith("/")
    ? wanted
    : file === undefined
      ? `${real}/${wanted}`
      : `${sys.cwd()}/${wanted}`;
  let dockerfile;
  try {
    dockerfile = sys.realpath(full);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw unprepared(
      `unable to evaluate symlinks in Dockerfile path: lstat ${full}: no such file or directory`,
    );
  }
  if (!dockerfile.startsWith(`${real}/`)) {
    throw new CliError("docker: Podwire does not model a Dockerfile outside of the build context");
  }
  const inside = dockerfile.slice(real.length + 1);
  const entries = readTree(sys, real).flatMap((entry) => {
    const parts = entry.path.split("/").slice(1);
    return parts.length === 0 ? [] : [{ ...entry, path: parts.join("/") }];
  });
  const ignore = entries.find((entry) => entry.path === ".dockerignore")?.content;
  return {
    entries: ignore === undefined ? entries : ignoredBy(ignore, entries, inside),
    dockerfile: inside,
  };
}

/** Of the archive that would be sent: a header and whole blocks for each, two blocks at its end. */
function archiveBytes(entries: readonly ArchiveEntry[]): number {
  const blocks = entries.map(({ content }) => 512 + Math.ceil((content?.length ?? 0) / 512) * 512);
  return blocks.reduce((sum, bytes) => sum + bytes, 0) + 1024;
}

function buildOptions(cli: Cli, flags: FlagValues, dockerfile: string): BuildOptions {
  const tags = flags.list("tag").map((text) => {
    const { name, tag } = parseReference(text, cli.version);
    return `${name}:${tag ?? "latest"}`;
  });
  const args = flags.list("build-arg").flatMap((text) => {
    if (text.includes("=")) return [text];
    const own = cli.sys.env.get(text);
    return own === undefined ? [] : [`${text}=${own}`];
  });
  const target = flags.text("target");
  return {
    dockerfile,
    tags,
    buildArgs: keyValues(args),
    labels: keyValues(flags.list("label")),
    noCache: flags.on("no-cache"),
    quiet: flags.on("quiet"),
    remove: flags.on("rm", true),
    ...(target !== undefined && { target }),
  };
}

/** Prints only the id of what was built. */
function* buildQuietly(cli: Cli, context: Context, options: BuildOptions): Blocking<number> {
  const stream = cli.engine.imageBuild(context.entries, options);
  let id = "";
  for (;;) {
    const record = yield* stream.next();
    if (record === undefined) break;
    if (record.error !== undefined) {
      throw new CliError(
        record.errorDetail?.message ?? record.error,
        record.errorDetail?.code || 1,
      );
    }
    if (record.aux !== undefined) id = record.aux.ID;
  }
  yield* cli.print(`${id}\n`);
  return 0;
}

export const build = defineCommand({
  notice: [DEPRECATED, undefined],
  path: "image build",
  shortcut: "build",
  shownAliases: ["docker image build, docker build, docker builder build", ""],
  usage: "[OPTIONS] PATH | URL | -",
  summary: "Build an image from a Dockerfile",
  flags: {
    "--add-host list": [
      'Add a custom host-to-IP mapping ("host:ip")',
      "Add a custom host-to-IP mapping (host:ip)",
    ],
    "--build-arg list": "Set build-time variables",
    "--cache-from strings": "Images to consider as cache sources",
    "--cgroup-parent string": [
      'Set the parent cgroup for the "RUN" instructions during build',
      "Optional parent cgroup for the container",
    ],
    "--compress": "Compress the build context using gzip",
    "--cpu-period int": "Limit the CPU CFS (Completely Fair Scheduler) period",
    "--cpu-quota int": "Limit the CPU CFS (Completely Fair Scheduler) quota",
    "-c, --cpu-shares int": "CPU shares (relative weight)",
    "--cpuset-cpus string": "CPUs in which to allow execution (0-3, 0,1)",
    "--cpuset-mems string": "MEMs in which to allow execution (0-3, 0,1)",
    "--disable-content-trust": "Skip image verification (default true)",
    "-f, --file string": [
      'Name of the Dockerfile (Default is "PATH/Dockerfile")',
      "Name of the Dockerfile (Default is 'PATH/Dockerfile')",
    ],
    "--force-rm": "Always remove intermediate containers",
    "--iidfile string": "Write the image ID to the file",
    "--isolation string": "Container isolation technology",
    "--label list": "Set metadata for an image",
    "-m, --memory bytes": "Memory limit",
    "--memory-swap bytes": [
      "Swap limit equal to memory plus swap: -1 to enable unlimited swap",
      "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
    ],
    "--network string":
      'Set the networking mode for the RUN instructions during build (default "default")',
    "--no-cache": "Do not use cache when building the image",
    "--platform string": ["Set platform if server is multi-platform capable", undefined],
    "--pull": "Always attempt to pull a newer version of the image",
    "-q, --quiet": "Suppress the build output and print image ID on success",
    "--rm": "Remove intermediate containers after a successful build (default true)",
    "--security-opt strings": "Security options",
    "--shm-size bytes": ['Size of "/dev/shm"', "Size of /dev/shm"],
    "--squash": "Squash newly built layers into a single new layer",
    "-t, --tag list": [
      'Name and optionally a tag in the "name:tag" format',
      "Name and optionally a tag in the 'name:tag' format",
    ],
    "--target string": "Set the target build stage to build.",
    "--ulimit ulimit": "Ulimit options (default [])",
  },
  args: exactly(1),
  checks: {
    tag: (text, version) => {
      try {
        parseReference(text, version);
        return undefined;
      } catch (error) {
        return `invalid argument ${quote(text)}: ${errorText(error)}`;
      }
    },
  },
  foreign: { experimental: ["squash"] },
  unmodelled: [
    "add-host",
    "cache-from",
    "cgroup-parent",
    "compress",
    "cpu-period",
    "cpu-quota",
    "cpu-shares",
    "cpuset-cpus",
    "cpuset-mems",
    "iidfile",
    "isolation",
    "memory",
    "memory-swap",
    "network",
    "platform",
    "pull",
    "security-opt",
    "shm-size",
    "ulimit",
  ],
  *run(cli, { args, flags }) {
    const [path = ""] = args;
    if (path === "-" || /^(https?|git|github\.com)/.test(path)) {
      throw new CliError("docker: Podwire models directories as build contexts only");
    }
    const context = readContext(cli, path, flags.text("file"));
    const options = buildOptions(cli, flags, context.dockerfile);
    if (flags.on("quiet")) return yield* buildQuietly(cli, context, options);
    const size = humanSize(archiveBytes(context.entries));
    yield* cli.print(`Sending build context to Docker daemon  ${size}\r\r\n`);
    yield* showProgress(cli, cli.engine.imageBuild(context.entries, options), 1);
    return 0;
  },
  complete: () => ({ candidates: [], files: true }),
});
