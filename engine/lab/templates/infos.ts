import type { TemplateInfo } from "../../session.ts";
import { parseCableEnd } from "../file/cable-end.ts";
import { parseLab } from "../file/parse.ts";
import { gridPlace, pointOf } from "../model/geometry.ts";
import { TEMPLATES } from "./index.ts";
import type { Template } from "./template.ts";

export function findTemplate(id: string): Template | undefined {
  return TEMPLATES.find((template) => template.id === id);
}

/** What a page that offers the templates shows of them. */
export function templateInfos(): readonly TemplateInfo[] {
  return TEMPLATES.map(templateInfo);
}

function templateInfo({ id, title, summary, yaml }: Template): TemplateInfo {
  const parsed = parseLab(yaml);
  if (!parsed.ok) throw new Error(`the template ${id} is broken`);
  const { nodes = [], cables = [] } = parsed.value;
  const names = nodes.map((node) => node.name);
  return {
    id,
    title,
    summary,
    nodes: nodes.length,
    preview: {
      nodes: nodes.map(({ kind, at }, index) => ({
        kind,
        at: at ? pointOf(at) : gridPlace(index),
      })),
      cables: cables.map(({ ends: [one, two] }): readonly [number, number] => [
        names.indexOf(parseCableEnd(one).node),
        names.indexOf(parseCableEnd(two).node),
      ]),
    },
  };
}
