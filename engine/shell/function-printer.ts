/** Functions as `declare -f` and `type` print them: bash's own layout. */
import type { CommandNode, CompoundList, PipelineNode, Redirection, Statement, Word } from "unbash";
import type { ShellFunction } from "./shell.ts";
import type { SourceText } from "./source-text.ts";

export function printFunction(name: string, definition: ShellFunction): string {
  const { node, source } = definition;
  return new Printer(source).functionText(name, node.body as CommandNode);
}

class Printer {
  /** Here-documents that follow the line being printed. */
  private pending: string[] = [];

  constructor(private readonly source: SourceText) {}

  functionText(name: string, body: CommandNode): string {
    const redirected = body.type === "Redirected" ? body : undefined;
    const inner = redirected ? redirected.command : body;
    const tail = redirected ? this.redirections(redirected.redirects) : "";
    if (inner.type === "BraceGroup") {
      return `${name} () \n{ \n${this.list(inner.body, 4)}\n}${tail}`;
    }
    return `${name} () \n{ \n    ${this.command(inner, 4)}\n}${tail}`;
  }

  private list(list: CompoundList, indent: number): string {
    const pad = " ".repeat(indent);
    const { commands } = list;
    return commands
      .map((statement, index) => {
        const text = this.statement(statement, indent);
        const end = statement.background ? " &" : index < commands.length - 1 ? ";" : "";
        const documents = this.pending.splice(0).join("");
        return documents === "" ? `${pad}${text}${end}` : `${pad}${text}${end}\n${documents}`;
      })
      .join("\n");
  }

  private statement(statement: Statement, indent: number): string {
    const { command } = statement;
    if (command.type !== "AndOr") return this.pipeline(command, indent);
    return command.commands
      .map((each, index) => {
        const operator = command.operators[index - 1];
        return (operator ? ` ${operator} ` : "") + this.pipeline(each, indent);
      })
      .join("");
  }

  private pipeline(node: PipelineNode, indent: number): string {
    if (node.type !== "Pipeline") return this.command(node, indent);
    const prefix = node.prefixes
      .map((each) => (each.type === "Negation" ? "! " : "time "))
      .join("");
    return (
      prefix +
      node.commands
        .map((each, index) => {
          const operator = node.operators[index - 1];
          const joined = operator === "|&" ? " 2>&1 | " : " | ";
          return (operator ? joined : "") + this.command(each, indent);
        })
        .join("")
    );
  }

  private text(node: { readonly pos: number; readonly end: number }): string {
    return this.source.slice(node);
  }

  private command(node: CommandNode, indent: number): string {
    const pad = " ".repeat(indent);
    const block = (list: CompoundList): string => this.list(list, indent + 4);
    const condition = (list: CompoundList): string =>
      list.commands.map((each) => this.statement(each, indent)).join("; ");
    switch (node.type) {
      case "Command": {
        const words = [
          ...node.prefix.filter((each) => each.type === "Assignment"),
          ...(node.name ? [node.name] : []),
          ...node.args,
        ];
        return words.map((each) => this.text(each)).join(" ") + this.redirections(node.redirects);
      }
      case "Redirected":
        return this.command(node.command, indent) + this.redirections(node.redirects);
      case "BraceGroup":
        return `{ \n${block(node.body)}\n${pad}}`;
      case "Subshell":
        return `( ${condition(node.body)} )`;
      case "If": {
        let out = `if ${condition(node.clause)}; then\n${block(node.then)};\n`;
        node.elif.forEach((branch) => {
          out += `${pad}elif ${condition(branch.clause)}; then\n${block(branch.then)};\n`;
        });
        if (node.else) out += `${pad}else\n${block(node.else)};\n`;
        return `${out}${pad}fi`;
      }
      case "While":
        return `${node.kind} ${condition(node.clause)}; do\n${block(node.body)};\n${pad}done`;
      case "For":
      case "Select": {
        const words = node.wordlist ? this.words(node.wordlist) : '"$@"';
        const keyword = node.type === "For" ? "for" : "select";
        return `${keyword} ${node.name.text} in ${words};\n${pad}do\n${block(node.body)};\n${pad}done`;
      }
      case "ArithmeticFor": {
        const head = this.source.text.slice(node.pos, node.body.pos);
        const inside = head.slice(head.indexOf("((") + 2, head.lastIndexOf("))"));
        const clauses = inside
          .split(";")
          .map((each) => each.trim())
          .join("; ");
        return `for ((${clauses}))\n${pad}do\n${block(node.body)};\n${pad}done`;
      }
      case "Case": {
        const items = node.items.map((item) => {
          const patterns = item.pattern.map((each) => this.text(each)).join(" | ");
          const body = item.body.commands.length > 0 ? this.list(item.body, indent + 8) : "";
          const end = item.terminator ?? ";;";
          return `${pad}    ${patterns})\n${body}\n${pad}    ${end}\n`;
        });
        return `case ${this.text(node.word)} in \n${items.join("")}${pad}esac`;
      }
      case "TestCommand":
        return `[[ ${this.text(node.expression)} ]]`;
      case "ArithmeticCommand":
        return `((${node.body}))`;
      case "Function": {
        const inner = this.functionText(node.name.text, node.body as CommandNode);
        return `function ${inner.replaceAll("\n", `\n${pad}`)}`;
      }
      default:
        return this.text(node);
    }
  }

  private words(words: readonly Word[]): string {
    return words.map((each) => this.text(each)).join(" ");
  }

  private redirections(redirections: readonly Redirection[]): string {
    return redirections
      .map((each) => {
        const descriptor = each.descriptor
          ? each.descriptor.type === "FileDescriptor"
            ? String(each.descriptor.value)
            : `{${each.descriptor.name}}`
          : "";
        if (each.type === "HereDoc") {
          const delimiter = each.delimiter?.text ?? "";
          this.pending.push(`${each.body.text}${each.delimiter?.value ?? ""}\n`);
          return ` ${descriptor}${each.operator}${delimiter}`;
        }
        const target = each.target ? this.text(each.target) : "";
        const duplicate = each.operator === ">&" || each.operator === "<&";
        const fd =
          duplicate && descriptor === "" ? (each.operator === ">&" ? "1" : "0") : descriptor;
        return duplicate
          ? ` ${fd}${each.operator}${target}`
          : ` ${descriptor}${each.operator} ${target}`;
      })
      .join("");
  }
}
