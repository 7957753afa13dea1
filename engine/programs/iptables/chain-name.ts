/** Names that a user's chain may have. */
import { TARGETS, UNMODELLED_TARGETS } from "../../kernel/netfilter/targets/registry.ts";
import { UsageError, type TargetDefinition } from "../../kernel/netfilter/xtables/extension.ts";

export const VERDICTS = ["ACCEPT", "DROP", "RETURN"] as const;

/** XT_EXTENSION_MAXNAMELEN - 1 */
export const MAX_CHAIN_NAME = 28;

export function isTargetName(name: string): boolean {
  return (
    VERDICTS.some((verdict) => verdict === name) ||
    UNMODELLED_TARGETS.has(name) ||
    TARGETS.some((target) => target.name === name)
  );
}

/** `targets`: those of the program. Throws UsageError. */
export function checkNewName(name: string, targets: readonly TargetDefinition<unknown>[]): void {
  if (name.length > MAX_CHAIN_NAME) {
    throw new UsageError(`chain name \`${name}' too long (must be under 29 chars)`);
  }
  if (/^[-!]/.test(name)) {
    throw new UsageError(`chain name not allowed to start with \`${name[0]}'`);
  }
  if (/\s/.test(name)) throw new UsageError(`Invalid chain name \`${name}'`);
  if (name === "" || isTargetName(name) || targets.some((target) => target.name === name)) {
    throw new UsageError("chain name may not clash with target name");
  }
}
