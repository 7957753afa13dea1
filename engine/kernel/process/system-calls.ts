import { NamespaceCalls } from "./calls/namespace-calls.ts";
import type { Sys } from "./sys.ts";

/**
 * What a program's `sys` is. The calls are grouped by idea, each group a class that extends the one
 * before: processes, files, terminals, sockets, namespaces.
 */
export class SystemCalls extends NamespaceCalls implements Sys {}
