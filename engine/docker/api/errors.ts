/**
 * What the engine refuses, as its HTTP answer says it: a status code and `{"message": …}`.
 * The command line prints `Error response from daemon: MESSAGE`.
 */
export class ApiError extends Error {
  constructor(
    readonly status: 304 | 400 | 403 | 404 | 409 | 500 | 501 | 503,
    message: string,
  ) {
    super(message);
  }
}
