import type { HookContext } from "../xtables/hook-context.ts";

export type ConnectionState = "INVALID" | "NEW" | "RELATED" | "ESTABLISHED" | "UNTRACKED";

export function stateOf({ track }: HookContext): ConnectionState {
  return track?.state ?? "INVALID";
}
