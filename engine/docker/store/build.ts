/** `docker build` by the classic builder: each instruction makes an image. */
import { decodeUtf8 } from "../../sim/utf8.ts";
import { WaitQueue, type Blocking } from "../../kernel/process/wait-queue.ts";
import { containerRoot } from "../../machine/container-runtime.ts";
import type { LayeredFileSystem } from "../../kernel/fs/layered-file-system.ts";
import type { ArchiveEntry } from "../api/archive.ts";
import type { DockerEngineApi } from "../api/engine-api.ts";
import { ApiError } from "../api/errors.ts";
import type { BuildOptions, Progress } from "../api/image.ts";
import { FrameReader, type RecordStream } from "../api/streams.ts";
import { unpack } from "../containers/archive.ts";
import type { Container } from "../containers/container.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { Task } from "../daemon/tasks.ts";
import { copied } from "./build-copy.ts";
import { layered } from "./commit.ts";
import { applyInstruction, jsonList, words } from "./dockerfile-config.ts";
import { parseDockerfile, type Instruction } from "./dockerfile.ts";
import type { Images } from "./images.ts";
import { pull, type Registry } from "./pull.ts";
import { parseReference, tagged } from "./reference.ts";
import type { StoredImage } from "./stored-image.ts";

export interface BuildParts {
  readonly context: DaemonContext;
  readonly engine: DockerEngineApi;
  readonly images: Images;
  readonly registry: Registry;
  readonly container: (id: string) => Container;
}

/** ApiError 400: the Dockerfile cannot be read. */
export function build(
  context: readonly ArchiveEntry[],
  options: BuildOptions,
  parts: BuildParts,
): RecordStream<Progress> {
  const path = options.dockerfile ?? "Dockerfile";
  const file = context.find((entry) => entry.path === path);
  if (!file?.content) {
    throw new ApiError(400, `Cannot locate specified Dockerfile: ${path}`);
  }
  const builder = new Builder(
    parseDockerfile(decodeUtf8(file.content)),
    context.filter((entry) => entry.path !== "."),
    options,
    parts,
  );
  return builder.stream();
}

const SHORT = (id: string): string => id.replace("sha256:", "").slice(0, 12);

/** An instruction failed: the build ends with these words. */
class BuildError extends Error {
  constructor(
    message: string,
    readonly code?: number,
  ) {
    super(message);
  }
}

class Builder {
  private readonly records: Progress[] = [];
  private readonly changed = new WaitQueue();
  private isOver = false;
  private image: StoredImage | undefined;
  private readonly stages = new Map<string, StoredImage>();
  private stageName: string | undefined;
  private stageNumber = -1;
  private readonly arguments = new Map<string, string>();

  constructor(
    private readonly instructions: readonly Instruction[],
    private readonly files: readonly ArchiveEntry[],
    private readonly options: BuildOptions,
    private readonly parts: BuildParts,
  ) {}

  stream(): RecordStream<Progress> {
    const { kernel } = this.parts.context;
    new Task(kernel.sim, this.run(), () => kernel.isOff);
    const next = function* (this: Builder): Blocking<Progress | undefined> {
      for (;;) {
        const record = this.records.shift();
        if (record || this.isOver) return record;
        yield { queues: [this.changed] };
      }
    };
    return { next: next.bind(this), close: () => {} };
  }

  private say(text: string): void {
    this.tell({ stream: text });
  }

  private tell(record: Progress): void {
    this.records.push(record);
    this.changed.wakeAll();
  }

  private *run(): Blocking<void> {
    try {
      for (const [index, instruction] of this.instructions.entries()) {
        this.say(`Step ${index + 1}/${this.instructions.length} : ${instruction.text}`);
        this.say("\n");
        yield* this.step(instruction);
        if (this.image) this.say(` ---> ${SHORT(this.image.id)}\n`);
        if (this.options.target !== undefined && this.isLastOfTarget(index)) break;
      }
      this.finish();
    } catch (error) {
      if (!(error instanceof BuildError) && !(error instanceof ApiError)) throw error;
      const code =
        error instanceof BuildError && error.code !== undefined ? { code: error.code } : {};
      this.tell({ error: error.message, errorDetail: { ...code, message: error.message } });
    } finally {
      this.isOver = true;
      this.changed.wakeAll();
    }
  }

