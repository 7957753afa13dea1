/** `--format` of lists: tables, JSON and Go templates (cli/command/formatter of docker/cli). */
import { marshal } from "../../../programs/support/go/json.ts";
import { alignTabs } from "../../../programs/support/go/tabwriter.ts";
import { parseTemplate, type Template } from "../../../programs/support/go/template/template.ts";
import { TemplateError } from "../../../programs/support/go/template/parse.ts";
import { func } from "../../../programs/support/go/template/functions.ts";
import {
  ANY,
  INT,
  mapOf,
  pointerTo,
  string,
  STRING,
  type GoType,
  type GoValue,
  type Method,
} from "../../../programs/support/go/type.ts";
import { CliError } from "../cli.ts";
import { DOCKER_FUNCTIONS } from "../template-functions.ts";
import type { CliVersion } from "../version.ts";

/** What a list shows of an item: each is a field in templates, a key in JSON, and may be a column. */
export interface ListContext<T> {
  /** Go's name of the type, as messages have it: `ContainerContext`. */
  readonly name: string;
  /** Column headings by field. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields in the order of their names; null is left to JSON, and prints as nil. */
  readonly fields: Readonly<Record<string, (item: T) => string | null>>;
  /** Fields that take an argument, such as `{{.Label "x"}}`. */
  readonly functions?: Readonly<Record<string, (item: T, argument: string) => string>>;
}

const MINIMUM = 10;
const PADDING = 3;

const alignTable = (text: string) => alignTabs(text, MINIMUM, PADDING);

const unescaped = (text: string) => text.replaceAll("\\t", "\t").replaceAll("\\n", "\n");

function valueOf<T>(context: ListContext<T>, item: T): GoValue {
  const constant = (read: (item: T) => string | null): Method => ({
    parameters: [],
    call: () => {
      const text = read(item);
      return text === null ? { type: ANY, data: null } : string(text);
    },
  });
  const methods: Record<string, Method> = {};
  for (const [name, read] of Object.entries(context.fields)) methods[name] = constant(read);
  for (const [name, read] of Object.entries(context.functions ?? {})) {
    methods[name] = {
      parameters: [STRING],
      call: (_, [argument]) => string(read(item, String(argument))),
    };
  }
  const type: GoType = {
    kind: "struct",
    name: `formatter.${context.name}`,
    fields: [],
    methods,
    json: () => itemJson(context, item),
  };
  return { type: pointerTo(type), data: {} };
}

function itemJson<T>(context: ListContext<T>, item: T): string {
  const entries = Object.keys(context.fields).sort();
  const body = entries.map((name) => {
    const text = context.fields[name]?.(item) ?? null;
    return `${JSON.stringify(name)}:${text === null ? "null" : marshal(string(text))}`;
  });
  return `{${body.join(",")}}`;
}

/** In the line of headings the functions leave words as they are. */
const same = (...more: readonly GoType[]) => func([STRING, ...more], ([value = null]) => value);
const HEADER_FUNCTIONS = {
  ...DOCKER_FUNCTIONS,
  json: same(),
  split: same(STRING),
  join: same(STRING),
  title: same(),
  lower: same(),
  upper: same(),
  pad: same(INT, INT),
  truncate: same(INT),
};

function parsed(text: string, functions: typeof DOCKER_FUNCTIONS): Template {
  try {
    return parseTemplate("", text, functions);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(`failed to parse template: ${error.message}`);
  }
}

function run(template: Template, value: GoValue): string {
  try {
    return template.execute(value);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(`failed to execute template: ${error.message}`);
  }
}

export interface ListFormat {
  /** What `--format` says; empty: the table. */
  readonly format: string;
  /** The fields of the table, a tab between two: `{{.ID}}\t{{.Name}}`. */
  readonly table: string;
  /** What `raw` stands for. */
  readonly raw?: string;
  readonly quiet?: boolean;
  /** The field that `-q` prints; `ID` unless said. */
  readonly quietField?: string;
  readonly version: CliVersion;
}

interface Layout {
  readonly text: string;
  readonly table: boolean;
}

function layout({ format, table, raw, quiet, quietField, version }: ListFormat): Layout {
  const tabular = format === "" || format === "table";
  if (quiet === true && (tabular || format === "raw")) {
    return { text: `{{.${quietField ?? "ID"}}}`, table: false };
  }
  if (tabular) return { text: table, table: true };
  if (format === "json" && version === "28") return { text: "{{json .}}", table: false };
  if (format === "raw" && raw !== undefined) return { text: raw, table: false };
  if (format.startsWith("table")) {
    return { text: unescaped(format.slice("table".length).trim()), table: true };
  }
  return { text: unescaped(format.trim()), table: false };
}

/** The whole list, as standard output gets it. Throws CliError for a template that does not fit. */
export function formatList<T>(
  context: ListContext<T>,
  items: readonly T[],
  options: ListFormat,
): string {
  const { text, table } = layout(options);
  const template = parsed(text, DOCKER_FUNCTIONS);
  const rows = items.map((item) => `${run(template, valueOf(context, item))}\n`).join("");
  if (!table) return rows;
  const headers = parsed(text, HEADER_FUNCTIONS).execute(headings(context));
  return alignTable(`${headers}\n${rows}`);
}

function headings<T>(context: ListContext<T>): GoValue {
  const type: GoType = {
    ...mapOf(STRING, "formatter.SubHeaderContext"),
    methods: {
      Label: { parameters: [STRING], call: (_, [name]) => string(labelHeading(String(name))) },
    },
  };
  return { type, data: new Map(Object.entries(context.headers)) };
}

/** `com.docker.stack_name` → `stack name`: what follows the last dot. */
function labelHeading(name: string): string {
  const rest = name.slice(name.lastIndexOf(".") + 1);
  return rest.replaceAll(/[-_]/g, " ");
}

/** Whether a template asks for a field; tables do not unless they name it. */
export function usesField(format: string, field: string): boolean {
  if (["", "table", "raw", "json", "pretty"].includes(format)) return false;
  return new RegExp(`\\.${field}\\b|\\{\\{ *json +\\. *\\}\\}`).test(format);
}

/** `a=b,c=d` */
export function joinLabels(labels: Readonly<Record<string, string>> | null): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
}

/** The first `length` characters, the last of them an ellipsis if more were there. */
export function ellipsis(text: string, length: number): string {
  const letters = [...text];
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join("")}…`;
}

/** An id without its algorithm, twelve digits of it. */
export const shortId = (id: string) => id.replace(/^sha256:/, "").slice(0, 12);
