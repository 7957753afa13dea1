/** What the engine says to whatever is a swarm's: it is in none. */
import { ApiError } from "../api/errors.ts";

export function notManager(): ApiError {
  return new ApiError(
    503,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  );
}