  private isLastOfTarget(index: number): boolean {
    const isNextStage = this.instructions[index + 1]?.keyword === "FROM";
    return isNextStage && this.stageName === this.options.target;
  }

  private finish(): void {
    const { image } = this;
    if (!image) throw new BuildError("No image was generated. Is your Dockerfile empty?");
    this.tell({ aux: { ID: image.id } });
    this.say(`Successfully built ${SHORT(image.id)}\n`);
    for (const tag of this.options.tags ?? []) {
      const full = tagged(parseReference(tag));
      const { repository, tag: name = "latest" } = parseReference(full);
      this.parts.images.tag(image.id, repository, name);
      this.say(`Successfully tagged ${full}\n`);
    }
  }

  private *step(instruction: Instruction): Blocking<void> {
    const { keyword } = instruction;
    const rest = this.expand(instruction.rest);
    if (keyword === "FROM") {
      yield* this.from(rest);
      return;
    }
    if (keyword === "ARG") {
      this.argument(rest);
      if (!this.image) return;
    }
    if (!this.image) throw new BuildError("no build stage in current context");
    if (keyword === "RUN") yield* this.runCommand(this.image, instruction.rest);
    else if (keyword === "COPY" || keyword === "ADD") this.copy(this.image, keyword, rest);
    else if (keyword === "ARG") this.add(this.image, `ARG ${rest}`, this.image.config);
    else {
      const config = applyInstruction(this.image.config, `${keyword} ${rest}`);
      this.add(this.image, `/bin/sh -c #(nop)  ${keyword} ${rest}`, config);
    }
  }

  private *from(rest: string): Blocking<void> {
    const [name = "", , alias] = words(rest);
    this.stageNumber += 1;
    this.stageName = alias;
    const { images } = this.parts;
    if (name === "scratch") {
      this.image = undefined;
      throw new BuildError("Podwire does not model images built from scratch");
    }
    let base = this.stages.get(name) ?? images.find(name);
    if (!base) {
      const reference = parseReference(name);
      const { registry, context } = this.parts;
      const records = pull(
        reference.repository,
        reference.tag ?? "latest",
        registry,
        images,
        context,
      );
      for (let record = yield* records.next(); record; record = yield* records.next())
        this.tell(record);
      base = images.get(name);
    }
    this.use(base);
    for (const [key, value] of Object.entries(this.options.labels ?? {})) {
      this.use({
        ...base,
        files: base.files,
        config: { ...base.config, Labels: { ...base.config.Labels, [key]: value } },
      });
    }
  }

  private use(image: StoredImage): void {
    this.image = image;
    this.stages.set(String(this.stageNumber), image);
    if (this.stageName !== undefined) this.stages.set(this.stageName, image);
  }

  private argument(rest: string): void {
    const [name = "", value] = rest.split("=", 2);
    const given = this.options.buildArgs?.[name];
    const chosen = given ?? value;
    if (chosen !== undefined) this.arguments.set(name, chosen.replace(/^"(.*)"$/, "$1"));
  }

