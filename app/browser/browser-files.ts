/**
 * Labs in the browser. A saved lab is kept in IndexedDB; where the File System Access API exists,
 * a lab opened from disk is written back to its file.
 */
import { createStore, del, entries, get, set, type UseStore } from "idb-keyval";
import type { LabFiles, OpenedFile, RecentLab } from "../../renderer/host/host.ts";
import { createRecovery } from "./recovery.ts";

interface KeptLab {
  readonly name: string;
  readonly text: string;
  /** Unix milliseconds. */
  readonly savedAt: number;
  /** The file on disk it was opened from. */
  readonly handle?: FileSystemFileHandle;
}

/** The picker of the File System Access API, which lib.dom does not describe yet. */
interface FilePickers {
  showOpenFilePicker?(options: object): Promise<FileSystemFileHandle[]>;
  showSaveFilePicker?(options: object): Promise<FileSystemFileHandle>;
}

const PICKER_TYPES = [
  {
    description: "Podwire lab",
    accept: { "application/yaml": [".podwire.yaml", ".yaml", ".yml"] },
  },
];

/** Largest file that is read; a lab of 1,000 machines is well below 1 MiB. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

export function createBrowserFiles(): LabFiles {
  const labs = createStore("podwire-labs", "labs");
  const pickers = window as unknown as FilePickers;

  return {
    async open() {
      const chosen = pickers.showOpenFilePicker
        ? await chooseWithHandle(pickers)
        : await chooseWithInput();
      if (!chosen) return undefined;
      return keep(labs, crypto.randomUUID(), chosen.file, chosen.handle);
    },

    async openRecent(id) {
      const lab = await get<KeptLab>(id, labs);
      if (!lab) return undefined;
      if (lab.handle && (await mayUse(lab.handle, "read"))) {
        return keep(labs, id, await lab.handle.getFile(), lab.handle);
      }
      return { id, name: lab.name, text: lab.text };
    },

    async recent() {
      const all = await entries<string, KeptLab>(labs);
      return all
        .map(([id, lab]): RecentLab => ({
          id,
          name: lab.name,
          place: lab.handle ? `file ${lab.handle.name}` : "in this browser",
          savedAt: lab.savedAt,
        }))
        .sort((a, b) => b.savedAt - a.savedAt);
    },

    forgetRecent: (id) => del(id, labs),

    async save(id, text) {
      const lab = await get<KeptLab>(id, labs);
      if (lab?.handle) await writeHandle(lab.handle, text);
      await set(id, { ...lab, name: lab?.name ?? "Lab", text, savedAt: Date.now() }, labs);
    },

    async saveAs(suggestedName, text) {
      const id = crypto.randomUUID();
      await set(id, { name: suggestedName, text, savedAt: Date.now() } satisfies KeptLab, labs);
      return { id, name: suggestedName };
    },

    async exportCopy(suggestedName, text) {
      const fileName = `${suggestedName}.podwire.yaml`;
      if (!pickers.showSaveFilePicker) return download(fileName, text);
      const handle = await cancelled(
        pickers.showSaveFilePicker({ suggestedName: fileName, types: PICKER_TYPES }),
      );
      if (handle) await writeHandle(handle, text);
    },

    ...createRecovery(),
  };
}

async function chooseWithHandle(
  pickers: FilePickers,
): Promise<{ file: File; handle?: FileSystemFileHandle } | undefined> {
  const handles = await cancelled(pickers.showOpenFilePicker?.({ types: PICKER_TYPES }));
  const handle = handles?.[0];
  return handle && { file: await handle.getFile(), handle };
}

function chooseWithInput(): Promise<{ file: File; handle?: FileSystemFileHandle } | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".yaml,.yml";
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      resolve(file && { file });
    });
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}

async function keep(
  labs: UseStore,
  id: string,
  file: File,
  handle: FileSystemFileHandle | undefined,
): Promise<OpenedFile> {
  if (file.size > MAX_FILE_BYTES) {
    throw new Error(
      `${file.name} is ${file.size} bytes; a lab file has at most ${MAX_FILE_BYTES}.`,
    );
  }
  const name = file.name.replace(/\.podwire\.ya?ml$|\.ya?ml$/, "");
  const text = await file.text();
  const lab: KeptLab = handle
    ? { name, text, savedAt: Date.now(), handle }
    : { name, text, savedAt: Date.now() };
  await set(id, lab, labs);
  return { id, name, text };
}

async function writeHandle(handle: FileSystemFileHandle, text: string): Promise<void> {
  if (!(await mayUse(handle, "readwrite")))
    throw new Error(`The browser may not write ${handle.name}.`);
  // The stream writes to a copy that replaces the file when it is closed.
  const stream = await handle.createWritable();
  await stream.write(text);
  await stream.close();
}

async function mayUse(handle: FileSystemFileHandle, mode: "read" | "readwrite"): Promise<boolean> {
  const guarded = handle as FileSystemFileHandle & {
    queryPermission?(options: { mode: string }): Promise<PermissionState>;
    requestPermission?(options: { mode: string }): Promise<PermissionState>;
  };
  if ((await guarded.queryPermission?.({ mode })) === "granted") return true;
  return (await guarded.requestPermission?.({ mode })) === "granted";
}

/** Undefined when the user closed the picker. */
async function cancelled<T>(choice: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await choice;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    throw error;
  }
}

function download(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
