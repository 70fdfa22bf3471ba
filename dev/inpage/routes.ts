/** Answers requests to addresses below `prefix`. `url` is without it. */
export type Route = [
  prefix: string,
  answer: (request: Request, url: URL) => Promise<Response>,
];

/** The answer of the route that a request is for; null if it is for none. */
export function answerOf(
  routes: readonly Route[],
  request: Request,
): Promise<Response> | null {
  for (const [prefix, answer] of routes) {
    if (!request.url.startsWith(`${prefix}/`)) continue;
    return answer(
      request,
      new URL(request.url.slice(prefix.length), "http://in.page"),
    );
  }
  return null;
}

/** Lets functions reach what runs in this worker by its address. All else goes to the network. */
export function routeFetch(routes: readonly Route[]): void {
  const network = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    return answerOf(routes, request) ?? network.call(globalThis, request);
  };
}
