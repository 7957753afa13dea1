/** What bash's grammar has and dash's has not. */
import { forEachChild, type Script, type SyntaxNode } from "unbash";
import type { SyntaxProblem } from "./syntax.ts";

/** The first construct that dash refuses as it reads it. */
export function findBashism(script: Script, text: string): SyntaxProblem | undefined {
  let found: SyntaxProblem | undefined;
  const visit = (node: SyntaxNode): void => {
    if (found) return;
    found = bashism(node, text);
    if (!found) forEachChild(node, visit);
  };
  script.commands.forEach(visit);
  return found;
}

function bashism(node: SyntaxNode, text: string): SyntaxProblem | undefined {
  const token = (name: string, position: number): SyntaxProblem => ({
    kind: "token",
    token: name,
    position,
  });
  switch (node.type) {
    case "ArrayValue":
      return token("(", node.pos);
    case "HereString":
      return token("redirection", node.pos);
    case "ProcessSubstitution":
      return token("(", node.pos);
    case "ArithmeticFor":
      return { kind: "condition", message: "Bad for loop variable", position: node.pos };
    case "Function": {
      if (!/^function\s/.test(text.slice(node.pos, node.pos + 9))) return undefined;
      const paren = text.indexOf("(", node.pos);
      const brace = text.indexOf("}", node.pos);
      return paren >= 0 && paren < brace ? token("(", paren) : token("}", brace);
    }
    default:
      return undefined;
  }
}
