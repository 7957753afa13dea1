import { z } from "zod";
import { labSchema } from "./schema.ts";

/** The JSON Schema of the lab file, for completion and checks in editors; as indented text. */
export function labJsonSchema(): string {
  const schema = z.toJSONSchema(labSchema, { io: "input", target: "draft-7", reused: "ref" });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
