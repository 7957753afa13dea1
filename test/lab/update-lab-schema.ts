/** `npm run update:lab-schema`: writes docs/lab.schema.json anew from engine/lab/file/schema.ts. */
import { writeFileSync } from "node:fs";
import { labJsonSchema } from "../../engine/lab/file/json-schema.ts";

writeFileSync(new URL("../../docs/lab.schema.json", import.meta.url), labJsonSchema());
