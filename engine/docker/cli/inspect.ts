/** What `inspect` makes of the objects it found: indented JSON, JSON, or a template's text. */
import { indentJson, stringifyJson } from "../../programs/support/go/json.ts";
import { parseTemplate, type Template } from "../../programs/support/go/template/template.ts";
import { TemplateError } from "../../programs/support/go/template/parse.ts";
import { anyFromJson, fromJson, type GoType } from "../../programs/support/go/type.ts";
import { DOCKER_FUNCTIONS } from "./template-functions.ts";
import type { CliVersion } from "./version.ts";

/** An object, and the Go struct that the client reads it into. */
export interface Inspected {
  readonly type: GoType;
  readonly json: unknown;
  /** The engine escaped `<`, `>` and `&` in it. */
  readonly escaped?: boolean;
}

const INDENT = "    ";

export interface Inspector {
  /** Throws TemplateError when the template does not fit. */
  add(object: Inspected): void;
  /** Everything so far, as standard output gets it. */
  text(): string;
}

/** Throws TemplateError: the template is not one. */
export function createInspector(format: string, version: CliVersion): Inspector {
  if (format === "" || (format === "json" && version === "28")) return jsonInspector(format);
  return templateInspector(parseInspectTemplate(format));
}

function parseInspectTemplate(format: string): Template {
  try {
    return parseTemplate("", format, DOCKER_FUNCTIONS);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(`template parsing error: ${error.message}`);
  }
}

function jsonInspector(format: string): Inspector {
  const found: Inspected[] = [];
  const write = (each: (object: Inspected) => string) => found.map(each);
  return {
    add: (object) => void found.push(object),
    text: () => {
      if (format === "json") {
        const items = write(({ json, escaped }) => stringifyJson(json, escaped === true));
        return `[${items.join(",")}]\n`;
      }
      if (found.length === 0) return "[]\n";
      const items = write(
        ({ json, escaped }) => INDENT + indentJson(json, INDENT, escaped === true, INDENT),
      );
      return `[\n${items.join(",\n")}\n]\n`;
    },
  };
}

/** Runs on the typed struct, and where that fails on the JSON as it came. */
function templateInspector(template: Template): Inspector {
  let out = "";
  return {
    add({ type, json }) {
      try {
        out += `${template.execute({ type, data: fromJson(type, json) })}\n`;
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        out += `${onRawJson(template, json)}\n`;
      }
    },
    text: () => (out === "" ? "\n" : out),
  };
}

function onRawJson(template: Template, json: unknown): string {
  try {
    return template.execute(anyFromJson(json), "error");
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(`template parsing error: ${error.message}`);
  }
}
