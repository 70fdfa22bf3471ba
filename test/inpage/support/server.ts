import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const DEMO = fileURLToPath(new URL("../../../demo-dist/", import.meta.url));
/** Not at the root: the demo is served from any folder. */
const FOLDER = "/some/folder/";
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** What becomes of a file on its way: a test's deploy. */
export type Edit = (name: string, text: string) => string;

/** A server of files, as any host of static sites is one. */
export class DemoServer {
  readonly #server: Server;
  edit: Edit = (_name, text) => text;

  private constructor() {
    this.#server = createServer(({ url = "/" }, response) => {
      const { pathname } = new URL(url, "http://any");
      const name = pathname.startsWith(FOLDER)
        ? pathname.slice(FOLDER.length) || "index.html"
        : "no file";
      // A worker of another build has another name, and is made of this one.
      const file = join(DEMO, name.replace(/^other-/, ""));
      if (!existsSync(file)) {
        response.statusCode = 404;
        response.end();
        return;
      }
      response.setHeader("content-type", TYPES[extname(file)] ?? "text/plain");
      response.end(this.edit(name, readFileSync(file, "utf8")));
    });
  }

  static async start(): Promise<DemoServer> {
    const server = new DemoServer();
    await new Promise<void>((resolve) => {
      server.#server.listen(0, "127.0.0.1", resolve);
    });
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${FOLDER}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
