import type { Program } from "./program.ts";

type Programs = ReadonlyMap<string, Program>;

/** What exec can run, by `programKey`: the programs of the disk, and of images that came later. */
export class ProgramRegistry {
  private readonly added = new Set<Programs>();

  constructor(private readonly own: Programs) {}

  get(key: string): Program | undefined {
    const found = this.own.get(key);
    if (found) return found;
    for (const programs of this.added) {
      const other = programs.get(key);
      if (other) return other;
    }
    return undefined;
  }

  add(programs: Programs): void {
    this.added.add(programs);
  }
}
