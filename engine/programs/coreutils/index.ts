import type { Program } from "../../kernel/process/program.ts";
import { cat } from "./cat.ts";
import { cut } from "./cut.ts";
import { head } from "./head.ts";
import { seq } from "./seq.ts";
import { sleep } from "./sleep.ts";
import { tail } from "./tail.ts";
import { tee } from "./tee.ts";
import { tr } from "./tr.ts";
import { uniq } from "./uniq.ts";
import { wc } from "./wc.ts";

export const COREUTILS: readonly Program[] = [cat, cut, head, seq, sleep, tail, tee, tr, uniq, wc];
