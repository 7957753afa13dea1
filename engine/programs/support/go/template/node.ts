/** The syntax tree of a template, and how it is shown in messages. */
import { quote } from "../quote.ts";

interface At {
  readonly pos: number;
}
export type Operand =
  | (At & { readonly kind: "dot" })
  | (At & { readonly kind: "nil" })
  | (At & { readonly kind: "bool"; readonly value: boolean })
  | NumberNode
  | (At & { readonly kind: "string"; readonly text: string; readonly source: string })
  | FieldNode
  | VariableNode
  | IdentifierNode
  | (At & { readonly kind: "chain"; readonly node: Operand; readonly fields: readonly string[] })
  | PipeNode;

export interface NumberNode extends At {
  readonly kind: "number";
  readonly source: string;
  /** Undefined: not an integer. */
  readonly int?: number;
  readonly float: number;
  readonly isFloatText: boolean;
}
export interface FieldNode extends At {
  readonly kind: "field";
  readonly fields: readonly string[];
}
export interface VariableNode extends At {
  readonly kind: "variable";
  /** `$x`, and the fields after it. */
  readonly names: readonly string[];
}
export interface IdentifierNode extends At {
  readonly kind: "identifier";
  readonly name: string;
}
export interface CommandNode extends At {
  readonly kind: "command";
  readonly args: readonly Operand[];
}
export interface PipeNode extends At {
  readonly kind: "pipe";
  readonly assigns: boolean;
  readonly declares: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}
export interface BranchNode extends At {
  readonly kind: "if" | "range" | "with";
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly otherwise?: ListNode;
}
export interface TemplateNode extends At {
  readonly kind: "template";
  readonly name: string;
  readonly pipe?: PipeNode;
}
export type Statement =
  | (At & { readonly kind: "text"; readonly text: string })
  | (At & { readonly kind: "action"; readonly pipe: PipeNode })
  | BranchNode
  | TemplateNode
  | (At & { readonly kind: "break" | "continue" });
export type ListNode = readonly Statement[];

/** Source text of a node, normalised. */
export function show(node: Operand | CommandNode | Statement): string {
  switch (node.kind) {
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "number":
    case "string":
      return node.source;
    case "field":
      return node.fields.map((name) => `.${name}`).join("");
    case "variable":
      return node.names.join(".");
    case "identifier":
      return node.name;
    case "chain": {
      const head = node.node.kind === "pipe" ? `(${show(node.node)})` : show(node.node);
      return head + node.fields.map((name) => `.${name}`).join("");
    }
    case "command":
      return node.args.map((arg) => (arg.kind === "pipe" ? `(${show(arg)})` : show(arg))).join(" ");
    case "pipe": {
      const names = node.declares.map(show).join(", ");
      const head = names === "" ? "" : `${names} ${node.assigns ? "=" : ":="} `;
      return head + node.commands.map(show).join(" | ");
    }
    case "text":
      return node.text;
    case "action":
      return `{{${show(node.pipe)}}}`;
    case "template":
      return `{{template ${quote(node.name)}${node.pipe === undefined ? "" : ` ${show(node.pipe)}`}}}`;
    case "if":
    case "range":
    case "with": {
      const otherwise =
        node.otherwise === undefined ? "" : `{{else}}${node.otherwise.map(show).join("")}`;
      return `{{${node.kind} ${show(node.pipe)}}}${node.list.map(show).join("")}${otherwise}{{end}}`;
    }
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
  }
}
