import { fileURLToPath } from "node:url";
import type { AuthConfig, Crons } from "convex/server";
import { DEMO_WEBHOOK_SECRET } from "./auth.js";
import { cronsOf, startCrons } from "./deployment/core/crons.js";
import type { Component, Schema } from "./deployment/core/engine.js";
import {
  startDeployment,
  type Deployment,
  type DeploymentOptions,
} from "./deployment/node/deployment.js";
import { loadModule, loadModules } from "./deployment/node/modules.js";
import { STUB_KEY } from "./stub/routes.js";
import { startStub, type Stub } from "./stub/server.js";

const APP = fileURLToPath(new URL("../example/convex", import.meta.url));
const COMPONENT = fileURLToPath(new URL("../dist/component", import.meta.url));

/** Options of {@link startExample}: those of a deployment, without what the example itself provides. */
export type ExampleOptions = Omit<
  DeploymentOptions,
  "modules" | "schema" | "components" | "authConfig"
> & {
  /** Whether the app's crons run. Default: no, so that nothing happens by itself. */
  crons?: boolean;
  /** A folder of more modules, which are deployed with the app's. */
  alsoModules?: string;
};

/** The example on the embedded deployment, and the stub of the services that it calls. */
export type Example = Deployment & { stub: Stub };

/**
 * Starts the example app on the embedded deployment, with the component as it is published: built into
 * `dist/`. Run `npm run build` first. What it calls is a stub, unless the environment names a real service.
 */
export async function startExample({
  alsoModules,
  ...options
}: ExampleOptions = {}): Promise<Example> {
  const stub = await startStub();
  const deployment = await startDeployment({
    ...options,
    env: {
      STRIPE_WEBHOOK_SECRET: DEMO_WEBHOOK_SECRET,
      ...services(stub),
      ...options.env,
    },
    modules: {
      ...(alsoModules && loadModules(alsoModules)),
      ...loadModules(APP),
    },
    schema: await loadDefault<Schema>(APP, "schema"),
    authConfig: await loadDefault<AuthConfig>(APP, "auth.config"),
    components: { docs: await loadComponent() },
  });
  const stopCrons = options.crons
    ? startCrons(cronsOf(await loadDefault<Crons>(APP, "crons")), (cron) =>
        deployment.call(cron.name),
      )
    : () => undefined;
  const close = async () => {
    stopCrons();
    await Promise.all([deployment.close(), stub.close()]);
  };
  return { ...deployment, stub, close };
}

/** Where the functions find other services. With `OPENAI_BASE_URL`, summaries come from there, with `OPENAI_API_KEY`. */
function services({ url }: Stub): Record<string, string> {
  const updates = { UPDATES_URL: `${url}/updates` };
  return process.env["OPENAI_BASE_URL"]
    ? updates
    : { ...updates, OPENAI_BASE_URL: url, OPENAI_API_KEY: STUB_KEY };
}

async function loadComponent(): Promise<Component> {
  const schema = await loadDefault<Schema>(COMPONENT, "schema").catch(
    (cause: unknown) => {
      throw new Error(
        `The component is not built: run \`npm run build\` (${COMPONENT})`,
        { cause },
      );
    },
  );
  return { schema, modules: loadModules(COMPONENT) };
}

async function loadDefault<T>(folder: string, name: string): Promise<T> {
  const module = await loadModule(folder, name);
  if (module?.["default"] === undefined)
    throw new Error(`There is no default export in ${folder}/${name}`);
  return module["default"] as T;
}
