/** `npm run update:coverage`: writes docs/coverage.md anew. */
import { writeFileSync } from "node:fs";
import { coveragePage } from "./coverage-page.ts";

writeFileSync(new URL("../../docs/coverage.md", import.meta.url), coveragePage());
