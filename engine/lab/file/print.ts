/** From a lab to the text of its file: stable and minimal, so that two versions can be compared. */
import { Document, isCollection, isMap, isPair, isScalar, Scalar, visit } from "yaml";
import { canonicalLab } from "./canonical.ts";
import type { LabFile } from "./schema.ts";

/** Short lists that read better on one line. */
const ON_ONE_LINE = new Set(["at", "size", "ends", "members"]);

export function printLab(lab: LabFile): string {
  const document = new Document(canonicalLab(lab), { aliasDuplicateObjects: false });
  const { contents } = document;
  if (isMap(contents)) {
    for (const pair of contents.items) {
      const { key, value } = pair;
      if (isScalar(key) && isCollection(value)) (key as Scalar).spaceBefore = true;
    }
  }
  visit(document, {
    Pair(_, pair) {
      if (!isPair(pair) || !isScalar(pair.key) || !isCollection(pair.value)) return;
      if (ON_ONE_LINE.has(String(pair.key.value))) pair.value.flow = true;
    },
    Scalar(_, scalar) {
      // A file's text is read line by line, not as one line full of "\n".
      if (typeof scalar.value === "string" && /\n/.test(scalar.value)) {
        scalar.type = Scalar.BLOCK_LITERAL;
      }
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, indentSeq: true });
}
