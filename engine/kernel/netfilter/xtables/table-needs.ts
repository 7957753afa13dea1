/** What the rules of a table need besides the packet. */
import type { MatchDefinition, TargetDefinition } from "./extension.ts";
import type { MatchUse, Table } from "./rule.ts";

export interface TableNeeds {
  readonly tracksConnections: boolean;
  /** A rule marks packets to be traced. */
  readonly traces: boolean;
  /** Matches that remember under a name. */
  readonly named: readonly MatchUse[];
}

export function needsOf({ chains }: Table): TableNeeds {
  let tracksConnections = false;
  let traces = false;
  const named: MatchUse[] = [];
  for (const { rules } of chains.values()) {
    for (const { matches, target } of rules) {
      for (const use of matches) {
        tracksConnections ||= tracks(use);
        if (use.definition.named) named.push(use);
      }
      if (target.kind !== "extension") continue;
      tracksConnections ||= tracks(target);
      traces ||= target.definition.name === "TRACE";
    }
  }
  return { tracksConnections, traces, named };
}

interface ExtensionUse {
  readonly definition: MatchDefinition<unknown> | TargetDefinition<unknown>;
  readonly config: unknown;
}

function tracks({ definition, config }: ExtensionUse): boolean {
  const { tracksConnections = false } = definition;
  return typeof tracksConnections === "function" ? tracksConnections(config) : tracksConnections;
}
