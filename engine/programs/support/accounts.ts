/** Users and groups as /etc/passwd and /etc/group list them. */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";

export interface Account {
  readonly name: string;
  readonly id: number;
  /** Users: the primary group. Groups: the same as `id`. */
  readonly gid: number;
  readonly fields: readonly string[];
}

function readTable(sys: Sys, path: string, gidField: number): readonly Account[] {
  let text: string;
  try {
    text = sys.readTextFile(path);
  } catch (error) {
    if (error instanceof KernelError) return [];
    throw error;
  }
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length > gidField)
    .map((fields) => ({
      name: fields[0] as string,
      id: Number(fields[2]),
      gid: Number(fields[gidField]),
      fields,
    }));
}

export function users(sys: Sys): readonly Account[] {
  return readTable(sys, "/etc/passwd", 3);
}

export function groups(sys: Sys): readonly Account[] {
  return readTable(sys, "/etc/group", 2);
}

/** The name, or the number where nobody has it. */
export function userName(sys: Sys, uid: number): string {
  return users(sys).find((user) => user.id === uid)?.name ?? String(uid);
}

export function groupName(sys: Sys, gid: number): string {
  return groups(sys).find((group) => group.id === gid)?.name ?? String(gid);
}

/** A name or a number; undefined: there is no such user. */
export function findUser(sys: Sys, text: string): number | undefined {
  return users(sys).find((user) => user.name === text)?.id ?? number(text);
}

export function findGroup(sys: Sys, text: string): number | undefined {
  return groups(sys).find((group) => group.name === text)?.id ?? number(text);
}

/** initgroups(3): the primary group of a user and those that list it as a member. */
export function supplementaryGroups(sys: Sys, login: string): readonly number[] {
  const primary = users(sys).find((user) => user.name === login)?.gid;
  const others = groups(sys)
    .filter((group) => (group.fields[3] ?? "").split(",").includes(login))
    .map((group) => group.id);
  return [...new Set(primary === undefined ? others : [primary, ...others])];
}

function number(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
