/**
 * Unsaved work, kept so that it survives a crash. Each tab writes its own record and holds a lock
 * while it lives: a record whose lock is free was left behind by a tab that died.
 */
import { createStore, del, entries, set } from "idb-keyval";
import type { LabFiles } from "../../renderer/host/host.ts";

interface RecoveryRecord {
  readonly fileId?: string;
  readonly name: string;
  readonly text: string;
  /** Unix milliseconds. */
  readonly writtenAt: number;
}

const LOCK_PREFIX = "podwire-tab-";

export function createRecovery(): Pick<
  LabFiles,
  "writeRecovery" | "readRecovery" | "clearRecovery"
> {
  const records = createStore("podwire-recovery", "records");
  const tab = crypto.randomUUID();
  holdLock(LOCK_PREFIX + tab);
  /** The record offered to the user; it goes when the user decided about it. */
  let adopted: string | undefined;

  return {
    async writeRecovery(recovery) {
      await set(tab, { ...recovery, writtenAt: Date.now() } satisfies RecoveryRecord, records);
    },

    async readRecovery() {
      const alive = await liveTabs();
      const abandoned = (await entries<string, RecoveryRecord>(records))
        .filter(([id]) => !alive.has(id))
        .sort(([, a], [, b]) => b.writtenAt - a.writtenAt);
      const newest = abandoned[0];
      adopted = newest?.[0];
      return newest?.[1];
    },

    async clearRecovery() {
      await del(tab, records);
      if (adopted !== undefined) await del(adopted, records);
      adopted = undefined;
    },
  };
}

/** Held until the page goes away. */
function holdLock(name: string): void {
  void navigator.locks?.request(name, () => new Promise(() => undefined));
}

async function liveTabs(): Promise<ReadonlySet<string>> {
  const held = (await navigator.locks?.query())?.held ?? [];
  return new Set(
    held.flatMap((lock) =>
      lock.name?.startsWith(LOCK_PREFIX) ? [lock.name.slice(LOCK_PREFIX.length)] : [],
    ),
  );
}
