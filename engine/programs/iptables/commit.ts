/** Handing a table to the kernel, and the words for its refusal. */
import { KernelError, strerror, type Errno } from "../../kernel/errno.ts";
import type { Netfilter } from "../../kernel/netfilter/netfilter.ts";
import { NO_CHAIN, type Refusable } from "./commands.ts";
import type { Draft } from "./draft.ts";
import { Failure, kernelFailure, storeOf, usageFailure, versionOf, type Face } from "./failure.ts";

/** nf_tables has words of its own for a loop. */
const NFT_ERRNO: Partial<Record<Errno, string>> = { ELOOP: "Too many links" };

export function commit(face: Face, netfilter: Netfilter, draft: Draft, refusable: Refusable): void {
  const missing = draft.missingChain();
  if (missing !== undefined) throw usageFailure(face, `Chain '${missing}' does not exist`);
  try {
    storeOf(face, netfilter).replaceTable(face.flavour, draft.finish());
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw refusal(face, error.errno, refusable);
  }
}

/** `RULE_APPEND failed (Invalid argument): rule in chain INPUT` */
export function refusedOperation(errno: Errno, { operation, what }: Refusable): string {
  return `${operation} failed (${NFT_ERRNO[errno] ?? strerror(errno)}): ${what}`;
}

function refusal(face: Face, errno: Errno, refusable: Refusable): Failure {
  if (face.flavour === "nft") {
    return new Failure(`${versionOf(face)}:  ${refusedOperation(errno, refusable)}`, 4);
  }
  if (errno === "ENOENT") return kernelFailure(face, NO_CHAIN);
  const hint = errno === "EINVAL" ? ". Run `dmesg' for more information" : "";
  return kernelFailure(face, `${strerror(errno)}${hint}`);
}
