import type { Template } from "./template.ts";

export const empty: Template = {
  id: "empty",
  title: "Empty lab",
  summary: "A blank canvas.",
  yaml: `
podwire: 1
name: New lab
`,
};
