import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import { ApiError } from "../../../api/errors.ts";

/** 304: it is so already, which the command line takes for success. */
export function* ignoreUnchanged(request: Blocking<void>): Blocking<void> {
  try {
    yield* request;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 304) throw error;
  }
}
