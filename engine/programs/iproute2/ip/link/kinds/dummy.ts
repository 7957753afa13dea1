import { unknownWord, type LinkKind } from "./kind.ts";

export const dummy: LinkKind = {
  name: "dummy",
  usage: "Usage: ... dummy\n",
  parse(_context, args) {
    if (!args.done) throw unknownWord(dummy, args.take());
    return {};
  },
};
