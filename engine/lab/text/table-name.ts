/** Routing tables by the names of /etc/iproute2/rt_tables. */
import { TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN } from "../../kernel/rtnetlink/messages.ts";
import { TextError, type Words } from "./words.ts";

const NAMES: ReadonlyMap<string, number> = new Map([
  ["local", TABLE_LOCAL],
  ["main", TABLE_MAIN],
  ["default", TABLE_DEFAULT],
]);

export function readTable(words: Words): number {
  const word = words.next("a routing table");
  const named = NAMES.get(word);
  if (named !== undefined) return named;
  const number = /^\d+$/.test(word) ? Number(word) : 0;
  if (number < 1 || number > 0xffffffff) {
    throw new TextError(`"${word}" is not a routing table: a number, local, main or default`);
  }
  return number;
}

export function tableName(table: number): string {
  for (const [name, number] of NAMES) if (number === table) return name;
  return String(table);
}
