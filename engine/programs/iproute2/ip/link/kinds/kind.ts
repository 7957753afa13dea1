import type {
  BridgePortSettings,
  LinkMessage,
  NewLink,
} from "../../../../../kernel/rtnetlink/messages.ts";
import { Exit, type Args } from "../../../support/args.ts";
import type { Context } from "../../../support/context.ts";
import type { Printer } from "../../../support/printer.ts";

/** What the words after `type KIND` ask for. */
export type KindRequest = Partial<NewLink> & {
  readonly port?: Partial<BridgePortSettings>;
  readonly flushFdb?: boolean;
};

/** A device kind as `ip link` knows it: its words, its `-d` line and its help. */
export interface LinkKind {
  readonly name: string;
  readonly usage: string;
  /** Takes all the words that are left. */
  parse(context: Context, args: Args): KindRequest;
  /** Looks at the words for a device to be made, if there are any. */
  checkNew?(context: Context, request: KindRequest): void;
  /** IFLA_INFO_DATA: text after the kind's name, members of `info_data`. */
  describe?(context: Context, printer: Printer, link: LinkMessage): void;
}

/** A word that the kind does not have. */
export function unknownWord(kind: LinkKind, word: string, noun = "command"): Exit {
  if (word === "help") return new Exit(1, kind.usage);
  return new Exit(1, `${kind.name}: unknown ${noun} "${word}"?\n${kind.usage}`);
}
