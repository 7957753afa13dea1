/**
 * Lab files on the user's disk. The window names files by ids that this store gave out after
 * the user chose them in a dialog; it never names a path.
 */
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { OpenedFile, RecentLab } from "../../renderer/host/host.ts";

export const LAB_EXTENSION = ".podwire.yaml";
const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_RECENT = 20;

const recentSchema = z.array(z.object({ path: z.string(), savedAt: z.number() }));
const recoverySchema = z.object({
  fileId: z.string().optional(),
  name: z.string(),
  text: z.string(),
  writtenAt: z.number(),
});

export type Recovery = z.infer<typeof recoverySchema>;

export class LabStore {
  private readonly paths = new Map<string, string>();
  private known: { path: string; savedAt: number }[] | undefined;

  constructor(
    /** The application's own folder, for the recent list and the recovery file. */
    private readonly folder: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Reads a file the user chose or the system handed over. Errors name the file. */
  async read(file: string): Promise<OpenedFile> {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) {
      throw new Error(`${file} is ${size} bytes; a lab file has at most ${MAX_FILE_BYTES}.`);
    }
    const text = await readFile(file, "utf8");
    await this.remember(file);
    return { id: this.idOf(file), name: nameOf(file), text };
  }

  async readById(id: string): Promise<OpenedFile | undefined> {
    const file = await this.pathOf(id);
    return file === undefined ? undefined : this.read(file);
  }

  async save(id: string, text: string): Promise<void> {
    const file = await this.pathOf(id);
    if (file === undefined) throw new Error("This lab's file is not known any more: use Save as.");
    await this.write(file, text);
  }

  async write(file: string, text: string): Promise<{ id: string; name: string }> {
    await writeAtomically(file, text);
    await this.remember(file);
    return { id: this.idOf(file), name: nameOf(file) };
  }

  /** Writes a copy that does not become the open file. */
  async export(file: string, text: string): Promise<void> {
    await writeAtomically(file, text);
  }

  async recent(): Promise<readonly RecentLab[]> {
    return (await this.load()).map((entry) => ({
      id: this.idOf(entry.path),
      name: nameOf(entry.path),
      place: entry.path,
      savedAt: entry.savedAt,
    }));
  }

  async forget(id: string): Promise<void> {
    const list = await this.load();
    this.known = list.filter((entry) => this.idOf(entry.path) !== id);
    await this.storeRecent();
  }

  async writeRecovery(recovery: Omit<Recovery, "writtenAt">): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const record: Recovery = { ...recovery, writtenAt: this.now() };
    await writeAtomically(this.recoveryFile, JSON.stringify(record));
  }

  async readRecovery(): Promise<Recovery | undefined> {
    return readJson(this.recoveryFile, recoverySchema);
  }

  async clearRecovery(): Promise<void> {
    await rm(this.recoveryFile, { force: true });
  }

  private get recoveryFile(): string {
    return path.join(this.folder, "recovery.json");
  }

  private get recentFile(): string {
    return path.join(this.folder, "recent.json");
  }

  private idOf(file: string): string {
    const id = createHash("sha256").update(path.resolve(file)).digest("hex").slice(0, 32);
    this.paths.set(id, path.resolve(file));
    return id;
  }

  private async pathOf(id: string): Promise<string | undefined> {
    if (!this.paths.has(id)) await this.recent();
    return this.paths.get(id);
  }

  private async remember(file: string): Promise<void> {
    const resolved = path.resolve(file);
    const others = (await this.load()).filter((entry) => entry.path !== resolved);
    this.known = [{ path: resolved, savedAt: this.now() }, ...others].slice(0, MAX_RECENT);
    await this.storeRecent();
  }

  private async load(): Promise<{ path: string; savedAt: number }[]> {
    this.known ??= (await readJson(this.recentFile, recentSchema)) ?? [];
    return this.known;
  }

  private async storeRecent(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeAtomically(this.recentFile, JSON.stringify(this.known));
  }
}

function nameOf(file: string): string {
  return path.basename(file).replace(/\.podwire\.ya?ml$|\.ya?ml$/, "");
}

/** A crash leaves either the old file or the new one, never half of each. */
async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, "w");
    try {
      await handle.writeFile(text, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Undefined when there is no such file, or it is not what we wrote. */
async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
