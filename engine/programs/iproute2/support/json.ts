/** JSON as iproute2's json_writer lays it out, compact or pretty. */

/** Printed as C's %.2f prints it. */
export class Decimal {
  constructor(readonly value: number) {}
}

export type Json = string | number | boolean | null | Decimal | Json[] | JsonObject;

export class JsonObject {
  readonly members: [key: string, value: Json][] = [];
}

function quote(text: string): string {
  return JSON.stringify(text);
}

export function formatJson(value: Json, pretty: boolean, depth = 0): string {
  if (value instanceof Decimal) return value.value.toFixed(2);
  if (typeof value === "string") return quote(value);
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => formatJson(item, pretty, depth + 1)).join(",");
    if (!pretty) return `[${items}]`;
    return items === "" ? "[ ]" : `[ ${items} ]`;
  }
  const line = (level: number): string => (pretty ? `\n${"    ".repeat(level)}` : "");
  const members = value.members.map(
    ([key, member]) =>
      `${line(depth + 1)}${quote(key)}:${pretty ? " " : ""}${formatJson(member, pretty, depth + 1)}`,
  );
  if (members.length === 0) return "{}";
  return `{${members.join(",")}${line(depth)}}`;
}
