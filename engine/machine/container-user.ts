/** Who a container's process runs as, from the container's own /etc/passwd and /etc/group. */
import { KernelError } from "../kernel/errno.ts";
import type { Sys } from "../kernel/process/sys.ts";

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly home: string;
}

/** The user or group that was asked for does not exist; `message` is the engine's. */
export class UnknownUserError extends Error {}

/** `NAME|UID[:GROUP|GID]`, or nothing for root. UnknownUserError */
export function resolveUser(sys: Sys, text: string): ContainerUser {
  const [userName = "", groupName] = text.split(":");
  const users = table(sys, "/etc/passwd");
  const wanted = userName === "" ? "0" : userName;
  const user = users.find(([name]) => name === wanted) ?? users.find(([, , uid]) => uid === wanted);
  if (!user && !isNumber(wanted)) {
    throw new UnknownUserError(
      `unable to find user ${userName}: no matching entries in passwd file`,
    );
  }
  const groups = table(sys, "/etc/group");
  const name = user?.[0];
  const members = groups.filter(([, , , list = ""]) => {
    return name !== undefined && list.split(",").includes(name);
  });
  return {
    uid: Number(user?.[2] ?? wanted),
    gid: groupName === undefined ? Number(user?.[3] ?? 0) : groupNumber(groups, groupName),
    groups: groupName === undefined ? members.map(([, , gid]) => Number(gid)) : [],
    home: user?.[5] ?? "/",
  };
}

function groupNumber(groups: readonly string[][], text: string): number {
  const found = groups.find(([name]) => name === text) ?? groups.find(([, , gid]) => gid === text);
  if (found) return Number(found[2]);
  if (isNumber(text)) return Number(text);
  throw new UnknownUserError(`unable to find group ${text}: no matching entries in group file`);
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function table(sys: Sys, path: string): string[][] {
  try {
    return sys
      .readTextFile(path)
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(":"));
  } catch (error) {
    if (error instanceof KernelError) return [];
    throw error;
  }
}
