/** What rules share by a name, each with a file in /proc/net: the lists of recent, the tables of hashlimit. */
import type { NetNamespace } from "../../netns.ts";
import type { MatchUse } from "./rule.ts";

export interface NamedState {
  /** What its file says. */
  print(): string;
}

export class NamedStates {
  private readonly states = new Map<string, NamedState>();

  constructor(private readonly netns: NetNamespace) {}

  /** `path`: of the file, under /proc/net. */
  get(path: string): NamedState | undefined {
    return this.states.get(path);
  }

  /** They live as long as a rule names them. */
  keepOnlyThoseOf(uses: readonly MatchUse[]): void {
    const used = new Set<string>();
    for (const { definition, config } of uses) {
      if (!definition.named) continue;
      const path = definition.named.path(config);
      used.add(path);
      if (this.states.has(path)) continue;
      const state = definition.named.create(config, this.netns);
      this.states.set(path, state);
      this.netns.procNet.set(path, () => state.print());
    }
    for (const path of this.states.keys()) {
      if (used.has(path)) continue;
      this.states.delete(path);
      this.netns.procNet.delete(path);
    }
  }
}