  /** `$NAME` and `${NAME}` of ENV and ARG. */
  private expand(text: string): string {
    const env = new Map(
      (this.image?.config.Env ?? []).map((word) => word.split(/=(.*)/s, 2) as [string, string]),
    );
    return text.replace(
      /\\\$|\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)/g,
      (whole, braced, fallback, plain) => {
        if (whole === "\\$") return "$";
        const name = (braced ?? plain) as string;
        return env.get(name) ?? this.arguments.get(name) ?? (fallback as string | undefined) ?? "";
      },
    );
  }

  private add(
    base: StoredImage,
    createdBy: string,
    config: StoredImage["config"],
    change?: { readonly files: StoredImage["files"]; readonly sizeBytes: number },
  ): void {
    const image = layered(
      base,
      {
        config,
        files: change?.files ?? base.files,
        sizeBytes: change?.sizeBytes ?? 0,
        createdBy,
        comment: "",
        author: "",
        tags: [],
      },
      this.parts.context,
    );
    this.parts.images.add(image);
    this.use(image);
  }

  private copy(base: StoredImage, keyword: string, rest: string): void {
    const { context } = this.parts;
    const { kernel } = context;
    const list = jsonList(rest) ?? words(rest);
    const flags = list.filter((word) => word.startsWith("--"));
    const from = flags.find((flag) => flag.startsWith("--from="))?.slice("--from=".length);
    const paths = list.filter((word) => !word.startsWith("--"));
    const source = from === undefined ? this.files : this.filesOf(from);
    const { entries, problem } = copied(source, paths, base.config.WorkingDir ?? "/");
    if (problem !== undefined) throw new BuildError(`${keyword} failed: ${problem}`);
    const disk = kernel.initialNamespaces.mount.root.inode.fileSystem as LayeredFileSystem;
    const root = containerRoot(kernel, base.files, disk);
    for (const entry of entries) unpack(root.root, entry, context);
    const change = { files: root.snapshot(), sizeBytes: root.ownBytes };
    root.discard();
    this.add(base, `/bin/sh -c #(nop) ${keyword} ${rest}`, base.config, change);
  }

  private filesOf(stage: string): ArchiveEntry[] {
    const image = this.stages.get(stage) ?? this.parts.images.find(stage);
    if (!image) throw new BuildError(`invalid from flag value ${stage}: pull access denied`);
    const found: ArchiveEntry[] = [];
    const walk = (number: number, path: string): void => {
      for (const [name, child] of image.files.records.get(number)?.entries ?? []) {
        const record = image.files.records.get(child);
        const childPath = path === "" ? name : `${path}/${name}`;
        if (!record || !["file", "directory", "symlink"].includes(record.kind)) continue;
        const { mode, uid, gid, modifiedSeconds, target } = record;
        found.push({
          path: childPath,
          kind: record.kind as ArchiveEntry["kind"],
          ...{ mode, uid, gid, modifiedSeconds },
          ...(record.content ? { content: record.content.slice(0, record.sizeBytes) } : {}),
          ...(target === undefined ? {} : { target }),
        });
        walk(child, childPath);
      }
    };
    walk(2, "");
    return found;
  }

  private *runCommand(base: StoredImage, rest: string): Blocking<void> {
    const { engine } = this.parts;
    const shell = base.config.Shell ?? ["/bin/sh", "-c"];
    const list = jsonList(rest);
    const cmd = list ?? [...shell, rest.trim()];
    const env = [...this.arguments].map(([name, value]) => `${name}=${value}`);
    const created = yield* engine.containerCreate(
      { Image: base.id, Entrypoint: [cmd[0] ?? ""], Cmd: cmd.slice(1), Env: env },
      "",
    );
    const container = this.parts.container(created.Id);
    this.say(` ---> Running in ${SHORT(created.Id)}\n`);
    const output = engine.containerAttach(created.Id, { stream: true, stdout: true, stderr: true });
    yield* engine.containerStart(created.Id);
    const frames = new FrameReader();
    for (;;) {
      const data = output.file.read(65_536);
      if (data === undefined) yield { queues: [output.file.changed] };
      else if (data.length === 0) break;
      else for (const frame of frames.push(data)) this.say(decodeUtf8(frame.data));
    }
    const ended = yield* engine.containerWait(created.Id, "not-running").next();
    const status = ended?.StatusCode ?? 0;
    const change = { files: container.root.snapshot(), sizeBytes: container.root.ownBytes };
    if (this.options.remove !== false || status === 0) {
      yield* engine.containerRemove(created.Id, {});
      if (status === 0) this.say(`Removing intermediate container ${SHORT(created.Id)}\n`);
    }
    if (status !== 0) {
      throw new BuildError(
        `The command '${cmd.join(" ")}' returned a non-zero code: ${status}`,
        status,
      );
    }
    this.add(base, cmd.join(" "), base.config, change);
  }
}
