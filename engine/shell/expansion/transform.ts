/** `${x@Q}` and its sisters. */
import type { ParameterOperation } from "unbash";
import { backslashQuote, doubleQuote, quoteForReuse } from "../quoting.ts";
import type { Shell } from "../shell.ts";
import { declarationOf, variableFlags } from "../shell-variables.ts";
import { decodeAnsiC } from "./word.ts";

interface Subject {
  readonly name: string;
  readonly list: "@" | "*" | undefined;
  readonly values: readonly string[];
}

export function transform(
  shell: Shell,
  operation: Extract<ParameterOperation, { type: "Transform" }>,
  subject: Subject,
): string {
  const value = subject.values[0] ?? "";
  const variable = shell.variables.get(subject.name);
  switch (operation.operand.text) {
    case "Q":
      return quoteForReuse(value);
    case "E":
      return decodeAnsiC(value);
    case "U":
      return value.toUpperCase();
    case "L":
      return value.toLowerCase();
    case "u":
      return value.charAt(0).toUpperCase() + value.slice(1);
    case "a":
      return variable ? variableFlags(variable) : "";
    case "A": {
      if (!variable) return "";
      if (variable.kind === "scalar" && variableFlags(variable) === "") {
        return `${subject.name}=${quoteForReuse(value)}`;
      }
      return declarationOf(subject.name, variable, quoteForReuse);
    }
    default: {
      if (!variable || !subject.list) return quoteForReuse(value);
      return variable
        .keys()
        .map(
          (key) =>
            `${/^\w+$/.test(key) ? key : backslashQuote(key)} ${doubleQuote(variable.element(key) ?? "")}`,
        )
        .join(" ");
    }
  }
}
