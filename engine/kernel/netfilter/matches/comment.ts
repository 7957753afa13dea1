/** A remark. Linux net/netfilter/xt_comment.c. */
import { defineMatch } from "../xtables/extension.ts";
import { missingOption, quoted } from "../xtables/options.ts";

/** XT_MAX_COMMENT_LEN, with the terminating zero. */
const MAX_BYTES = 256;

export const comment = defineMatch<string>({
  name: "comment",
  docs: { summary: "a remark", examples: ['-m comment --comment "only the lan"'] },
  options: { comment: "argument" },
  parse(options) {
    const text = options.at(-1)?.value;
    if (text === undefined) throw missingOption("comment", "comment");
    // A byte is left for the end.
    return text.slice(0, MAX_BYTES - 1);
  },
  save: (text) => ` --comment ${quoted(text)}`,
  list: (text) => ` /* ${text} */`,
  evaluate: () => true,
});
