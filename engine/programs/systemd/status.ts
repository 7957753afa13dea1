/** `systemctl status`, in the layout of systemd 252. */
import type { Sys } from "../../kernel/process/sys.ts";
import { exitStatusName, type ServiceManager } from "../../machine/service-manager.ts";
import type { ServiceStatus } from "../../machine/service.ts";
import { ago, commandLineOf, journalLine, longTime, processTree, timeSpan } from "./support.ts";

/** Lines of the journal below a unit's status. */
const LOG_LINES = 10;

/** systemctl(1): 0 it runs, 3 it does not. */
export function statusCode({ state }: ServiceStatus): number {
  return state === "active" ? 0 : 3;
}

/** What stands in the column ACTIVE and SUB. */
export function activeState({ state, startPre }: ServiceStatus): readonly [string, string] {
  switch (state) {
    case "active":
      return ["active", "running"];
    case "inactive":
      return ["inactive", "dead"];
    case "failed":
      return ["failed", "failed"];
    case "activating":
      return ["activating", startPre ? "auto-restart" : "start-pre"];
    case "deactivating":
      return ["deactivating", "stop-sigterm"];
  }
}

export interface StatusOptions {
  /** How many lines of the journal. */
  readonly lines?: number;
}

export function describeStatus(
  sys: Sys,
  manager: ServiceManager,
  status: ServiceStatus,
  options: StatusOptions,
): string {
  const { unit, state } = status;
  const mark = { active: "●", failed: "×", inactive: "○", activating: "●", deactivating: "●" };
  const rows: (readonly [string, string])[] = [
    [
      "Loaded",
      `loaded (/lib/systemd/system/${unit.name}.service; ` +
        `${status.enabled ? "enabled" : "disabled"}; preset: enabled)`,
    ],
    ["Active", activeText(sys, status)],
  ];
  if (status.lastedSeconds !== undefined && status.mainPid === 0) {
    rows.push(["Duration", timeSpan(status.lastedSeconds)]);
  }
  if (unit.documentation !== undefined) rows.push(["Docs", unit.documentation]);
  if (status.startPre && unit.startPre && state !== "inactive") {
    const { pid, code } = status.startPre;
    const end = `code=exited, status=${code}/${exitStatusName(code)}`;
    rows.push(["Process", `${pid} ExecStartPre=${unit.startPre.join(" ")} (${end})`]);
  }
  if (status.mainPid === 0 && status.lastPid !== 0) {
    rows.push([
      "Process",
      `${status.lastPid} ExecStart=${unit.argv.join(" ")} (${endText(status)})`,
    ]);
  }
  if (status.mainPid !== 0) {
    rows.push(["Main PID", `${status.mainPid} (${programOf(unit.argv[0])})`]);
    const tree = processTree(sys, status.mainPid);
    rows.push(["Tasks", String(tree.length)], ["CGroup", `/system.slice/${unit.name}.service`]);
    const lines = rows.map(([name, text]) => `${name.padStart(11)}: ${text}\n`);
    return heading(mark[state], status) + lines.join("") + treeText(sys, tree) + logs();
  }
  if (status.lastPid !== 0) {
    rows.push(["Main PID", `${status.lastPid} (${endText(status)})`]);
  }
  const lines = rows.map(([name, text]) => `${name.padStart(11)}: ${text}\n`);
  return heading(mark[state], status) + lines.join("") + logs();

  function logs(): string {
    const found = manager.logs(unit.name).slice(-(options.lines ?? LOG_LINES));
    if (options.lines === 0 || found.length === 0) return "";
    return `\n${found.map((line) => journalLine(sys, line)).join("")}`;
  }
}

function heading(mark: string, { unit }: ServiceStatus): string {
  return `${mark} ${unit.name}.service - ${unit.description}\n`;
}

function activeText(sys: Sys, status: ServiceStatus): string {
  const [active, sub] = activeState(status);
  const detail =
    status.state === "failed" ? `(Result: ${status.failure ?? "exit-code"})` : `(${sub})`;
  // What has never run has no time of a change.
  if (status.state === "inactive" && status.lastPid === 0) return `${active} ${detail}`;
  const since = `${longTime(status.sinceSeconds)}; ${ago(sys, status.sinceSeconds)}`;
  return `${active} ${detail} since ${since}`;
}

function endText({ result }: ServiceStatus): string {
  if (!result) return "code=exited, status=0/SUCCESS";
  if ("code" in result) return `code=exited, status=${result.code}/${exitStatusName(result.code)}`;
  return `code=killed, signal=${result.signal}`;
}

function programOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function treeText(sys: Sys, tree: readonly number[]): string {
  const width = Math.max(...tree.map((pid) => String(pid).length));
  return tree
    .map((pid, index) => {
      const branch = index === tree.length - 1 ? "└─" : "├─";
      return `${" ".repeat(13)}${branch}${String(pid).padStart(width)} ${commandLineOf(sys, pid)}\n`;
    })
    .join("");
}
